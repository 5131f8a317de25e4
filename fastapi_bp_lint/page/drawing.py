"""The `Depends` graph as a picture: boxes in columns, and curves to what each needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from fastapi_bp_lint.output.summary import counted
from fastapi_bp_lint.page.markup import Markup, el

if TYPE_CHECKING:
    from fastapi_bp_lint.page.graph import Graph, Node

_HEIGHT, _GAP, _CHANNEL, _MARGIN = 44, 12, 90, 8
_CHARACTER, _LEAST, _WIDEST = 7.3, 120, 34
_PLACES = {True: "loop", False: "thread", None: "unknown"}


class _Box(NamedTuple):
    x: int
    y: int
    width: int


def drawn(graph: Graph) -> Markup:
    """Return the picture; each box links to its row in the list below."""
    boxes, width, height = _placed(graph)
    curves = [
        el("path", d=_curve(boxes[above], boxes[below]), data_from=above, data_to=below)
        for above, below in graph.edges
    ]
    nodes = [_node(node, boxes[node.key], graph) for column in graph.columns for node in column]
    return el(
        "svg",
        el("g", curves, class_="edges", aria_hidden="true"),
        nodes,
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        role="group",
        aria_label="What the routes depend on",
    )


def _placed(graph: Graph) -> tuple[dict[str, _Box], int, int]:
    boxes: dict[str, _Box] = {}
    heights = _heights(graph)
    x = _MARGIN
    for column in graph.columns:
        longest = max(len(_short(text)) for node in column for text in (node.title, _under(node)))
        width = max(_LEAST, round(longest * _CHARACTER) + 28)
        boxes |= {node.key: _Box(x, heights[node.key], width) for node in column}
        x += width + _CHANNEL
    bottom = max(heights.values(), default=0) + _HEIGHT + _MARGIN
    return boxes, max(x - _CHANNEL, 0) + _MARGIN, bottom


def _heights(graph: Graph) -> dict[str, int]:
    """Return how far down each box begins: the longest column is full, the others lean on it."""
    tallest = max(range(len(graph.columns)), key=lambda at: len(graph.columns[at]), default=0)
    tied: dict[str, list[str]] = {}
    for above, below in graph.edges:
        tied.setdefault(above, []).append(below)
        tied.setdefault(below, []).append(above)
    heights: dict[str, int] = {}
    ordered = sorted(range(len(graph.columns)), key=lambda at: abs(at - tallest))
    most = _column_height(graph.columns[tallest]) if graph.columns else 0
    for at in ordered:
        column = graph.columns[at]
        free, room = _MARGIN, most - _column_height(column)
        for number, node in enumerate(column):
            near = [heights[key] for key in tied.get(node.key, ()) if key in heights]
            wished = sum(near) // len(near) if near else free
            latest = _MARGIN + room + number * (_HEIGHT + _GAP)
            heights[node.key] = min(max(free, wished), latest)
            free = heights[node.key] + _HEIGHT + _GAP
    return heights


def _column_height(column: Sequence[Node]) -> int:
    return len(column) * (_HEIGHT + _GAP)


def _short(text: str) -> str:
    return text if len(text) <= _WIDEST else f"…{text[-_WIDEST:]}"


def _under(node: Node) -> str:
    return counted(node.routes, "route") if node.is_area else node.detail


def _curve(start: _Box, end: _Box) -> str:
    x1, y1 = start.x + start.width, start.y + _HEIGHT // 2
    x2, y2 = end.x, end.y + _HEIGHT // 2
    bend = max((x2 - x1) // 2, _CHANNEL // 2)
    return f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"


def _node(node: Node, box: _Box, graph: Graph) -> Markup:
    kind = "area" if node.is_area else _PLACES[node.on_loop]
    whole = f"{node.title if node.is_area else node.key}: {_more(node, graph)}"
    return el(
        "a",
        el("rect", x=box.x, y=box.y, width=box.width, height=_HEIGHT, rx=8),
        el("text", _short(node.title), x=box.x + 14, y=box.y + 19, class_="title"),
        el("text", _short(_under(node)), x=box.x + 14, y=box.y + 34),
        el("title", whole),
        href=f"#{anchor(node.key)}" if not node.is_area else "#routes",
        class_=f"node {kind}",
        data_node=node.key,
    )


def anchor(key: str) -> str:
    """Return the id of the row of the node *key*."""
    return "needs-" + "".join(c if c.isalnum() else f"-{ord(c):x}-" for c in key)


def _more(node: Node, graph: Graph) -> str:
    """Return what the picture shows of *node* by its place, its colour and its lines."""
    needs = counted(len(graph.needs(node.key)), "dependency", "dependencies")
    if node.is_area:
        return f"with {needs}"
    where = {True: "on the event loop", False: "in a worker thread", None: "at a place not known"}
    return f"runs {where[node.on_loop]}, has {needs}, is needed by {counted(node.routes, 'route')}"
