"""What a cold run costs, beside `ast.parse` of the same files in one process.

python tests/benchmark.py FOLDER... prints a row for each folder, as docs/performance.md has it.
Processor time is what is compared: unlike the clock it does not show what else the machine does.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROUNDS = 5
PARSE = """\
import ast, sys, time
sources = [open(path, "rb").read() for path in sys.argv[1:]]
started = time.process_time()
for source in sources:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        pass
print(time.process_time() - started, sum(source.count(b"\\n") for source in sources))
"""
HEAD = "| project | files | lines | `ast.parse` | cold run | ratio |\n|---|---|---|---|---|---|"


class Times(NamedTuple):
    """Seconds of processor time, each the best of `ROUNDS`."""

    files: int
    lines: int
    parse: float
    lint: float


def linter(folder: Path, *args: str) -> list[str]:
    """Return the command that lints *folder* from nothing."""
    return [
        *(sys.executable, "-m", "fastapi_bp_lint", str(folder), "--isolated", "--exit-zero"),
        *("--output-format", "json", "--quiet", "--jobs", "1", *args),
    ]


def output(command: list[str]) -> str:
    """Run *command* and return what it prints.

    Raises:
        subprocess.CalledProcessError: it fails.

    """
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def processor(command: list[str]) -> float:
    """Return the processor time of *command*, start of the interpreter included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    output(command)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(folder: Path) -> Times:
    """Measure one project, both in turn, so that a busy moment hits both."""
    files = output(linter(folder, "--show-files")).splitlines()
    paths = [str(folder / file) for file in files]
    parse, lint, lines = [], [], 0
    for _ in range(ROUNDS):
        took, counted = output([sys.executable, "-c", PARSE, *paths]).split()
        parse.append(float(took))
        lines = int(counted)
        lint.append(processor(linter(folder)))
    return Times(len(files), lines, min(parse), min(lint))


def row(name: str, times: Times) -> str:
    """Return a row of the table."""
    ratio = times.lint / times.parse
    return (
        f"| {name} | {times.files} | {times.lines} | {times.parse:.2f} s "
        f"| {times.lint:.2f} s | {ratio:.1f} |"
    )


def main(folders: list[str]) -> None:
    """Print the table."""
    print(HEAD)  # noqa: T201 - a script
    for folder in map(Path, folders):
        print(row(folder.name, measure(folder.resolve())), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
