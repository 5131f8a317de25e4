"""
# Middleware built on BaseHTTPMiddleware

## What it does
Looks for classes that derive from Starlette's `BaseHTTPMiddleware`, and for functions registered
with `@app.middleware("http")`, which wraps them in it.

## Why is this bad?
`BaseHTTPMiddleware` runs the rest of the application in a task of its own and streams the response
through a queue. Every request pays for it, context variables set further in are not seen further
out, and background tasks are tied to the connection.

## Bad
```python
from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response
from starlette.middleware.base import BaseHTTPMiddleware

app = FastAPI()


class Timing(BaseHTTPMiddleware):
    async def dispatch(
        self, request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        return await call_next(request)


app.add_middleware(Timing)
```

## Good
```python
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

app = FastAPI()


class Timing:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


app.add_middleware(Timing)
```

## Limits
The convenience may be worth its price where few requests come; the rule is part of `strict` only.

## Source
Kludex, "FastAPI Tips", tip 8: use pure ASGI middleware instead of `BaseHTTPMiddleware`.
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.facts.model import Call
from fastapi_bp_lint.project.members import mro
from fastapi_bp_lint.project.results import decorator_names
from fastapi_bp_lint.project.values import Class, External, Function
from fastapi_bp_lint.rule import Finding, Preset, Project, Rule, Severity

rule = Rule(__name__, __doc__, severity=Severity.INFO, preset=Preset.STRICT, since="0.1")
BASE = External("starlette.middleware.base.BaseHTTPMiddleware")
REGISTER = frozenset({"fastapi.FastAPI.middleware", "starlette.applications.Starlette.middleware"})


@rule.on(Class)
def check_class(cls: Class, project: Project) -> Iterator[Finding]:
    if cls.facts.bases and BASE in mro(project.types, cls):
        yield rule.at(
            cls.place,
            f"`{cls.name}` derives from `BaseHTTPMiddleware`, which costs every request a task and "
            "a queue: write it as a pure ASGI middleware",
            symbol=cls.symbol,
        )


@rule.on(Function)
def check_function(function: Function, project: Project) -> Iterator[Finding]:
    if not any(isinstance(d, Call) for d in function.facts.decorators):
        return
    if decorator_names(project.types, function) & REGISTER:
        yield rule.at(
            function.place,
            f'`@app.middleware("http")` wraps `{function.name}` in `BaseHTTPMiddleware`, which '
            "costs every request a task and a queue: write it as a pure ASGI middleware",
            symbol=function.symbol,
        )
