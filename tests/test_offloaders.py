"""What each row of the table of offloaders does with the function that it is handed."""

from __future__ import annotations

from pathlib import Path

import pytest

from fastapi_bp_lint.knowledge.tables import canonical, offloader, offloaders
from fastapi_bp_lint.selection import Layer
from tests import mdcase
from tests.detection.score import STALLS

HANDED = {
    "_thread.start_new_thread": "import _thread | _thread.start_new_thread({f}, ())",
    "anyio.abc.TaskGroup.start": "import anyio.abc | await group.start({a})",
    "anyio.abc.TaskGroup.start_soon": "import anyio.abc | group.start_soon({a})",
    "anyio.from_thread.run": "import anyio.from_thread | anyio.from_thread.run({f})",
    "anyio.from_thread.run_sync": "import anyio.from_thread | anyio.from_thread.run_sync({f})",
    "anyio.to_interpreter.run_sync": "import anyio | await anyio.to_interpreter.run_sync({f})",
    "anyio.to_process.run_sync": "import anyio | await anyio.to_process.run_sync({f})",
    "anyio.to_thread.run_sync": "import anyio | await anyio.to_thread.run_sync({f})",
    "asgiref.sync.SyncToAsync": "from asgiref.sync import SyncToAsync | await SyncToAsync({f})()",
    "asgiref.sync.sync_to_async": "from asgiref.sync import * | await sync_to_async({f})()",
    "asyncer.asyncify": "from asyncer import asyncify | await asyncify({f})()",
    "aiofiles.os.wrap": "from aiofiles.os import wrap | await wrap({f})()",
    "asyncio.AbstractEventLoop.call_at": "import asyncio | loop.call_at(1, {f})",
    "asyncio.AbstractEventLoop.call_later": "import asyncio | loop.call_later(1, {f})",
    "asyncio.AbstractEventLoop.call_soon": "import asyncio | loop.call_soon({f})",
    "asyncio.AbstractEventLoop.call_soon_threadsafe": (
        "import asyncio | loop.call_soon_threadsafe({f})"
    ),
    "asyncio.AbstractEventLoop.create_task": "import asyncio | loop.create_task({c})",
    "asyncio.AbstractEventLoop.run_in_executor": (
        "import asyncio | await loop.run_in_executor(None, {f})"
    ),
    "asyncio.Future.add_done_callback": (
        "import asyncio | asyncio.create_task({c}).add_done_callback({f})"
    ),
    "asyncio.TaskGroup.create_task": "import asyncio | asyncio.TaskGroup().create_task({c})",
    "asyncio.create_task": "import asyncio | asyncio.create_task({c})",
    "asyncio.ensure_future": "import asyncio | asyncio.ensure_future({c})",
    "asyncio.gather": "import asyncio | await asyncio.gather({c}, {c})",
    "asyncio.run_coroutine_threadsafe": (
        "import asyncio | asyncio.run_coroutine_threadsafe({c}, loop)"
    ),
    "asyncio.shield": "import asyncio | await asyncio.shield({c})",
    "asyncio.to_thread": "import asyncio | await asyncio.to_thread({f})",
    "asyncio.wait_for": "import asyncio | await asyncio.wait_for({c}, 1)",
    "concurrent.futures.Executor.map": "import concurrent.futures | pool.map({f}, [1])",
    "concurrent.futures.Executor.submit": "import concurrent.futures | pool.submit({f})",
    "concurrent.futures.ProcessPoolExecutor.map": (
        "import concurrent.futures | processes.map({f}, [1])"
    ),
    "concurrent.futures.ProcessPoolExecutor.submit": (
        "import concurrent.futures | processes.submit({f})"
    ),
    "contextvars.Context.run": "import contextvars | contextvars.copy_context().run({f})",
    "fastapi.Depends": "from fastapi import Depends | Depends({f})",
    "fastapi.Security": "from fastapi import Security | Security({f})",
    "fastapi.concurrency.contextmanager_in_threadpool": (
        "from fastapi.concurrency import * | contextmanager_in_threadpool(manager())"
    ),
    "functools.partial": "import functools | functools.partial({f})",
    "multiprocessing.Process": "import multiprocessing | multiprocessing.Process(target={f})",
    "rq.Queue.enqueue": "import rq | rq.Queue().enqueue({f})",
    "sqlalchemy.ext.asyncio.AsyncConnection.run_sync": (
        "import sqlalchemy.ext.asyncio | await connection.run_sync({f})"
    ),
    "sqlalchemy.ext.asyncio.AsyncSession.run_sync": (
        "import sqlalchemy.ext.asyncio | await session.run_sync({f})"
    ),
    "sqlalchemy.util.greenlet_spawn": (
        "from sqlalchemy.util import greenlet_spawn | await greenlet_spawn({f})"
    ),
    "starlette.background.BackgroundTask": "import starlette.background | BackgroundTask({f})",
    "starlette.background.BackgroundTasks.add_task": (
        "from starlette.background import BackgroundTasks | BackgroundTasks().add_task({f})"
    ),
    "starlette.concurrency.iterate_in_threadpool": (
        "from starlette.concurrency import * | [x async for x in iterate_in_threadpool(rows())]"
    ),
    "starlette.concurrency.run_in_threadpool": (
        "from fastapi.concurrency import run_in_threadpool | await run_in_threadpool({f})"
    ),
    "starlette.concurrency.run_until_first_complete": (
        "from starlette.concurrency import * | await run_until_first_complete(({a}, {{}}))"
    ),
    "starlette.responses.StreamingResponse": (
        "from fastapi.responses import StreamingResponse | StreamingResponse(rows())"
    ),
    "threading.Thread": "import threading | threading.Thread(target={f}).start()",
    "threading.Timer": "import threading | threading.Timer(1, {f}).start()",
    "trio.to_thread.run_sync": "import trio | await trio.to_thread.run_sync({f})",
}
DECORATORS = {
    "aiofiles.os.wrap": "from aiofiles.os import wrap | wrap",
    "asgiref.sync.SyncToAsync": "from asgiref.sync import SyncToAsync | SyncToAsync",
    "asgiref.sync.sync_to_async": "from asgiref.sync import sync_to_async | sync_to_async",
    "asyncer.asyncify": "from asyncer import asyncify | asyncify",
    "celery.Celery.task": "from celery import Celery | Celery().task",
    "celery.shared_task": "from celery import shared_task | shared_task",
    "dramatiq.actor": "import dramatiq | dramatiq.actor",
    "huey.Huey.task": "from huey import Huey | Huey().task()",
    "rq.decorators.job": "from rq.decorators import job | job('default')",
}
ON_THE_LOOP = {
    "asyncio.AbstractEventLoop.call_at",
    "asyncio.AbstractEventLoop.call_later",
    "asyncio.AbstractEventLoop.call_soon",
    "asyncio.AbstractEventLoop.call_soon_threadsafe",
    "asyncio.Future.add_done_callback",
    "contextvars.Context.run",
}
"""What calls a sync function that it is handed on the loop, now or later."""

