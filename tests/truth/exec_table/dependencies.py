"""Dependencies that are functions, classes, methods, partials or lambdas."""

# ruff: noqa: ANN401, B008, PLW0108 - what is probed is deliberately of every make

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, FastAPI, WebSocket
from pydantic import BaseModel, field_validator

from exec_table.probe import Mark, probe
from exec_table.routes import async_wraps, dropped, sync_wraps

Make = Callable[[Mark], Any]


def dependency(name: str, expected: str, *, design: bool = False) -> Callable[[Make], Make]:
    """Register a probe whose dependency is what the function makes."""

    def register(make: Make) -> Make:
        @probe(name, expected, design=design)
        def build(app: FastAPI, mark: Mark) -> None:
            needed = make(mark)

            @app.post("/")
            async def route(value: Annotated[Any, Depends(needed)]) -> None:
                del value

        return make

    return register


@dependency("async dependency", "loop", design=True)
def _(mark: Mark) -> Any:
    async def needed() -> None:
        mark()

    return needed


@dependency("sync dependency", "thread", design=True)
def _(mark: Mark) -> Any:
    def needed() -> None:
        mark()

    return needed


@dependency("async dependency behind a sync wraps decorator", "loop")
def _(mark: Mark) -> Any:
    @sync_wraps
    async def needed() -> None:
        mark()

    return needed


@dependency("sync dependency that an async wraps decorator turns into a coroutine", "loop")
def _(mark: Mark) -> Any:
    @async_wraps
    def needed() -> None:
        mark()

    return needed


@dependency("class as dependency: __init__", "thread", design=True)
def _(mark: Mark) -> Any:
    class Needed:
        def __init__(self) -> None:
            mark()

    return Needed


@dependency("class with async __call__ as dependency: __init__", "thread", design=True)
def _(mark: Mark) -> Any:
    class Needed:
        def __init__(self) -> None:
            mark()

        async def __call__(self) -> None: ...

    return Needed


@dependency("class with async __call__ as dependency: __call__ itself", "never")
def _(mark: Mark) -> Any:
    class Needed:
        async def __call__(self) -> None:
            mark()

    return Needed


@dependency("class as dependency: __new__", "thread")
def _(mark: Mark) -> Any:
    class Needed:
        def __new__(cls) -> Any:
            mark()
            return object.__new__(cls)

    return Needed


@dependency("dataclass as dependency: __post_init__", "thread")
def _(mark: Mark) -> Any:
    @dataclass
    class Needed:
        def __post_init__(self) -> None:
            mark()

    return Needed


@dependency("pydantic model as dependency: its validator", "thread")
def _(mark: Mark) -> Any:
    class Needed(BaseModel):
        x: int = 1

        @field_validator("x")
        @classmethod
        def check(cls, value: int) -> int:
            mark()
            return value

        model_config = {"validate_default": True}

    return Needed


@dependency("async bound method", "loop")
def _(mark: Mark) -> Any:
    class Owner:
        async def needed(self) -> None:
            mark()

    return Owner().needed


@dependency("sync bound method", "thread")
def _(mark: Mark) -> Any:
    class Owner:
        def needed(self) -> None:
            mark()

    return Owner().needed


@dependency("sync staticmethod", "thread")
def _(mark: Mark) -> Any:
    class Owner:
        @staticmethod
        def needed() -> None:
            mark()

    return Owner.needed


@dependency("async staticmethod", "loop")
def _(mark: Mark) -> Any:
    class Owner:
        @staticmethod
        async def needed() -> None:
            mark()

    return Owner.needed


@dependency("sync classmethod (a factory)", "thread")
def _(mark: Mark) -> Any:
    class Owner:
        @classmethod
        def create(cls) -> Any:
            mark()
            return cls()

    return Owner.create


@dependency("async classmethod (an async factory of a class)", "loop")
def _(mark: Mark) -> Any:
    class Owner:
        @classmethod
        async def create(cls) -> Any:
            mark()
            return cls()

    return Owner.create


@dependency("partial of an async function", "loop", design=True)
def _(mark: Mark) -> Any:
    async def needed() -> None:
        mark()

    return functools.partial(needed)


@dependency("partial of a sync function", "thread")
def _(mark: Mark) -> Any:
    def needed() -> None:
        mark()

    return functools.partial(needed)


@dependency("partial of a class", "thread")
def _(mark: Mark) -> Any:
    class Needed:
        def __init__(self) -> None:
            mark()

    return functools.partial(Needed)


@dependency("lambda", "thread", design=True)
def _(mark: Mark) -> Any:
    return lambda: mark()


@probe("coroutine that a sync dependency returns (it is the value, nobody awaits it)", "never")
def _(app: FastAPI, mark: Mark) -> None:
    async def needed() -> None:
        mark()

    @app.post("/", dependencies=[Depends(dropped(app, needed))])
    async def route() -> None: ...


@dependency("function under lru_cache", "thread")
def _(mark: Mark) -> Any:
    @functools.lru_cache
    def needed() -> None:
        mark()

    return needed


@dependency("sync dependency of an async dependency", "thread")
def _(mark: Mark) -> Any:
    def inner() -> None:
        mark()

    async def needed(value: Any = Depends(inner)) -> None:
        del value

    return needed


@probe("async dependency of a sync route", "loop", design=True)
def _(app: FastAPI, mark: Mark) -> None:
    async def needed() -> None:
        mark()

    @app.post("/", dependencies=[Depends(needed)])
    def route() -> None: ...


@probe("sync dependency that overrides an async one", "thread")
def _(app: FastAPI, mark: Mark) -> None:
    async def needed() -> None: ...

    app.dependency_overrides[needed] = lambda: mark()

    @app.post("/", dependencies=[Depends(needed)])
    async def route() -> None: ...


@probe("sync dependency of a websocket", "thread", websocket=True)
def _(app: FastAPI, mark: Mark) -> None:
    @app.websocket("/", dependencies=[Depends(lambda: mark())])
    async def route(websocket: WebSocket) -> None:
        await websocket.accept()
