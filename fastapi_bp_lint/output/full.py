"""Every finding with its source, the way to its cause, and what helps."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from fastapi_bp_lint.finding import Applicability, Certainty, Entry, Finding, Fix, Step
from fastapi_bp_lint.output.concise import mark, spot
from fastapi_bp_lint.output.display import one_line
from fastapi_bp_lint.output.frame import first_line, frame
from fastapi_bp_lint.output.groups import Group, joined
from fastapi_bp_lint.output.style import Style
from fastapi_bp_lint.output.summary import counted, summary
from fastapi_bp_lint.report import Report

_HOW = {
    Applicability.SAFE: "[*] fixed by --fix",
    Applicability.UNSAFE: "unsafe: fixed by --fix --unsafe-fixes",
    Applicability.DISPLAY: "by hand",
}

Lines = Callable[[str], tuple[str, ...]]


def render(report: Report, *, color: bool, verbose: bool) -> str:
    """Return a paragraph for each group of findings and a summary."""
    style = Style(color)
    paragraphs = [
        "".join(f"{line}\n" for line in _group(group, report.lines, style, verbose=verbose))
        for group in joined(report.findings)
    ]
    return "\n".join((*paragraphs, summary(report)))


def _group(group: Group, lines: Lines, style: Style, *, verbose: bool) -> Iterator[str]:
    finding = group.first
    gutter = _gutter(finding)
    head = style.severity(finding.severity, f"{finding.severity.value}[{finding.code}]")
    yield f"{head} {mark(finding)}{style.strong(one_line(finding.message))}"
    inside = f" in {one_line(finding.symbol)}" if finding.symbol else ""
    yield f"{' ' * gutter}{style.faint('-->')} {spot(finding.place)}{style.faint(inside)}"
    yield from frame(
        lines(finding.place.path),
        finding.place.span,
        gutter,
        lambda text: style.severity(finding.severity, text),
    )
    for step in finding.trail:
        if step.place == finding.place:
            continue
        yield from _hop(step, lines, gutter, style)
    for label, text in _notes(group, verbose=verbose):
        yield f"{' ' * gutter} = {style.hint(label)}: {text}"
        if label == "and":
            yield from (_other(other, gutter) for other in group.others if verbose)


def _gutter(finding: Finding) -> int:
    """Return how wide the widest line number is."""
    spans = [finding.place.span, *(step.place.span for step in finding.trail)]
    return len(str(max(span.end_line for span in spans)))


def _hop(step: Step, lines: Lines, gutter: int, style: Style) -> Iterator[str]:
    inside = f" in {one_line(step.symbol)}" if step.symbol else ""
    place = f"{spot(step.place)}{style.faint(inside)}"
    yield f"{' ' * gutter}{style.faint('==>')} {place}: {one_line(step.message)}"
    source = lines(step.place.path)
    yield from frame(source, first_line(source, step.place.span), gutter, style.hint)


def _notes(group: Group, *, verbose: bool) -> Iterator[tuple[str, str]]:
    finding = group.first
    if finding.entry and finding.entry.kind != "coroutine":
        yield "entry", _entry(finding.entry)
    if group.others:
        more = counted(len(group.others), "more coroutine")
        hint = "" if verbose else " (--verbose lists them)"
        yield "and", f"{more} {'reaches' if len(group.others) == 1 else 'reach'} it{hint}"
    if finding.certainty is not Certainty.CERTAIN:
        yield "certainty", finding.certainty.value
    if finding.fix:
        yield "help", _help(finding.fix)
    yield "more", f"fbp-lint explain {finding.code}"


def _entry(entry: Entry) -> str:
    place = f"{one_line(entry.path)}:{entry.line}"
    others = entry.reached_by - 1
    more = counted(others, "more entry", "more entries")
    also = f", and from {more}" if others > 0 else ""
    return f"{entry.kind} {one_line(entry.symbol)} at {place}{also}"


def _help(fix: Fix) -> str:
    return f"{one_line(fix.message)} ({_HOW[fix.applicability]})"


def _other(finding: Finding, gutter: int) -> str:
    inside = f" in {one_line(finding.symbol)}" if finding.symbol else ""
    return f"{' ' * gutter}     {spot(finding.place)}{inside}"
