"""What runs beside handlers: background tasks, lifespan, offloaders, scheduled callbacks."""

# ruff: noqa: ANN401, ARG001 - what is probed is deliberately of every make

import asyncio
import functools
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import anyio.from_thread
import anyio.to_thread
from fastapi import BackgroundTasks, FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from starlette.requests import Request
from starlette.responses import Response

from exec_table.around import asks, raises
from exec_table.probe import Mark, probe
from exec_table.routes import async_wraps, dropped, sync_wraps

Next = Callable[[Request], Awaitable[Response]]


def background(name: str, expected: str, *, design: bool = False) -> Callable[..., Any]:
    """Register a probe whose route adds what the function makes as a background task."""

    def register(make: Callable[[Mark], Any]) -> Any:
        @probe(name, expected, design=design)
        def build(app: FastAPI, mark: Mark) -> None:
            task = make(mark)

            @app.post("/")
            async def route(tasks: BackgroundTasks) -> None:
                tasks.add_task(task)

        return make

    return register


@background("async background task", "loop", design=True)
def _(mark: Mark) -> Any:
    async def task() -> None:
        mark()

    return task


@background("sync background task", "thread", design=True)
def _(mark: Mark) -> Any:
    def task() -> None:
        mark()

    return task


@background("partial of an async function as background task", "loop")
def _(mark: Mark) -> Any:
    async def task(x: int) -> None:
        mark()

    return functools.partial(task, 1)


@background("async bound method as background task", "loop")
def _(mark: Mark) -> Any:
    class Owner:
        async def task(self) -> None:
            mark()

    return Owner().task


@background("instance with async __call__ as background task", "loop")
def _(mark: Mark) -> Any:
    class Task:
        async def __call__(self) -> None:
            mark()

    return Task()


@background("what a sync wraps decorator does around an async background task", "thread")
def _(mark: Mark) -> Any:
    async def inner() -> None: ...

    # Starlette does not look under the wrapper: a coroutine returned here is never awaited.
    @functools.wraps(inner)
    def task() -> None:
        mark()

    return task


@probe("async background task behind a sync wraps decorator (its coroutine is dropped)", "never")
def _(app: FastAPI, mark: Mark) -> None:
    async def inner() -> None:
        mark()

    task = functools.wraps(inner)(dropped(app, inner))

    @app.post("/")
    async def route(tasks: BackgroundTasks) -> None:
        tasks.add_task(task)


@probe("async exception handler behind a sync wraps decorator (dropped)", "never")
def _(app: FastAPI, mark: Mark) -> None:
    async def inner() -> JSONResponse:
        mark()
        return JSONResponse({})

    raises(app, LookupError)
    call = dropped(app, inner)
    app.add_exception_handler(LookupError, functools.wraps(inner)(lambda *_: call()))


@background("sync background task behind an async wraps decorator", "loop")
def _(mark: Mark) -> Any:
    return async_wraps(mark)


@background("sync background task behind a sync wraps decorator", "thread")
def _(mark: Mark) -> Any:
    return sync_wraps(mark)


def restarted(app: FastAPI, lifespan: Any) -> None:
    """Give the application a lifespan after it was made."""
    app.router.lifespan_context = FastAPI(lifespan=lifespan).router.lifespan_context
    asks(app)


@probe("lifespan: startup", "loop", design=True)
def _(app: FastAPI, mark: Mark) -> None:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        mark()
        yield

    restarted(app, lifespan)


@probe("lifespan: shutdown", "loop", design=True)
def _(app: FastAPI, mark: Mark) -> None:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        mark()

    restarted(app, lifespan)


@probe("sync generator as lifespan", "loop")
def _(app: FastAPI, mark: Mark) -> None:
    def lifespan(app: FastAPI) -> Iterator[None]:
        mark()
        yield
        mark()

    restarted(app, lifespan)


@probe("sync startup handler", "loop")
def _(app: FastAPI, mark: Mark) -> None:
    asks(app)
    app.router.on_startup.append(mark)


@probe("sync shutdown handler", "loop")
def _(app: FastAPI, mark: Mark) -> None:
    asks(app)
    app.router.on_shutdown.append(mark)


def inside(name: str, expected: str, *, design: bool = False) -> Callable[..., Any]:
    """Register a probe whose async route awaits what the function returns."""

    def register(make: Callable[[Mark], Awaitable[Any]]) -> Any:
        @probe(name, expected, design=design)
        def build(app: FastAPI, mark: Mark) -> None:
            @app.post("/")
            async def route() -> None:
                await make(mark)

        return make

    return register


@inside("handed to run_in_threadpool", "thread", design=True)
async def _(mark: Mark) -> None:
    await run_in_threadpool(mark)


@inside("handed to asyncio.to_thread", "thread", design=True)
async def _(mark: Mark) -> None:
    await asyncio.to_thread(mark)


@inside("handed to loop.run_in_executor", "thread", design=True)
async def _(mark: Mark) -> None:
    await asyncio.get_running_loop().run_in_executor(None, mark)


@inside("handed to anyio.to_thread.run_sync", "thread", design=True)
async def _(mark: Mark) -> None:
    await anyio.to_thread.run_sync(mark)


@inside("target of a threading.Thread", "thread", design=True)
async def _(mark: Mark) -> None:
    thread = threading.Thread(target=mark)
    thread.start()
    await asyncio.to_thread(thread.join)


@inside("coroutine handed to asyncio.create_task", "loop")
async def _(mark: Mark) -> None:
    async def job() -> None:
        mark()

    await asyncio.create_task(job())


@inside("handed to loop.call_soon", "loop")
async def _(mark: Mark) -> None:
    asyncio.get_running_loop().call_soon(mark)
    await asyncio.sleep(0.01)


@inside("callback of add_done_callback", "loop")
async def _(mark: Mark) -> None:
    task = asyncio.create_task(asyncio.sleep(0))
    task.add_done_callback(lambda _: mark())
    await task
    await asyncio.sleep(0.01)


@inside("handed to anyio.from_thread.run_sync in a thread", "loop")
async def _(mark: Mark) -> None:
    await anyio.to_thread.run_sync(lambda: anyio.from_thread.run_sync(mark))


@probe("coroutine handed to asyncio.run in a sync route (a loop of its own)", "thread")
def _(app: FastAPI, mark: Mark) -> None:
    async def job() -> None:
        mark()

    @app.post("/")
    def route() -> None:
        asyncio.run(job())
