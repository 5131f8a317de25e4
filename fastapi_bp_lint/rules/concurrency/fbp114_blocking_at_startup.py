"""
# Blocking call at startup

## What it does
Looks for the calls of `blocking-call`, `blocking-call-in-helper` and `sync-session-on-loop` in
coroutines that only a lifespan or a startup or shutdown handler reaches.

## Why is this bad?
No request waits yet, so it costs little. But an orchestrator's liveness probe may be answered by
the same loop, several applications may share it, and a timeout cannot interrupt the wait.

## Bad
```python
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    time.sleep(1)
    yield


app = FastAPI(lifespan=lifespan)
```

## Good
```python
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    await asyncio.sleep(1)
    yield


app = FastAPI(lifespan=lifespan)
```

## Limits
Loading a model or reading a file at startup is what a lifespan is for, and is not reported.
A task that is started there and loops for as long as the application serves is no startup: the
other rules speak of it.

## Source
Starlette's documentation, "Lifespan": the application does not serve before startup has finished.
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.knowledge.kinds import DATABASE, STALL
from fastapi_bp_lint.project.blocking import LIFESPAN, Stall
from fastapi_bp_lint.rule import Finding, Preset, Project, Rule, Severity
from fastapi_bp_lint.stalls import found

rule = Rule(__name__, __doc__, severity=Severity.INFO, preset=Preset.STRICT, since="0.1")


@rule.on(Stall)
def check(stall: Stall, project: Project) -> Iterator[Finding]:
    if stall.question not in {STALL, DATABASE}:
        return
    if project.blocking.entry(stall.coroutine).kind == LIFESPAN:
        yield found(rule, stall, project)
