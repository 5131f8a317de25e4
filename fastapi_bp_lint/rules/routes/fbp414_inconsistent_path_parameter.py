"""
# Two names for one path parameter

## What it does
Looks for dependencies that fetch the same thing and raise where it is not there, one by
`{profile_id}`, the other by `{creator_id}`, each after what the paths of its routes say.

## Why is this bad?
FastAPI fills a dependency by the name that the path has. As long as the two paths differ there,
the second dependency cannot build upon the first, and both fetch and check the same. With one name
it is `valid_creator_id(profile: Annotated[Profile, Depends(valid_profile_id)])`, which only asks
what is new, and the profile is fetched once for the request.

## Bad
```python
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, status

app = FastAPI()
PROFILES = {1: "author"}


async def get_profile(profile_id: int) -> str | None:
    return PROFILES.get(profile_id)


async def valid_profile_id(profile_id: int) -> str:
    profile = await get_profile(profile_id)
    if profile is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND)
    return profile


async def valid_creator_id(creator_id: int) -> str:
    creator = await get_profile(creator_id)
    if creator is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND)
    if creator != "author":
        raise HTTPException(status.HTTP_403_FORBIDDEN)
    return creator


@app.get("/profiles/{profile_id}")
async def read_profile(profile: Annotated[str, Depends(valid_profile_id)]) -> str:
    return profile


@app.get("/creators/{creator_id}")
async def read_creator(creator: Annotated[str, Depends(valid_creator_id)]) -> str:
    return creator
```

## Good
```python
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, status

app = FastAPI()
PROFILES = {1: "author"}


async def get_profile(profile_id: int) -> str | None:
    return PROFILES.get(profile_id)


async def valid_profile_id(profile_id: int) -> str:
    profile = await get_profile(profile_id)
    if profile is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND)
    return profile


async def valid_creator_id(profile: Annotated[str, Depends(valid_profile_id)]) -> str:
    if profile != "author":
        raise HTTPException(status.HTTP_403_FORBIDDEN)
    return profile


@app.get("/profiles/{profile_id}")
async def read_profile(profile: Annotated[str, Depends(valid_profile_id)]) -> str:
    return profile


@app.get("/creators/{profile_id}")
async def read_creator(creator: Annotated[str, Depends(valid_creator_id)]) -> str:
    return creator
```

## Limits
Both dependencies have to fetch, and to raise an `HTTPException` or one of the project's right under
`if not found`, with the same call but for the name. Where one path has both names, such as
`/users/{user_id}/friends/{friend_id}`, two names are needed, and nothing is said. The finding
stands at the parameter of the dependency that fewer routes use.

## Source
fastapi-best-practices, "Follow the REST": the same names of path variables, for dependencies to be
chained.
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.finding import Place, Step, weakest
from fastapi_bp_lint.project.fetching import Fetch, fetches
from fastapi_bp_lint.project.naming import is_application_code
from fastapi_bp_lint.project.routes import Route
from fastapi_bp_lint.project.urls import path_parameters
from fastapi_bp_lint.project.values import Function
from fastapi_bp_lint.rule import Finding, Preset, Project, Rule, Severity

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.CONVENTIONS, since="0.1")


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    users = _users(project)
    groups: dict[str, list[Fetch]] = {}
    for function, routes in users.items():
        for fetch in _fetches(function, routes, project):
            groups.setdefault(fetch.looks, []).append(fetch)
    for group in groups.values():
        first, *others = sorted(group, key=lambda f: _rank(f, users))
        for other in others:
            both = {first.keys[0], other.keys[0]}
            every = [r for f in group for r in users[f.function]]
            if len(both) > 1 and not any(both <= path_parameters(r.path) for r in every):
                yield _found(first, other, users)


def _users(project: Project) -> dict[Function, list[Route]]:
    """Return the functions that are dependencies, each with the routes that reach it."""
    found: dict[Function, dict[Route, None]] = {}
    for route in project.routes:
        if route.kind == "mount" or not is_application_code(route.module):
            continue
        for dependency in route.all_dependencies():
            if dependency.function is not None:
                found.setdefault(dependency.function, {})[route] = None
    return {function: [*routes] for function, routes in found.items()}


def _fetches(function: Function, routes: list[Route], project: Project) -> Iterator[Fetch]:
    """Give what a dependency fetches by one parameter of the path, where all routes have it."""
    path = frozenset.intersection(*[path_parameters(r.path) for r in routes])
    needs = [d for r in routes for d in r.all_dependencies() if d.owner is function and d.name]
    injected = {d.name: d.target.symbol for d in needs if d.name is not None}
    for fetch in fetches(function, path, injected, project):
        if len(fetch.keys) == 1:
            yield fetch


def _rank(fetch: Fetch, users: dict[Function, list[Route]]) -> tuple[int, Place]:
    """Put what most routes use first, then what comes first in the files."""
    return -len(users[fetch.function]), fetch.function.place


def _found(first: Fetch, other: Fetch, users: dict[Function, list[Route]]) -> Finding:
    name, wanted = other.keys[0], first.keys[0]
    ours, theirs = other.function, first.function
    param = next(p for p in other.params if p.name == name)
    route, model = users[ours][0], users[theirs][0]
    return rule.at(
        ours.module.place(param.span),
        f"`{ours.name}` fetches by `{{{name}}}` what `{theirs.name}` fetches by `{{{wanted}}}`: "
        f"call it `{{{wanted}}}` in `{route.path}`, too, and depend on `{theirs.name}`",
        symbol=ours.symbol,
        certainty=weakest(route.certainty, model.certainty),
        trail=(
            Step(
                theirs.module.place(first.binding.span),
                theirs.symbol,
                f"`{theirs.name}` fetches the same, for `{model.path}`",
            ),
            Step(
                route.place,
                route.handler.symbol if route.handler is not None else "",
                f"`{route.path}` names it `{name}`",
            ),
        ),
    )
