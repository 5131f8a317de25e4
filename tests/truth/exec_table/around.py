"""What runs around handlers: middleware, exception handlers, validators, serializers."""

# ruff: noqa: ANN401, ARG001, PLW0108 - what is probed is deliberately of every make

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel, field_serializer, field_validator
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import Response

from exec_table.probe import Mark, probe

Next = Callable[[Request], Awaitable[Response]]


def asks(app: FastAPI) -> None:
    @app.post("/")
    async def route() -> None: ...


@probe("http middleware", "loop", design=True)
def _(app: FastAPI, mark: Mark) -> None:
    asks(app)

    @app.middleware("http")
    async def middleware(request: Request, call_next: Next) -> Response:
        mark()
        return await call_next(request)


@probe("BaseHTTPMiddleware.dispatch", "loop")
def _(app: FastAPI, mark: Mark) -> None:
    class Middleware(BaseHTTPMiddleware):
        async def dispatch(self, request: Request, call_next: Next) -> Response:
            mark()
            return await call_next(request)

    asks(app)
    app.add_middleware(Middleware)


@probe("pure ASGI middleware", "loop")
def _(app: FastAPI, mark: Mark) -> None:
    def wrap(inner: Any) -> Any:
        async def middleware(scope: Any, receive: Any, send: Any) -> None:
            mark()
            await inner(scope, receive, send)

        return middleware

    asks(app)
    app.add_middleware(wrap)


@probe("constructor of a middleware", "loop")
def _(app: FastAPI, mark: Mark) -> None:
    class Middleware:
        def __init__(self, inner: Any) -> None:
            mark()
            self.inner = inner

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            await self.inner(scope, receive, send)

    asks(app)
    app.add_middleware(lambda app: Middleware(app))


@probe("get_route_handler of a custom route class", "loop")
def _(app: FastAPI, mark: Mark) -> None:
    class Timed(APIRoute):
        def get_route_handler(self) -> Any:
            original = super().get_route_handler()

            async def handler(request: Request) -> Response:
                mark()
                return await original(request)

            return handler

    router = APIRouter(route_class=Timed)

    @router.post("/")
    def route() -> None: ...

    app.include_router(router)


def raises(app: FastAPI, error: type[Exception]) -> None:
    @app.post("/")
    async def route() -> None:
        raise error


@probe("async exception handler", "loop", design=True)
def _(app: FastAPI, mark: Mark) -> None:
    raises(app, LookupError)

    @app.exception_handler(LookupError)
    async def handle(request: Request, error: Exception) -> JSONResponse:
        mark()
        return JSONResponse({})


@probe("sync exception handler", "thread", design=True)
def _(app: FastAPI, mark: Mark) -> None:
    raises(app, LookupError)

    @app.exception_handler(LookupError)
    def handle(request: Request, error: Exception) -> JSONResponse:
        mark()
        return JSONResponse({})


@probe("async exception handler of Exception (the outermost)", "loop", design=True)
def _(app: FastAPI, mark: Mark) -> None:
    raises(app, ValueError)

    @app.exception_handler(Exception)
    async def handle(request: Request, error: Exception) -> JSONResponse:
        mark()
        return JSONResponse({})


@probe("sync exception handler of Exception (the outermost)", "thread", design=True)
def _(app: FastAPI, mark: Mark) -> None:
    raises(app, ValueError)

    @app.exception_handler(Exception)
    def handle(request: Request, error: Exception) -> JSONResponse:
        mark()
        return JSONResponse({})


def item(mark: Mark) -> type[BaseModel]:
    class Item(BaseModel):
        x: int

        @field_validator("x")
        @classmethod
        def check(cls, value: int) -> int:
            mark()
            return value

    return Item


@probe("validator of a body model, async route", "loop")
def _(app: FastAPI, mark: Mark) -> None:
    model = item(mark)

    async def route(body: Any) -> None: ...

    route.__annotations__["body"] = model
    app.add_api_route("/", route, methods=["POST"])


@probe("validator of a body model, sync route", "loop")
def _(app: FastAPI, mark: Mark) -> None:
    model = item(mark)

    def route(body: Any) -> None: ...

    route.__annotations__["body"] = model
    app.add_api_route("/", route, methods=["POST"])


@probe("validator of the response model, async route", "loop")
def _(app: FastAPI, mark: Mark) -> None:
    @app.post("/", response_model=item(mark))
    async def route() -> dict[str, int]:
        return {"x": 1}


@probe("validator of the response model, sync route", "thread")
def _(app: FastAPI, mark: Mark) -> None:
    @app.post("/", response_model=item(mark))
    def route() -> dict[str, int]:
        return {"x": 1}


@probe("serializer of the response model, sync route", "loop")
def _(app: FastAPI, mark: Mark) -> None:
    class Item(BaseModel):
        x: int

        @field_serializer("x")
        def dump(self, value: int) -> int:
            mark()
            return value

    @app.post("/", response_model=Item)
    def route() -> dict[str, int]:
        return {"x": 1}


@probe("render of the response class, sync route", "loop")
def _(app: FastAPI, mark: Mark) -> None:
    class Rendered(JSONResponse):
        def render(self, content: Any) -> bytes:
            mark()
            return super().render(content)

    @app.post("/", response_class=Rendered)
    def route() -> dict[str, int]:
        return {}
