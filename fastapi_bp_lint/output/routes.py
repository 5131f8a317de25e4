"""Routes as JSON and as a table: path, handler, where it runs, which dependencies hold a thread."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from fastapi_bp_lint.finding import Certainty, weakest
from fastapi_bp_lint.output.style import Style

if TYPE_CHECKING:
    from fastapi_bp_lint.project.callables import Target
    from fastapi_bp_lint.project.dependencies import Dependency
    from fastapi_bp_lint.project.routes import Route

VERSION = 1
_LOOP, _THREAD, _UNKNOWN = "loop", "thread", "?"
_WIDEST = 60


def as_json(routes: Iterable[Route]) -> str:
    """Return the document that `fbp-lint routes --output-format json` prints."""
    document = {"version": VERSION, "routes": [_route(route) for route in routes]}
    return json.dumps(document, indent=1) + "\n"


def certainty_of(route: Route) -> Certainty:
    """Return how sure the whole row is; a route of no application has no full path."""
    whole = Certainty.POSSIBLE if route.app is None else Certainty.CERTAIN
    return weakest(route.certainty, route.sure, whole)


def _route(route: Route) -> dict[str, Any]:
    row: dict[str, Any] = {
        "kind": route.kind,
        "methods": list(route.methods),
        "path": route.path,
        "name": route.name,
        "app": route.app.symbol if route.app is not None else None,
        "handler": route.mounted or route.target.symbol or None,
        **place_of(route.target),
    }
    if route.kind != "mount":
        row["is_async"] = route.is_async
    if route.kind == "http":
        row |= {
            "status_code": route.effective_status,
            "response_model": route.response_model,
            "tags": list(route.tags),
            "include_in_schema": route.include_in_schema,
        }
    if route.kind != "mount":
        row["exec"] = runs(is_loop=route.on_loop)
    row["certainty"] = certainty_of(route).value
    row["dependencies"] = [dependency_row(d) for d in route.dependencies]
    return row


def place_of(target: Target) -> dict[str, Any]:
    """Return file and line of a ``def``; of a class those of the class itself."""
    where = target.cls if target.kind == "class" and target.cls is not None else target.function
    if where is None:
        where = target.cls
    if where is None:
        return {"file": None, "line": None}
    return {"file": where.module.path, "line": where.facts.span.line}


def dependency_row(dependency: Dependency) -> dict[str, Any]:
    """Return a dependency and all below it."""
    row: dict[str, Any] = {
        "name": dependency.name,
        "call": dependency.target.symbol or None,
        **place_of(dependency.target),
        "kind": dependency.kind,
        "is_async": dependency.is_async,
        "exec": runs(is_loop=dependency.is_async),
        "use_cache": dependency.use_cache,
    }
    if dependency.scope is not None:
        row["scope"] = dependency.scope
    if dependency.scopes:
        row["scopes"] = list(dependency.scopes)
    row["dependencies"] = [dependency_row(d) for d in dependency.children]
    return row


def runs(*, is_loop: bool | None) -> str | None:
    """Say where something runs; None when that is not known."""
    return None if is_loop is None else _LOOP if is_loop else _THREAD


def table(routes: Sequence[Route], *, color: bool = False) -> str:
    """Return the routes as a table for people."""
    style = Style(color)
    head = ("METHODS", "PATH", "HANDLER", "RUNS", "DEPENDENCIES IN A THREAD")
    rows = [_cells(route) for route in routes]
    widths = [
        min(_WIDEST, max([len(head[n]), *[len(row[n]) for row in rows]])) for n in range(len(head))
    ]
    lines = [style.strong(_line(head, widths))]
    for route, row in zip(routes, rows, strict=True):
        line = _line(row, widths)
        lines.append(style.faint(line) if certainty_of(route) is Certainty.POSSIBLE else line)
    return "\n".join(lines) + f"\n{_summary(routes)}\n"


def _summary(routes: Sequence[Route]) -> str:
    handlers = [r for r in routes if r.kind != "mount"]
    threads = sum(r.on_loop is False for r in handlers)
    holding = sum(bool(held_threads(r)) for r in handlers)
    return (
        f"{len(handlers)} routes; {threads} run in a worker thread, {holding} need one for their "
        "dependencies."
    )


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=True)]
    return "  ".join(padded).rstrip()


def _cells(route: Route) -> tuple[str, str, str, str, str]:
    methods = ",".join(route.methods) if route.kind == "http" else route.kind
    where = _UNKNOWN if route.on_loop is None else _LOOP if route.on_loop else _THREAD
    return (
        methods,
        route.path,
        route.mounted or route.target.symbol or _UNKNOWN,
        "" if route.kind == "mount" else where,
        ", ".join(held_threads(route)),
    )


def held_threads(route: Route) -> list[str]:
    """Return the names of the route's dependencies that run in a thread, each once."""
    found = [d for d in route.all_dependencies() if d.is_async is False]
    return list(dict.fromkeys(d.target.symbol.rpartition(".")[2] for d in found))
