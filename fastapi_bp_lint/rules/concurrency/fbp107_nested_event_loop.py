"""
# Event loop run inside an event loop

## What it does
Looks for `asyncio.run`, `run_until_complete`, `async_to_sync` and their like, called by a coroutine
or by a sync helper that it calls.

## Why is this bad?
A thread runs one event loop at a time: these calls raise `RuntimeError` when a loop already runs
there. The code works in a script and in a thread, and fails in a route.

## Bad
```python
import asyncio

from fastapi import FastAPI

app = FastAPI()


async def load() -> str:
    return "done"


def load_sync() -> str:
    return asyncio.run(load())


@app.get("/report")
async def read_report() -> str:
    return load_sync()
```

## Good
```python
from fastapi import FastAPI

app = FastAPI()


async def load() -> str:
    return "done"


@app.get("/report")
async def read_report() -> str:
    return await load()
```

## Limits
A function that first asks whether a loop runs (`get_running_loop`, `is_running`, a `try` around it)
knows what it does and is passed over. So are test files.

## Source
Python's documentation, `asyncio.run`: "cannot be called when another asyncio event loop is running
in the same thread".
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.knowledge.kinds import NESTED_LOOP
from fastapi_bp_lint.project.blocking import Stall
from fastapi_bp_lint.rule import Finding, Preset, Project, Rule, Severity
from fastapi_bp_lint.stalls import found

rule = Rule(__name__, __doc__, severity=Severity.ERROR, preset=Preset.RECOMMENDED, since="0.1")
_ASKS = ("get_running_loop", "get_event_loop", "is_running", "_get_running_loop", "current_thread")


@rule.on(Stall)
def check(stall: Stall, project: Project) -> Iterator[Finding]:
    if stall.question != NESTED_LOOP or stall.coroutine.module.is_test or _asks_first(stall):
        return
    yield found(rule, stall, project)


def _asks_first(stall: Stall) -> bool:
    """Whether a function on the way looks for a running loop before it starts one."""
    for function, edge in zip(stall.functions, stall.edges, strict=True):
        body = function.facts.body
        if any(r.kind == "try" and r.line <= edge.span.line <= r.end_line for r in body.regions):
            return True
        if any(str(c.func).rpartition(".")[2] in _ASKS for c in body.calls):
            return True
    return False
