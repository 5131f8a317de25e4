"""
# Route without tags

## What it does
Looks for handlers that OpenAPI shows under "default": no `tags` on the route, on its router, on an
include or on the application.

## Why is this bad?
`/docs` groups by tag, and generated clients make a class of each. What has no tag stands in one
heap at the end.

## Bad
```python
from fastapi import APIRouter, FastAPI

app = FastAPI()
router = APIRouter(prefix="/posts")


@router.get("")
async def read_posts() -> list[str]:
    return []


app.include_router(router)
```

## Good
```python
from fastapi import APIRouter, FastAPI

app = FastAPI()
router = APIRouter(prefix="/posts", tags=["posts"])


@router.get("")
async def read_posts() -> list[str]:
    return []


app.include_router(router)
```

## Limits
Routes on the application itself (health checks and the like) are passed over, and so are routes
outside the schema, tests and routers whose include cannot be told.

## Source
fastapi-best-practices, "Docs": tags on routers.
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.project.handling import call_of, is_written
from fastapi_bp_lint.project.routes import Route
from fastapi_bp_lint.rule import Certainty, Finding, Preset, Project, Rule, Severity

rule = Rule(__name__, __doc__, severity=Severity.INFO, preset=Preset.CONVENTIONS, since="0.1")


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    for handler, routes in project.handlers.items():
        if handler.module.is_test:
            continue
        bare = [r for r in routes if _lacks_tags(r, project)]
        if bare and len(bare) == len(routes):
            router = bare[0].router
            where = f" its router `{router.symbol}`" if router is not None and router.symbol else ""
            yield rule.at(
                handler.place,
                f"`{handler.name}` ({' '.join(bare[0].methods)} {bare[0].path}) has no tags: give"
                f"{where or ' its router'} some",
                symbol=handler.symbol,
                certainty=bare[0].sure,
            )


def _lacks_tags(route: Route, project: Project) -> bool:
    """Whether nothing around a route that was included somewhere names a tag."""
    if route.kind != "http" or route.is_plain or not route.include_in_schema:
        return False
    if route.app is None or route.certainty is Certainty.POSSIBLE or len(route.levels) < 2:  # noqa: PLR2004
        return False
    if any("tags" in level.options for level in route.levels) or "tags" in route.options:
        return False
    return is_written(call_of(route, project))
