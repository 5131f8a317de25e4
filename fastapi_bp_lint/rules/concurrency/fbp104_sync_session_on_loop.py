"""
# Sync database session on the event loop

## What it does
Looks for sync database and cache clients used on the event loop: a SQLAlchemy or SQLModel session,
connection, engine, query or result, a psycopg, pymongo, sqlite3 or redis client, a cursor. The use
may stand in a coroutine or in the sync helpers that it calls. What counts is what the receiver
holds, wherever it came from: `Depends`, an `Annotated` alias, a parameter, an attribute, `with ...
as`.

There is one finding per coroutine and place of use. It stands where the coroutine makes its call.

## Why is this bad?
Every round trip to the database stops all other requests of the worker. This is the most common way
in which real applications hold their event loop, and the hardest to see: the route is `async def`,
the query stands in a repository three files away.

## Bad
```python
from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, FastAPI
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session, sessionmaker

app = FastAPI()
SessionLocal = sessionmaker(create_engine("sqlite://"))


def get_db() -> Iterator[Session]:
    with SessionLocal() as session:
        yield session


@app.get("/count")
async def read_count(db: Annotated[Session, Depends(get_db)]) -> int:
    return db.execute(text("select count(*) from posts")).scalar_one()
```

## Good
```python
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

app = FastAPI()
SessionLocal = async_sessionmaker(create_async_engine("sqlite+aiosqlite://"))


async def get_db() -> AsyncIterator[AsyncSession]:
    async with SessionLocal() as session:
        yield session


@app.get("/count")
async def read_count(db: Annotated[AsyncSession, Depends(get_db)]) -> int:
    result = await db.execute(text("select count(*) from posts"))
    return result.scalar_one()
```

## Fix safety
Making the route `def`, so that FastAPI runs it in a thread, or moving to an async session is a
decision about the whole application. What is shown is the plain `def` for a route that awaits
nothing, and one call handed to a thread elsewhere; it is never applied, since a session must not be
shared between threads.

## Limits
A relationship counts where it is first read of an object that a sync session has loaded, unless it
or the query says how it is loaded beforehand; what the session still has from earlier is not known.
What only a lifespan or startup handler reaches
is passed over, and so are test files.

## Source
fastapi-best-practices, "Async Routes"; SQLAlchemy's documentation, "Asynchronous I/O (asyncio)".
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.knowledge.kinds import DATABASE
from fastapi_bp_lint.project.blocking import LIFESPAN, Stall
from fastapi_bp_lint.rule import Applicability, Finding, Preset, Project, Rule, Severity
from fastapi_bp_lint.stalls import drop_async, found, repair, run_in_thread

rule = Rule(__name__, __doc__, severity=Severity.ERROR, preset=Preset.RECOMMENDED, since="0.1")
rule.fix(Applicability.DISPLAY)(drop_async)
rule.fix(Applicability.DISPLAY)(run_in_thread)


@rule.on(Stall)
def check(stall: Stall, project: Project) -> Iterator[Finding]:
    if stall.question != DATABASE or stall.iterates_generator or stall.coroutine.module.is_test:
        return
    if project.blocking.entry(stall.coroutine).kind != LIFESPAN:
        yield found(rule, stall, project, repair(rule, stall, project))
