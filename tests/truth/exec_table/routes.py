"""Handlers: functions, methods, instances, wrapped functions, generators, websockets."""

# ruff: noqa: ANN401, ARG001, ARG002, PLW0108 - what is probed is deliberately of every make

import functools
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from fastapi import FastAPI, WebSocket
from fastapi.responses import PlainTextResponse, StreamingResponse
from fastapi.sse import EventSourceResponse
from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.routing import Route

from exec_table.probe import Mark, probe

Any_ = Callable[..., Any]


def sync_wraps(function: Any_) -> Any_:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return wrapper


def async_wraps(function: Any_) -> Any_:
    @functools.wraps(function)
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return wrapper


@probe("async route", "loop", design=True)
def _(app: FastAPI, mark: Mark) -> None:
    @app.post("/")
    async def route() -> None:
        mark()


@probe("sync route", "thread", design=True)
def _(app: FastAPI, mark: Mark) -> None:
    @app.post("/")
    def route() -> None:
        mark()


@probe("async route behind a sync wraps decorator", "loop", design=True)
def _(app: FastAPI, mark: Mark) -> None:
    @app.post("/")
    @sync_wraps
    async def route() -> None:
        mark()


@probe("sync route that an async wraps decorator turns into a coroutine", "loop")
def _(app: FastAPI, mark: Mark) -> None:
    @app.post("/")
    @async_wraps
    def route() -> None:
        mark()


@probe("what a sync wraps decorator itself does around an async route", "loop")
def _(app: FastAPI, mark: Mark) -> None:
    async def inner() -> None:
        pass

    @app.post("/")
    @functools.wraps(inner)
    def route() -> Any:
        mark()
        return inner()


def dropped(app: FastAPI, function: Any_) -> Any_:
    """Return a sync function that calls a coroutine function and returns what nobody awaits."""
    made: list[Any] = []

    def close() -> None:
        assert made, "the wrapper was not even called"
        for coroutine in made:
            coroutine.close()

    app.router.on_shutdown.append(close)

    def wrapper() -> Any:
        made.append(function())
        return made[-1]

    return wrapper


@probe("async route behind a sync decorator without wraps (its coroutine is dropped)", "never")
def _(app: FastAPI, mark: Mark) -> None:
    async def inner() -> None:
        mark()

    app.post("/")(dropped(app, inner))


@probe("partial of an async route", "loop", design=True)
def _(app: FastAPI, mark: Mark) -> None:
    async def route(x: int) -> None:
        mark()

    app.add_api_route("/", functools.partial(route, x=1), methods=["POST"])


@probe("partial of a sync route", "thread")
def _(app: FastAPI, mark: Mark) -> None:
    def route(x: int) -> None:
        mark()

    app.add_api_route("/", functools.partial(route, x=1), methods=["POST"])


@probe("instance with async __call__ as route", "loop", design=True)
def _(app: FastAPI, mark: Mark) -> None:
    class Handler:
        async def __call__(self) -> None:
            mark()

    app.add_api_route("/", Handler(), methods=["POST"])


@probe("instance with sync __call__ as route", "thread")
def _(app: FastAPI, mark: Mark) -> None:
    class Handler:
        def __call__(self) -> None:
            mark()

    app.add_api_route("/", Handler(), methods=["POST"])


@probe("async bound method as route", "loop")
def _(app: FastAPI, mark: Mark) -> None:
    class Controller:
        async def route(self) -> None:
            mark()

    app.add_api_route("/", Controller().route, methods=["POST"])


@probe("sync bound method as route", "thread")
def _(app: FastAPI, mark: Mark) -> None:
    class Controller:
        def route(self) -> None:
            mark()

    app.add_api_route("/", Controller().route, methods=["POST"])


@probe("lambda as route", "thread")
def _(app: FastAPI, mark: Mark) -> None:
    app.add_api_route("/", lambda: mark(), methods=["POST"])


@probe("async generator route (JSON lines)", "loop")
def _(app: FastAPI, mark: Mark) -> None:
    @app.post("/")
    async def route() -> AsyncIterator[int]:
        mark()
        yield 1
        mark()


@probe("sync generator route (JSON lines)", "thread")
def _(app: FastAPI, mark: Mark) -> None:
    @app.post("/")
    def route() -> Iterator[int]:
        mark()
        yield 1
        mark()


@probe("async generator route (server-sent events)", "loop")
def _(app: FastAPI, mark: Mark) -> None:
    @app.post("/", response_class=EventSourceResponse)
    async def route() -> AsyncIterator[int]:
        mark()
        yield 1


@probe("sync generator route (server-sent events)", "thread")
def _(app: FastAPI, mark: Mark) -> None:
    @app.post("/", response_class=EventSourceResponse)
    def route() -> Iterator[int]:
        mark()
        yield 1


@probe("async iterator of a StreamingResponse", "loop", design=True)
def _(app: FastAPI, mark: Mark) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        mark()
        yield b""

    @app.post("/")
    def route() -> StreamingResponse:
        return StreamingResponse(chunks())


@probe("sync iterator of a StreamingResponse", "thread", design=True)
def _(app: FastAPI, mark: Mark) -> None:
    def chunks() -> Iterator[bytes]:
        mark()
        yield b""

    @app.post("/")
    async def route() -> StreamingResponse:
        return StreamingResponse(chunks())


@probe("async websocket", "loop", design=True, websocket=True)
def _(app: FastAPI, mark: Mark) -> None:
    @app.websocket("/")
    async def route(websocket: WebSocket) -> None:
        mark()
        await websocket.accept()


@probe("sync websocket (then fails: its result is awaited)", "loop", websocket=True)
def _(app: FastAPI, mark: Mark) -> None:
    @app.websocket("/")
    def route(websocket: WebSocket) -> None:
        mark()


@probe("async route of Starlette", "loop")
def _(app: FastAPI, mark: Mark) -> None:
    async def route(request: Request) -> PlainTextResponse:
        mark()
        return PlainTextResponse("")

    app.add_route("/", route, methods=["POST"])


@probe("sync route of Starlette", "thread")
def _(app: FastAPI, mark: Mark) -> None:
    def route(request: Request) -> PlainTextResponse:
        mark()
        return PlainTextResponse("")

    app.add_route("/", route, methods=["POST"])


@probe("async route of Starlette behind a sync wraps decorator (dropped)", "never")
def _(app: FastAPI, mark: Mark) -> None:
    async def inner() -> PlainTextResponse:
        mark()
        return PlainTextResponse("")

    call = dropped(app, inner)
    app.add_route("/", functools.wraps(inner)(lambda _: call()), methods=["POST"])


@probe("async method of an HTTPEndpoint", "loop")
def _(app: FastAPI, mark: Mark) -> None:
    class Endpoint(HTTPEndpoint):
        async def post(self, request: Request) -> PlainTextResponse:
            mark()
            return PlainTextResponse("")

    app.router.routes.append(Route("/", Endpoint))


@probe("sync method of an HTTPEndpoint", "thread")
def _(app: FastAPI, mark: Mark) -> None:
    class Endpoint(HTTPEndpoint):
        def post(self, request: Request) -> PlainTextResponse:
            mark()
            return PlainTextResponse("")

    app.router.routes.append(Route("/", Endpoint))
