"""The findings of each file under its path."""

from __future__ import annotations

from itertools import groupby

from fastapi_bp_lint.finding import Finding
from fastapi_bp_lint.output.concise import mark
from fastapi_bp_lint.output.display import one_line
from fastapi_bp_lint.output.style import Style
from fastapi_bp_lint.output.summary import summary
from fastapi_bp_lint.report import Report


def render(report: Report, *, color: bool, verbose: bool) -> str:  # noqa: ARG001
    """Return a block for each file and a summary."""
    style = Style(color)
    blocks = [
        _block(path, list(found), style)
        for path, found in groupby(report.findings, lambda finding: finding.place.path)
    ]
    return "\n".join((*blocks, summary(report)))


def _block(path: str, findings: list[Finding], style: Style) -> str:
    places = [f"{one.place.span.line}:{one.place.span.column + 1}" for one in findings]
    widest = max(map(len, places))
    lines = [
        f"  {place:<{widest}}  {style.severity(one.severity, one.code)} {mark(one)}"
        f"{one_line(one.message)}"
        for place, one in zip(places, findings, strict=True)
    ]
    return "\n".join((style.strong(one_line(path)), *lines, ""))
