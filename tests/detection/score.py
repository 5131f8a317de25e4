"""Scores this linter and others on the labelled cases: recall and precision.

    python -m tests.detection.score [--only WORDS] [--preset strict] [--others FOLDER]

A finding of a rule about held loops counts where its line is that of a label; a finding on any
other line is a false alarm. With --others the tools that the index has are installed into FOLDER,
one environment each, and scored in the same way.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import venv
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from tests.detection import labels, results
from tests.detection.labels import Case, Label

STALLS = {
    "FBP101",
    "FBP102",
    "FBP103",
    "FBP104",
    "FBP105",
    "FBP107",
    "FBP108",
    "FBP110",
    "FBP111",
    "FBP112",
    "FBP114",
    "FBP116",
}
"""The rules about calls that hold the loop; the others of the family say other things."""
OBSERVED = Path(__file__).parent / "observed.tsv"


class Found(NamedTuple):
    """A finding of any tool."""

    path: str
    line: int
    code: str
    message: str


class Miss(NamedTuple):
    """A label without a finding, or a finding without a label."""

    case: Case
    path: str
    line: int
    words: str


class Score(NamedTuple):
    """How one tool did; *hits* and *misses* are the labels that must be found."""

    hits: list[tuple[Case, Label]]
    misses: list[tuple[Case, Label]]
    alarms: list[Miss]

    @property
    def recall(self) -> float:
        """The share of what must be found that was."""
        return len(self.hits) / max(1, len(self.hits) + len(self.misses))

    @property
    def precision(self) -> float:
        """The share of the lines with a finding that carry a label."""
        return len(self.hits) / max(1, len(self.hits) + len(self.alarms))


Tool = Callable[[Path], Iterable[Found]]


def ours(*options: str) -> Tool:
    """Run this linter from the command line."""

    def run(root: Path) -> Iterable[Found]:
        command = [
            sys.executable,
            "-m",
            "fastapi_bp_lint",
            "check",
            *options,
            "--output-format",
            "json",
        ]
        done = subprocess.run([*command, str(root)], capture_output=True, text=True, check=False)
        if done.returncode not in {0, 1}:
            raise RuntimeError(done.stderr)
        for f in json.loads(done.stdout)["findings"]:
            if f["code"] in STALLS:
                yield Found(f["path"], f["line"], f["code"], f["message"])

    return run


_PLACE = re.compile(
    r"^(?P<path>[^:\n]+\.py):(?P<line>\d+)(?::\d+)?:?\s*(?P<rest>.*)$", re.MULTILINE
)


def other(command: list[str], wanted: str) -> Tool:
    """Run a tool that prints ``path:line:column: CODE words``; keep the codes that match."""

    def run(root: Path) -> Iterable[Found]:
        done = subprocess.run(
            [*command, "."], cwd=root, capture_output=True, text=True, check=False
        )
        for match in _PLACE.finditer(done.stdout + done.stderr):
            code = re.search(wanted, match["rest"])
            if code:
                path = match["path"].removeprefix("./").removeprefix(f"{root}/")
                yield Found(path, int(match["line"]), code[0], match["rest"])

    return run


def blockpath(command: list[str]) -> Tool:
    """Run a tool that prints ways as JSON; what counts is where a way begins."""

    def run(root: Path) -> Iterable[Found]:
        done = subprocess.run(
            [*command, "."], cwd=root, capture_output=True, text=True, check=False
        )
        for finding in json.loads(done.stdout)["findings"]:
            first = finding["witness"][0]
            yield Found(first["path"], first["line"], finding["code"], finding["callee"])

    return run


def score(cases: Iterable[Case], tool: Tool) -> Score:
    """Run *tool* on every case and compare what it says with the labels."""
    total = Score([], [], [])
    with tempfile.TemporaryDirectory() as folder:
        for case in cases:
            root = Path(folder).resolve() / case.name
            root.mkdir()
            labels.write(case, root)
            compare(case, tool(root), total)
    return total


def compare(case: Case, findings: Iterable[Found], total: Score) -> None:
    """Add what was found in one case to *total*."""
    found: dict[tuple[str, int], list[Found]] = defaultdict(list)
    for finding in findings:
        found[finding.path, finding.line].append(finding)
    wanted = {(label.path, label.line) for label in case.labels if label.primitive}
    for label in case.labels:
        if label.primitive:
            hit = (label.path, label.line) in found
            (total.hits if hit else total.misses).append((case, label))
    for (path, line), here in sorted(found.items()):
        if (path, line) not in wanted | case.excused:
            words = " | ".join(f"{f.code} {f.message}" for f in here)
            total.alarms.append(Miss(case, path, line, words))


def depths() -> dict[tuple[str, str, int], int]:
    """(case, file, line) -> how many functions lie between, as it was observed."""
    if not OBSERVED.exists():
        return {}
    rows = [row.split("\t") for row in OBSERVED.read_text("utf-8").splitlines()[1:]]
    return {(r[0], r[1], int(r[2])): int(r[6]) for r in rows if r[6]}


_KINDS = {
    "database": {"sqlalchemy", "sqlmodel", "sqlite3", "psycopg", "psycopg2", "pymongo"},
    "file": {
        "builtins",
        "pathlib",
        "os",
        "shutil",
        "io",
        "json",
        "tempfile",
        "zipfile",
        "starlette",
    },
    "cpu": {"bcrypt", "hashlib", "gzip", "pandas"},
}
_SHARES = {"database": 0.83, "file": 0.13, "cpu": 0.02, "other": 0.02}
"""How often each kind was seen to hold the loop of 25 real applications."""


def weighted(result: Score) -> float:
    """Return the recall with each kind counted as often as it was seen in real applications."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for rows, n in ((result.hits, 0), (result.misses, 1)):
        for _, label in rows:
            kind = next((k for k, names in _KINDS.items() if label.library in names), "other")
            counts[kind][n] += 1
    told = [(_SHARES[k], hits / (hits + misses)) for k, (hits, misses) in counts.items()]
    return sum(share * recall for share, recall in told) / max(
        0.01, sum(share for share, _ in told)
    )


