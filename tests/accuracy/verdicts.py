"""The findings in real projects that were read, and which of them still stand.

python -m tests.accuracy.verdicts FOLDER: FOLDER holds each project, unpacked under its own name.
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


def verdicts() -> list[Verdict]:
    """Return every verdict, as the file has them."""
    rows = [row.split("\t") for row in FILE.read_text("utf-8").splitlines()[1:]]
    return [Verdict(a, b, c, d, int(e), f, g) for a, b, c, d, e, f, g in rows]


def table(judged: list[Verdict]) -> str:
    """Return a row for each rule: how many were read, and what they were."""
    counts = Counter((v.rule, v.verdict) for v in judged)
    counts.update(("all", v.verdict) for v in judged)
    names = [*sorted({v.rule for v in judged}), "all"]
    rows = []
    for name in names:
        of_kind = [counts[name, kind] for kind in KINDS]
        rows.append(f"| {name} | {sum(of_kind)} | {' | '.join(map(str, of_kind))} |")
    return "\n".join(
        ("| rule | read | true | defensible | false |", "|---|---|---|---|---|", *rows)
    )


def listing(judged: list[Verdict]) -> str:
    """Return every place that was read in a project: the rule, the verdict and the reason."""
    rows = [
        f"| {v.project} {v.version} | {v.rule} | `{v.path}:{v.line}` | {v.verdict} | {v.reason} |"
        for v in judged
    ]
    return "\n".join(
        ("| project | rule | place | verdict | reason |", "|---|---|---|---|---|", *rows)
    )


def report(folder: Path) -> str:
    """Return which verdicts still stand, which findings vanished, and how many nobody read."""
    judged = verdicts()
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
    print(report(Path(sys.argv[1])))  # noqa: T201
