"""
# URL asked for with arguments that do not fit

## What it does
Looks for `request.url_for("name", ...)` and `app.url_path_for("name", ...)` whose keyword arguments
are not the path parameters of any route of that name.

## Why is this bad?
Starlette looks for a route whose name and parameters both fit, to the letter: one too many, one too
few or one misspelt raises `NoMatchFound`. Query parameters do not belong there;
`include_query_params` adds them.

## Bad
```python
from fastapi import FastAPI, Request

app = FastAPI()


@app.get("/posts/{post_id}")
async def read_post(post_id: int) -> str:
    return "post"


@app.get("/links")
async def read_links(request: Request) -> str:
    return str(request.url_for("read_post", id=1))
```

## Good
```python
from fastapi import FastAPI, Request

app = FastAPI()


@app.get("/posts/{post_id}")
async def read_post(post_id: int) -> str:
    return "post"


@app.get("/links")
async def read_links(request: Request) -> str:
    return str(request.url_for("read_post", post_id=1))
```

## Limits
A call with `**mapping` and a route whose path cannot be told are passed over.

## Source
Starlette's behaviour: `Route.url_path_for` compares the sets of names.
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.project.urls import path_parameters
from fastapi_bp_lint.rule import Certainty, Finding, Preset, Project, Rule, Severity

rule = Rule(__name__, __doc__, severity=Severity.ERROR, preset=Preset.RECOMMENDED, since="0.1")


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    for request in project.url_requests:
        routes = [r for r in project.routes if r.name == request.name]
        if not routes or request.arguments is None or request.module.is_test:
            continue
        if any(r.kind == "mount" or r.certainty is Certainty.POSSIBLE for r in routes):
            continue
        wanted = [path_parameters(r.path) for r in routes]
        if request.arguments in wanted:
            continue
        given = _listed(request.arguments)
        yield rule.at(
            request.module.place(request.call.span),
            f"`{request.name}` takes {_listed(wanted[0])} and is given {given}, so this raises "
            f"`NoMatchFound`: its path is `{routes[0].path}`",
            symbol=getattr(request.where, "symbol", ""),
            certainty=request.certainty,
        )


def _listed(names: frozenset[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names)) or "no argument"
