"""
# Session opened in a route

## What it does
Looks for handlers that open a database session, connection or engine themselves: `SessionLocal()`,
`engine.begin()`, `asyncpg.connect(...)`, a helper of the project that gives one, `next(get_db())`.

## Why is this bad?
What a handler opens, no test can replace: `dependency_overrides` does not reach it. Every handler
decides anew when to commit and what happens after an error, two functions that serve one request
work in two transactions, and one forgotten `close` drains the pool. A dependency owns it once:
FastAPI opens it, hands the same one to everything that asks for it in a request, and closes it.

## Bad
```python
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

app = FastAPI()
Session = async_sessionmaker(create_async_engine("sqlite+aiosqlite://"))


@app.get("/count")
async def count_posts() -> int:
    async with Session() as session:
        return (await session.execute(text("select count(*) from posts"))).scalar_one()
```

## Good
```python
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

app = FastAPI()
Session = async_sessionmaker(create_async_engine("sqlite+aiosqlite://"))


async def get_session() -> AsyncIterator[AsyncSession]:
    async with Session() as session:
        yield session


@app.get("/count")
async def count_posts(session: Annotated[AsyncSession, Depends(get_session)]) -> int:
    return (await session.execute(text("select count(*) from posts"))).scalar_one()
```

## Limits
Only what stands in the handler's own body. A websocket handler is passed over, for a dependency
would keep its session open as long as the socket; so is what is opened in a loop, in a function
within the handler, or with a value that the handler has worked out, since no dependency could do
that. A session that a service opens is a matter of the service.

## Source
fastapi-best-practices, "Dependencies"; FastAPI's documentation, "SQL (Relational) Databases",
"Create a Session Dependency".
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.facts.model import Call
from fastapi_bp_lint.finding import weakest
from fastapi_bp_lint.knowledge.sessions import FACTORIES, OBJECTS, OPENS
from fastapi_bp_lint.project.edges import written
from fastapi_bp_lint.project.results import given_by_yield, result
from fastapi_bp_lint.project.running import EntryPoint
from fastapi_bp_lint.project.values import (
    Bound,
    Coroutine,
    Entered,
    External,
    Function,
    Held,
    Instance,
    Value,
    one,
    union,
)
from fastapi_bp_lint.rule import Finding, Preset, Project, Rule, Severity

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.CONVENTIONS, since="0.1")
_LOOPS = {"loop", "async-loop", "while"}
_COMPREHENSIONS = {"comprehension", "generator", "async-comprehension"}
_A = {"session": "a session", "connection": "a connection", "engine": "an engine"}
_PLAIN = {"function", "generator"}
_RECEIVERS = {"self", "cls"}
_NEXT = {"builtins.next", "builtins.anext"}


@rule.on(EntryPoint)
def check(entry: EntryPoint, project: Project) -> Iterator[Finding]:
    handler = entry.function
    if entry.kind != "route" or handler.module.is_test:
        return
    for call in handler.facts.body.calls:
        held = project.types.callee(call, handler)
        words = [_opened(v, call, handler, project) for v in held.values]
        word = words[0] if words else None
        if word is None or None in words or _must_be_here(call, handler):
            continue
        yield rule.at(
            handler.module.place(call.span),
            f"`{written(call)}` opens {_A[word]} in the route `{handler.name}`: "
            f"{_instead(word, project)}",
            symbol=handler.symbol,
            certainty=weakest(entry.certainty, held.certainty),
        )


def _opened(value: Value, call: Call, handler: Function, project: Project) -> str | None:
    """Return what calling *value* opens, None when it opens nothing."""
    if isinstance(value, External):
        if value.name in _NEXT and call.args and isinstance(call.args[0], Call):
            return _word(project.types.infer(call, handler, call.span.line))
        return OPENS.get(value.name)
    if isinstance(value, Instance) and isinstance(value.of, External):
        return "session" if value.of.name in FACTORIES else None
    function = value.function if isinstance(value, Bound) else value
    if isinstance(function, Function):
        return _given(project.types.call(call, handler), function)
    return None


def _given(held: Held, function: Function) -> str | None:
    """Return what a helper opens for its caller, who hands it nothing to make that of."""
    if any(p.name not in _RECEIVERS and not p.has_default for p in function.facts.params):
        return None
    entered = [v.result for v in held.values if isinstance(v, Entered)]
    if entered:
        return _word(union(*entered)) if len(entered) == len(held.values) else None
    if function.facts.is_generator or not _makes(function):
        return None
    return _word(union(*[v.result if isinstance(v, Coroutine) else one(v) for v in held.values]))


def _makes(function: Function) -> bool:
    """Whether a helper gives back what it has just made, not what it keeps."""
    return any(isinstance(r.value, Call) for r in function.facts.body.results if r.kind == "return")


def _word(held: Held) -> str | None:
    words = {
        OBJECTS.get(v.of.name) if isinstance(v, Instance) and isinstance(v.of, External) else None
        for v in held.values
    }
    return words.pop() if len(words) == 1 else None


def _must_be_here(call: Call, handler: Function) -> bool:
    """Whether no dependency could open it: in a loop, or with what the handler has worked out."""
    body = handler.facts.body
    line = call.span.line
    if any(r.kind in _LOOPS and r.line < line <= r.end_line for r in body.regions):
        return True
    made = {b.target for b in body.bindings}
    if any(
        b.kind in _COMPREHENSIONS and b.span.line <= line <= b.span.end_line for b in body.bindings
    ):
        return True
    given = [*call.args, *[value for _, value in call.keywords]]
    heads = {g.partition(".")[0] for g in given if isinstance(g, str)}
    receiver = call.func.partition(".")[0] if isinstance(call.func, str) else ""
    return bool(made & (heads | {receiver}))


def _instead(word: str, project: Project) -> str:
    """Say which dependency gives the like, or that one should."""
    if word == "engine":
        return "build it once, and let a dependency hand out sessions of it"
    given = (d.function for d in project.dependencies if d.target.kind in _PLAIN)
    for function in given:
        if function is not None and _word(_injected(function, project)) == word:
            return f"take the one of `{function.name}` with `Depends({function.name})`"
    return f"let a dependency own the {word}, and take it with `Depends(...)`"


def _injected(function: Function, project: Project) -> Held:
    """Return what FastAPI hands in for a dependency."""
    if function.facts.is_generator:
        return given_by_yield(project.types, function)
    held = result(project.types, function, None)
    return union(*[v.result if isinstance(v, Coroutine) else one(v) for v in held.values])
