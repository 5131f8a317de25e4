"""How long a cold run takes, beside `ast.parse` of the same files in one process.

python tests/benchmark.py FOLDER... prints a row for each folder, as docs/performance.md has it.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

ROUNDS = 5
PARSE = """\
import ast, sys, time
sources = [open(path, "rb").read() for path in sys.argv[1:]]
started = time.perf_counter()
for source in sources:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        pass
print(time.perf_counter() - started, sum(source.count(b"\\n") for source in sources))
"""
HEAD = (
    "| project | files | lines | `ast.parse` | one process | as many as pay | ratio |\n"
    "|---|---|---|---|---|---|---|"
)


class Times(NamedTuple):
    """Seconds, each the best of `ROUNDS`."""

    files: int
    lines: int
    parse: float
    alone: float
    default: float


def linter(folder: Path, *args: str) -> list[str]:
    """Return the command that lints *folder* from nothing."""
    return [
        *(sys.executable, "-m", "fastapi_bp_lint", str(folder), "--isolated", "--exit-zero"),
        *("--output-format", "json", "--quiet", *args),
    ]


def output(command: list[str]) -> str:
    """Run *command* and return what it prints.

    Raises:
        subprocess.CalledProcessError: it fails.

    """
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def seconds(command: list[str]) -> float:
    """Return the wall-clock time of *command*, start of the interpreter included."""
    started = time.perf_counter()
    output(command)
    return time.perf_counter() - started


def measure(folder: Path) -> Times:
    """Measure one project, the three ways in turn, so that a busy moment hits all of them."""
    files = output(linter(folder, "--show-files")).splitlines()
    paths = [str(folder / file) for file in files]
    parse, alone, default, lines = [], [], [], 0
    for _ in range(ROUNDS):
        took, counted = output([sys.executable, "-c", PARSE, *paths]).split()
        parse.append(float(took))
        lines = int(counted)
        alone.append(seconds(linter(folder, "--jobs", "1")))
        default.append(seconds(linter(folder)))
    return Times(len(files), lines, min(parse), min(alone), min(default))


def row(name: str, times: Times) -> str:
    """Return a row of the table."""
    took = (f"{value:.2f} s" for value in (times.parse, times.alone, times.default))
    ratio = f"{times.default / times.parse:.1f}"
    return f"| {name} | {times.files} | {times.lines} | {' | '.join(took)} | {ratio} |"


def main(folders: list[str]) -> None:
    """Print the table."""
    print(HEAD)  # noqa: T201 - a script
    for folder in map(Path, folders):
        print(row(folder.name, measure(folder.resolve())), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
