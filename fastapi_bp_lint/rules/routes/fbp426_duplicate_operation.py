"""
# Two operations with one id

## What it does
Looks for two handlers of one application with the same `operation_id`, and for two handlers with
one route name and the same path parameters where the name matters: the project asks for it with
`url_for`.

## Why is this bad?
Generated clients are built from operation ids: of two operations with one id, one is lost. FastAPI
warns, once, when OpenAPI is first asked for. `url_for` finds the first route of a name, whichever
that is.

## Bad
```python
from fastapi import FastAPI

app = FastAPI()


@app.get("/posts", operation_id="list_all")
async def list_posts() -> list[str]:
    return []


@app.get("/users", operation_id="list_all")
async def list_users() -> list[str]:
    return []
```

## Good
```python
from fastapi import FastAPI

app = FastAPI()


@app.get("/posts", operation_id="list_posts")
async def list_posts() -> list[str]:
    return []


@app.get("/users", operation_id="list_users")
async def list_users() -> list[str]:
    return []
```

## Limits
Ids that a `generate_unique_id_function` makes are not worked out. Two handlers with one name alone
are fine: the ids that FastAPI makes of them differ by path and method.

## Source
FastAPI's documentation, "Path Operation Advanced Configuration": the operation id has to be unique.
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.finding import Certainty, Step, weakest
from fastapi_bp_lint.project.routes import Route
from fastapi_bp_lint.project.urls import asked_names, path_parameters
from fastapi_bp_lint.project.values import Scalar
from fastapi_bp_lint.rule import Finding, Preset, Project, Rule, Severity

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.RECOMMENDED, since="0.1")


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    asked = asked_names(project)
    ids: dict[tuple[object, str, str, frozenset[str]], Route] = {}
    for route in project.routes:
        if route.kind != "http" or route.app is None or route.certainty is Certainty.POSSIBLE:
            continue
        names = [("operation id", _operation_id(route))] if route.include_in_schema else []
        if route.name in asked:
            names.append(("route name", route.name))
        for what, name in names:
            if not name:
                continue
            told_apart = path_parameters(route.path) if what == "route name" else frozenset()
            first = ids.setdefault((route.app, what, name, told_apart), route)
            if first.handler is not route.handler and first.place != route.place:
                yield _found(route, first, what, name)


def _operation_id(route: Route) -> str | None:
    held = route.option("operation_id")
    values = held.values if held is not None else ()
    value = values[0].value if len(values) == 1 and isinstance(values[0], Scalar) else None
    return value if isinstance(value, str) else None


def _found(route: Route, first: Route, what: str, name: str) -> Finding:
    here, there = route.handler, first.handler
    symbol = here.symbol if here is not None else ""
    other = there.name if there is not None else first.path
    return rule.at(
        route.place,
        f"the {what} `{name}` is that of `{other}` already ({first.place.path}:"
        f"{first.place.span.line}): give each operation its own",
        symbol=symbol,
        certainty=weakest(route.certainty, first.certainty),
        trail=(Step(first.place, there.symbol if there else "", f"the first `{name}`"),),
    )
