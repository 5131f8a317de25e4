"""Every finding, below the rule that it is of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from fastapi_bp_lint.finding import Applicability, Certainty
from fastapi_bp_lint.output.concise import spot
from fastapi_bp_lint.page.excerpt import Lines, excerpt
from fastapi_bp_lint.page.filters import told
from fastapi_bp_lint.page.markup import Markup, el, joined
from fastapi_bp_lint.page.prose import about, sentence

if TYPE_CHECKING:
    from fastapi_bp_lint.finding import Finding, Fix, Step
    from fastapi_bp_lint.page.areas import Areas
    from fastapi_bp_lint.rule import Rule

_HOW = {
    Applicability.SAFE: "with --fix",
    Applicability.UNSAFE: "with --fix --unsafe-fixes",
    Applicability.DISPLAY: "by hand",
}


class Anchors(NamedTuple):
    """Where findings stand on the page: themselves, and as stalls."""

    own: Mapping[Finding, str]
    stalls: Mapping[Finding, str]


def listed(
    findings: Iterable[Finding],
    rules: Mapping[str, Rule],
    areas: Areas,
    lines: Lines,
    ids: Mapping[Finding, str],
    stalls: Mapping[Finding, str],
) -> Markup:
    """Return the findings of each rule, in the order of the codes.

    *ids* are their anchors, *stalls* those of the ways on which they are shown above.
    """
    ordered = sorted(findings, key=lambda finding: finding.code)
    known = Anchors(ids, stalls)
    return joined(
        _rule(rules.get(code), list(members), areas, lines, known)
        for code, members in groupby(ordered, lambda finding: finding.code)
    )


def _rule(
    rule: Rule | None,
    findings: list[Finding],
    areas: Areas,
    lines: Lines,
    anchors: Anchors,
) -> Markup:
    first = findings[0]
    title = el("h3", el("b", first.code), " ", rule.title if rule else first.slug)
    count = el("span", len(findings), class_="count")
    why = el("details", el("summary", "What it is, and why"), about(rule)) if rule else None
    articles = [_finding(one, areas.of(one.place.path), lines, anchors) for one in findings]
    return el(
        "details",
        el("summary", title, " ", el("code", first.slug), " ", count),
        why,
        articles,
        open=True,
        data_group=True,
    )


def _finding(finding: Finding, area: str, lines: Lines, anchors: Anchors) -> Markup:
    number, stall = anchors.own[finding], anchors.stalls.get(finding)
    doubt = finding.certainty is not Certainty.CERTAIN
    return el(
        "article",
        el(
            "p",
            el("span", finding.severity.value, class_="severity"),
            el("a", spot(finding.place), href=f"#{number}", class_="place"),
            el("small", finding.symbol),
            el("small", finding.certainty.value, class_="doubt") if doubt else None,
            class_="meta",
        ),
        el("p", sentence(finding.message), class_="message"),
        excerpt(lines, finding.place),
        el("p", el("a", "The way there", href=f"#{stall}")) if stall else _steps(finding.trail),
        _fix(finding.fix),
        id=number,
        class_=f"finding {finding.severity.value}",
        **told(finding, area),
    )


def _steps(trail: tuple[Step, ...]) -> Markup | None:
    return el("ol", [_step(step) for step in trail], class_="steps") if trail else None


def _step(step: Step) -> Markup:
    return el("li", sentence(step.message), " ", el("span", spot(step.place), class_="place"))


def _fix(fix: Fix | None) -> Markup | None:
    if fix is None:
        return None
    how = el("small", _HOW[fix.applicability])
    return el("p", el("b", "Fix"), " ", sentence(fix.message), " ", how, class_="fix")
