"""
# Two routes with one method and path

## What it does
Looks for two handlers of one application that answer the same method and path, prefixes included.

## Why is this bad?
The first that was registered answers; the second is dead code that looks alive. Both stand in
OpenAPI, where one hides the other.

## Bad
```python
from fastapi import FastAPI

app = FastAPI()


@app.get("/posts/{post_id}")
async def read_post(post_id: int) -> str:
    return "post"


@app.get("/posts/{id}")
async def read_article(id: int) -> str:
    return "article"
```

## Good
```python
from fastapi import FastAPI

app = FastAPI()


@app.get("/posts/{post_id}")
async def read_post(post_id: int) -> str:
    return "post"


@app.get("/articles/{article_id}")
async def read_article(article_id: int) -> str:
    return "article"
```

## Limits
Routes whose path or registration is not certain (under a condition, say) are passed over, and so is
a router that is included twice.

## Source
Starlette's documentation, "Route priority": incoming paths are matched against each route in order.
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.finding import Step
from fastapi_bp_lint.project.matching import normal
from fastapi_bp_lint.project.routes import Route
from fastapi_bp_lint.rule import Certainty, Finding, Preset, Project, Rule, Severity

rule = Rule(__name__, __doc__, severity=Severity.ERROR, preset=Preset.RECOMMENDED, since="0.1")


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    seen: dict[tuple[object, str, str], Route] = {}
    for route in project.routes:
        if route.kind != "http" or route.app is None or route.certainty is not Certainty.CERTAIN:
            continue
        path = normal(route.path)
        firsts = [seen.setdefault((route.app, method, path), route) for method in route.methods]
        first = next((f for f in firsts if f.place != route.place), None)
        if first is not None:
            yield _found(route, first)


def _found(route: Route, first: Route) -> Finding:
    here, there = route.handler, first.handler
    other = there.name if there is not None else "another handler"
    name = here.name if here is not None else "this route"
    return rule.at(
        route.place,
        f"`{name}` is never reached: {' '.join(route.methods)} {route.path} is answered by "
        f"`{other}` ({first.place.path}:{first.place.span.line}); change one of the paths",
        symbol=here.symbol if here is not None else "",
        trail=(Step(first.place, there.symbol if there else "", f"`{other}` comes first"),),
    )
