"""The findings of each file under its path, those with a common primitive on one line."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from fastapi_bp_lint.finding import Finding
from fastapi_bp_lint.output.concise import mark, spot
from fastapi_bp_lint.output.display import one_line
from fastapi_bp_lint.output.groups import Group, joined
from fastapi_bp_lint.output.style import Style
from fastapi_bp_lint.output.summary import counted, summary
from fastapi_bp_lint.report import Report


def render(report: Report, *, color: bool, verbose: bool) -> str:
    """Return a block for each file and a summary; *verbose* lists what a line stands for."""
    style = Style(color)
    blocks = [
        _block(path, list(found), style, verbose=verbose)
        for path, found in groupby(joined(report.findings), lambda group: group.first.place.path)
    ]
    return "\n".join((*blocks, summary(report)))


def _block(path: str, groups: list[Group], style: Style, *, verbose: bool) -> str:
    places = [_position(group.first) for group in groups]
    widest = max(map(len, places))
    lines: list[str] = []
    for place, group in zip(places, groups, strict=True):
        first = group.first
        head = f"  {place:<{widest}}  {style.severity(first.severity, first.code)} {mark(first)}"
        lines.append(f"{head}{one_line(first.message)}{_more(group, verbose=verbose)}")
        lines += _others(group, widest) if verbose else ()
    return "\n".join((style.strong(one_line(path)), *lines, ""))


def _position(finding: Finding) -> str:
    return f"{finding.place.span.line}:{finding.place.span.column + 1}"


def _more(group: Group, *, verbose: bool) -> str:
    if not group.others:
        return ""
    hint = "" if verbose else " (--verbose lists them)"
    return f", and {counted(len(group.others), 'more coroutine')}{hint}"


def _others(group: Group, indent: int) -> Iterator[str]:
    for other in group.others:
        inside = f" in {one_line(other.symbol)}" if other.symbol else ""
        yield f"{' ' * (indent + 4)}{spot(other.place)}{inside}"
