"""
# Blocking generator iterated on the event loop

## What it does
Looks for coroutines that iterate a sync generator of the project whose body waits: for the network,
a process, a clock or a database.

## Why is this bad?
Making the generator costs nothing, so nothing looks wrong. Its body runs with every round of the
loop, on the event loop, and each time it waits every other request waits with it.

## Bad
```python
from collections.abc import Iterator

import requests
from fastapi import FastAPI

app = FastAPI()


def pages() -> Iterator[bytes]:
    for number in range(10):
        yield requests.get(f"https://api.example/{number}").content


@app.get("/size")
async def read_size() -> int:
    size = 0
    for page in pages():
        size += len(page)
    return size
```

## Good
```python
from collections.abc import Iterator

import requests
from fastapi import FastAPI
from fastapi.concurrency import iterate_in_threadpool

app = FastAPI()


def pages() -> Iterator[bytes]:
    for number in range(10):
        yield requests.get(f"https://api.example/{number}").content


@app.get("/size")
async def read_size() -> int:
    size = 0
    async for page in iterate_in_threadpool(pages()):
        size += len(page)
    return size
```

## Limits
Iterating in a comprehension or handing the generator to `list` or `sum` is not seen. Test files are
passed over.

## Source
Starlette's `iterate_in_threadpool`, which FastAPI itself uses for sync iterators of a
`StreamingResponse`.
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.knowledge.kinds import DATABASE, STALL
from fastapi_bp_lint.project.blocking import LIFESPAN, Stall
from fastapi_bp_lint.rule import Finding, Preset, Project, Rule, Severity
from fastapi_bp_lint.stalls import found

rule = Rule(__name__, __doc__, severity=Severity.ERROR, preset=Preset.RECOMMENDED, since="0.1")


@rule.on(Stall)
def check(stall: Stall, project: Project) -> Iterator[Finding]:
    if stall.question not in {STALL, DATABASE} or not stall.iterates_generator:
        return
    if stall.coroutine.module.is_test:
        return
    if project.blocking.entry(stall.coroutine).kind != LIFESPAN:
        yield found(rule, stall, project)
