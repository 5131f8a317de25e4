"""
# Query in a route handler

## What it does
Reports a handler of a domain that builds or executes a statement itself: `select(...)`,
`session.execute(...)`, `session.get(...)`, `session.query(...)`.

## Why is this bad?
The handler is about HTTP: what comes in, what goes out, with which status. A query in it cannot be
used by another handler, a background job or a dependency, so it is written again there, and a test
of it has to go through the web application.

## Bad
`src/auth/constants.py`:
```python
TOKEN_TYPE = "bearer"
```

`src/auth/service.py`:
```python
from src.posts import constants as posts_constants

PAGE = posts_constants
```

`src/posts/constants.py`:
```python
PAGE_SIZE = 20
```

`src/posts/router.py`:
```python
from fastapi import APIRouter
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

router = APIRouter()


@router.get("/posts", response_model=None, status_code=200)
async def count_posts(session: AsyncSession) -> int | None:
    return await session.scalar(text("SELECT count(*) FROM post"))
```

## Good
`src/auth/constants.py`:
```python
TOKEN_TYPE = "bearer"
```

`src/auth/service.py`:
```python
from src.posts import constants as posts_constants

PAGE = posts_constants
```

`src/posts/constants.py`:
```python
PAGE_SIZE = 20
```

`src/posts/service.py`:
```python
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


async def count(session: AsyncSession) -> int | None:
    return await session.scalar(text("SELECT count(*) FROM post"))
```

`src/posts/router.py`:
```python
from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from src.posts import service

router = APIRouter()


@router.get("/posts", response_model=None, status_code=200)
async def count_posts(session: AsyncSession) -> int | None:
    return await service.count(session)
```

## Limits
One finding for each handler, at its first query. SQLAlchemy and SQLModel are known; `commit`, `add`
and the like are not statements. Helpers that the handler calls are not looked at. Silent in a
project with fewer than two domains.

## Source
fastapi-best-practices, "Project Structure": "`service.py` - module specific business logic",
"`router.py` - is a core of each module with all the endpoints".
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.facts.model import Call
from fastapi_bp_lint.finding import Finding, Severity
from fastapi_bp_lint.knowledge.statements import EXECUTORS, SESSIONS, STATEMENTS
from fastapi_bp_lint.knowledge.tables import ancestry
from fastapi_bp_lint.project.values import External, Function
from fastapi_bp_lint.rule import Certainty, Preset, Project, Rule

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.CONVENTIONS, since="0.1")


@rule.on(Function)
def check(function: Function, project: Project) -> Iterator[Finding]:
    if function not in project.handlers or project.domain_of(function.module) is None:
        return
    found = [
        (call, certainty)
        for call in function.facts.body.calls
        if (certainty := _is_query(call, function, project)) is not None
    ]
    if found:
        call, certainty = min(found, key=lambda pair: pair[0].span)
        yield rule.at(
            function.module.place(call.span),
            f"the handler `{function.name}` runs a query itself, `{call.func}(...)`: let a "
            "function of the service do it",
            symbol=function.symbol,
            certainty=certainty,
        )


def _is_query(call: Call, function: Function, project: Project) -> Certainty | None:
    """Return how sure it is that *call* builds or executes a statement, None when it does not."""
    if not isinstance(call.func, str):
        return None
    held = project.types.infer(call.func, function, call.span.line)
    names = [v.name for v in held.values if isinstance(v, External)]
    return held.certainty if any(_is_known(name) for name in names) else None


def _is_known(name: str) -> bool:
    owner, _, method = name.rpartition(".")
    return name in STATEMENTS or (method in EXECUTORS and not SESSIONS.isdisjoint(ancestry(owner)))
