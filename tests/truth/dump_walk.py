"""Walks a live application and describes each of its routes as `fbp-lint routes` prints them."""

# ruff: noqa: ANN401 - live objects of any make are looked at

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any

import fastapi.dependencies.models as fastapi_models
import fastapi.dependencies.utils as fastapi_utils
import fastapi.routing as fastapi_routing
from dump_names import Root, dotted, innermost, kind_of, place, type_name
from starlette.routing import BaseRoute, Host, Mount, Route, WebSocketRoute

Row = dict[str, Any]


def rows(app: Any, name: str, root: Root) -> list[Row]:
    """Return one row per route object, sub-applications after the mount that holds them."""
    return list(_rows(app.routes, name, "", root))


def _rows(routes: Any, app: str, prefix: str, root: Root) -> Iterator[Row]:
    for context, route in _contexts(routes):
        if isinstance(route, fastapi_routing.APIRoute):
            yield _api_row(context, app, prefix, root)
        elif isinstance(route, fastapi_routing.APIWebSocketRoute):
            yield _websocket_row(context, app, prefix, root)
        elif isinstance(route, Mount):
            yield _mount_row(context, app, prefix)
            yield from _rows(context.routes or [], app, prefix + context.path, root)
        elif isinstance(route, Host):
            yield from _rows(context.routes or [], app, prefix, root)
        elif isinstance(route, Route | WebSocketRoute) and not _own(route):
            yield _plain_row(context, route, app, prefix, root)


def _contexts(routes: Any) -> Iterator[tuple[Any, BaseRoute]]:
    """Yield each route as it is once included, and the object that it was made from."""
    walk = getattr(fastapi_routing, "iter_route_contexts", None)
    if walk is None:
        yield from ((route, route) for route in routes)
        return
    for context in walk(list(routes)):
        effective = getattr(context, "_effective_route", context)
        yield effective, context.original_route


def _own(route: Any) -> bool:
    """Tell whether FastAPI made the route itself: the documentation pages."""
    return getattr(route.endpoint, "__module__", "") == "fastapi.applications"


def _common(context: Any, app: str, prefix: str, kind: str) -> Row:
    return {
        "kind": kind,
        "methods": sorted(getattr(context, "methods", None) or []),
        "path": prefix + context.path,
        "name": context.name,
        "app": app,
    }


def _handler(endpoint: Any, *, is_async: bool, runs: str, root: Root) -> Row:
    file, line = place(endpoint, root)
    handler = dotted(endpoint)
    return {"handler": handler, "file": file, "line": line, "is_async": is_async, "exec": runs}


def _api_row(context: Any, app: str, prefix: str, root: Root) -> Row:
    dependant = context.dependant
    coroutine = _is_coroutine(dependant, endpoint=True)
    # Before it streamed generators FastAPI called an async generator like any sync function.
    streams = hasattr(context, "is_json_stream")
    is_async = coroutine or (streams and _is_async_gen(dependant))
    runs = "loop" if is_async else "thread"
    return {
        **_common(context, app, prefix, "http"),
        **_handler(dependant.call, is_async=is_async, runs=runs, root=root),
        "status_code": context.status_code,
        "default_status": _default_status(context),
        "response_model": type_name(context.response_model),
        "tags": [tag.value if isinstance(tag, Enum) else tag for tag in context.tags],
        "include_in_schema": bool(context.include_in_schema),
        "dependencies": _dependencies(dependant, root),
    }


def _default_status(context: Any) -> int:
    """Return the status that the route answers with when nothing says otherwise."""
    if context.status_code:
        return int(context.status_code)
    response = getattr(context.response_class, "value", context.response_class)
    try:
        default = inspect.signature(response).parameters["status_code"].default
    except (KeyError, TypeError, ValueError):
        return 200
    return default if isinstance(default, int) else 200


def _websocket_row(context: Any, app: str, prefix: str, root: Root) -> Row:
    dependant = context.dependant
    is_async = _is_coroutine(dependant, endpoint=True)
    return {
        **_common(context, app, prefix, "websocket"),
        **_handler(dependant.call, is_async=is_async, runs="loop", root=root),
        "dependencies": _dependencies(dependant, root),
    }


def _mount_row(context: Any, app: str, prefix: str) -> Row:
    mounted = getattr(context, "_base_app", context.app)
    return {**_common(context, app, prefix, "mount"), "handler": dotted(mounted)}


def _plain_row(context: Any, route: Any, app: str, prefix: str, root: Root) -> Row:
    kind = "websocket" if isinstance(route, WebSocketRoute) else "http"
    is_async = _starlette_async(route.endpoint)
    runs = "loop" if is_async or kind == "websocket" else "thread"
    row = {
        **_common(context, app, prefix, kind),
        **_handler(route.endpoint, is_async=is_async, runs=runs, root=root),
        "dependencies": [],
    }
    if kind == "http":
        row["include_in_schema"] = bool(getattr(context, "include_in_schema", True))
    return row


def _starlette_async(endpoint: Any) -> bool:
    """Tell how Starlette runs a plain endpoint: an ASGI class or object runs on the loop."""
    inner = innermost(endpoint)
    if not inspect.isroutine(inner):
        return True
    while hasattr(endpoint, "func"):
        endpoint = endpoint.func
    return inspect.iscoroutinefunction(endpoint)


def _dependencies(dependant: Any, root: Root) -> list[Row]:
    return [_dependency(each, root) for each in dependant.dependencies]


def _dependency(dependant: Any, root: Root) -> Row:
    is_async = _is_coroutine(dependant) or _is_async_gen(dependant)
    file, line = place(dependant.call, root)
    row = {
        "name": dependant.name,
        "call": dotted(dependant.call),
        "file": file,
        "line": line,
        "kind": kind_of(dependant.call),
        "is_async": is_async,
        "exec": "loop" if is_async else "thread",
        "use_cache": dependant.use_cache,
        "dependencies": _dependencies(dependant, root),
    }
    if getattr(dependant, "scope", None):
        row["scope"] = dependant.scope
    return row


def _is_coroutine(dependant: Any, *, endpoint: bool = False) -> bool:
    """Ask the installed FastAPI whether it awaits this, in the words of its version."""
    newest = getattr(fastapi_models, "_is_coroutine_callable", None)
    if newest is not None:
        return bool(newest(dependant.call))
    if hasattr(dependant, "is_coroutine_callable"):
        return bool(dependant.is_coroutine_callable)
    if endpoint:
        return asyncio.iscoroutinefunction(dependant.call)
    return bool(_older("is_coroutine_callable")(dependant.call))


def _is_async_gen(dependant: Any) -> bool:
    newest = getattr(fastapi_models, "_is_async_gen_callable", None)
    if newest is not None:
        return bool(newest(dependant.call))
    if hasattr(dependant, "is_async_gen_callable"):
        return bool(dependant.is_async_gen_callable)
    return bool(_older("is_async_gen_callable")(dependant.call))


def _older(name: str) -> Callable[[Any], bool]:
    found: Callable[[Any], bool] = getattr(fastapi_utils, name)
    return found
