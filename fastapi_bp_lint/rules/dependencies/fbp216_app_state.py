'''
# State of the application where that of the lifespan serves

## What it does
Looks for `request.app.state` in handlers, dependencies and what else is given a request.

## Why is this bad?
`app.state` is one attribute bag for everything, of no type, filled by a side effect somewhere.
What the lifespan yields is on `request.state`: made in one place, closed in the same, one for each
application, and a `TypedDict` says what there is.

## Bad
```python
from fastapi import FastAPI, Request

app = FastAPI(openapi_url=None)


@app.get("/posts", tags=["posts"])
async def read_posts(request: Request) -> str:
    """List the posts."""
    return str(request.app.state.client)
```

## Good
```python
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict

from fastapi import FastAPI, Request


class State(TypedDict):
    client: str


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[State]:
    yield {"client": "..."}


app = FastAPI(lifespan=lifespan, openapi_url=None)


@app.get("/posts", tags=["posts"])
async def read_posts(request: Request) -> str:
    """List the posts."""
    return str(request.state.client)
```

## Limits
What writes to it (`request.app.state.seen = True`) is passed over: the state of the lifespan is
copied for every request. So are tests, and `limiter`, which slowapi wants to find there.

## Source
Kludex, fastapi-tips, "Use Lifespan State instead of `app.state`".
'''

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.finding import Finding, Severity, Span
from fastapi_bp_lint.knowledge.harmless import CONNECTIONS, KEPT_ON_STATE
from fastapi_bp_lint.project.naming import is_application_code
from fastapi_bp_lint.project.values import External, Function, Instance
from fastapi_bp_lint.rule import Preset, Project, Rule

rule = Rule(__name__, __doc__, severity=Severity.INFO, preset=Preset.STRICT, since="0.1")
_PATH = ".app.state"


@rule.on(Function)
def check(function: Function, project: Project) -> Iterator[Finding]:
    if not is_application_code(function.module):
        return
    body = function.facts.body
    read = {(load.span, load.name) for load in body.loads}
    read |= {(c.span, c.func) for c in body.calls if isinstance(c.func, str)}
    written = {b.target for b in body.bindings}
    told: set[tuple[int, int]] = set()
    for span, name in sorted(read):
        owner, found, rest = name.partition(_PATH)
        at = span[:2]
        if not found or rest[:1] not in {"", "."} or at in told or name in written:
            continue
        if rest.split(".")[1:2] and rest.split(".")[1] in KEPT_ON_STATE:
            continue
        if _is_request(owner, function, span.line, project):
            told.add(at)
            end = span.column + len(owner) + len(_PATH)
            yield rule.at(
                function.module.place(Span(span.line, span.column, span.line, end)),
                f"`{owner}{_PATH}{rest}` is state that anybody may set: let the lifespan yield it, "
                f"and read `{owner}.state{rest}`",
                symbol=function.symbol,
            )


def _is_request(owner: str, function: Function, line: int, project: Project) -> bool:
    held = project.types.infer(owner, function, line)
    return any(
        isinstance(v, Instance) and isinstance(v.of, External) and v.of.name in CONNECTIONS
        for v in held.values
    )
