"""What the page can be narrowed to, and what of it each part says of itself for that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import TYPE_CHECKING

from fastapi_bp_lint.finding import Applicability, Severity
from fastapi_bp_lint.page.markup import Attribute, Markup, el

if TYPE_CHECKING:
    from fastapi_bp_lint.finding import Finding
    from fastapi_bp_lint.rule import Rule


def told(finding: Finding, area: str) -> dict[str, Attribute]:
    """Return the attributes by which an element with *finding* is filtered."""
    fix = finding.fix is not None and finding.fix.applicability is not Applicability.DISPLAY
    return {
        "data_item": "finding",
        "data_area": area,
        "data_rule": finding.code,
        "data_severity": finding.severity.value,
        "data_fix": fix,
    }


def form(areas: Iterable[str], rules: Mapping[str, Rule]) -> Markup:
    """Return the controls; without a script they are not shown."""
    every = el("option", "all", value="")
    places = [el("option", area, value=area) for area in sorted(areas)]
    severities = [el("option", one.value, value=one.value) for one in Severity]
    return el(
        "form",
        _labelled(
            "Search",
            el(
                "input",
                type="search",
                name="text",
                aria_keyshortcuts="/",
                placeholder="name, path, message",
                autocomplete="off",
            ),
        ),
        _labelled("Part", el("select", every, places, name="area")),
        _labelled("Rule", el("select", every, _families(rules), name="rule")),
        _labelled("Severity", el("select", every, severities, name="severity")),
        el("label", el("input", type="checkbox", name="fix"), " can be fixed", class_="check"),
        el("button", "Show all", type="reset"),
        el("p", role="status", id="shown"),
        id="filter",
        role="search",
        aria_label="Filter",
        hidden=True,
    )


def _labelled(text: str, control: Markup) -> Markup:
    return el("label", el("span", text), control)


def _families(rules: Mapping[str, Rule]) -> list[Markup]:
    ordered = sorted(rules.values(), key=lambda rule: rule.code)
    return [
        el(
            "optgroup",
            el("option", f"{family}: all", value=code),
            [el("option", f"{rule.code} {rule.slug}", value=rule.code) for rule in members],
            label=family,
        )
        for (code, family), members in groupby(ordered, lambda rule: (rule.code[:4], rule.family))
    ]
