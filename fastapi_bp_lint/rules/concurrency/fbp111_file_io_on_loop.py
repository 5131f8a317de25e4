"""
# File access on the event loop

## What it does
Looks for access to the local disk in a coroutine, or in a sync helper that it calls: `open`,
reading and writing files, `pathlib.Path.read_text`, `shutil`, `zipfile`, `tempfile`.

## Why is this bad?
A disk is fast until it is not: a network volume, a full page cache, a large file. All other
requests of the worker wait for it.

## Bad
```python
from pathlib import Path

from fastapi import FastAPI

app = FastAPI()


@app.get("/terms")
async def read_terms() -> str:
    return Path("terms.md").read_text()
```

## Good
```python
import anyio
from fastapi import FastAPI

app = FastAPI()


@app.get("/terms")
async def read_terms() -> str:
    return await anyio.Path("terms.md").read_text()
```

## Fix safety
As for `blocking-call`: a route that awaits nothing becomes a plain `def`, elsewhere the call
becomes `await run_in_threadpool(call, ...)`. Both are unsafe: other code may rely on nothing
else running in between.

## Limits
What only a lifespan or startup handler reaches is passed over, and so are test files. Reading an
upload has its own rule, `upload-read-on-loop`.

## Source
fastapi-best-practices, "Async Routes". Related: ruff ASYNC230 and ASYNC240.
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.knowledge.kinds import FILE
from fastapi_bp_lint.project.blocking import LIFESPAN, Stall
from fastapi_bp_lint.rule import Applicability, Finding, Preset, Project, Rule, Severity
from fastapi_bp_lint.stalls import drop_async, found, reads_upload, repair, run_in_thread

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.CONVENTIONS, since="0.1")
rule.fix(Applicability.UNSAFE)(drop_async)
rule.fix(Applicability.UNSAFE)(run_in_thread)


@rule.on(Stall)
def check(stall: Stall, project: Project) -> Iterator[Finding]:
    if stall.question != FILE or stall.coroutine.module.is_test or reads_upload(stall):
        return
    if project.blocking.entry(stall.coroutine).kind != LIFESPAN:
        yield found(rule, stall, project, repair(rule, stall, project))
