"""
# Route that an earlier one hides

## What it does
Looks for routes whose every URL is answered by a route or mount that was registered before:
`/users/{user_id}` before `/users/me`. Prefixes, the order of includes, converters such as
`{id:int}` and mounts are taken into account.

## Why is this bad?
Routes are asked in order. `/users/me` arrives at the handler of `/users/{user_id}`, which answers
that `me` is no valid number, or worse, that there is no such user.

## Bad
```python
from fastapi import FastAPI

app = FastAPI()


@app.get("/users/{user_id}")
async def read_user(user_id: int) -> str:
    return "user"


@app.get("/users/me")
async def read_current_user() -> str:
    return "me"
```

## Good
```python
from fastapi import FastAPI

app = FastAPI()


@app.get("/users/me")
async def read_current_user() -> str:
    return "me"


@app.get("/users/{user_id}")
async def read_user(user_id: int) -> str:
    return "user"
```

## Limits
An annotation such as `user_id: int` does not take part in matching, so it is no way out;
`{user_id:int}` is. Routes whose path or registration is not certain, and converters of the
project's own, are passed over. Two routes with the same path are `duplicate-route`.

## Source
FastAPI's documentation, "Path Parameters", "Order matters".
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.finding import Step
from fastapi_bp_lint.project.matching import covers, normal
from fastapi_bp_lint.project.routes import Route
from fastapi_bp_lint.rule import Certainty, Finding, Preset, Project, Rule, Severity

rule = Rule(__name__, __doc__, severity=Severity.ERROR, preset=Preset.RECOMMENDED, since="0.1")

_ANY = "{}"


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    general: dict[tuple[object, str], list[tuple[int, Route]]] = {}
    for number, route in enumerate(project.routes):
        if route.app is None or route.certainty is not Certainty.CERTAIN:
            continue
        begins = {_beginning(route.path), _ANY}
        before = sorted(pair for begin in begins for pair in general.get((route.app, begin), ()))
        first = next((earlier for _, earlier in before if _hides(earlier, route)), None)
        if first is not None:
            yield _found(route, first)
        elif "{" in route.path or route.kind == "mount":
            key = route.app, _beginning(route.path)
            general.setdefault(key, []).append((number, route))


def _beginning(path: str) -> str:
    """Return the first part of *path*, or what stands for one that may be of many URLs.

    No path is hidden by one with another first part that says what it is.
    """
    first = path.lstrip("/").partition("/")[0]
    return _ANY if "{" in first else first


def _hides(first: Route, route: Route) -> bool:
    """Whether *first*, registered before, answers all that *route* is there for."""
    if route.kind == "mount" or first.place == route.place:
        return False
    if first.kind == "mount":
        # What stands in the mounted application itself comes with the mount's own path.
        return bool(first.path.strip("/")) and route.app is first.app and _outside(first, route)
    if first.kind != route.kind or not set(route.methods) <= set(first.methods):
        return False
    return normal(first.path) != normal(route.path) and covers(first.path, route.path)


def _outside(mount: Route, route: Route) -> bool:
    child = getattr(mount.entry, "child", None)
    inside = child is not None and any(level.router is child for level in route.levels)
    return not inside and covers(mount.path, route.path, is_mount=True)


def _found(route: Route, first: Route) -> Finding:
    here, there = route.handler, first.handler
    name = here.name if here is not None else "this route"
    other = f"`{there.name}`" if there is not None else "what is mounted"
    what = f"{' '.join(route.methods)} {route.path}".strip()
    return rule.at(
        route.place,
        f"`{name}` is never reached: {what} is answered by {other} at `{first.path}` "
        f"({first.place.path}:{first.place.span.line}), which comes first; register it before that",
        symbol=here.symbol if here is not None else "",
        trail=(Step(first.place, there.symbol if there else "", f"`{first.path}` comes first"),),
    )
