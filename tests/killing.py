"""Kill fixing runs at random moments and count what they leave; run by test_fix_kills.

Usage: killing.py FOLDER RUNS. Each run is a fork, so that its time goes into fixing and writing.
Every other kill waits until the writing begins, which is the shorter part.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
from pathlib import Path

from fastapi_bp_lint.fixes import write
from tests.fixing import AWAITS, SLEEPS, Linter, calls_of, sleep

FILES = 8
# Long enough that the bytes do not go out at once.
FILLING = f"DATA = '{'x' * 300_000}'\n"
OLD = (SLEEPS + FILLING).encode()
NEW = (AWAITS + FILLING).encode()


def fix(folder: Path, writing: int) -> None:
    run = Linter({path.name: path.read_bytes() for path in sorted(folder.glob("*.py"))})
    run.add("fbp101_sleep", calls_of("time.sleep"), sleep)
    outcome = run.fix()
    os.write(writing, b"!")
    failures = write(folder, outcome.changes)
    assert not failures, failures


def start(folder: Path) -> tuple[int, int]:
    """Begin a run; return its process, and what can be read from when it writes."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for number in range(FILES):
        (folder / f"m{number}.py").write_bytes(OLD)
    told, writing = os.pipe()
    child = os.fork()
    if child == 0:
        fix(folder, writing)
        os._exit(0)
    os.close(writing)
    return child, told


def damage(folder: Path) -> list[str]:
    found = []
    for path in folder.iterdir():
        if path.suffix not in {".py", ".tmp"}:
            found.append(path.name)
        if path.suffix == ".py" and path.read_bytes() not in {OLD, NEW}:
            found.append(path.name)
    names = {path.name for path in folder.glob("*.py")}
    return found + sorted({f"m{number}.py" for number in range(FILES)} ^ names)


def measure(folder: Path) -> tuple[float, float]:
    """Return how long a whole run takes, and its writing."""
    begun = time.perf_counter()
    child, told = start(folder)
    os.read(told, 1)
    writes = time.perf_counter()
    os.close(told)
    _, status = os.waitpid(child, 0)
    ended = time.perf_counter()
    assert status == 0
    assert all(path.read_bytes() == NEW for path in folder.iterdir())
    return ended - begun, ended - writes


def main(folder: Path, runs: int) -> None:
    whole, writing = measure(folder)
    tally = {"runs": 0, "before": 0, "between": 0, "after": 0, "leftovers": 0}
    damaged: list[str] = []
    for number in range(runs):
        child, told = start(folder)
        if number % 2:
            os.read(told, 1)
        time.sleep(random.uniform(0, writing if number % 2 else whole))  # noqa: S311
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(told)
        damaged += damage(folder)
        new = sum(path.read_bytes() == NEW for path in folder.glob("*.py"))
        tally["runs"] += 1
        tally["before" if new == 0 else "after" if new == FILES else "between"] += 1
        tally["leftovers"] += len(list(folder.glob(".fbp-lint-*.tmp")))
    sys.stdout.write(json.dumps({**tally, "damaged": damaged, "whole": whole, "writing": writing}))


if __name__ == "__main__":
    main(Path(sys.argv[1]) / "project", int(sys.argv[2]))
