"""Dependencies that are generators or instances with `__call__`."""

# ruff: noqa: ANN401 - what is probed is deliberately of every make

import contextlib
import functools
from collections.abc import AsyncIterator, Iterator
from typing import Any

from exec_table.dependencies import dependency
from exec_table.probe import Mark
from exec_table.routes import sync_wraps


@dependency("instance with async __call__", "loop", design=True)
def _(mark: Mark) -> Any:
    class Needed:
        async def __call__(self) -> None:
            mark()

    return Needed()


@dependency("instance with sync __call__", "thread")
def _(mark: Mark) -> Any:
    class Needed:
        def __call__(self) -> None:
            mark()

    return Needed()


@dependency("instance whose __call__ is an async generator", "loop")
def _(mark: Mark) -> Any:
    class Needed:
        async def __call__(self) -> AsyncIterator[None]:
            mark()
            yield

    return Needed()


@dependency("instance whose __call__ is a sync generator", "thread")
def _(mark: Mark) -> Any:
    class Needed:
        def __call__(self) -> Iterator[None]:
            mark()
            yield

    return Needed()


@dependency("instance whose async __call__ is behind a sync wraps decorator", "loop")
def _(mark: Mark) -> Any:
    class Needed:
        @sync_wraps
        async def __call__(self) -> None:
            mark()

    return Needed()


@dependency("partial of an async generator function", "loop")
def _(mark: Mark) -> Any:
    async def needed() -> AsyncIterator[None]:
        mark()
        yield

    return functools.partial(needed)


@dependency("sync generator: enter", "thread", design=True)
def _(mark: Mark) -> Any:
    def needed() -> Iterator[None]:
        mark()
        yield

    return needed


@dependency("sync generator: exit", "thread", design=True)
def _(mark: Mark) -> Any:
    def needed() -> Iterator[None]:
        try:
            yield
        finally:
            mark()

    return needed


@dependency("async generator: enter", "loop", design=True)
def _(mark: Mark) -> Any:
    async def needed() -> AsyncIterator[None]:
        mark()
        yield

    return needed


@dependency("async generator: exit", "loop", design=True)
def _(mark: Mark) -> Any:
    async def needed() -> AsyncIterator[None]:
        try:
            yield
        finally:
            mark()

    return needed


@dependency("with-block of a sync context manager inside an async generator: exit", "loop")
def _(mark: Mark) -> Any:
    @contextlib.contextmanager
    def resource() -> Iterator[None]:
        yield
        mark()

    async def needed() -> AsyncIterator[None]:
        with resource():
            yield

    return needed


@dependency("sync generator method", "thread")
def _(mark: Mark) -> Any:
    class Owner:
        def needed(self) -> Iterator[None]:
            mark()
            yield

    return Owner().needed


@dependency("sync generator behind a sync wraps decorator", "thread")
def _(mark: Mark) -> Any:
    @sync_wraps
    def needed() -> Iterator[None]:
        mark()
        yield

    return needed


@dependency("async generator behind a sync wraps decorator", "loop")
def _(mark: Mark) -> Any:
    @sync_wraps
    async def needed() -> AsyncIterator[None]:
        mark()
        yield

    return needed
