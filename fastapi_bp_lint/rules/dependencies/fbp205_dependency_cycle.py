"""
# Dependencies that need each other

## What it does
Looks for dependencies that lead back to themselves: `a` depends on `b`, and `b`, directly or by
others, on `a`.

## Why is this bad?
FastAPI works the dependencies out when the route is registered, goes round and round, and the
import of the application ends in a `RecursionError` which names neither of them. Nothing in the
files looks wrong where the annotations are strings, as they are under `from __future__ import
annotations`.

## Bad
```python
from __future__ import annotations

from typing import Annotated

from fastapi import Depends, FastAPI

app = FastAPI()


async def get_user(account: Annotated[str, Depends(get_account)]) -> str:
    return account


async def get_account(user: Annotated[str, Depends(get_user)]) -> str:
    return user


@app.get("/me")
async def read_me(user: Annotated[str, Depends(get_user)]) -> str:
    return user
```

## Good
```python
from __future__ import annotations

from typing import Annotated

from fastapi import Depends, FastAPI

app = FastAPI()


async def get_token(token: str) -> str:
    return token


async def get_user(token: Annotated[str, Depends(get_token)]) -> str:
    return token


async def get_account(token: Annotated[str, Depends(get_token)]) -> str:
    return token


@app.get("/me")
async def read_me(user: Annotated[str, Depends(get_user)]) -> str:
    return user
```

## Limits
Only what a route reaches is followed. Functions that a factory makes may well depend on another
of their kind, and names that are defined twice may mean either: both are passed over.

## Source
FastAPI's behaviour: `RecursionError` in `get_dependant` when the route is made.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from fastapi_bp_lint.finding import Certainty, Step
from fastapi_bp_lint.project.dependencies import Dependency
from fastapi_bp_lint.project.values import Function
from fastapi_bp_lint.rule import Finding, Preset, Project, Rule, Severity

rule = Rule(__name__, __doc__, severity=Severity.ERROR, preset=Preset.RECOMMENDED, since="0.1")
_SURE = {"function", "generator", "class"}


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    seen: set[frozenset[Function]] = set()
    for dependency in project.dependencies:
        cycle = dependency.cycle
        if not cycle or frozenset(cycle) in seen or not _is_sure(dependency, project):
            continue
        seen.add(frozenset(cycle))
        names = [_name(f) for f in cycle]
        way = " -> ".join([*names, names[0]])
        yield rule.at(
            dependency.place,
            f"the dependency `{names[0]}` needs itself ({way}): FastAPI does not start; take what "
            "they share out into a third",
            symbol=cycle[-1].symbol,
            certainty=dependency.certainty,
            trail=tuple(_trail(cycle, dependency)),
        )


def _trail(cycle: tuple[Function, ...], last: Dependency) -> Iterator[Step]:
    for function, following in pairwise(cycle):
        yield Step(function.place, function.symbol, f"needs `{_name(following)}`")
    yield Step(last.place, cycle[-1].symbol, f"needs `{_name(cycle[0])}` again")


def _name(function: Function) -> str:
    return function.owner.name if function.owner is not None else function.name


def _is_sure(dependency: Dependency, project: Project) -> bool:
    """Whether each function of the cycle is there once, and always the same."""
    if dependency.certainty is not Certainty.CERTAIN or dependency.kind not in _SURE:
        return False
    return all(_is_unique(function, project) for function in dependency.cycle)


def _is_unique(function: Function, project: Project) -> bool:
    of = function.owner or function
    is_own = function.owner is None or function.name == "__init__"
    return is_own and project.names.scope(of.module, "").get(of.name) == [of]
