"""
# Waiting for another thread on the event loop

## What it does
Looks for calls that wait for another thread or process, made by a coroutine or by a sync helper
that it calls: `Future.result()` of `concurrent.futures`, `queue.Queue.get` and `put`,
`Thread.join`, `Event.wait`, `AsyncResult.get`, a pool's `map`.

## Why is this bad?
The event loop stands still until the other thread is done. If that thread needs the loop to go on
(it calls `run_coroutine_threadsafe`, say) both wait for ever.

## Bad
```python
from concurrent.futures import ThreadPoolExecutor

from fastapi import FastAPI

app = FastAPI()
pool = ThreadPoolExecutor()


@app.get("/sum")
async def read_sum() -> int:
    future = pool.submit(sum, [1, 2, 3])
    return future.result()
```

## Good
```python
import asyncio
from concurrent.futures import ThreadPoolExecutor

from fastapi import FastAPI

app = FastAPI()
pool = ThreadPoolExecutor()


@app.get("/sum")
async def read_sum() -> int:
    return await asyncio.get_running_loop().run_in_executor(pool, sum, [1, 2, 3])
```

## Fix safety
What would be right depends on what is waited for. The fix that is shown makes a route that awaits
nothing a plain `def`, or hands the call to a thread; it is never applied.

## Limits
Taking a lock for a few statements is not reported (see `lock-across-await` for the dangerous case),
nor is `result()` of a future whose `done()` the same function has asked for, a call that says
`block=False` or `blocking=False`, or `put` into a queue made without a size. asyncio's own futures,
queues and events are others of the same name, and are told apart. Test files are passed over.

## Source
Python's documentation, "Developing with asyncio": blocking functions should not be called directly.
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.knowledge.kinds import WAIT
from fastapi_bp_lint.project.blocking import LIFESPAN, Stall
from fastapi_bp_lint.rule import Applicability, Finding, Preset, Project, Rule, Severity
from fastapi_bp_lint.stalls import drop_async, found, repair, run_in_thread

rule = Rule(__name__, __doc__, severity=Severity.ERROR, preset=Preset.RECOMMENDED, since="0.1")
rule.fix(Applicability.DISPLAY)(drop_async)
rule.fix(Applicability.DISPLAY)(run_in_thread)


@rule.on(Stall)
def check(stall: Stall, project: Project) -> Iterator[Finding]:
    if stall.question != WAIT or stall.coroutine.module.is_test or _asks_done(stall):
        return
    if project.blocking.entry(stall.coroutine).kind != LIFESPAN:
        yield found(rule, stall, project, repair(rule, stall, project))


def _asks_done(stall: Stall) -> bool:
    """Whether the function that waits has asked the same future whether it is done."""
    call = stall.edges[-1].call
    if call is None or not isinstance(call.func, str):
        return False
    receiver = call.func.rpartition(".")[0]
    calls = stall.functions[-1].facts.body.calls
    return any(c.func == f"{receiver}.done" for c in calls)
