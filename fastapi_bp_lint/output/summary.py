"""The last lines of a run: what was repaired, what is left and what can be done about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from fastapi_bp_lint.finding import Applicability, Severity
from fastapi_bp_lint.output.display import one_line
from fastapi_bp_lint.report import Report

_WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def summary(report: Report) -> str:
    """Return the lines that end the output for people; also of use beside another format."""
    lines = (*_repaired(report), _found(report), *_known(report), *_fixable(report))
    return "".join(f"{line}\n" for line in lines)


def _repaired(report: Report) -> Iterator[str]:
    counts = Counter((fixed.path, fixed.code, fixed.slug) for fixed in report.fixed)
    if counts:
        yield f"Fixed {counted(len(report.fixed), 'finding')}:"
    for (path, code, slug), count in sorted(counts.items()):
        yield f"  {one_line(path)}: {count} x {code} {slug}"
    if report.silenced:
        yield f"Silenced {counted(len(report.silenced), 'finding')}:"
    quiet = Counter((f.place.path, f.code, f.slug) for f in report.silenced)
    for (path, code, slug), count in sorted(quiet.items()):
        yield f"  {one_line(path)}: {count} x {code} {slug}"
    yield from left_alone(report)


def left_alone(report: Report) -> Iterator[str]:
    """Give a line for each fix that was asked for and not made, and why."""
    for left in report.left:
        yield f"Left as it was: {one_line(left.path)}: {one_line(left.reason)}"


def _found(report: Report) -> str:
    files = counted(report.files, "file")
    if not report.findings:
        return f"No findings in {files}."
    severities = Counter(finding.severity for finding in report.findings)
    parts = [counted(severities[one], _WORDS[one]) for one in Severity if severities[one]]
    found = counted(len(report.findings), "finding")
    return f"{found} in {files}: {', '.join(parts)}."


def _known(report: Report) -> Iterator[str]:
    if report.known:
        are = "is" if report.known == 1 else "are"
        yield f"{counted(report.known, 'known finding')} {are} not shown."


def _fixable(report: Report) -> Iterator[str]:
    fixes = Counter(finding.fix.applicability for finding in report.findings if finding.fix)
    safe, unsafe = fixes[Applicability.SAFE], fixes[Applicability.UNSAFE]
    if safe:
        more = f", {unsafe} more with --unsafe-fixes" if unsafe else ""
        yield f"[*] {safe} can be fixed with --fix{more}."
    elif unsafe:
        yield f"{unsafe} can be fixed with --fix --unsafe-fixes."


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return *number* with its *noun* in the right number."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"
