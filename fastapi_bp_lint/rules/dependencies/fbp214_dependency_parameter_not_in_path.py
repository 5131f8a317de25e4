"""
# Parameter of a dependency that the path does not have

## What it does
Looks for routes whose dependency takes a parameter such as `post_id` while the path calls it
`{id}`, and nothing else takes what the path has.

## Why is this bad?
What is not in the path is a query parameter. FastAPI says nothing: `/posts/7` answers 422 and
asks for `?post_id=`, and a client that gives both, `/posts/7?post_id=8`, reads or deletes post 8
where the path, and the guard in front that only looks at the path, says 7.

## Bad
```python
from typing import Annotated

from fastapi import Depends, FastAPI

app = FastAPI()


async def valid_post(post_id: int) -> int:
    return post_id


@app.get("/posts/{id}")
async def read_post(post: Annotated[int, Depends(valid_post)]) -> int:
    return post
```

## Good
```python
from typing import Annotated

from fastapi import Depends, FastAPI

app = FastAPI()


async def valid_post(post_id: int) -> int:
    return post_id


@app.get("/posts/{post_id}")
async def read_post(post: Annotated[int, Depends(valid_post)]) -> int:
    return post
```

## Limits
Only parameters without a default count that are annotated as `str`, `int`, `UUID` or another
plain type, or marked with `Path()`; what is marked with `Query()`, `Header()` and the like is
meant so. The two names have to be near to one another (`id` and `post_id`, `postId` and
`post_id`), or each has to be the only one without a partner. Routes are passed over whose path
cannot be told for certain, or which read `path_params`.

## Source
fastapi-best-practices, "Follow the REST": the same names in paths, for dependencies to be shared;
FastAPI's documentation, "Path Parameters", "Query Parameters".
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.finding import Certainty, Place, Step, weakest
from fastapi_bp_lint.project.dependencies import Dependency
from fastapi_bp_lint.project.naming import is_application_code
from fastapi_bp_lint.project.parameters import DEPENDENCY, PLAIN, Parameter, parameters
from fastapi_bp_lint.project.routes import UNKNOWN_PART, Route
from fastapi_bp_lint.project.urls import path_parameters
from fastapi_bp_lint.rule import Finding, Preset, Project, Rule, Severity

rule = Rule(__name__, __doc__, severity=Severity.ERROR, preset=Preset.RECOMMENDED, since="0.1")
PATH = "path"
_RAW = "path_params"


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    seen: set[object] = set()
    for route in project.routes:
        if not _is_known(route):
            continue
        for dependency, parameter, wanted in _astray(route, project):
            key = route.place, dependency.target.symbol, parameter.name
            if key not in seen:
                seen.add(key)
                yield _found(route, dependency, parameter, wanted)


def _is_known(route: Route) -> bool:
    if route.app is None or route.is_plain or route.kind == "mount":
        return False
    if route.certainty is Certainty.POSSIBLE or UNKNOWN_PART in route.path:
        return False
    return "{" in route.path and is_application_code(route.module)


def _astray(route: Route, project: Project) -> Iterator[tuple[Dependency, Parameter, str]]:
    """Give what dependencies want and the path does not have, with what it has instead."""
    every = list(dict.fromkeys(route.all_dependencies()))
    if _reads_raw(route, every) or any(d.kind == "unknown" for d in every):
        return
    wants = [(d, p) for d in every for p in parameters(d.target, project)]
    every_parameter = (*parameters(route.target, project), *[p for _, p in wants])
    taken = {p.name for p in every_parameter if p.source != DEPENDENCY}
    path = path_parameters(route.path)
    free = sorted(path - taken)
    wants = [(d, p) for d, p in wants if p.name not in path and _is_wanted(p)]
    names = {p.name for _, p in wants}
    for dependency, parameter in wants:
        near = [name for name in free if _is_near(name, parameter.name)]
        if not near and len(free) == 1 and len(names) == 1:
            near = free if parameter.source == PATH or _is_key(parameter.name) else []
        if len(near) == 1:
            yield dependency, parameter, near[0]


def _is_wanted(parameter: Parameter) -> bool:
    if parameter.source == PATH:
        return True
    return parameter.source == PLAIN and not parameter.param.has_default


def _reads_raw(route: Route, every: list[Dependency]) -> bool:
    """Whether something reads the path by itself."""
    functions = [route.handler, *[d.function for d in every]]
    return any(
        any(_RAW in load.name.split(".") for load in f.facts.body.loads)
        or any(_RAW in str(c.func).split(".") for c in f.facts.body.calls)
        or any(_RAW in str(o.operands[0]).split(".") for o in f.facts.body.operations)
        for f in functions
        if f is not None
    )


def _is_near(one: str, other: str) -> bool:
    """Whether two names are the same but for case, underscores, and words before or behind."""
    a, b = one.lower().split("_"), other.lower().split("_")
    if "".join(a) == "".join(b):
        return True
    short, long = sorted((a, b), key=len)
    return long[: len(short)] == short or long[-len(short) :] == short


def _is_key(name: str) -> bool:
    return name.lower().rpartition("_")[2] in {"id", "uuid", "guid", "slug", "key", "pk"}


def _found(route: Route, dependency: Dependency, parameter: Parameter, wanted: str) -> Finding:
    of = dependency.target.symbol.rpartition(".")[2]
    handler = route.handler
    what = (
        "FastAPI never finds it"
        if parameter.source == PATH
        else f"it becomes the query parameter `?{parameter.name}=`"
    )
    return rule.at(
        route.place,
        f"`{of}` takes `{parameter.name}`, but the path `{route.path}` has `{{{wanted}}}`: {what}; "
        "give both one name",
        symbol=handler.symbol if handler is not None else "",
        certainty=weakest(route.certainty, route.sure, dependency.certainty),
        trail=(
            Step(
                _place(dependency, parameter), dependency.target.symbol, f"takes `{parameter.name}`"
            ),
        ),
    )


def _place(dependency: Dependency, parameter: Parameter) -> Place:
    thing = dependency.function or dependency.target.cls
    return thing.module.place(parameter.param.span) if thing is not None else dependency.place
