"""
# Blocking call on the event loop

## What it does
Looks for calls that wait for a network, another process or a clock, made in the body of a coroutine
that runs for a request: a route, a dependency, a websocket, a middleware, an exception handler, a
background task, or a coroutine that one of these awaits, directly or further down.

What is called is followed through imports, re-exports, annotations, `Depends`, constructors and
attributes, so `self.client.get(...)` is found when `self.client` holds a `requests.Session`.

## Why is this bad?
One event loop serves all requests of a worker. While a coroutine waits in a blocking call nothing
else runs there: no other request, no health check, no timeout.

## Bad
```python
import time

from fastapi import FastAPI

app = FastAPI()


@app.get("/report")
async def read_report() -> str:
    time.sleep(1)
    return "done"
```

## Good
```python
import asyncio

from fastapi import FastAPI

app = FastAPI()


@app.get("/report")
async def read_report() -> str:
    await asyncio.sleep(1)
    return "done"
```

## Fix safety
`time.sleep(x)` as a statement of an async function becomes `await asyncio.sleep(x)`. This is safe
unless it stands inside a `with` block that is not async: something may be held there that must not be
held across an `await`, so there the fix is unsafe.

## Limits
A receiver whose class cannot be told is passed over. So is `time.sleep(0)`, code under
`if TYPE_CHECKING:` or `if __name__ == "__main__":`, and what only a lifespan or startup handler
reaches. What a coroutine hands to a thread (`run_in_threadpool`, `asyncio.to_thread`, an executor) is
not a call.

Waiting for a sync database session, for another thread, for a disk or for the CPU are rules of their
own: `sync-session-on-loop`, `blocking-wait`, `file-io-on-loop` and `cpu-bound-on-loop`.

## Source
fastapi-best-practices, "Async Routes": a blocking operation in an async route blocks the whole event
loop. FastAPI's documentation, "Concurrency and async / await". Related: ruff ASYNC210, ASYNC220,
ASYNC221, ASYNC222, ASYNC251.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi_bp_lint.knowledge.kinds import STALL
from fastapi_bp_lint.project.blocking import COROUTINE, LIFESPAN, Stall
from fastapi_bp_lint.rule import Applicability, Finding, Fix, Preset, Project, Rule, Severity

if TYPE_CHECKING:
    import libcst as cst

    from fastapi_bp_lint.rule import Editor

rule = Rule(
    __name__, __doc__, severity=Severity.ERROR, preset=Preset.RECOMMENDED, since="0.1"
)


@rule.on(Stall)
def check(stall: Stall, project: Project) -> Iterator[Finding]:
    if stall.question != STALL or not stall.is_direct:
        return
    entry = project.blocking.entry(stall.coroutine)
    if entry.kind in {LIFESPAN, COROUTINE}:
        return
    yield rule.at(
        stall.place,
        f"`{stall.primitive.readable}` blocks the event loop in `{stall.coroutine.name}`: "
        f"{stall.advice}",
        symbol=stall.coroutine.symbol,
        certainty=stall.certainty,
        entry=entry,
        primitive=stall.primitive.readable,
        fix=_fix(stall),
    )


def _fix(stall: Stall) -> Fix | None:
    if not stall.is_statement_of("time.sleep"):
        return None
    level = Applicability.UNSAFE if stall.is_inside_with else Applicability.SAFE
    return rule.repair(
        "await_sleep", "await `asyncio.sleep` instead", stall.place.span, applicability=level
    )


@rule.fix(Applicability.SAFE)
def await_sleep(node: cst.Call, edit: Editor) -> cst.BaseExpression:
    return edit.awaited(node.with_changes(func=edit.expr(f"{edit.need_import('asyncio')}.sleep")))
