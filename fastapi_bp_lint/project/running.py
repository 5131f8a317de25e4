"""Where code runs: every function that FastAPI itself runs, on the event loop or in a thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from fastapi_bp_lint.facts.model import Call, Expr
from fastapi_bp_lint.finding import Certainty, weakest
from fastapi_bp_lint.knowledge.fastapi_names import (
    BACKGROUND,
    DISPATCH,
    HTTP_MIDDLEWARE,
    MIDDLEWARE,
    ROUTE_HANDLER,
    ROUTES,
    STREAMS,
)
from fastapi_bp_lint.project import members
from fastapi_bp_lint.project.callables import Target
from fastapi_bp_lint.project.frames import last_name
from fastapi_bp_lint.project.values import (
    Bound,
    Class,
    External,
    Function,
    Held,
    Instance,
    Partial,
    Several,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi_bp_lint.project.apps import App, Router
    from fastapi_bp_lint.project.web import Web

_ADD_TASK = "add_task"
_NAMES = {_ADD_TASK, *[n.rpartition(".")[2] for n in BACKGROUND | STREAMS]}
_STARTUP = ("on_startup", "on_shutdown")


class EntryPoint(NamedTuple):
    """A function that FastAPI runs.

    *kind* is route, dependency, websocket, middleware, exception-handler, background-task,
    lifespan or stream.
    """

    kind: str
    function: Function
    on_loop: bool
    certainty: Certainty


def entry_points(web: Web) -> tuple[EntryPoint, ...]:
    """Return every function that FastAPI runs, once for each way in which it does so."""
    found: dict[tuple[str, Function, bool], EntryPoint] = {}
    for entry in _entries(web):
        key = entry.kind, entry.function, entry.on_loop
        kept = found.get(key)
        if kept is None or entry.certainty.rank < kept.certainty.rank:
            found[key] = entry
    return tuple(found.values())


def _entries(web: Web) -> Iterator[EntryPoint]:
    for route in web.routes:
        if route.handler is not None and route.on_loop is not None:
            kind = "websocket" if route.kind == "websocket" else "route"
            yield EntryPoint(kind, route.handler, route.on_loop, route.sure)
    for dependency in web.dependencies:
        if dependency.function is not None and dependency.is_async is not None:
            yield EntryPoint(
                "dependency", dependency.function, dependency.is_async, dependency.certainty
            )
    yield from _registered(web)
    for app in web.registry.apps:
        yield from _of_app(web, app)
    for router in web.registry.routers:
        yield from _lifespans(web, router)
    yield from _middlewares(web)
    yield from _called(web)


def _registered(web: Web) -> Iterator[EntryPoint]:
    """Give what was registered by a decorator or call that adds no route."""
    for other in web.registry.others:
        if other.kind in {"on_event", "add_event_handler"}:
            yield from _loop("lifespan", web, other.what)
        elif other.kind in {"exception_handler", "add_exception_handler"}:
            yield from _by_colour("exception-handler", web, other.what)
        elif other.kind == "middleware":
            yield from _loop("middleware", web, other.what)
        else:
            yield from _middleware(web, other.what)


def _of_app(web: Web, app: App) -> Iterator[EntryPoint]:
    yield from _lifespans(web, app.router)
    value = web.replay.values.value
    for held in _items(value(app.options.get("exception_handlers"))):
        yield from _by_colour("exception-handler", web, held)
    for held in _items(value(app.options.get("middleware"))):
        for made in held.values:
            origin = made.origin if isinstance(made, Instance) else None
            if origin is not None and made.of == External(MIDDLEWARE):  # type: ignore[union-attr]
                module, call = origin
                given = call.args[0] if call.args else None
                yield from _middleware(
                    web, web.replay.values.eval(given, web.replay.module_frame(module))
                )


def _lifespans(web: Web, router: Router) -> Iterator[EntryPoint]:
    value = web.replay.values.value
    if "lifespan" in router.options:
        yield from _loop("lifespan", web, value(router.options["lifespan"]))
    for name in _STARTUP:
        for held in _items(value(router.options.get(name))):
            yield from _loop("lifespan", web, held)


def _items(held: Held) -> list[Held]:
    return [h for v in held.values if isinstance(v, Several) for _, h in v.items]


def _loop(kind: str, web: Web, held: Held) -> Iterator[EntryPoint]:
    target = web.dependency_graph.callables.target(held)
    if target.function is not None:
        yield EntryPoint(kind, target.function, on_loop=True, certainty=target.certainty)


def _by_colour(kind: str, web: Web, held: Held) -> Iterator[EntryPoint]:
    """Give what Starlette runs: it does not look under a wrapper."""
    for entry in _target(kind, web.dependency_graph.callables.target(held)):
        yield entry._replace(on_loop=entry.on_loop)


def _target(kind: str, target: Target) -> Iterator[EntryPoint]:
    if target.function is not None and target.is_async is not None:
        yield EntryPoint(kind, target.function, target.is_async, target.certainty)


def _middleware(web: Web, held: Held) -> Iterator[EntryPoint]:
    """Give what an ASGI middleware runs: its ``__call__`` or its ``dispatch``."""
    for value in held.values:
        if isinstance(value, Class):
            for name in ("__call__", DISPATCH):
                method = web.dependency_graph.callables.method(value, name)
                if method is not None:
                    yield EntryPoint("middleware", method, on_loop=True, certainty=held.certainty)


def _middlewares(web: Web) -> Iterator[EntryPoint]:
    """Give the methods of middlewares and route classes that are defined, added or not."""
    types = web.replay.types
    for cls in web.replay.names.classes:
        wanted = DISPATCH if DISPATCH in cls.methods else ROUTE_HANDLER
        method = cls.methods.get(wanted)
        if method is None:
            continue
        bases = {b.name for b in members.mro(types, cls) if isinstance(b, External)}
        if wanted == DISPATCH and HTTP_MIDDLEWARE in bases:
            yield EntryPoint("middleware", method, on_loop=True, certainty=Certainty.CERTAIN)
        elif wanted == ROUTE_HANDLER and bases & ROUTES:
            yield from _returned(web, method)


def _returned(web: Web, method: Function) -> Iterator[EntryPoint]:
    for result in method.facts.body.results:
        for value in web.replay.types.infer(result.value, method, result.span.line).values:
            if isinstance(value, Function) and value.is_async:
                yield EntryPoint("middleware", value, on_loop=True, certainty=Certainty.LIKELY)


def _called(web: Web) -> Iterator[EntryPoint]:
    """Give background tasks and iterators of streaming responses."""
    for function in web.replay.names.functions:
        for call in function.facts.body.calls:
            if last_name(call.func) in _NAMES:
                yield from _from_call(web, call, function)


def _from_call(web: Web, call: Call, where: Function) -> Iterator[EntryPoint]:
    types = web.replay.types
    held = types.callee(call, where)
    for value in held.values:
        if not isinstance(value, External):
            continue
        owner, _, method = value.name.rpartition(".")
        if (owner in BACKGROUND and method == _ADD_TASK) or value.name in BACKGROUND:
            given = types.infer(_argument(call, "func", "task"), where, call.span.line)
            target = web.dependency_graph.callables.target(_reachable(given))
            for entry in _target("background-task", target):
                yield entry._replace(certainty=weakest(entry.certainty, held.certainty))
        elif value.name in STREAMS:
            yield from _stream(web, _argument(call, "content"), where, call.span.line)


def _argument(call: Call, *names: str) -> Expr:
    if call.args:
        return call.args[0]
    return next((value for name, value in call.keywords if name in names), None)


def _reachable(held: Held) -> Held:
    """Return what is known without its surroundings: methods, functions, partials of them."""
    kinds = (Function, Bound, Partial, Instance)
    return Held(tuple([v for v in held.values if isinstance(v, kinds)]), held.certainty)


def _stream(web: Web, given: Expr, where: Function, line: int) -> Iterator[EntryPoint]:
    """Give the generator functions whose call *given* is, or was bound to the name that it is."""
    types = web.replay.types
    calls = [given] if isinstance(given, Call) else []
    if isinstance(given, str):
        bound = [b.value for b in where.facts.body.bindings if b.target == given]
        calls = [b for b in bound if isinstance(b, Call)]
    for call in calls:
        held = types.infer(call.func, where, line)
        for value in held.values:
            made: Any = value.function if isinstance(value, Bound) else value
            if isinstance(made, Function) and made.facts.is_generator:
                certainty = held.certainty if len(calls) == 1 else Certainty.LIKELY
                yield EntryPoint("stream", made, made.is_async, certainty)
