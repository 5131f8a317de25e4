"""Neovim's own client, without a window: typed into, looked at, acted upon and read.

Where there is no Neovim the test is skipped, unless FBP_NEOVIM says that there has to be one.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.accuracy import PROJECTS

ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("neovim.lua")
NEOVIM = shutil.which("nvim")
STEPS = {
    "HELPER": "src/auth/utils/tokens.py",
    "AFTER": "def parse_access_token",
    "TYPED": "    import time<CR>time.sleep(2)",
    "CALLER": "src/auth/dependencies.py",
    "CLOSED": "src/posts/router.py",
    "WANTED": "FBP102 calling `utils.parse_access_token` leads to `time.sleep`",
    "ACTION": "Fix FBP102",
    "FIXED": "await run_in_threadpool(utils.parse_access_token, token)",
    "ROUTER": "src/auth/router.py",
    "HANDLER": "async def create_token",
    "WRITTEN": "src/dependencies.py",
    "SAFE": "the dependency `reject_during_maintenance` is a plain `def`",
}
OLDER = "Older ones, from 0.7 on:"
SERVER = "import sys; sys.argv[0] = 'fbp-lint'; from fastapi_bp_lint.cli import main; main()"


def settings() -> str:
    """Return what the documentation has Neovim run: for older ones, and before writing."""
    page = (ROOT / "docs" / "editors.md").read_text("utf-8")
    _, _, rest = page.partition(OLDER)
    blocks = re.findall(r"```lua\n(.*?)```", rest.partition("## Helix")[0], re.DOTALL)
    assert len(blocks) == 2
    patient = "".join(f"do\n{block}end\n" for block in blocks)
    return patient.replace("2000", "60000")  # a machine that tests is a slow one


def command(folder: Path) -> None:
    """Put the command into *folder*, whether or not the package is installed."""
    file = folder / "fbp-lint"
    file.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{SERVER}" "$@"\n')
    file.chmod(0o755)


@pytest.mark.skipif(NEOVIM is None and not os.environ.get("FBP_NEOVIM"), reason="no Neovim")
def test_what_is_typed_into_a_helper_shows_in_its_caller(tmp_path: Path) -> None:
    root, output = tmp_path / "bookshop", tmp_path / "output.json"
    shutil.copytree(PROJECTS / "bookshop", root)
    command(tmp_path)
    (tmp_path / "settings.lua").write_text(settings(), "utf-8")
    done = subprocess.run(
        [NEOVIM or "nvim", "--headless", "-u", "NONE", "-i", "NONE", "-n", "-S", SCRIPT],
        env={
            **os.environ,
            **STEPS,
            "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
            "SETTINGS": str(tmp_path / "settings.lua"),
            "ROOT": str(root),
            "OUTPUT": str(output),
            "XDG_CACHE_HOME": str(tmp_path),
            "XDG_STATE_HOME": str(tmp_path),
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert output.exists(), done.stdout + done.stderr
    seen = json.loads(output.read_text("utf-8"))
    assert seen.get("error") is None
    assert not any("parse_access_token" in one for one in seen["before"])
    assert "    time.sleep(2)" in seen["helper"]
    assert seen["found"].startswith(STEPS["WANTED"])
    (step,) = seen["trail"]
    helper = seen["helper"]
    assert step["location"]["uri"] == (root / STEPS["HELPER"]).as_uri()
    assert helper[step["location"]["range"]["start"]["line"]] == "    time.sleep(2)"
    assert any(title.startswith("Explain FBP102") for title in seen["titles"])
    assert "Suppress FBP102 here" in seen["titles"]
    after = "\n".join(seen["after"])
    assert STEPS["FIXED"] in after
    assert "from fastapi.concurrency import run_in_threadpool" in after
    assert compile(after, "dependencies.py", "exec")
    assert "POST /auth/tokens" in seen["hover"]
    assert any(title.startswith("POST /auth/tokens · event loop") for title in seen["lenses"])
    assert (seen["clients"], seen["messages"]) == (1, [])
    assert (root / STEPS["WRITTEN"]).read_text("utf-8").count("async def reject_during") == 1
    assert (root / STEPS["CALLER"]).read_bytes() == (
        PROJECTS / "bookshop" / STEPS["CALLER"]
    ).read_bytes()
