"""
# Same look-up and error in several handlers

## What it does
Looks for two or more handlers that fetch the same thing by the same path parameter and raise the
same error where it is not there. One finding for each such thing, at the first handler; the trail
has the others. The message says what the dependency would be called and what it would take.

## Why is this bad?
The check has to be written, and tested, for every route; the one that somebody forgets answers 500
or shows what it should not. A dependency is written once, its result is kept for the request, other
dependencies build upon it, and a route that wants a valid post says so in its signature.

## Bad
```python
from fastapi import FastAPI, HTTPException, status

app = FastAPI()
POSTS = {1: "Hello"}


async def get_post(post_id: int) -> str | None:
    return POSTS.get(post_id)


@app.get("/posts/{post_id}")
async def read_post(post_id: int) -> str:
    post = await get_post(post_id)
    if post is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND)
    return post


@app.get("/posts/{post_id}/length")
async def measure_post(post_id: int) -> int:
    post = await get_post(post_id)
    if post is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND)
    return len(post)
```

## Good
```python
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, status

app = FastAPI()
POSTS = {1: "Hello"}


async def get_post(post_id: int) -> str | None:
    return POSTS.get(post_id)


async def valid_post_id(post_id: int) -> str:
    post = await get_post(post_id)
    if post is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND)
    return post


@app.get("/posts/{post_id}")
async def read_post(post: Annotated[str, Depends(valid_post_id)]) -> str:
    return post


@app.get("/posts/{post_id}/length")
async def measure_post(post: Annotated[str, Depends(valid_post_id)]) -> int:
    return len(post)
```

## Limits
The look-up has to be an assignment, and the error an `HTTPException`, or a class of the project
that derives from it, right under `if not post` or `if post is None`. It may use parameters of the
path, what dependencies give, and names of the module; one that needs more of the handler, such as a
part of the body, is passed over. Two look-ups are the same when they read the same once names are
replaced by what they stand for. Tests are passed over.

## Source
fastapi-best-practices, "Beyond Dependency Injection", "Chain Dependencies", "Decouple & Reuse
dependencies".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Awaited, Call, Param
from fastapi_bp_lint.finding import Step
from fastapi_bp_lint.project.code import code_of
from fastapi_bp_lint.project.fetching import Fetch, fetches
from fastapi_bp_lint.project.naming import is_application_code
from fastapi_bp_lint.project.urls import path_parameters
from fastapi_bp_lint.project.values import Class, Instance
from fastapi_bp_lint.rule import Finding, Preset, Project, Rule, Severity

if TYPE_CHECKING:
    from fastapi_bp_lint.project.routes import Route
    from fastapi_bp_lint.project.values import Function

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.CONVENTIONS, since="0.1")
_FEWEST = 2
_MOST_NAMES = 3
_IDENTIFIERS = {"id", "pk", "key", "uuid", "slug"}


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    groups: dict[object, list[Fetch]] = {}
    for handler, routes in project.handlers.items():
        if not is_application_code(handler.module) or handler.facts.is_lambda:
            continue
        if any(r.is_plain or r.kind != "http" for r in routes):
            continue
        for fetch in _fetches(handler, routes, project):
            key = fetch.shape, fetch.error.status, fetch.error.name
            groups.setdefault(key, []).append(fetch)
    for group in groups.values():
        first, *others = sorted(group, key=_order)
        if len({fetch.function for fetch in group}) >= _FEWEST:
            yield _found(first, others, project)


def _fetches(handler: Function, routes: tuple[Route, ...], project: Project) -> Iterator[Fetch]:
    """Give the look-ups of a handler by parameters that all of its paths have."""
    path = frozenset.intersection(*[path_parameters(r.path) for r in routes])
    injected = {
        d.name: d.target.symbol for r in routes for d in r.dependencies if d.name is not None
    }
    yield from fetches(handler, path, injected, project)


def _order(fetch: Fetch) -> tuple[str, int]:
    return fetch.function.module.path, fetch.binding.span.line


def _found(first: Fetch, others: list[Fetch], project: Project) -> Finding:
    names = list(dict.fromkeys(f"`{f.function.name}`" for f in (first, *others)))
    more = len(names) - _MOST_NAMES
    told = ", ".join(names[:_MOST_NAMES]) + f" and {more} more" if more > 0 else _and(names)
    return rule.at(
        first.function.module.place(first.binding.span),
        f"{told} fetch by `{first.keys[-1]}` and raise {first.error.status}: write it once, as "
        f"`{_signature(first, project)}`, and depend on it",
        symbol=first.function.symbol,
        trail=tuple(
            Step(
                fetch.function.module.place(fetch.binding.span),
                fetch.function.symbol,
                f"`{fetch.function.name}` fetches the same",
            )
            for fetch in others
        ),
    )


def _and(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if names[1:] else names[0]


def _signature(fetch: Fetch, project: Project) -> str:
    """Return the head of the dependency that does what the handlers do."""
    params = ", ".join(_parameter(p) for p in fetch.params)
    returns = _returns(fetch, project)
    arrow = f" -> {returns}" if returns else ""
    return f"{'async ' if fetch.is_awaited else ''}def {_name(fetch)}({params}){arrow}"


def _name(fetch: Fetch) -> str:
    key = fetch.keys[-1].lower()
    return f"valid_{fetch.variable}_{key}" if key in _IDENTIFIERS else f"valid_{key}"


def _parameter(param: Param) -> str:
    annotation = code_of(param.annotation)
    text = f"{param.name}: {annotation}" if annotation else param.name
    default = code_of(param.default) if param.has_default else None
    return f"{text} = {default}" if default else text


def _returns(fetch: Fetch, project: Project) -> str:
    """Return the type of what is found, as far as it is known: at least the class asked for."""
    line = fetch.binding.span.end_line + 1
    values = project.types.infer(fetch.variable, fetch.function, line).values
    found = [v.of for v in values if isinstance(v, Instance)]
    value = fetch.binding.value
    call = value.value if isinstance(value, Awaited) else value
    if not found and isinstance(call, Call):
        given = [v for a in call.args for v in project.types.infer(a, fetch.function).values]
        found = [v for v in given if isinstance(v, Class)]
    return found[0].name.rpartition(".")[2] if len(found) == 1 else ""
