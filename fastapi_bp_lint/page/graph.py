"""The `Depends` graph in columns: parts of the project on the left, what they need to the right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from fastapi_bp_lint.page.areas import Areas
    from fastapi_bp_lint.project.dependencies import Dependency
    from fastapi_bp_lint.project.routes import Route

_SWEEPS = 6


class Node(NamedTuple):
    """Something that a route needs, or a part of the project with its routes.

    *on_loop* is where it runs, None when that is not known; *routes* counts the routes that need
    it, or that the part has.
    """

    key: str
    title: str
    detail: str
    is_area: bool
    on_loop: bool | None
    is_generator: bool
    routes: int


class Graph(NamedTuple):
    """Nodes in columns, each in its order from the top, and who needs whom, by key."""

    columns: tuple[tuple[Node, ...], ...]
    edges: tuple[tuple[str, str], ...]

    def needs(self, key: str) -> list[str]:
        """Return the keys of what the node *key* needs itself."""
        return [below for above, below in self.edges if above == key]

    def needed_by(self, key: str) -> list[str]:
        """Return the keys of what needs the node *key* itself."""
        return [above for above, below in self.edges if below == key]


def graph(routes: Iterable[Route], areas: Areas) -> Graph:
    """Return the graph of *routes*."""
    nodes: dict[str, Node] = {}
    users: dict[str, set[int]] = {}
    edges: dict[tuple[str, str], None] = {}
    for number, route in enumerate(routes):
        if not route.dependencies:
            continue
        area = areas.of(route.handler.module.path if route.handler else route.place.path)
        top = f"area {area}"
        nodes.setdefault(
            top, Node(top, area, "", is_area=True, on_loop=None, is_generator=False, routes=0)
        )
        users.setdefault(top, set()).add(number)
        for dependency in route.dependencies:
            edges[top, _key(dependency)] = None
        for dependency in route.all_dependencies():
            key = _key(dependency)
            nodes.setdefault(key, _node(dependency))
            users.setdefault(key, set()).add(number)
            edges |= {(key, _key(child)): None for child in dependency.children}
    counted = {key: node._replace(routes=len(users[key])) for key, node in nodes.items()}
    return Graph(_columns(counted, edges), tuple(edges))


def _key(dependency: Dependency) -> str:
    return dependency.target.symbol or f"? {dependency.place.path}:{dependency.place.span.line}"


def _node(dependency: Dependency) -> Node:
    key = _key(dependency)
    module, _, name = key.rpartition(".")
    return Node(
        key,
        name,
        module,
        is_area=False,
        on_loop=dependency.is_async,
        is_generator=dependency.is_generator,
        routes=0,
    )


def _columns(
    nodes: Mapping[str, Node], edges: Iterable[tuple[str, str]]
) -> tuple[tuple[Node, ...], ...]:
    depths = _depths(nodes, edges)
    columns: list[list[str]] = [[] for _ in range(max(depths.values(), default=-1) + 1)]
    for key in nodes:
        columns[depths[key]].append(key)
    around: dict[str, list[str]] = {key: [] for key in nodes}
    for above, below in edges:
        around[above].append(below)
        around[below].append(above)
    columns[:1] = [sorted(column) for column in columns[:1]]
    for _ in range(_SWEEPS):
        _sweep(columns, around)
    return tuple(tuple(nodes[key] for key in column) for column in columns)


def _depths(nodes: Iterable[str], edges: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Return the column of each node: to the right of all that need it, as far as cycles allow."""
    depths = dict.fromkeys(nodes, 0)
    listed = list(edges)
    for _ in range(len(depths)):
        deeper = [(below, depths[above] + 1) for above, below in listed]
        late = {key: depth for key, depth in deeper if depths[key] < depth <= len(depths)}
        if not late:
            break
        for key, depth in deeper:
            depths[key] = max(depths[key], min(depth, len(depths)))
    kept = sorted(set(depths.values()))  # a cycle may have pushed its nodes far to the right
    return {key: kept.index(depth) for key, depth in depths.items()}


def _sweep(columns: list[list[str]], around: Mapping[str, list[str]]) -> None:
    """Move each node towards the middle of what it is tied to, so that fewer lines cross."""
    position = {
        key: place / max(len(column), 1) for column in columns for place, key in enumerate(column)
    }

    def middle(key: str) -> float:
        tied = [position[other] for other in around[key]] or [position[key]]
        return sum(tied) / len(tied)

    for column in columns[1:]:
        column.sort(key=middle)
        position |= {key: place / len(column) for place, key in enumerate(column)}
