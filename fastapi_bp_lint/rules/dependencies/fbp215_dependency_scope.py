"""
# Generator that outlives what it needs

## What it does
Looks for dependencies with `yield` that are left after the response, as they are without a
`scope`, and that depend on one with `scope="function"`, which is left before it.

## Why is this bad?
The code behind the `yield` would work with a session or a file that is closed already. FastAPI
does not start: `DependencyScopeError`, when the route is registered.

## Bad
```python
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, FastAPI

app = FastAPI()


async def get_session() -> AsyncIterator[str]:
    yield "session"


async def get_service(
    session: Annotated[str, Depends(get_session, scope="function")],
) -> AsyncIterator[str]:
    yield session


@app.get("/posts")
async def list_posts(service: Annotated[str, Depends(get_service)]) -> str:
    return service
```

## Good
```python
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, FastAPI

app = FastAPI()


async def get_session() -> AsyncIterator[str]:
    yield "session"


async def get_service(
    session: Annotated[str, Depends(get_session, scope="function")],
) -> AsyncIterator[str]:
    yield session


@app.get("/posts")
async def list_posts(service: Annotated[str, Depends(get_service, scope="function")]) -> str:
    return service
```

## Limits
As FastAPI does, it looks at what a generator itself depends on: through a dependency that returns
its value the error is not seen. Only scopes that are written out count, and only what a route
reaches.

## Source
FastAPI's documentation, "Dependencies with yield", "Early exit and `scope`"; its behaviour:
`DependencyScopeError`, since 0.121.
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.finding import Place, Step, weakest
from fastapi_bp_lint.project.dependencies import Dependency
from fastapi_bp_lint.rule import Finding, Preset, Project, Rule, Severity

rule = Rule(__name__, __doc__, severity=Severity.ERROR, preset=Preset.RECOMMENDED, since="0.1")
_REQUEST = "request"
_FUNCTION = "function"


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    seen: set[Place] = set()
    for outer in project.dependencies:
        if not outer.is_generator or outer.computed_scope != _REQUEST:
            continue
        for inner in outer.children:
            if inner.scope == _FUNCTION and inner.owner is not None and inner.place not in seen:
                seen.add(inner.place)
                yield _found(outer, inner)


def _found(outer: Dependency, inner: Dependency) -> Finding:
    name, of = (d.target.symbol.rpartition(".")[2] for d in (outer, inner))
    return rule.at(
        inner.place,
        f"`{name}` is left after the response and needs `{of}`, which is left before it "
        '(`scope="function"`): FastAPI does not start; give both one scope',
        symbol=outer.target.symbol,
        certainty=weakest(outer.certainty, inner.certainty),
        trail=(Step(outer.place, "", f'`{name}` is asked for here, without `scope="function"`'),),
    )