def report(name: str, result: Score, *, full: bool = True) -> None:
    """Print a score, by way, library and depth, and what was missed."""
    print(  # noqa: T201
        f"{name}: {_numbers(result)}; recall by the shares of reality {weighted(result):.1%}"
    )
    if not full:
        return
    depth = depths()
    keys: dict[str, Callable[[Case, Label], str]] = {
        "topic": lambda case, _: case.topic,
        "way": lambda case, _: f"{case.topic}: {case.way}",
        "library": lambda _, label: label.library,
        "depth": lambda case, label: str(depth.get((case.name, label.path, label.line), "?")),
    }
    for title, key in keys.items():
        counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for rows, n in ((result.hits, 0), (result.misses, 1)):
            for case, label in rows:
                counts[key(case, label)][n] += 1
        told = [f"{k} {h}/{h + m}" for k, (h, m) in sorted(counts.items())]
        print(f"by {title}: {', '.join(told)}")  # noqa: T201
    for case, label in result.misses:
        row = case.files[label.path].split("\n")[label.line - 1].strip()
        print(f"MISS {case.name} {label.path}:{label.line} {label.function}: {row}")  # noqa: T201
    for alarm in result.alarms:
        row = alarm.case.files[alarm.path].split("\n")[alarm.line - 1].strip()
        print(f"FALSE {alarm.case.name} {alarm.path}:{alarm.line}: {row} <- {alarm.words}")  # noqa: T201


_OTHERS = {
    "ruff": (
        ["ruff"],
        ["ruff", "check", "--isolated", "--select", "ASYNC", "--output-format", "concise"],
        r"ASYNC(?:2\d\d)",
    ),
    "flake8-async": (
        ["flake8", "flake8-async"],
        ["flake8", "--isolated", "--select", "ASYNC2"],
        r"ASYNC2\d\d",
    ),
    "evloop-lint": (["evloop-lint"], ["evloop-lint"], r"[A-Z]{2,}\d+|block"),
    "blockpath": (["blockpath"], ["blockpath", "check", "--json", "--no-config"], ""),
}


def others(folder: Path) -> Iterable[tuple[str, Tool]]:
    """Give the tools that can be installed, each from an environment of its own."""
    for name, (packages, command, wanted) in _OTHERS.items():
        place = folder / name
        if not place.exists():  # made beforehand with a newer Python where a tool needs one
            venv.create(place, with_pip=True)
        done = subprocess.run(
            [place / "bin" / "pip", "install", "-q", *packages], capture_output=True, check=False
        )
        if done.returncode:
            print(f"{name}: cannot be installed")  # noqa: T201
            continue
        whole = [str(place / "bin" / command[0]), *command[1:]]
        yield name, other(whole, wanted) if wanted else blockpath(whole)


def main() -> int:
    """Print the scores."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="")
    parser.add_argument("--others", type=Path)
    parser.add_argument("--write", action="store_true", help="keep the numbers for the docs")
    options = parser.parse_args()
    chosen = [case for case in labels.cases() if options.only in case.name]
    result = score(chosen, ours("--select", "FBP1"))
    report("fastapi-bp-lint", result)
    scores = {"fastapi-bp-lint": result}
    for name, tool in others(options.others.resolve()) if options.others else ():
        scores[name] = score(chosen, tool)
        report(name, scores[name], full=False)
    for name, told in scores.items() if options.write else ():
        results.keep("detection", name, _numbers(told))
    return 0


def _numbers(result: Score) -> str:
    return (
        f"recall {result.recall:.1%} ({len(result.hits)} of"
        f" {len(result.hits) + len(result.misses)}), precision {result.precision:.1%}"
        f" ({len(result.alarms)} false)"
    )


if __name__ == "__main__":
    sys.exit(main())
