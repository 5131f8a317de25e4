"""
# Client built on every request

## What it does
Looks for HTTP clients, database engines, connection pools and cloud clients that a route, a
websocket or a dependency builds in its own body, sync or async.

## Why is this bad?
A client owns a pool of connections, and building one loads certificates or service models. Built on
every request, the pool is never used twice: each request pays for a new connection and a new
handshake, and under load the sockets run out.

## Bad
```python
import httpx
from fastapi import FastAPI

app = FastAPI()


@app.get("/rates")
async def read_rates() -> dict[str, float]:
    async with httpx.AsyncClient() as client:
        response = await client.get("https://rates.example")
    return response.json()
```

## Good
```python
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import httpx
from fastapi import Depends, FastAPI, Request


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    async with httpx.AsyncClient() as client:
        yield {"client": client}


app = FastAPI(lifespan=lifespan)


async def get_client(request: Request) -> httpx.AsyncClient:
    return request.state.client


@app.get("/rates")
async def read_rates(client: Annotated[httpx.AsyncClient, Depends(get_client)]) -> dict[str, float]:
    response = await client.get("https://rates.example")
    return response.json()
```

## Limits
A client that a helper builds is not seen, nor is one that is kept somewhere after it was built. A
cached function builds its client once and is passed over.

## Source
Kludex, "FastAPI Tips", tip 6: use lifespan state; httpx's documentation, "Clients": use one client
instance throughout.
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.knowledge.clients import CLIENTS
from fastapi_bp_lint.knowledge.typing_names import CACHES
from fastapi_bp_lint.project.results import decorator_names
from fastapi_bp_lint.project.running import EntryPoint
from fastapi_bp_lint.project.values import External
from fastapi_bp_lint.rule import Finding, Preset, Project, Rule, Severity

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.CONVENTIONS, since="0.1")
_PER_REQUEST = {"route", "websocket", "dependency"}


@rule.on(EntryPoint)
def check(entry: EntryPoint, project: Project) -> Iterator[Finding]:
    function = entry.function
    if entry.kind not in _PER_REQUEST or function.module.is_test:
        return
    if decorator_names(project.types, function) & CACHES:
        return
    kept = {b.target for b in function.facts.body.bindings if "." in b.target}
    for call in function.facts.body.calls:
        callee = project.types.callee(call, function)
        names = [v.name for v in callee.values if isinstance(v, External) and v.name in CLIENTS]
        if not names or len(names) != len(callee.values):
            continue
        if kept and any(b.value == call for b in function.facts.body.bindings if b.target in kept):
            continue
        if any(b.target in function.facts.body.outer for b in function.facts.body.bindings):
            continue
        yield rule.at(
            function.module.place(call.span),
            f"`{names[0]}` is built in the {entry.kind} `{function.name}` on every request: build "
            "it once in the lifespan and hand it in through a dependency",
            symbol=function.symbol,
            certainty=entry.certainty,
        )
