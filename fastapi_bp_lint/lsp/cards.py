"""Routes for the eye: the card of a handler, the line above it, the entry in a list of symbols."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from fastapi_bp_lint.finding import Place
from fastapi_bp_lint.output.routes import held_threads

if TYPE_CHECKING:
    from fastapi_bp_lint.project.dependencies import Dependency
    from fastapi_bp_lint.project.project import Project
    from fastapi_bp_lint.project.routes import Route

_WHERE = {True: "event loop", False: "worker thread", None: "unknown"}


def title(route: Route) -> str:
    """Return the methods and the full path of *route*."""
    methods = ",".join(route.methods) if route.kind == "http" else route.kind.upper()
    return f"{methods} {route.path or '/'}"


def line(route: Route) -> str:
    """Return what stands above the handler of *route*."""
    parts = [title(route)]
    if route.kind != "mount":
        parts.append(_WHERE[route.on_loop])
    if held := len(held_threads(route)):
        parts.append(f"{held} {'dependency' if held == 1 else 'dependencies'} in a thread")
    if route.app is None:
        parts.append("in no application")
    return " · ".join(parts)


def card(route: Route) -> str:
    """Return all there is to know about *route*, in Markdown."""
    facts = [f"runs: {_WHERE[route.on_loop]}"]
    if route.kind == "http" and route.effective_status is not None:
        facts.append(f"answers {route.effective_status}")
    if route.kind == "http" and route.response_model:
        facts.append(f"`{route.response_model}`")
    if route.tags:
        facts.append("tags: " + ", ".join(route.tags))
    if not route.include_in_schema:
        facts.append("not in the schema")
    app = f"in `{route.app.symbol}`" if route.app is not None else "in no application"
    lines = [
        f"**{title(route)}** {app}",
        "",
        f"`{route.target.symbol or '?'}`",
        "",
        " · ".join(facts),
    ]
    if route.dependencies:
        lines += ["", "Dependencies, in the order in which they run:", ""]
        lines += _tree(route.dependencies, "")
    return "\n".join(lines)


def _tree(dependencies: Iterable[Dependency], indent: str) -> Iterator[str]:
    for dependency in dependencies:
        name = f"`{dependency.name}`: " if dependency.name else ""
        notes = [_WHERE[dependency.is_async]]
        notes += ["yields"] if dependency.is_generator else []
        notes += [] if dependency.use_cache else ["not cached"]
        notes += ["leads back to itself"] if dependency.cycle else []
        yield f"{indent}- {name}`{dependency.target.symbol or '?'}` ({', '.join(notes)})"
        yield from _tree(dependency.children, indent + "  ")


def registered(project: Project, path: str) -> list[Route]:
    """Return the routes that are registered in the file *path*, in its order."""
    found = [route for route in project.routes if route.place.path == path]
    return sorted(found, key=lambda route: route.place.span)


def handled(project: Project, path: str) -> Iterator[tuple[Place, Route]]:
    """Give what stands for a route in *path*: the name of its handler, and its decorator."""
    for route in project.routes:
        if route.handler is not None and route.handler.module.path == path:
            yield route.handler.place, route
        if route.place.path == path:
            yield route.place, route
