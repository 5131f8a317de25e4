"""
# Parameter without a type

## What it does
Looks for parameters of handlers and dependencies that have neither an annotation nor a `Depends`,
`Query`, `Body` or the like. FastAPI takes them from the query string, `*args` and `**kwargs` too.

## Why is this bad?
`request` without `: Request` is a required query parameter called "request", and every call answers
422. `page=1` arrives as the text "2". Nothing is converted, nothing is validated, and `/docs` shows
it.

## Bad
```python
from fastapi import FastAPI

app = FastAPI()


@app.get("/posts")
async def read_posts(request, page=1) -> str:
    return str(page)
```

## Good
```python
from fastapi import FastAPI, Request

app = FastAPI()


@app.get("/posts")
async def read_posts(request: Request, page: int = 1) -> str:
    return str(page)
```

## Limits
A parameter of the path is passed over, and so are functions behind a decorator that is not known:
it may hand over something else.

## Source
FastAPI's behaviour, seen on 0.165: a parameter without annotation is a query parameter of type Any.
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.project.callables import Target
from fastapi_bp_lint.project.decoration import decoration
from fastapi_bp_lint.project.parameters import UNTYPED, parameters
from fastapi_bp_lint.project.routes import Route
from fastapi_bp_lint.project.urls import path_parameters
from fastapi_bp_lint.project.values import Function
from fastapi_bp_lint.rule import Certainty, Finding, Preset, Project, Rule, Severity

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.RECOMMENDED, since="0.1")


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    for function, (target, names, certainty) in _called(project).items():
        if function.module.is_test or not _is_plain(function, project):
            continue
        own = {p.span for p in function.facts.params}
        for found in parameters(target, project):
            if found.source != UNTYPED or found.param.name in names or found.param.span not in own:
                continue
            yield rule.at(
                function.module.place(found.param.span),
                f"`{found.param.name}` of `{function.name}` has no annotation: FastAPI takes it "
                "from the query string, unconverted; annotate it",
                symbol=function.symbol,
                certainty=certainty,
            )


def _called(project: Project) -> dict[Function, tuple[Target, frozenset[str], Certainty]]:
    """Return what FastAPI calls, with the path parameters of all routes that reach it."""
    found: dict[Function, tuple[Target, frozenset[str], Certainty]] = {}
    for route in project.routes:
        if route.kind == "mount" or route.is_plain:
            continue
        names = path_parameters(route.path)
        for target in _targets(route):
            if target.function is None:
                continue
            kept = found.get(target.function)
            known = kept[1] if kept is not None else frozenset()
            found[target.function] = target, known | names, route.sure
    return found


def _targets(route: Route) -> Iterator[Target]:
    yield route.target
    for dependency in route.all_dependencies():
        yield dependency.target


def _is_plain(function: Function, project: Project) -> bool:
    """Whether no decorator that is not known stands between FastAPI and the function."""
    return decoration(project.types, function).certainty is Certainty.CERTAIN
