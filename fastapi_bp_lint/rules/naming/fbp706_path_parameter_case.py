"""
# Path parameter not in snake_case

## What it does
Reports `{postId}` in the path of a route, or in the prefix of a router or of an include.

## Why is this bad?
The name in the path is the name of the parameter in the handler and in its dependencies, which are
Python and in snake_case. One of the two has to give way: either the code gets names in camelCase,
or the two names differ, and FastAPI takes the parameter of the code for a query parameter without
a word, so that every request gets a 422.

## Bad
```python
from fastapi import FastAPI

app = FastAPI()


@app.get("/posts/{postId}", status_code=200)
async def read_post(postId: int) -> dict[str, int]:
    return {"id": postId}
```

## Good
```python
from fastapi import FastAPI

app = FastAPI()


@app.get("/posts/{post_id}", status_code=200)
async def read_post(post_id: int) -> dict[str, int]:
    return {"id": post_id}
```

## Limits
A path that is not written as a literal is not looked at, and neither are tests. Fine where the
handler gives the parameter that name on purpose, `Path(alias="postId")`.

## Source
fastapi-best-practices, "Follow the REST": path parameters have one name throughout, such as
`profile_id`; PEP 8, "Function and Variable Names".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fastapi_bp_lint.facts.model import Call, Literal
from fastapi_bp_lint.finding import Finding, Place, Severity
from fastapi_bp_lint.project.apps import App, Arg, Included, Router
from fastapi_bp_lint.project.naming import is_application_code, is_snake, snake
from fastapi_bp_lint.project.routes import Route
from fastapi_bp_lint.rule import Certainty, Preset, Project, Rule

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.RECOMMENDED, since="0.1")

_PARAMETER = re.compile(r"\{([^{}:]+)(?::[^{}]*)?\}")


@rule.on(Route)
def check_route(route: Route, project: Project) -> Iterator[Finding]:
    wrong = _wrong(route.own_path)
    wanted = _aliases(route) if wrong else set()
    symbol = route.handler.symbol if route.handler else ""
    for name in wrong:
        if name not in wanted:
            yield from _findings([name], route.place, project, symbol, route.sure)


@rule.on(Router)
def check_router(router: Router, project: Project) -> Iterator[Finding]:
    given = router.options.get("prefix")
    prefix = given.expr if isinstance(given, Arg) else None
    if isinstance(prefix, Literal) and isinstance(prefix.value, str):
        yield from _findings(_wrong(prefix.value), router.place, project)
    for entry in router.entries:
        if isinstance(entry, Included):
            yield from _findings(_wrong(entry.prefix), entry.place, project)


@rule.on(App)
def check_app(app: App, project: Project) -> Iterator[Finding]:
    for entry in app.router.entries:
        if isinstance(entry, Included):
            yield from _findings(_wrong(entry.prefix), entry.place, project)


def _wrong(path: str | None) -> list[str]:
    return [name for name in _PARAMETER.findall(path or "") if not is_snake(name)]


def _aliases(route: Route) -> set[str]:
    """Return the names that the handler's parameters have outside of it."""
    return {
        value.value
        for param in route.target.params
        for call in _calls(param.default, param.annotation)
        for name, value in call.keywords
        if name in {"alias", "validation_alias"}
        and isinstance(value, Literal)
        and isinstance(value.value, str)
    }


def _calls(*exprs: object) -> Iterator[Call]:
    for expr in exprs:
        if isinstance(expr, Call):
            yield expr
        elif isinstance(expr, tuple):
            yield from _calls(*expr)


def _findings(
    names: list[str],
    place: Place,
    project: Project,
    symbol: str = "",
    certainty: Certainty = Certainty.CERTAIN,
) -> Iterator[Finding]:
    if names and is_application_code(project.modules.by_path[place.path]):
        for name in names:
            yield rule.at(
                place,
                f"the path parameter `{{{name}}}` is not in snake_case: "
                f"call it `{{{snake(name)}}}`",
                symbol=symbol,
                certainty=certainty,
            )
