"""What rules ask about a handler: how it was registered, and what it may return."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Attr, Awaited, Binding, Call, Either, Expr, Item
from fastapi_bp_lint.knowledge.fastapi_names import RESPONSE, VERBS
from fastapi_bp_lint.knowledge.harmless import STATE
from fastapi_bp_lint.knowledge.tables import ancestry
from fastapi_bp_lint.project import members
from fastapi_bp_lint.project.annotations import annotated
from fastapi_bp_lint.project.flow import reaching
from fastapi_bp_lint.project.uses import bodies
from fastapi_bp_lint.project.values import Bound, Class, Coroutine, External, Function, Instance

if TYPE_CHECKING:
    from fastapi_bp_lint.facts.model import Result
    from fastapi_bp_lint.project.project import Project
    from fastapi_bp_lint.project.routes import Route
    from fastapi_bp_lint.project.values import Value

_REGISTERS = VERBS | {"api_route", "add_api_route"}
_DEEPEST = 4
_WORDS = ("response", "redirect", "render", "template")
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
    own = [project.web.registry.makers.own.get(r) for r in routers if r is not None]
    return any(
        isinstance(base, Class) and not _REGISTERS.isdisjoint(base.methods)
        for cls in own
        if cls is not None
        for base in members.mro(project.types, cls)
    )


def returned(handler: Function) -> list[Result]:
    """Return the ``return`` statements of a handler that give something."""
    return [r for r in handler.facts.body.results if r.kind == "return" and r.value is not None]


def answers_itself(handler: Function) -> bool:
    """Whether a handler writes to the raw channel to the client, ``request._send``."""
    return any(load.name.endswith("._send") for load in handler.facts.body.loads)


def returns_response(handler: Function, project: Project) -> bool:
    """Whether a handler may return a response object, or has answered by itself."""
    return answers_itself(handler) or _gives_response(handler, project, 0)


def _gives_response(function: Function, project: Project, depth: int) -> bool:
    declared = annotated(project.types, function.facts.returns, project.types.around(function))
    if declared.values:
        return any(_is_response(v, project) for v in declared.values)
    return any(
        gives_response(r.value, function, project, r.span.line, depth) for r in returned(function)
    )


def gives_response(
    expr: Expr, where: Function, project: Project, line: int, depth: int = 0
) -> bool:
    """Whether *expr* is a response, or something of which nothing is known."""
    if isinstance(expr, Awaited):
        return gives_response(expr.value, where, project, line, depth)
    held = project.types.infer(expr, where, line)
    if held.values and not any(isinstance(v, Coroutine) for v in held.values):
        return any(_is_response(v, project) for v in held.values)
    if depth > _DEEPEST:
        return True
    match expr:
        case Either():
            return any(gives_response(o, where, project, line, depth) for o in expr.options)
        case Call():
            return _may_give_response(expr, where, project, depth)
        case str() if "." not in expr:
            things = project.types.locals(where).get(expr, [])
            return any(
                gives_response(getattr(t, "value", None), where, project, t.span.line, depth + 1)
                for t in reaching(things, where.facts.body.regions, line)
                if isinstance(t, Binding) and t.value is not None
            )
        case _:
            return False


def _may_give_response(call: Call, where: Function, project: Project, depth: int) -> bool:
    held = project.types.infer(call.func, where, call.span.line)
    functions = [v.function if isinstance(v, Bound) else v for v in held.values]
    if not functions:
        return _is_unknown(call, where, project, depth)
    return any(
        _gives_response(f, project, depth + 1)
        if isinstance(f, Function)
        else _sounds_like_response(call) or _is_state(getattr(f, "name", ""))
        for f in functions
    )


def _is_unknown(call: Call, where: Function, project: Project, depth: int) -> bool:
    """Whether nothing is known of what a method is called on, down to where the chain begins."""
    if _sounds_like_response(call) or depth > _DEEPEST:
        return True
    owner: Expr = call
    while isinstance(owner, Call | Attr | Item | Awaited):
        owner = owner.func if isinstance(owner, Call) else owner.value
    if not isinstance(owner, str):
        return owner is None
    head, *rest = owner.split(".")
    paths = [".".join((head, *rest[:n])) for n in range(len(rest), -1, -1)]
    line = call.span.line
    for path in paths:
        for value in project.types.infer(path, where, line).values:
            if isinstance(value, Instance | External | Class):
                of = value.of if isinstance(value, Instance) else value
                return isinstance(of, External) and _is_state(of.name)
    things = project.types.locals(where).get(head, [])
    bound = [getattr(t, "value", None) for t in reaching(things, where.facts.body.regions, line)]
    calls = [v.value if isinstance(v, Awaited) else v for v in bound]
    return not calls or any(
        not isinstance(c, Call) or _is_unknown(c, where, project, depth + 1) for c in calls
    )


def _is_state(name: str) -> bool:
    """Whether something hangs on the state of an application or a request: it may be anything."""
    return name.startswith(STATE) or ".state." in name


def _is_response(value: Value, project: Project) -> bool:
    of = value.of if isinstance(value, Instance) else None
    if isinstance(of, External):
        return RESPONSE in ancestry(of.name) or of.name.endswith("Response")
    if not isinstance(of, Class):
        return False
    return any(
        isinstance(base, External) and RESPONSE in ancestry(base.name)
        for base in members.mro(project.types, of)
    )


def _sounds_like_response(call: Call) -> bool:
    func = call.func.name if isinstance(call.func, Attr) else call.func
    name = func.rpartition(".")[2].lower() if isinstance(func, str) else ""
    return any(word in name for word in _WORDS)
