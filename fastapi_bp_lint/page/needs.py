"""The dependencies: the graph as a picture, and the same as a table that can be read out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from fastapi_bp_lint.page.drawing import anchor, drawn
from fastapi_bp_lint.page.graph import graph
from fastapi_bp_lint.page.listing import runs_on
from fastapi_bp_lint.page.markup import Markup, el, joined

if TYPE_CHECKING:
    from fastapi_bp_lint.page.areas import Areas
    from fastapi_bp_lint.page.graph import Graph, Node
    from fastapi_bp_lint.project.routes import Route

_HEAD = ("Dependency", "Runs on", "Routes", "Needs", "Needed by")


def needs(routes: Iterable[Route], areas: Areas) -> Markup | None:
    """Return the graph of what *routes* depend on; None where they depend on nothing."""
    found = graph(routes, areas)
    nodes = [node for column in found.columns for node in column]
    dependencies = [node for node in nodes if not node.is_area]
    if not dependencies:
        return None
    titles = {node.key: node.title for node in nodes}
    legend = el(
        "p",
        runs_on(True),  # noqa: FBT003 - where it runs is all that is asked
        " on the event loop ",
        runs_on(False),  # noqa: FBT003
        " in a worker thread, which a request has to wait for",
        class_="legend",
    )
    head = el("thead", el("tr", [el("th", text, scope="col") for text in _HEAD]))
    rows = [_row(node, found, titles) for node in sorted(dependencies, key=lambda n: -n.routes)]
    return joined(
        legend,
        el(
            "div",
            drawn(found),
            class_="graph wide",
            tabindex=0,
            role="region",
            aria_label="Graph of the dependencies",
        ),
        el(
            "div",
            el("table", head, el("tbody", rows)),
            class_="wide",
            tabindex=0,
            role="region",
            aria_label="Table of the dependencies",
        ),
    )


def _row(node: Node, found: Graph, titles: dict[str, str]) -> Markup:
    return el(
        "tr",
        el("th", el("code", node.title), el("small", node.detail), scope="row"),
        el("td", runs_on(node.on_loop), el("small", "yields") if node.is_generator else None),
        el("td", node.routes, class_="number"),
        el("td", _names(found.needs(node.key), titles)),
        el("td", _names(found.needed_by(node.key), titles)),
        id=anchor(node.key),
    )


def _names(keys: list[str], titles: dict[str, str]) -> Markup:
    return el("ul", [el("li", titles[key], title=key) for key in keys], class_="inline")
