"""
# Body on a method that has none

## What it does
Looks for GET, HEAD and DELETE routes that take a body: a Pydantic model, `Body(...)`, a form or a
file, in the handler or in a dependency.

## Why is this bad?
HTTP gives such a body no meaning: browsers do not send it, `httpx` and many proxies refuse or drop
it, and caches do not look at it. What was meant are query parameters.

## Bad
```python
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Filter(BaseModel):
    author: str


@app.get("/posts")
async def read_posts(filter: Filter) -> list[str]:
    return [filter.author]
```

## Good
```python
from typing import Annotated

from fastapi import FastAPI, Query
from pydantic import BaseModel

app = FastAPI()


class Filter(BaseModel):
    author: str


@app.get("/posts")
async def read_posts(filter: Annotated[Filter, Query()]) -> list[str]:
    return [filter.author]
```

## Limits
What a parameter's annotation means has to be known. A handler that also answers a method with a
body is passed over.

## Source
FastAPI's documentation, "Request Body": to send a body with GET is discouraged; RFC 9110, 9.3.1 and
9.3.5.
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.project.parameters import BODY, Parameter, all_parameters
from fastapi_bp_lint.rule import Certainty, Finding, Preset, Project, Rule, Severity

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.RECOMMENDED, since="0.1")
_WITHOUT_BODY = {"GET", "HEAD", "DELETE"}
_BODIES = {BODY, "form", "file"}


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    for handler, routes in project.handlers.items():
        if handler.module.is_test or any(r.kind != "http" or r.is_plain for r in routes):
            continue
        methods = {m for r in routes for m in r.methods}
        if not methods or not methods <= _WITHOUT_BODY or routes[0].sure is Certainty.POSSIBLE:
            continue
        given = next((p for p in all_parameters(routes[0], project) if p.source in _BODIES), None)
        if given is not None:
            own = {p.span for p in handler.facts.params}
            yield rule.at(
                handler.module.place(given.param.span)
                if given.param.span in own
                else handler.place,
                f"`{handler.name}` answers {' and '.join(sorted(methods))} and takes a body, "
                f"`{given.param.name}`{_whose(given, handler.name)}: take query parameters "
                "(`Annotated[..., Query()]`) or answer POST",
                symbol=handler.symbol,
                certainty=routes[0].sure,
            )


def _whose(given: Parameter, handler: str) -> str:
    function = given.target.function
    return f" of `{function.name}`" if function is not None and function.name != handler else ""
