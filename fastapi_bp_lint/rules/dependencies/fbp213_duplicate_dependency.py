"""
# Dependency declared twice

## What it does
Looks for a parameter that no line of the handler reads, whose dependency is already in the
`dependencies=[...]` of the decorator, of a router or include around it, or of the application.

## Why is this bad?
FastAPI runs it once: the second is ignored. Whoever reads the handler asks what the parameter is
for, and whoever takes the one away later thinks that the route has lost its guard.

## Bad
```python
from typing import Annotated

from fastapi import Depends, FastAPI

app = FastAPI()


async def get_user() -> str:
    return "reader"


@app.get("/posts", dependencies=[Depends(get_user)])
async def list_posts(user: Annotated[str, Depends(get_user)]) -> list[str]:
    return ["post"]
```

## Good
```python
from typing import Annotated

from fastapi import Depends, FastAPI

app = FastAPI()


async def get_user() -> str:
    return "reader"


@app.get("/posts", dependencies=[Depends(get_user)])
async def list_posts() -> list[str]:
    return ["post"]
```

## Fix safety
The parameter is taken out. Safe: the dependency is the same function or class with the same
scopes, every route of the handler has it, it comes first already, and nothing but its decorators
refers to the handler. Parameters in the OpenAPI document and the order in which things run stay.
Unsafe in a method.

## Limits
Only functions and classes at module level are compared: two calls of one factory may differ.
Handlers with other decorators are passed over, as these may read the parameter; so are those that
call `locals()`. With `use_cache=False` FastAPI does run it twice.

## Source
fastapi-best-practices, "Decouple & Reuse dependencies": a dependency runs once for a request,
however often it is asked for; FastAPI's documentation, "Using the same dependency multiple times".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi_bp_lint.finding import Fix, Step, weakest
from fastapi_bp_lint.project.dependencies import Dependency
from fastapi_bp_lint.project.injected import Unread, unread
from fastapi_bp_lint.project.references import References
from fastapi_bp_lint.rule import Applicability, Finding, Preset, Project, Rule, Severity

if TYPE_CHECKING:
    import libcst as cst

    from fastapi_bp_lint.rule import Editor

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.STRICT, since="0.1")


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    found = [(u, u.again) for u in unread(project) if u.again is not None]
    references = References(project, [u.handler for u, _ in found])
    for one, again in found:
        handler, name = one.handler, one.param.name
        yield rule.at(
            handler.module.place(one.param.span),
            f"`{name}` is never read, and `{_name(again)}` runs for `{handler.name}` already "
            f"({again.place.path}:{again.place.span.line}): take the parameter out",
            symbol=handler.symbol,
            certainty=weakest(one.dependency.certainty, again.certainty, one.routes[0].sure),
            trail=(Step(again.place, "", f"`{_name(again)}` is declared here"),),
            fix=_fix(one, references),
        )


def _name(dependency: Dependency) -> str:
    return dependency.target.symbol.rpartition(".")[2]


def _fix(one: Unread, references: References) -> Fix | None:
    if references.of(one.handler):
        return None
    level = Applicability.SAFE if one.handler.owner is None else Applicability.UNSAFE
    message = f"take `{one.param.name}` out"
    span = one.handler.facts.span
    return rule.repair("drop_parameter", message, span, (one.param.name,), level)


@rule.fix(Applicability.SAFE)
def drop_parameter(node: cst.FunctionDef, edit: Editor) -> cst.FunctionDef:
    return edit.drop(node, edit.args[0])
