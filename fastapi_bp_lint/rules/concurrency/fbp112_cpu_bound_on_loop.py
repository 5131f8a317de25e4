"""
# Heavy computation on the event loop

## What it does
Looks for calls that compute for long, in a coroutine or in a sync helper that it calls: password
hashing, key derivation, images, data frames, models, compression.

## Why is this bad?
A password hash is made to be slow: a quarter of a second of `bcrypt` is a quarter of a second in
which the worker answers nobody.

## Bad
```python
import bcrypt
from fastapi import FastAPI

app = FastAPI()


@app.post("/users")
async def create_user(password: str) -> None:
    bcrypt.hashpw(password.encode(), bcrypt.gensalt())
```

## Good
```python
import bcrypt
from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

app = FastAPI()


@app.post("/users")
async def create_user(password: str) -> None:
    await run_in_threadpool(bcrypt.hashpw, password.encode(), bcrypt.gensalt())
```

## Fix safety
As for `blocking-call`: a route that awaits nothing becomes a plain `def`, elsewhere the call
becomes `await run_in_threadpool(call, ...)`. Both are unsafe: what is called may not be made
for another thread.

## Limits
Only calls of known libraries count; a loop in pure Python is not measured. What only a lifespan or
startup handler reaches is passed over, and so are test files. A thread helps where the library
releases the GIL, as the ones in the table do; see `cpu-bound-in-threadpool` for the others.

## Source
fastapi-best-practices, "Async Routes", "CPU intensive tasks".
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.knowledge.kinds import CPU
from fastapi_bp_lint.project.blocking import LIFESPAN, Stall
from fastapi_bp_lint.rule import Applicability, Finding, Preset, Project, Rule, Severity
from fastapi_bp_lint.stalls import drop_async, found, repair, run_in_thread

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.CONVENTIONS, since="0.1")
rule.fix(Applicability.UNSAFE)(drop_async)
rule.fix(Applicability.UNSAFE)(run_in_thread)


@rule.on(Stall)
def check(stall: Stall, project: Project) -> Iterator[Finding]:
    if stall.question != CPU or stall.coroutine.module.is_test:
        return
    if project.blocking.entry(stall.coroutine).kind != LIFESPAN:
        yield found(rule, stall, project, repair(rule, stall, project))
