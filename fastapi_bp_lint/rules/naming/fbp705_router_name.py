"""
# Router that is not called router

## What it does
Reports the router of a router module when it is not called `router`.

## Why is this bad?
`posts_router` in `src/posts/router.py` says `posts` twice, and every domain invents its own
variant. When each is called `router`, the line that includes it can be written without looking.

## Bad
`src/posts/router.py`:
```python
from fastapi import APIRouter

posts_router = APIRouter(prefix="/posts")
```

## Good
`src/posts/router.py`:
```python
from fastapi import APIRouter

router = APIRouter(prefix="/posts")
```

## Fix safety
Unsafe, as is every change of a name that other modules may ask for. Offered only where nothing in
the project imports the router or reads it as an attribute, and `router` is free.

## Limits
A router module is one called `router`, one with that role in a domain, or one in a folder of
routers. A module with several routers, and one that includes other routers, may call them as it
likes.

## Source
fastapi-best-practices, "Project Structure": `from src.auth.router import router as auth_router`;
FastAPI's documentation, "Bigger Applications".
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Binding, Call
from fastapi_bp_lint.finding import Finding, Fix, Severity, Span
from fastapi_bp_lint.knowledge.layout_names import ROLE_NAMES
from fastapi_bp_lint.project.apps import Included
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.project.naming import is_application_code
from fastapi_bp_lint.rule import Applicability, Preset, Project, Rule

if TYPE_CHECKING:
    import libcst as cst

    from fastapi_bp_lint.edits import Editor

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.CONVENTIONS, since="0.1")

_NAME = "router"


@rule.on(Module)
def check(module: Module, project: Project) -> Iterator[Finding]:
    if not _is_router_module(module, project) or not is_application_code(module):
        return
    made = {r.place.span: r for r in project.routers if r.module is module}
    bound = [
        b
        for b in module.facts.body.bindings
        if b.kind == "assign" and isinstance(b.value, Call) and b.value.span in made
    ]
    if len(made) != 1 or len(bound) != 1 or bound[0].target == _NAME:
        return
    router = next(iter(made.values()))
    if not any(isinstance(entry, Included) for entry in router.entries):
        yield rule.at(
            module.place(bound[0].span),
            f"the router of `{module.name}` is called `{bound[0].target}`: call it `{_NAME}`",
            fix=_fix(bound[0], module, project),
        )


def _is_router_module(module: Module, project: Project) -> bool:
    domain = project.domain_of(module)
    if domain is not None and domain.role(module) == "router":
        return True
    folder, file = posixpath.split(module.path)
    names = ROLE_NAMES["router"]
    return file == "router.py" or posixpath.basename(folder) in names


def _fix(bound: Binding, module: Module, project: Project) -> Fix | None:
    uses = project.uses.of_binding(bound, module)
    if uses is None or uses.others or not project.uses.is_free(_NAME, module):
        return None
    line, column = bound.span.line, bound.span.column
    span = Span(line, column, line, column + len(bound.target))
    args = (_NAME, *(" ".join(map(str, use)) for use in uses.spans))
    return rule.repair("rename", f"call it `{_NAME}` throughout the file", span, args)


@rule.fix(Applicability.UNSAFE)
def rename(node: cst.Name, edit: Editor) -> cst.Name:
    from fastapi_bp_lint.edits.renaming import rename_uses  # noqa: PLC0415 - libcst only for fixes

    return node.with_changes(value=rename_uses(edit))
