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

## Fix safety
A route that awaits nothing becomes a plain `def`, which FastAPI runs in a thread. Elsewhere the
loop becomes `async for ... in iterate_in_threadpool(...)`. Both are unsafe: each round may run in
another thread than the one before, and other code runs in between. Where the generator uses a
database session the fix is only shown.

## Limits
Iterating in a comprehension or handing the generator to `list` or `sum` is not seen. Test files are
passed over.

## Source
Starlette's `iterate_in_threadpool`, which FastAPI itself uses for sync iterators of a
`StreamingResponse`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi_bp_lint.knowledge.kinds import DATABASE, STALL
from fastapi_bp_lint.knowledge.loops import ITERATE_IN_THREADPOOL
from fastapi_bp_lint.project.blocking import LIFESPAN, Stall
from fastapi_bp_lint.rule import Applicability, Finding, Fix, Preset, Project, Rule, Severity
from fastapi_bp_lint.stalls import drop_async, found, offloader, plain_route

if TYPE_CHECKING:
    import libcst as cst

    from fastapi_bp_lint.rule import Editor

rule = Rule(__name__, __doc__, severity=Severity.ERROR, preset=Preset.RECOMMENDED, since="0.1")
rule.fix(Applicability.UNSAFE)(drop_async)


@rule.on(Stall)
def check(stall: Stall, project: Project) -> Iterator[Finding]:
    if stall.question not in {STALL, DATABASE} or not stall.iterates_generator:
        return
    if stall.coroutine.module.is_test:
        return
    if project.blocking.entry(stall.coroutine).kind != LIFESPAN:
        yield found(rule, stall, project, _fix(stall, project))


def _fix(stall: Stall, project: Project) -> Fix | None:
    fix = plain_route(rule, stall, project) or _in_thread(stall)
    if fix is not None and stall.question == DATABASE:
        return fix._replace(applicability=Applicability.DISPLAY)
    return fix


def _in_thread(stall: Stall) -> Fix | None:
    edge = stall.edges[0]
    for region in stall.coroutine.facts.body.regions:
        if region.kind == "loop" and region.span[:2] <= edge.span[:2] < region.span[2:]:
            return rule.repair("iterate_in_thread", "iterate it in the threadpool", region.span)
    return None


@rule.fix(Applicability.UNSAFE)
def iterate_in_thread(node: cst.BaseExpression, edit: Editor) -> cst.BaseExpression:
    from libcst import Arg, Asynchronous, Call  # noqa: PLC0415 - only a fix needs libcst

    loop = edit.loop_over(node)
    name = offloader(edit, ITERATE_IN_THREADPOOL)
    wrapped = Call(edit.expr(name), [Arg(node)])
    edit.swap(loop, loop.with_changes(asynchronous=Asynchronous(), iter=wrapped))
    return node
