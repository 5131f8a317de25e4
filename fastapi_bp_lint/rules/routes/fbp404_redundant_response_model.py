'''
# Response model that the annotation says already

## What it does
Looks for a `response_model` that is the same type as the return annotation of the handler.

## Why is this bad?
FastAPI takes the annotation where there is no `response_model`. Said twice, the two drift apart,
and which one counts is known to few: the decorator's.

## Bad
```python
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Post(BaseModel):
    title: str


@app.get("/posts/{post_id}", response_model=Post, tags=["posts"])
async def read_post(post_id: int) -> Post:
    """Show a post."""
    return await load(post_id)


async def load(post_id: int) -> Post:
    return Post.model_validate({"title": str(post_id)})
```

## Good
```python
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Post(BaseModel):
    title: str


@app.get("/posts/{post_id}", tags=["posts"])
async def read_post(post_id: int) -> Post:
    """Show a post."""
    return await load(post_id)


async def load(post_id: int) -> Post:
    return Post.model_validate({"title": str(post_id)})
```

## Fix safety
Takes the argument away. Unsafe: what else reads the decorator, a router class for one, may count
on it.

## Limits
Types that cannot be told, and annotations that differ in the least, are passed over, and so are
router classes of the project, and handlers behind a decorator of the project.

## Source
FastAPI's documentation, "Response Model - Return Type": "`response_model` Priority".
'''

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi_bp_lint.finding import Applicability, Finding, Severity
from fastapi_bp_lint.project.apps import Arg
from fastapi_bp_lint.project.handling import call_of, has_custom_class, is_direct
from fastapi_bp_lint.project.naming import is_application_code
from fastapi_bp_lint.project.routes import Route
from fastapi_bp_lint.project.spelling import spelled
from fastapi_bp_lint.rule import Preset, Project, Rule

if TYPE_CHECKING:
    import libcst as cst

    from fastapi_bp_lint.rule import Editor

rule = Rule(__name__, __doc__, severity=Severity.INFO, preset=Preset.CONVENTIONS, since="0.1")
_OPTION = "response_model"


@rule.on(Route)
def check(route: Route, project: Project) -> Iterator[Finding]:
    handler, frame, given = route.handler, route.target.frame, route.options.get(_OPTION)
    if handler is None or frame is None or not isinstance(given, Arg):
        return
    if handler.facts.is_generator or not is_application_code(handler.module):
        return
    if not is_direct(route, handler) or has_custom_class(route, project):
        return
    declared = spelled(project.web.replay, handler.facts.returns, frame)
    call = call_of(route, project)
    if declared is None or declared != route.response_model or call is None:
        return
    if _OPTION not in dict(call.keywords):
        return
    yield rule.at(
        route.place,
        f"`response_model` says what the return annotation of `{handler.name}` says already, "
        f"`{declared.rpartition('.')[2] if '[' not in declared else declared}`: one of them is "
        "enough",
        symbol=handler.symbol,
        certainty=route.sure,
        fix=rule.repair("drop_model", "leave it to the annotation", call.span),
    )


@rule.fix(Applicability.UNSAFE)
def drop_model(node: cst.Call, edit: Editor) -> cst.CSTNode:
    return edit.drop(node, _OPTION)
