"""A fixing run is killed at random moments: whatever is left on disk is a whole file.

FBP_KILLS sets how often; the proof for a release takes 1,000.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")

KILLS = int(os.environ.get("FBP_KILLS", "50"))


def test_a_killed_run_leaves_whole_files(tmp_path: Path) -> None:
    driver = Path(__file__).with_name("killing.py")
    root = driver.parents[1]
    done = subprocess.run(
        [sys.executable, str(driver), str(tmp_path), str(KILLS)],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    tally = json.loads(done.stdout)
    assert tally["runs"] == KILLS
    assert tally["damaged"] == []
    # Otherwise the kills have missed the moments that matter.
    assert tally["between"] >= 1, tally
    assert tally["before"] + tally["between"] + tally["after"] == KILLS
