"""The `Depends` graph as text, DOT, Mermaid or JSON, coloured by where each callable runs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from fastapi_bp_lint.output.routes import VERSION, dependency_row, held_threads, place_of, runs
from fastapi_bp_lint.output.style import Style

if TYPE_CHECKING:
    from fastapi_bp_lint.project.dependencies import Dependency
    from fastapi_bp_lint.project.routes import Route

_COLORS = {"loop": "#cfe8d5", "thread": "#f6d5b5", None: "#e4e4e4"}


class _Node(NamedTuple):
    key: str
    label: str
    where: str | None


class _Graph(NamedTuple):
    nodes: list[_Node]
    edges: list[tuple[str, str]]


def render(routes: Sequence[Route], form: str, *, color: bool = False) -> str:
    """Return the graph in the format *form*, one of `FORMATS`."""
    wanted = [r for r in routes if r.kind != "mount"]
    if form == "text":
        return _text(wanted, color=color)
    return FORMATS[form](wanted)


def _text(routes: Sequence[Route], *, color: bool) -> str:
    style = Style(color)
    lines: list[str] = []
    for route in routes:
        held = len(held_threads(route))
        methods = ",".join(route.methods) or route.kind
        title = f"{methods} {route.path}"
        how = f"[{runs(is_loop=route.on_loop) or '?'}]"
        more = f"  {held} of its dependencies hold a thread" if held else ""
        lines.append(f"{style.strong(title)}  {route.target.symbol or '?'} {how}{more}")
        lines += _branches(route.dependencies, "  ", style)
    return "\n".join(lines) + "\n" if lines else ""


def _branches(dependencies: Iterable[Dependency], indent: str, style: Style) -> Iterator[str]:
    for dependency in dependencies:
        where = runs(is_loop=dependency.is_async)
        notes = [where or "?", *(["yield"] if dependency.is_generator else [])]
        notes += [] if dependency.use_cache else ["no cache"]
        notes += ["cycle"] if dependency.cycle else []
        name = f"{dependency.name} = " if dependency.name else ""
        label = f"{name}{dependency.target.symbol or '?'} [{', '.join(notes)}]"
        yield indent + (style.hint(label) if where == "thread" else label)
        yield from _branches(dependency.children, indent + "  ", style)


def _json(routes: Sequence[Route]) -> str:
    rows = [
        {
            "kind": route.kind,
            "methods": list(route.methods),
            "path": route.path,
            "handler": route.target.symbol or None,
            **place_of(route.target),
            "exec": runs(is_loop=route.on_loop),
            "dependencies": [dependency_row(d) for d in route.dependencies],
        }
        for route in routes
    ]
    return json.dumps({"version": VERSION, "routes": rows}, indent=1) + "\n"


def _graph(routes: Sequence[Route]) -> _Graph:
    """Return each callable once, and who needs whom."""
    nodes: dict[str, _Node] = {}
    edges: dict[tuple[str, str], None] = {}

    def add(key: str, label: str, where: str | None) -> str:
        nodes.setdefault(key, _Node(f"n{len(nodes)}", label, where))
        return nodes[key].key

    for route in routes:
        methods = ",".join(route.methods) or route.kind
        key = f"{methods} {route.path}"
        top = add(key, f"{key}\n{route.target.symbol or '?'}", runs(is_loop=route.on_loop))
        waiting = [(top, d) for d in route.dependencies]
        while waiting:
            above, dependency = waiting.pop(0)
            symbol = dependency.target.symbol or f"? ({dependency.place.path})"
            inner = add(symbol, symbol, runs(is_loop=dependency.is_async))
            if (above, inner) not in edges:
                edges[above, inner] = None
            waiting += [(inner, d) for d in dependency.children]
    return _Graph(list(nodes.values()), list(edges))


def _dot(routes: Sequence[Route]) -> str:
    graph = _graph(routes)
    lines = ["digraph dependencies {", "  rankdir=LR;", "  node [shape=box, style=filled];"]
    for node in graph.nodes:
        label = node.label.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        lines.append(f'  {node.key} [label="{label}", fillcolor="{_COLORS[node.where]}"];')
    lines += [f"  {above} -> {below};" for above, below in graph.edges]
    return "\n".join([*lines, "}"]) + "\n"


def _mermaid(routes: Sequence[Route]) -> str:
    graph = _graph(routes)
    lines = ["flowchart LR"]
    for node in graph.nodes:
        label = node.label.replace('"', "#quot;").replace("\n", "<br/>")
        lines.append(f'  {node.key}["{label}"]:::{node.where or "unknown"}')
    lines += [f"  {above} --> {below}" for above, below in graph.edges]
    for where, fill in _COLORS.items():
        lines.append(f"  classDef {where or 'unknown'} fill:{fill},color:#222")
    return "\n".join(lines) + "\n"


FORMATS: dict[str, Callable[[Sequence[Route]], str]] = {
    "dot": _dot,
    "mermaid": _mermaid,
    "json": _json,
}
