'''
# One model for body and response

## What it does
Looks for routes whose response model, or the model of the listed items, is the very model that the
body has.

## Why is this bad?
What a client may send and what it gets to see are two lists that drift apart: the first field that
only the server sets, an id or a date, makes the model lie in one direction, and the first secret
in the input is in the output.

## Bad
```python
from fastapi import FastAPI, status
from pydantic import BaseModel

app = FastAPI(openapi_url=None)


class Post(BaseModel):
    title: str


@app.post("/posts", response_model=Post, status_code=status.HTTP_201_CREATED, tags=["posts"])
async def create_post(post: Post):
    """Write a post."""
    return post
```

## Good
```python
from fastapi import FastAPI, status
from pydantic import BaseModel

app = FastAPI(openapi_url=None)


class PostCreate(BaseModel):
    title: str


class PostResponse(BaseModel):
    title: str


@app.post(
    "/posts", response_model=PostResponse, status_code=status.HTTP_201_CREATED, tags=["posts"]
)
async def create_post(post: PostCreate):
    """Write a post."""
    return post
```

## Limits
Only bodies that the handler takes itself are looked at, and only models of the project; tests are
passed over.

## Source
FastAPI's documentation, "Extra Models": an input model, an output model and one for the database.
'''

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.facts.model import Param
from fastapi_bp_lint.finding import Finding, Severity
from fastapi_bp_lint.knowledge.fastapi_names import FIELDS
from fastapi_bp_lint.project.annotations import metadata
from fastapi_bp_lint.project.handling import is_direct
from fastapi_bp_lint.project.kinds import SCHEMA, TABLE, kind_of
from fastapi_bp_lint.project.naming import is_application_code
from fastapi_bp_lint.project.payloads import classes_in
from fastapi_bp_lint.project.routes import Route
from fastapi_bp_lint.project.values import Class, External, Function
from fastapi_bp_lint.rule import Preset, Project, Rule

rule = Rule(__name__, __doc__, severity=Severity.INFO, preset=Preset.STRICT, since="0.1")
_WITH_BODY = {"POST", "PUT", "PATCH"}


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    for handler, routes in project.handlers.items():
        route = next((r for r in routes if _WITH_BODY & set(r.methods)), None)
        if route is None or not is_application_code(handler.module):
            continue
        sent = {c.symbol for c in _sent(route, project)} if is_direct(route, handler) else set()
        for param in handler.facts.params:
            for cls in _taken(param, handler, project):
                if cls.symbol in sent:
                    yield rule.at(
                        handler.module.place(param.span),
                        f"`{cls.name}` is what `{handler.name}` takes and what it answers: have a "
                        "model for each",
                        symbol=handler.symbol,
                        certainty=route.sure,
                    )


def _sent(route: Route, project: Project) -> list[Class]:
    text = route.response_model or ""
    every = {c.symbol: c for c in project.names.classes}
    words = text.replace("[", " ").replace("]", " ").replace(",", " ").replace("|", " ").split()
    return [every[word] for word in words if word in every]


def _taken(param: Param, handler: Function, project: Project) -> list[Class]:
    """Return the models that a parameter takes out of the body."""
    around = project.types.around(handler)
    extra = [expr for expr, _ in metadata(project.types, param.annotation, around)]
    for expr in (param.default, *extra):
        func = getattr(expr, "func", None)
        for value in project.types.infer(func, around).values:
            if isinstance(value, External) and FIELDS.get(value.name) != "body":
                return []
    classes = list(classes_in(param.annotation, around, project))
    return [c for c in classes if kind_of(project.types, c) in {SCHEMA, TABLE}][:1]
