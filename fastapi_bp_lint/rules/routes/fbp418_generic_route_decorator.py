'''
# `api_route` for a single method

## What it does
Looks for `@router.api_route("/posts", methods=["GET"])`: the general decorator for one method that
has a decorator of its own.

## Why is this bad?
`@router.get("/posts")` says the same at the beginning of the line, where one looks for it, and is
found by a search for the routes that read.

## Bad
```python
from fastapi import FastAPI

app = FastAPI()


@app.api_route("/posts", methods=["GET"], tags=["posts"])
async def read_posts() -> list[str]:
    """List the posts."""
    return []
```

## Good
```python
from fastapi import FastAPI

app = FastAPI()


@app.get("/posts", tags=["posts"])
async def read_posts() -> list[str]:
    """List the posts."""
    return []
```

## Fix safety
Takes `methods` away and names the method in its place. Safe: it is what the decorator itself does.

## Limits
Methods that are not written as a literal list, tuple or set are passed over, and so are router
classes of the project that define decorators of their own, and applications in tests.

## Source
FastAPI's documentation, "First Steps": the path operation decorators.
'''

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Call, Group, Literal
from fastapi_bp_lint.finding import Applicability, Finding, Severity
from fastapi_bp_lint.knowledge.fastapi_names import VERBS
from fastapi_bp_lint.project.handling import call_of, has_custom_class
from fastapi_bp_lint.project.naming import is_application_code
from fastapi_bp_lint.project.routes import Route
from fastapi_bp_lint.rule import Preset, Project, Rule

if TYPE_CHECKING:
    import libcst as cst

    from fastapi_bp_lint.rule import Editor

rule = Rule(__name__, __doc__, severity=Severity.INFO, preset=Preset.CONVENTIONS, since="0.1")
_GENERIC = ".api_route"


@rule.on(Route)
def check(route: Route, project: Project) -> Iterator[Finding]:
    if route.kind != "http" or not is_application_code(route.module):
        return
    call = call_of(route, project)
    verb = _only_verb(call)
    if call is None or not verb or has_custom_class(route, project):
        return
    owner = str(call.func).removesuffix(_GENERIC)
    yield rule.at(
        route.place,
        f"`{owner}.api_route` is for several methods, this is one: `{owner}.{verb}(...)`",
        symbol=route.handler.symbol if route.handler else "",
        certainty=route.sure,
        fix=rule.repair("name_method", f"write `{owner}.{verb}`", call.span, (owner, verb)),
    )


def _only_verb(call: Call | None) -> str:
    """Return the one method of ``api_route``, "" where there are others or it cannot be told."""
    if call is None or not isinstance(call.func, str) or not call.func.endswith(_GENERIC):
        return ""
    given = dict(call.keywords).get("methods")
    if not isinstance(given, Group) or len(given.items) != 1:
        return ""
    item = given.items[0]
    verb = item.value.lower() if isinstance(item, Literal) and isinstance(item.value, str) else ""
    return verb if verb in VERBS else ""


@rule.fix(Applicability.SAFE)
def name_method(node: cst.Call, edit: Editor) -> cst.CSTNode:
    owner, verb = edit.args
    return edit.drop(node.with_changes(func=edit.expr(f"{owner}.{verb}")), "methods")
