"""What a command costs as a whole process, start of the interpreter included."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

PATIENCE = 180
"""Seconds after which a command is given up."""


class Usage(NamedTuple):
    """Seconds by the clock and of the processor, and the most memory at once in MiB.

    Memory is that of the largest process.
    """

    wall: float
    processor: float
    peak: float


class Figures(NamedTuple):
    """The median of several runs, and the fastest and slowest by the clock."""

    usage: Usage
    fastest: float
    slowest: float
    runs: int


def cost(command: list[str], folder: Path) -> Usage | None:
    """Run *command* in *folder*; None when it takes longer than `PATIENCE`.

    Raises:
        RuntimeError: it ends as no linter does that found something or nothing.

    """
    started = time.perf_counter()
    null = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=folder, stdout=null, stderr=null) as process:
        while True:
            pid, status, used = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            if time.perf_counter() - started > PATIENCE:
                process.kill()
                return None
            time.sleep(0.001)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - started
    if process.returncode < 0 or process.returncode > MOST_FINDINGS:
        message = f"{' '.join(command[:6])} ended with {process.returncode}"
        raise RuntimeError(message)
    return Usage(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


MOST_FINDINGS = 31
"""The highest exit status that says "something was found" (pylint adds up the kinds)."""


def figures(runs: list[Usage]) -> Figures:
    """Return the medians of *runs*."""
    walls = [run.wall for run in runs]
    middle = Usage(*(median(column) for column in zip(*runs, strict=True)))
    return Figures(middle, min(walls), max(walls), len(runs))
