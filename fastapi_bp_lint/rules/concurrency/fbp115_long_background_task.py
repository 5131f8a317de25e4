"""
# Background task that runs for long

## What it does
Looks for functions handed to `BackgroundTasks` or `BackgroundTask` that sleep or compute for long,
themselves or in what they call.

## Why is this bad?
A background task runs in the worker that answered the request, after the response. A sync one keeps
a thread of the pool that sync routes need, an async one lives as long as the worker does. A restart
loses it: nothing stores it, retries it or shows that it is there.

## Bad
```python
import time

from fastapi import BackgroundTasks, FastAPI

app = FastAPI()


def remind(address: str) -> None:
    time.sleep(3600)
    print("reminding", address)


@app.post("/users")
async def create_user(address: str, tasks: BackgroundTasks) -> None:
    tasks.add_task(remind, address)
```

## Good
```python
from fastapi import BackgroundTasks, FastAPI

app = FastAPI()


def welcome(address: str) -> None:
    print("welcome", address)


@app.post("/users")
async def create_user(address: str, tasks: BackgroundTasks) -> None:
    tasks.add_task(welcome, address)
```

## Limits
How long a call takes is not measured: what counts is a sleep or one of the known heavy
computations.

## Source
fastapi-best-practices, "BackgroundTasks are for fire and forget": a task queue for what must be
retried, takes long or is heavy.
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.knowledge.kinds import CPU, question
from fastapi_bp_lint.knowledge.tables import Primitive
from fastapi_bp_lint.project.running import EntryPoint
from fastapi_bp_lint.project.values import External, Function
from fastapi_bp_lint.rule import Finding, Preset, Project, Rule, Severity

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.CONVENTIONS, since="0.1")
_ASYNC_SLEEPS = {External("asyncio.sleep"), External("anyio.sleep")}
_MOST = 200


@rule.on(EntryPoint)
def check(entry: EntryPoint, project: Project) -> Iterator[Finding]:
    if entry.kind != "background-task" or entry.function.module.is_test:
        return
    reason = _reason(entry.function, project)
    if reason:
        yield rule.at(
            entry.function.place,
            f"the background task `{entry.function.name}` {reason}: hand it to a task queue, which "
            "can retry it and survives a restart",
            symbol=entry.function.symbol,
            certainty=entry.certainty,
        )


def _reason(task: Function, project: Project) -> str:
    """Return why a task takes long, "" when nothing says so."""
    waiting = [task]
    for function in waiting:
        for call in function.facts.body.calls:
            if call.use == "awaited" and _ASYNC_SLEEPS.intersection(
                project.types.callee(call, function).values
            ):
                return f"sleeps (`{function.name}`, line {call.span.line})"
        for edge in project.calls.edges(function):
            if isinstance(edge.target, Primitive):
                if edge.target.kind == "sleep":
                    return f"sleeps (`{function.name}`, line {edge.span.line})"
                if question(edge.target.kind, edge.target.tier, edge.target.name) == CPU:
                    return f"computes for long (`{edge.target.readable}`)"
            elif edge.target.is_async and not edge.awaited:
                continue
            elif edge.target not in waiting and len(waiting) < _MOST:
                waiting.append(edge.target)
    return ""
