"""Stalls as ways that can be read, from the route down to the call that holds the event loop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from fastapi_bp_lint.output.concise import spot
from fastapi_bp_lint.output.summary import counted
from fastapi_bp_lint.page.excerpt import Lines, excerpt
from fastapi_bp_lint.page.filters import told
from fastapi_bp_lint.page.markup import Markup, el, joined
from fastapi_bp_lint.project.blocking import COROUTINE

if TYPE_CHECKING:
    from fastapi_bp_lint.finding import Finding
    from fastapi_bp_lint.page.areas import Areas
    from fastapi_bp_lint.page.trails import Hop, Trail

_SHOWN = 3
_DEPENDENCY = "dependency"
_NOBODY = "nothing is known to run it"


def stalls(
    trails: Iterable[Trail], areas: Areas, lines: Lines, ids: Mapping[Finding, str]
) -> Markup:
    """Return one article for each trail."""
    return joined(_stall(trail, areas, lines, ids) for trail in trails)


def _stall(trail: Trail, areas: Areas, lines: Lines, ids: Mapping[Finding, str]) -> Markup:
    finding = trail.finding
    end = el(
        "li",
        el("p", el("code", finding.primitive), el("i", "holds the event loop")),
        class_="end",
    )
    reached = [trail.hops[0].symbol.rpartition(".")[2], " → ", finding.primitive]
    return el(
        "article",
        el("h3", el("code", reached)),
        el("p", el("a", f"{finding.code} {finding.slug}", href=f"#{ids[finding]}"), class_="meta"),
        el("ol", _top(trail), [_hop(hop, lines) for hop in trail.hops], end, class_="trail"),
        _others(trail.others, ids),
        id=stall_id(trail, ids),
        class_=f"stall {finding.severity.value}",
        **told(finding, areas.of(finding.place.path)),
    )


def stall_id(trail: Trail, ids: Mapping[Finding, str]) -> str:
    """Return the anchor of the article of *trail*."""
    return f"stall-{ids[trail.finding]}"


def _top(trail: Trail) -> Markup:
    """Return what reaches the first function: its routes, or what else FastAPI runs."""
    names: list[Markup] = [el("b", name) for name in trail.top[:_SHOWN]]
    if len(trail.top) > _SHOWN:
        names.append(el("span", f"and {len(trail.top) - _SHOWN} more"))
    kind = f"{trail.kind.replace('-', ' ')}{' of' if trail.kind == _DEPENDENCY else ''}"
    if not names:
        names = [el("span", _NOBODY if kind == COROUTINE else "run by FastAPI")]
    more = f"and from {counted(trail.more, 'more entry', 'more entries')}" if trail.more else None
    return el(
        "li",
        el("p", el("span", kind, class_="kind"), names, more and el("small", more)),
        class_="top",
    )


def _hop(hop: Hop, lines: Lines) -> Markup:
    module, _, name = hop.symbol.rpartition(".")
    return el(
        "li",
        el("p", el("code", name, title=hop.symbol), el("i", hop.then), el("small", module)),
        el("p", spot(hop.place), class_="place"),
        excerpt(lines, hop.place),
        class_=hop.then,
    )


def _others(others: tuple[Finding, ...], ids: Mapping[Finding, str]) -> Markup | None:
    if not others:
        return None
    items = [
        el("li", el("a", el("code", one.symbol), href=f"#{ids[one]}"), " ", spot(one.place))
        for one in others
    ]
    verb = "leads" if len(others) == 1 else "lead"
    head = el("summary", f"{counted(len(others), 'more coroutine')} {verb} to the same call")
    return el("details", head, el("ul", items))
