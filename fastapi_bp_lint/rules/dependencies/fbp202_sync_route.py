'''
# Plain `def` route that never blocks

## What it does
Looks for handlers written as `def` in which nothing blocks: every call in the body, and in what it
calls, is known, and none of them waits for a network, a database, another thread or a disk.

## Why is this bad?
FastAPI runs a `def` route in the threadpool: a hop to another thread and back for each request,
and one of forty threads that the routes with something to wait for need. An `async def` is simply
called.

## Bad
```python
from fastapi import FastAPI

app = FastAPI(openapi_url=None)


@app.get("/version", tags=["system"])
def read_version() -> dict[str, str]:
    """Say which version is running."""
    return {"version": "1.4.0"}
```

## Good
```python
from fastapi import FastAPI

app = FastAPI(openapi_url=None)


@app.get("/version", tags=["system"])
async def read_version() -> dict[str, str]:
    """Say which version is running."""
    return {"version": "1.4.0"}
```

## Fix safety
`def` becomes `async def`. Unsafe: what serializes the result runs on the event loop, too, from
then on.

## Limits
One call that cannot be followed, and there is no finding. A handler that is called elsewhere, has
other decorators or streams is passed over, and so are tests. How long a computation takes cannot
be seen.

## Source
Kludex, fastapi-tips, "Be careful with non-async functions"; FastAPI's documentation, "Concurrency
and async / await".
'''

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi_bp_lint.finding import Applicability, Finding, Fix, Severity, weakest
from fastapi_bp_lint.project.closures import Closures
from fastapi_bp_lint.project.handling import is_direct
from fastapi_bp_lint.project.naming import is_application_code
from fastapi_bp_lint.project.references import CALL, OTHER, References
from fastapi_bp_lint.project.routes import Route
from fastapi_bp_lint.project.values import Function
from fastapi_bp_lint.rule import Preset, Project, Rule

if TYPE_CHECKING:
    import libcst as cst

    from fastapi_bp_lint.rule import Editor

rule = Rule(__name__, __doc__, severity=Severity.INFO, preset=Preset.STRICT, since="0.1")


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    closures = Closures(project)
    found = {
        handler: routes
        for handler, routes in project.handlers.items()
        if all(_is_plain(r, handler) for r in routes)
        and len(handler.facts.decorators) == len({r.place.span for r in routes})
        and closures.free(handler) is not None
    }
    references = References(project, found)
    for handler, routes in found.items():
        places = references.of(handler)
        if any(p.kind == CALL for p in places):
            continue
        certainty = closures.free(handler)
        assert certainty is not None
        moved = any(p.kind == OTHER for p in places)
        yield rule.at(
            handler.place,
            f"`{handler.name}` is a plain `def` in which nothing blocks: FastAPI runs it in a "
            "thread on every request; make it `async def`",
            symbol=handler.symbol,
            certainty=weakest(certainty, *[r.sure for r in routes]),
            fix=None if moved else _fix(handler),
        )


def _fix(handler: Function) -> Fix:
    return rule.repair("make_async", "make it `async def`", handler.facts.span)


def _is_plain(route: Route, handler: Function) -> bool:
    facts = handler.facts
    return (
        route.kind == "http"
        and not route.is_plain
        and route.is_async is False
        and route.target.kind == "function"
        and not facts.is_async
        and not facts.is_generator
        and not facts.is_lambda
        and is_application_code(handler.module)
        and is_direct(route, handler)
        and route.place.span in facts.decorator_spans
    )


@rule.fix(Applicability.UNSAFE)
def make_async(node: cst.FunctionDef, edit: Editor) -> cst.FunctionDef:
    from libcst import Asynchronous  # noqa: PLC0415 - only a fix needs libcst

    del edit
    return node.with_changes(asynchronous=Asynchronous())
