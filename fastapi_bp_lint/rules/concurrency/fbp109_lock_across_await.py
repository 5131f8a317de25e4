"""
# Thread lock held across an await

## What it does
Looks for `with lock:` around an `await` in a coroutine, where the lock is one for threads: a
`Lock`, `RLock`, `Condition` or `Semaphore` of `threading` or `multiprocessing`.

## Why is this bad?
While the coroutine waits, another one may run on the same thread and ask for the lock. It blocks
the thread, the first coroutine can never go on to release the lock, and the worker stands still for
good.

## Bad
```python
import asyncio
import threading

from fastapi import FastAPI

app = FastAPI()
lock = threading.Lock()


@app.post("/orders")
async def create_order() -> None:
    with lock:
        await asyncio.sleep(1)
```

## Good
```python
import asyncio

from fastapi import FastAPI

app = FastAPI()
lock = asyncio.Lock()


@app.post("/orders")
async def create_order() -> None:
    async with lock:
        await asyncio.sleep(1)
```

## Limits
A lock taken with `acquire()` and released further down is not followed. An `RLock` does not block
its own thread: there two coroutines enter the section together, which is no better.

## Source
Python's documentation, `asyncio.Lock`: "not thread-safe", and the other way round.
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.facts.model import Region
from fastapi_bp_lint.knowledge.locks import THREAD_LOCKS
from fastapi_bp_lint.knowledge.tables import ancestry
from fastapi_bp_lint.project.edges import written
from fastapi_bp_lint.project.values import External, Function, Instance
from fastapi_bp_lint.rule import Finding, Preset, Project, Rule, Severity

rule = Rule(__name__, __doc__, severity=Severity.ERROR, preset=Preset.RECOMMENDED, since="0.1")


@rule.on(Function)
def check(function: Function, project: Project) -> Iterator[Finding]:
    if not function.is_async:
        return
    for region in function.facts.body.regions:
        if region.kind != "with":
            continue
        line = _first_await(function, region)
        if not line:
            continue
        held = project.types.infer(region.subject, function, region.line)
        locks = [
            v.of.name
            for v in held.values
            if isinstance(v, Instance)
            and isinstance(v.of, External)
            and THREAD_LOCKS.intersection(ancestry(v.of.name))
        ]
        if locks and len(locks) == len(held.values):
            yield rule.at(
                function.module.place(region.span),
                f"`{written(region.subject)}` is a `{locks[0]}` and is held across the `await` in "
                f"line {line}: a second coroutine that asks for it stops the thread for good. Use "
                "`asyncio.Lock` with `async with`",
                symbol=function.symbol,
                certainty=held.certainty,
            )


def _first_await(function: Function, region: Region) -> int:
    """Return the line of the first await inside a region, 0 when there is none."""
    body = function.facts.body
    lines = [c.span.line for c in body.calls if c.use == "awaited"]
    lines += [r.line for r in body.regions if r.kind in {"async-with", "async-loop"}]
    return min((n for n in lines if region.line < n <= region.end_line), default=0)
