"""
# Override of what nothing depends on

## What it does
Looks for keys of `dependency_overrides` that no `Depends` of the project names: functions that
are only called by hand, or that nothing uses any more.

## Why is this bad?
FastAPI looks an override up by the function that a route depends on. With any other key it does
nothing, and says nothing: the test runs against the real database, mailer or account, and may
well pass.

## Bad
`src/main.py`:
```python
from typing import Annotated

from fastapi import Depends, FastAPI

app = FastAPI()


async def get_mailer() -> str:
    return "smtp"


async def get_user() -> str:
    return "reader"


@app.get("/me")
async def read_me(user: Annotated[str, Depends(get_user)]) -> str:
    return user + await get_mailer()
```

`tests/test_main.py`:
```python
from src.main import app, get_mailer


async def no_mailer() -> str:
    return "nobody"


def test_me() -> None:
    app.dependency_overrides[get_mailer] = no_mailer
```

## Good
`src/main.py`:
```python
from typing import Annotated

from fastapi import Depends, FastAPI

app = FastAPI()


async def get_mailer() -> str:
    return "smtp"


@app.get("/me")
async def read_me(mailer: Annotated[str, Depends(get_mailer)]) -> str:
    return mailer
```

`tests/test_main.py`:
```python
from src.main import app, get_mailer


async def no_mailer() -> str:
    return "nobody"


def test_me() -> None:
    app.dependency_overrides[get_mailer] = no_mailer
```

## Limits
Only functions and methods of the project are looked at, no classes and nothing of other
libraries. A function that is passed on, stored or named in a string anywhere may become a
dependency, and is passed over; so is one that a `Depends` of the project names though no route
reaches it. Which application an override belongs to is not asked.

## Source
FastAPI's documentation, "Testing Dependencies with Overrides": the key is the original dependency.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import (
    Awaited,
    Call,
    Comprehension,
    Either,
    Expr,
    Group,
    Item,
    Mapping,
    Star,
)
from fastapi_bp_lint.finding import Certainty
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.project.overrides import (
    Override,
    changes_overrides,
    is_overrides,
    overrides,
)
from fastapi_bp_lint.project.uses import bodies
from fastapi_bp_lint.project.values import Bound, Function
from fastapi_bp_lint.rule import Finding, Preset, Project, Rule, Severity

if TYPE_CHECKING:
    from fastapi_bp_lint.facts.model import Body, Param

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.RECOMMENDED, since="0.1")


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    found = [(o, f) for o in overrides(project) if (f := _function(o, project)) is not None]
    used = _used({f for _, f in found}, project) if found else set()
    for override, function in found:
        if function not in used and function.name not in project.uses.literals:
            where = override.where
            yield rule.at(
                override.module.place(override.span),
                f"nothing depends on `{function.name}`, so this override does nothing: "
                f"{_advice(function, project)}",
                symbol="" if isinstance(where, Module) else where.symbol,
            )


def _function(override: Override, project: Project) -> Function | None:
    held = project.types.infer(override.key, override.where, override.span.line)
    value = held.values[0] if len(held.values) == 1 else None
    function = value.function if isinstance(value, Bound) else value
    is_sure = held.certainty is Certainty.CERTAIN and isinstance(function, Function)
    return function if is_sure and isinstance(function, Function) else None


def _advice(function: Function, project: Project) -> str:
    for dependency in project.dependencies:
        other = dependency.function
        if other is not None and other.name == function.name:
            return f"the routes depend on `{other.symbol}`, another function of that name"
    return "override what the routes depend on, or take it out"


def _used(wanted: set[Function], project: Project) -> set[Function]:
    """Return the functions that are handed on somewhere, so that something may depend on them."""
    names = {f.name for f in wanted}
    found = {f for d in project.web.dependency_graph.all if (f := d.function) in wanted}
    for module in project.modules.by_path.values():
        local = names | {i.local for i in module.facts.imports if i.name in names}
        if not _mentions(module, local, wanted):
            continue
        for scope, body, params in bodies(module):
            where = project.names.at(module, scope) or module
            for name in _handed_on(body, params):
                if name.rpartition(".")[2] not in local:
                    continue
                values = project.types.infer(name, where).values
                known = [v.function if isinstance(v, Bound) else v for v in values]
                found.update(f for f in wanted if f in known)
                if not any(isinstance(v, Function) for v in known):
                    found.update(f for f in wanted if name.endswith(f.name))
    return found


def _mentions(module: Module, local: set[str], wanted: set[Function]) -> bool:
    """Whether a file may hand on one of *wanted*: most have none of the names."""
    facts = module.facts
    if any(f.module is module for f in wanted) or not local.isdisjoint(facts.strings):
        return True
    if any(i.name == "*" for i in facts.imports):
        return True
    return any(
        not local.isdisjoint(body.reads)
        or any(load.name.rpartition(".")[2] in local for load in body.loads)
        for _, body, _ in bodies(module)
    )


def _handed_on(body: Body, params: tuple[Param, ...]) -> Iterator[str]:
    """Give the names that a body passes, stores or returns, but for keys of overrides."""
    for call in body.calls:
        if not changes_overrides(call):
            for value in (*call.args, *(v for _, v in call.keywords)):
                yield from _names(value)
    for binding in body.bindings:
        if not is_overrides(binding.target):
            yield from _names(binding.value)
            yield from _names(binding.annotation)
    for result in body.results:
        yield from _names(result.value)
    for param in params:
        yield from _names(param.default)
        yield from _names(param.annotation)


def _names(expr: Expr) -> Iterator[str]:
    match expr:
        case str():
            yield expr
        case Call():
            for value in (*expr.args, *(v for _, v in expr.keywords)):
                yield from _names(value)
        case Group() | Either():
            for value in expr.items if isinstance(expr, Group) else expr.options:
                yield from _names(value)
        case Mapping():
            for pair in expr.items:
                yield from _names(pair[0])
                yield from _names(pair[1])
        case Item():
            yield from _names(expr.value)
            yield from _names(expr.key)
        case Star() | Awaited():
            yield from _names(expr.value)
        case Comprehension():
            for value in (expr.element, *expr.sources):
                yield from _names(value)
        case _:
            return
