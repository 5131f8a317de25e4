"""What rules ask about a handler: how it was registered, and what it may return."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Attr, Awaited, Call, Expr
from fastapi_bp_lint.knowledge.fastapi_names import RESPONSE, VERBS
from fastapi_bp_lint.knowledge.tables import ancestry
from fastapi_bp_lint.project import members
from fastapi_bp_lint.project.flow import reaching
from fastapi_bp_lint.project.uses import bodies
from fastapi_bp_lint.project.values import Class, Coroutine, External, Function, Instance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi_bp_lint.facts.model import Result
    from fastapi_bp_lint.project.project import Project
    from fastapi_bp_lint.project.routes import Route
    from fastapi_bp_lint.project.values import Value

_REGISTERS = VERBS | {"api_route", "add_api_route"}
_ROUTE_CLASSES = ("route_class", "route_class_override")


def call_of(route: Route, project: Project) -> Call | None:
    """Return the decorator or call that registers a route, as it is written."""
    span = route.place.span
    for _, body, _ in bodies(project.modules.by_path[route.place.path]):
        for call in body.calls:
            if call.span == span:
                return call
    return None


def is_written(call: Call | None) -> bool:
    """Whether all arguments of a registering call are to be seen: no ``**options``."""
    return call is not None and all(name is not None for name, _ in call.keywords)


def is_direct(route: Route, handler: Function) -> bool:
    """Whether the handler itself bears the decorator, or was handed over by name."""
    decorators = handler.facts.decorator_spans
    return route.place.span in decorators or not _is_decorator(route, handler)


def _is_decorator(route: Route, handler: Function) -> bool:
    span = route.place.span
    return any(span in f.decorator_spans for f in route.module.facts.functions) or (
        handler.facts.parent != "" and not handler.facts.in_class
    )


def has_custom_class(route: Route, project: Project) -> bool:
    """Whether a route class or a router class of the project may add to what is written."""
    if any(name in level.options for level in route.levels for name in _ROUTE_CLASSES):
        return True
    if any(name in route.options for name in _ROUTE_CLASSES):
        return True
    if not project.uses.assigned_attributes.isdisjoint(_ROUTE_CLASSES):
        return True
    routers = [route.router, *[level.router for level in route.levels]]
    own = [project.web.registry.own.get(r) for r in routers if r is not None]
    return any(
        isinstance(base, Class) and not _REGISTERS.isdisjoint(base.methods)
        for cls in own
        if cls is not None
        for base in members.mro(project.types, cls)
    )


def returned(handler: Function) -> list[Result]:
    """Return the ``return`` statements of a handler that give something."""
    return [r for r in handler.facts.body.results if r.kind == "return" and r.value is not None]


def returns_response(handler: Function, project: Project) -> bool:
    """Whether a handler returns a response object, or something that is called one."""
    for result in returned(handler):
        line = result.span.line
        held = project.types.infer(result.value, handler, line)
        if any(_is_response(v, project) for v in held.values):
            return True
        if any(_sounds_like_response(e) for e in _sources(result.value, handler, project, line)):
            return True
    return False


def _is_response(value: Value, project: Project) -> bool:
    if isinstance(value, Coroutine):
        return False
    of = value.of if isinstance(value, Instance) else None
    if isinstance(of, External):
        return RESPONSE in ancestry(of.name) or of.name.endswith("Response")
    if not isinstance(of, Class):
        return False
    return any(
        isinstance(base, External) and RESPONSE in ancestry(base.name)
        for base in members.mro(project.types, of)
    )


def _sources(expr: Expr, handler: Function, project: Project, line: int) -> Iterator[Expr]:
    """Give the calls that *expr* is, or that its name was bound to."""
    if isinstance(expr, str):
        things = project.types.locals(handler).get(expr, [])
        for thing in reaching(things, handler.facts.body.regions, line):
            value = getattr(thing, "value", None)
            yield value.value if isinstance(value, Awaited) else value
    else:
        yield expr.value if isinstance(expr, Awaited) else expr


def _sounds_like_response(expr: Expr) -> bool:
    if not isinstance(expr, Call):
        return False
    func = expr.func.name if isinstance(expr.func, Attr) else expr.func
    name = func.rpartition(".")[2] if isinstance(func, str) else ""
    return name.lower().endswith("response")
