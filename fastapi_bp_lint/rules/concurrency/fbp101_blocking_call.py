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
unless it stands inside a `with` block that is not async, where something may be held that must not
be held across an `await`, or inside `finally`, where a cancelled request would leave at the
`await`: there the fix is unsafe.

A route that awaits nothing, whose calls have nothing to do with the event loop and to which nothing
but its decorators refers, becomes a plain `def`: FastAPI then runs it in a thread. This is unsafe:
what it touches must bear several threads, and context variables that it sets stay in its thread.

Any other call becomes `await run_in_threadpool(call, ...)`, with all of its arguments. This is
unsafe: what is called may not be made for another thread. Nothing is offered inside a generator
expression, a comprehension within another (Python takes an `await` there from 3.11 on only), for
what a `with` or `for` works on, or where an argument is called `func`.

## Limits
A receiver whose class cannot be told is passed over. So is `time.sleep(0)`, code under `if
TYPE_CHECKING:` or `if __name__ == "__main__":`, and what only a lifespan or startup handler
reaches. What a coroutine hands to a thread (`run_in_threadpool`, `asyncio.to_thread`, an executor)
is not a call.

Waiting for a sync database session, for another thread, for a disk or for the CPU are rules of
their own: `sync-session-on-loop`, `blocking-wait`, `file-io-on-loop` and `cpu-bound-on-loop`.

## Source
fastapi-best-practices, "Async Routes": a blocking operation in an async route blocks the whole
event loop. FastAPI's documentation, "Concurrency and async / await". Related: ruff ASYNC210,
ASYNC220, ASYNC221, ASYNC222, ASYNC251.
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.knowledge.kinds import STALL
from fastapi_bp_lint.project.blocking import Stall
from fastapi_bp_lint.rule import Applicability, Finding, Preset, Project, Rule, Severity
from fastapi_bp_lint.stalls import (
    await_sleep,
    drop_async,
    found,
    repair,
    run_in_thread,
    runs_for_request,
)

rule = Rule(__name__, __doc__, severity=Severity.ERROR, preset=Preset.RECOMMENDED, since="0.1")
rule.fix(Applicability.SAFE)(await_sleep)
rule.fix(Applicability.UNSAFE)(drop_async)
rule.fix(Applicability.UNSAFE)(run_in_thread)


@rule.on(Stall)
def check(stall: Stall, project: Project) -> Iterator[Finding]:
    if stall.question == STALL and stall.is_direct and runs_for_request(stall, project):
        yield found(rule, stall, project, repair(rule, stall, project))
