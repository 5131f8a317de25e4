"""Which async routes await nothing and need no event loop: a plain ``def`` would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Attr, Call
from fastapi_bp_lint.knowledge.loops import LOOP_METHODS, LOOP_PACKAGES
from fastapi_bp_lint.project.references import References
from fastapi_bp_lint.project.values import External, Function

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fastapi_bp_lint.project.project import Project
    from fastapi_bp_lint.project.routes import Route


def awaitless(project: Project, coroutines: Iterable[Function]) -> frozenset[Function]:
    """Return those of *coroutines* that FastAPI could as well run in a thread.

    They are handlers of http routes, await nothing, neither they nor what they call deals with the
    event loop, and nothing but their decorators refers to them.
    """
    found = [f for f in dict.fromkeys(coroutines) if _is_plain(f, project)]
    found = [f for f in found if not _needs_loop(f, project)]
    references = References(project, found) if found else None
    return frozenset(
        f
        for f in found
        if references and not references.of(f) and not references.is_named_elsewhere(f)
    )


def _is_plain(function: Function, project: Project) -> bool:
    facts, routes = function.facts, project.handlers.get(function, ())
    return (
        bool(routes)
        and facts.is_async
        and not facts.body.awaits
        and not facts.is_generator
        and "." not in facts.qualname
        and all(_is_own(route, function) for route in routes)
        and len(facts.decorators) == len({route.place.span for route in routes})
    )


def _is_own(route: Route, function: Function) -> bool:
    decorators = function.facts.decorator_spans
    return route.kind == "http" and not route.is_plain and route.place.span in decorators


def _needs_loop(function: Function, project: Project) -> bool:
    """Whether the function, or a sync one that it leads to, has to do with the event loop."""
    waiting, seen = [function], {function}
    for each in waiting:
        if any(_is_of_loop(call, each, project) for call in each.facts.body.calls):
            return True
        for edge in project.calls.edges(each):
            target = edge.target
            if not isinstance(target, Function) or target in seen:
                continue
            if target.is_async:
                return True
            seen.add(target)
            waiting.append(target)
    return False


def _is_of_loop(call: Call, function: Function, project: Project) -> bool:
    func = call.func
    name = func.name if isinstance(func, Attr) else func if isinstance(func, str) else ""
    if name.rpartition(".")[2] in LOOP_METHODS:
        return True
    held = project.types.infer(func, function, call.span.line).values
    return any(isinstance(v, External) and v.name.split(".")[0] in LOOP_PACKAGES for v in held)
