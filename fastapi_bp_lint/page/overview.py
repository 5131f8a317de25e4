"""The head of the page: what was found, where, and by which rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from fastapi_bp_lint.finding import Severity
from fastapi_bp_lint.output.summary import counted
from fastapi_bp_lint.page.markup import Content, Markup, el

if TYPE_CHECKING:
    from fastapi_bp_lint.finding import Finding
    from fastapi_bp_lint.page.areas import Areas
    from fastapi_bp_lint.project.routes import Route
    from fastapi_bp_lint.report import Report
    from fastapi_bp_lint.rule import Rule

_SHADES = 4
_WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def head(name: str, report: Report, routes: Sequence[Route], trails: int) -> Markup:
    """Return the name of the project and its numbers."""
    severities = Counter(finding.severity for finding in report.findings)
    parts = [counted(severities[one], _WORDS[one]) for one in Severity if severities[one]] or [
        "nothing to mend"
    ]
    handlers = [route for route in routes if route.kind != "mount"]
    threads = sum(route.on_loop is False for route in handlers)
    held = sum(any(d.is_async is False for d in route.all_dependencies()) for route in handlers)
    tiles = (
        _tile(len(report.findings), "finding", ", ".join(parts), "findings"),
        _tile(trails, "stall", "calls that stop the event loop", "stalls"),
        _tile(len(handlers), "route", f"{threads} run in a worker thread", "routes"),
        _tile(
            held,
            "route that waits",
            "for a thread, because of a dependency",
            "dependencies",
            "routes that wait",
        ),
    )
    return el(
        "header",
        el("p", "fbp-lint", class_="brand"),
        el("h1", name),
        el("p", f"{counted(report.files, 'file')} read", class_="lead"),
        el("ul", tiles, class_="tiles"),
    )


def _tile(number: int, noun: str, text: str, target: str, plural: str = "") -> Markup:
    word = noun if number == 1 else plural or f"{noun}s"
    link = el("a", el("b", number), el("span", word), el("small", text), href=f"#{target}")
    return el("li", link, class_=None if number else "none")


def matrix(findings: Iterable[Finding], rules: Mapping[str, Rule], areas: Areas) -> Markup | None:
    """Return how many findings of each family there are in each part of the project."""
    cells: Counter[tuple[str, str]] = Counter()
    for finding in findings:
        cells[areas.of(finding.place.path), finding.code[:4]] += 1
    if not cells:
        return None
    families = {code[:4]: rule.family for code, rule in sorted(rules.items())}
    columns = sorted({family for _, family in cells})
    totals: Counter[str] = Counter()
    for (area, _), number in cells.items():
        totals[area] += number
    top = max(cells.values())
    names = (el("th", families.get(one, one), scope="col") for one in columns)
    header = el("tr", el("td"), names, el("th", "all", scope="col"))
    rows = [
        el(
            "tr",
            el("th", _button(area, totals[area], area, ""), scope="row"),
            [_cell(cells[area, one], top, area, one) for one in columns],
            el("td", totals[area], class_="all"),
        )
        for area in sorted(totals, key=lambda area: (-totals[area], area))
    ]
    caption = el("caption", "Findings by part of the project and family of rules")
    table = el("table", caption, el("thead", header), el("tbody", rows), class_="matrix")
    return el(
        "div", table, class_="wide tall", tabindex=0, role="region", aria_label="Findings by part"
    )


def _cell(number: int, top: int, area: str, family: str) -> Markup:
    if not number:
        return el("td", el("span", "·", aria_label="none"), class_="none")
    shade = 1 + (number * _SHADES - 1) // top if top else 1
    return el("td", _button(str(number), number, area, family), class_=f"heat{min(shade, _SHADES)}")


def _button(text: Content, number: int, area: str, family: str) -> Markup:
    what = f"Show {counted(number, 'finding')} in {area}{f' of {family}' if family else ''}"
    return el("button", text, type="button", data_area=area, data_rule=family, aria_label=what)
