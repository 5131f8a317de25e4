"""What the linter finds in the sample projects, beside the list of what is wrong in them.

`docs/accuracy.md` has a row for each rule.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import NamedTuple

from fastapi_bp_lint.engine import run
from fastapi_bp_lint.plan import Request, prepare
from fastapi_bp_lint.rules import catalogue
from fastapi_bp_lint.selection import Layer

PROJECTS = Path(__file__).parents[2] / "fixtures" / "projects"

Spot = tuple[str, int, str]


class Judged(NamedTuple):
    """The findings of a project beside its list, each a path, a line and a code."""

    wanted: Counter[Spot]
    found: Counter[Spot]

    @property
    def missed(self) -> list[Spot]:
        """What is wrong and was not found."""
        return sorted((self.wanted - self.found).elements())

    @property
    def false(self) -> list[Spot]:
        """What was found and is not in the list."""
        return sorted((self.found - self.wanted).elements())


def judge(breaks: Path) -> Judged:
    """Compare for the codes that `codes.txt` beside *breaks* calls complete and that are rules."""
    codes = set(breaks.with_name("codes.txt").read_text("utf-8").split()) & catalogue().keys()
    rows = (row.split("\t") for row in breaks.read_text("utf-8").splitlines())
    wanted = Counter((path, int(line), code) for path, line, code, _ in rows if code in codes)
    request = Request(paths=(breaks.parent.parent,), layer=Layer(select=tuple(sorted(codes))))
    findings = run(prepare(request)).findings
    return Judged(wanted, Counter((f.place.path, f.place.span.line, f.code) for f in findings))


def table(judged: Judged) -> str:
    """Return a row for each code: how many there are, were found, missed, and are false."""
    wanted, missed, false = (
        Counter(code for _, _, code in spots)
        for spots in (judged.wanted.elements(), judged.missed, judged.false)
    )
    rows = [
        f"| {code} | {wanted[code]} | {missed[code]} | {false[code]} |"
        for code in sorted(wanted | false)
    ]
    total = f"| all | {wanted.total()} | {missed.total()} | {false.total()} |"
    head = "| rule | in the project | missed | false alarms |\n|---|---|---|---|"
    return "\n".join((head, *rows, total))
