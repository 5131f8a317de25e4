"""
# Path parameter that nobody takes

## What it does
Looks for `{post_id}` in a full path, prefixes included, that neither the handler nor any of its
dependencies takes.

## Why is this bad?
The value in the URL decides nothing: `/posts/1` and `/posts/2` answer the same. Most often the
parameter has another name in the signature and has silently become a query parameter.

## Bad
```python
from fastapi import FastAPI

app = FastAPI()


@app.get("/posts/{post_id}")
async def read_post(id: int) -> str:
    return str(id)
```

## Good
```python
from fastapi import FastAPI

app = FastAPI()


@app.get("/posts/{post_id}")
async def read_post(post_id: int) -> str:
    return str(post_id)
```

## Fix safety
The parameter is added to the handler, as `str`. Unsafe: its type, and what should be done with it,
is not known.

## Limits
Silent where a handler or dependency takes the request itself, `*args` or `**kwargs`, or cannot be
followed, and for paths that are not certain. Where a dependency requires a parameter that the path
does not have, `dependency-parameter-not-in-path` says so instead.

## Source
FastAPI's documentation, "Path Parameters": the value is passed to the argument of that name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi_bp_lint.project.parameters import PLAIN, SPECIAL, UNTYPED, parameters
from fastapi_bp_lint.project.routes import Route
from fastapi_bp_lint.project.urls import path_parameters
from fastapi_bp_lint.rule import (
    Applicability,
    Certainty,
    Finding,
    Fix,
    Preset,
    Project,
    Rule,
    Severity,
)

if TYPE_CHECKING:
    import libcst as cst

    from fastapi_bp_lint.rule import Editor

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.RECOMMENDED, since="0.1")
_STARS = {"star", "double-star"}


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    told: set[tuple[object, str]] = set()
    for route in project.routes:
        if route.kind == "mount" or route.is_plain or route.certainty is not Certainty.CERTAIN:
            continue
        handler = route.handler
        if handler is None or handler.module.is_test:
            continue
        taken = _taken(route, project)
        lost = sorted(path_parameters(route.path) - taken) if taken is not None else []
        if len(lost) == 1 and _is_near_miss(route, project):
            continue
        for name in lost:
            if (route.place, name) not in told:
                told.add((route.place, name))
                yield rule.at(
                    route.place,
                    f"`{{{name}}}` of `{route.path}` is taken by neither `{handler.name}` nor a "
                    "dependency: take it, or leave it out of the path",
                    symbol=handler.symbol,
                    fix=_fix(route, name),
                )


def _taken(route: Route, project: Project) -> frozenset[str] | None:
    """Return the names that are taken; None when that cannot be told."""
    names: set[str] = set()
    for target in (route.target, *[d.target for d in route.all_dependencies()]):
        if target.kind == "unknown" or target.is_async is None:
            return None
        if target.frame is None and not target.symbol.startswith(("fastapi.", "starlette.")):
            return None
        for found in parameters(target, project):
            if found.source == SPECIAL or found.param.kind in _STARS:
                return None
            names |= {found.name, found.param.name}
    return frozenset(names)


def _is_near_miss(route: Route, project: Project) -> bool:
    """Whether a dependency requires something else in its place, which has a rule of its own."""
    names = path_parameters(route.path)
    return any(
        found.source in {PLAIN, UNTYPED, "path"}
        and not found.param.has_default
        and found.name not in names
        for dependency in route.all_dependencies()
        for found in parameters(dependency.target, project)
    )


def _fix(route: Route, name: str) -> Fix | None:
    handler = route.handler
    if handler is None or handler.facts.in_class or handler.facts.is_lambda:
        return None
    if handler.module.path != route.place.path:
        return None
    return rule.repair("take", f"take `{name}: str`", handler.facts.span, (name,))


@rule.fix(Applicability.UNSAFE)
def take(node: cst.FunctionDef, edit: Editor) -> cst.FunctionDef:
    from libcst import Annotation, Comma, MaybeSentinel, Name, Param, SimpleWhitespace  # noqa: PLC0415

    rest = node.params.params
    comma = Comma(whitespace_after=SimpleWhitespace(" ")) if rest else MaybeSentinel.DEFAULT
    new = Param(Name(edit.args[0]), Annotation(Name("str")), comma=comma)
    return node.with_changes(params=node.params.with_changes(params=[new, *rest]))
