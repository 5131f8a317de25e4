"""The findings in real projects that were read, and which of them still stand.

python -m tests.accuracy.verdicts FOLDER [FILE]: FOLDER holds each project, unpacked under its own
name; FILE is another record than verdicts.tsv.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from fastapi_bp_lint.engine import run
from fastapi_bp_lint.plan import Request, prepare
from fastapi_bp_lint.selection import Layer

FILE = Path(__file__).with_name("verdicts.tsv")
FRESH = FILE.with_name("fresh.tsv")
KINDS = ("true", "defensible", "false")


class Verdict(NamedTuple):
    """What a reader said of one finding; *verdict* is true or false."""

    project: str
    version: str
    rule: str
    path: str
    line: int
    verdict: str
    reason: str


def verdicts(file: Path = FILE) -> list[Verdict]:
    """Return every verdict, as *file* has them."""
    rows = [row.split("\t") for row in file.read_text("utf-8").splitlines()[1:]]
    return [Verdict(a, b, c, d, int(e), f, g) for a, b, c, d, e, f, g in rows]


def table(judged: list[Verdict], of: str = "rule") -> str:
    """Return a row for each rule or, *of* "project", package: how many were read, as what."""
    counts = Counter((_name(v, of), v.verdict) for v in judged)
    counts.update(("all", v.verdict) for v in judged)
    names = [*sorted({_name(v, of) for v in judged}), "all"]
    rows = []
    for name in names:
        of_kind = [counts[name, kind] for kind in KINDS]
        rows.append(f"| {name} | {sum(of_kind)} | {' | '.join(map(str, of_kind))} |")
    return "\n".join(
        (f"| {of} | read | true | defensible | false |", "|---|---|---|---|---|", *rows)
    )


def _name(verdict: Verdict, of: str) -> str:
    return verdict.rule if of == "rule" else f"{verdict.project} {verdict.version}"


def listing(judged: list[Verdict]) -> str:
    """Return every place that was read in a project: the rule, the verdict and the reason."""
    rows = [
        f"| {v.project} {v.version} | {v.rule} | `{v.path}:{v.line}` | {v.verdict} | {v.reason} |"
        for v in judged
    ]
    return "\n".join(
        ("| project | rule | place | verdict | reason |", "|---|---|---|---|---|", *rows)
    )


def report(folder: Path, file: Path = FILE) -> str:
    """Return which verdicts still stand, which findings vanished, and how many nobody read."""
    judged = verdicts(file)
    lines = []
    for project in sorted({v.project for v in judged}):
        mine = {(v.rule, v.path, v.line): v for v in judged if v.project == project}
        rules = tuple(sorted({rule for rule, _, _ in mine}))
        request = Request(paths=(folder / project,), layer=Layer(select=rules))
        found = {(f.code, f.place.path, f.place.span.line) for f in run(prepare(request)).findings}
        standing = Counter(v.verdict for key, v in mine.items() if key in found)
        vanished = Counter(v.verdict for key, v in mine.items() if key not in found)
        lines.append(
            f"{project}: stand {dict(standing)}, vanished {dict(vanished)}, "
            f"never read {len(found - mine.keys())}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    print(report(*map(Path, sys.argv[1:])))  # noqa: T201