HEAD = """
import asyncio, concurrent.futures, contextlib, time
import anyio.abc
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from starlette.background import BackgroundTask
{imports}

pool = concurrent.futures.ThreadPoolExecutor()
processes = concurrent.futures.ProcessPoolExecutor()

def wait(*rest): time.sleep(1)
def rows():
    time.sleep(1)
    yield b""
@contextlib.contextmanager
def manager():
    time.sleep(1)
    yield
async def quick(*rest): await asyncio.sleep(1)
"""
BODY = """
async def runs(group: anyio.abc.TaskGroup, connection: AsyncConnection, session: AsyncSession):
    loop = asyncio.get_running_loop()
    {call}
"""


def found(text: str, root: Path) -> set[str]:
    mdcase.write({"main.py": text}, root)
    report = mdcase.lint(mdcase.request(root, Layer(select=("FBP1",))))
    return {f.symbol for f in report.findings if f.code in STALLS and "time.sleep" in f.message}


def test_every_row_has_a_test() -> None:
    assert {*HANDED, *DECORATORS} == offloaders().keys()


@pytest.mark.parametrize("name", HANDED)
def test_what_is_handed_over(name: str, tmp_path: Path) -> None:
    imports, _, call = HANDED[name].partition(" | ")
    filled = call.format(f="wait", c="quick()", a="quick")
    text = HEAD.format(imports=imports) + BODY.format(call=filled)
    assert found(text, tmp_path) == ({"main.runs"} if name in ON_THE_LOOP else set())


@pytest.mark.parametrize("name", [n for n, call in HANDED.items() if "{f}" in call])
def test_arguments_run_here(name: str, tmp_path: Path) -> None:
    imports, _, call = HANDED[name].partition(" | ")
    text = HEAD.format(imports=imports) + BODY.format(call=call.format(f="wait()", c="quick()"))
    assert found(text, tmp_path) == {"main.runs"}
    bound = call.format(f="functools.partial(wait, wait())", c="quick()")
    text = "import functools" + HEAD.format(imports=imports) + BODY.format(call=bound)
    assert found(text, tmp_path) == {"main.runs"}


@pytest.mark.parametrize("name", DECORATORS)
def test_decorated(name: str, tmp_path: Path) -> None:
    imports, _, decorator = DECORATORS[name].partition(" | ")
    text = (
        HEAD.format(imports=imports)
        + f"@{decorator}\ndef sends(): time.sleep(1)\n"
        + BODY.format(call="await sends()")
    )
    assert found(text, tmp_path) == set()


@pytest.mark.parametrize(
    "name",
    [
        "fastapi.BackgroundTasks.add_task",
        "fastapi.concurrency.run_in_threadpool",
        "fastapi.responses.StreamingResponse",
        "asyncio.SelectorEventLoop.run_in_executor",
    ],
)
def test_other_import_paths(name: str) -> None:
    assert offloader(canonical(name)) is not None


@pytest.mark.parametrize("call", ["aioitertools.map({a}, [1])", "aiojobs.Scheduler().spawn({c})"])
def test_what_stays_on_the_loop_answers_for_itself(call: str, tmp_path: Path) -> None:
    text = (
        HEAD.format(imports="import aioitertools, aiojobs")
        + "async def slow(*rest): time.sleep(1)\n"
        + BODY.format(call=call.format(a="slow", c="slow()"))
    )
    assert found(text, tmp_path) == {"main.slow"}
