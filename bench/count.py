"""How many steps of the interpreter a small cold run takes: a count that no busy machine changes.

`python -m bench.count` compares it with what is kept in `instructions.json` for this version of
Python and fails when it is a tenth more; `--write` keeps the count. Needs Python 3.12.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
KEPT = Path(__file__).with_name("instructions.json")
SAMPLE = ROOT / "fixtures" / "projects" / "bookshop"
MORE = 1.10
_COUNTED = """\
import sys

steps = 0
watch = sys.monitoring


def step(code, offset):
    global steps
    steps += 1


watch.use_tool_id(watch.PROFILER_ID, "steps")
watch.register_callback(watch.PROFILER_ID, watch.events.INSTRUCTION, step)
watch.set_events(watch.PROFILER_ID, watch.events.INSTRUCTION)
from fastapi_bp_lint.cli.app import run
run(["--no-cache", "--jobs", "1", "--quiet", "--output-format", "json", "--preset", "strict"])
watch.set_events(watch.PROFILER_ID, 0)
sys.stderr.write(f"{steps}\\n")
"""


def steps() -> int:
    """Return how many instructions of the interpreter a cold run over the sample takes."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "sample"
        shutil.copytree(SAMPLE, copy, ignore=shutil.ignore_patterns(".fbp_cache"))
        environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": str(ROOT)}
        ended = subprocess.run(
            [sys.executable, "-c", _COUNTED],
            cwd=copy,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
    return int(ended.stderr.splitlines()[-1])


def version() -> str:
    """Return the version of Python that counts are kept for: the interpreter's steps differ."""
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def main(arguments: list[str]) -> int:
    """Compare, or with ``--write`` keep, the count; return the exit status."""
    kept = json.loads(KEPT.read_text("utf-8"))
    now = steps()
    if "--write" in arguments:
        KEPT.write_text(json.dumps({**kept, version(): now}, indent=2) + "\n", "utf-8")
        return 0
    before = kept.get(version())
    print(f"{now:,} steps, {before:,} kept" if before else f"{now:,} steps, none kept")  # noqa: T201
    return int(before is not None and now > before * MORE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
