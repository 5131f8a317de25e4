"""
# Response that may be None

## What it does
Looks for handlers that return what a function of the project, or a query, may give as `None`,
untested, where the response model does not allow `None`.

## Why is this bad?
FastAPI validates the response: `None` is no `Post`, so that a client who asks for what is not there
gets a 500, and the log a `ResponseValidationError`. What was meant is a 404.

## Bad
```python
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI(openapi_url=None)


class Post(BaseModel):
    title: str


async def find(post_id: int) -> Post | None:
    return Post(title="Hello") if post_id == 1 else None


@app.get("/posts/{post_id}", tags=["posts"], response_model=Post)
async def read_post(post_id: int):
    return await find(post_id)
```

## Good
```python
from fastapi import FastAPI, HTTPException, status
from pydantic import BaseModel

app = FastAPI(openapi_url=None)


class Post(BaseModel):
    title: str


async def find(post_id: int) -> Post | None:
    return Post(title="Hello") if post_id == 1 else None


@app.get(
    "/posts/{post_id}",
    tags=["posts"],
    response_model=Post,
    responses={status.HTTP_404_NOT_FOUND: {"description": "No such post"}},
)
async def read_post(post_id: int):
    post = await find(post_id)
    if post is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND)
    return post
```

## Limits
The function has to be annotated as giving `X | None` or `Optional[X]`, or to be one of the queries
that give `None` for no row. A variable that is tested anywhere in the handler, in whatever way, is
taken to be tested rightly. The model has to be known and not to allow `None`; `Any` allows it.

## Source
FastAPI's behaviour: `ResponseValidationError`; fastapi-best-practices, "Beyond Dependency
Injection".
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.facts.model import (
    Attr,
    Awaited,
    Call,
    Either,
    Expr,
    Item,
    Literal,
    Operation,
    Result,
)
from fastapi_bp_lint.finding import Step
from fastapi_bp_lint.knowledge.statements import GET, GIVE_NONE, QUERY_LIBRARIES, SESSIONS
from fastapi_bp_lint.knowledge.tables import ancestry
from fastapi_bp_lint.knowledge.typing_names import OPTIONAL
from fastapi_bp_lint.project.code import code_of
from fastapi_bp_lint.project.edges import written
from fastapi_bp_lint.project.flow import reaching
from fastapi_bp_lint.project.naming import is_application_code
from fastapi_bp_lint.project.values import Bound, External, Function
from fastapi_bp_lint.rule import Finding, Preset, Project, Rule, Severity

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.STRICT, since="0.1")
_NONE = Literal(None, "None")
_ALLOWS = ("None", "Any", "object")


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    for handler, routes in project.handlers.items():
        if not is_application_code(handler.module) or handler.facts.is_generator:
            continue
        model = routes[0].response_model
        if routes[0].kind != "http" or model is None or _allows_none(model):
            continue
        for result in handler.facts.body.results:
            call = _untested(result, handler, project)
            giver = _giver(call, handler, project) if call is not None else None
            if call is not None and giver is not None:
                name = model.rpartition(".")[2]
                yield rule.at(
                    handler.module.place(result.span),
                    f"`{handler.name}` returns what `{written(call.func)}` may give as None, and "
                    f"None is no `{name}`: FastAPI answers 500; raise a 404 when there is none",
                    symbol=handler.symbol,
                    certainty=routes[0].sure,
                    trail=(giver,) if isinstance(giver, Step) else (),
                )


def _allows_none(model: str) -> bool:
    return any(word in model.replace("[", " ").replace("]", " ").split() for word in _ALLOWS) or (
        model.rpartition(".")[2] in _ALLOWS
    )


def _untested(result: Result, handler: Function, project: Project) -> Call | None:
    """Return the call whose result is returned as it is."""
    if result.kind != "return":
        return None
    value = result.value
    if isinstance(value, str) and "." not in value:
        things = project.types.locals(handler).get(value, [])
        regions = handler.facts.body.regions
        bound = [*reaching(things, regions, result.span.line)]
        if len(bound) != 1 or _is_looked_at(value, result, handler):
            return None
        value = getattr(bound[0], "value", None)
        if getattr(bound[0], "kind", "") not in {"assign", "annotation"}:
            return None
    call = value.value if isinstance(value, Awaited) else value
    return call if isinstance(call, Call) else None


def _is_looked_at(name: str, result: Result, handler: Function) -> bool:
    """Whether the handler does anything else with a variable than returning it."""
    body = handler.facts.body
    others = [r.value for r in body.results if r is not result]
    tests = [r.subject for r in body.regions]
    return any(_mentions(e, name) for e in (*others, *tests, *body.operations, *body.calls))


def _mentions(part: object, name: str) -> bool:
    if isinstance(part, str):
        return part == name or part.startswith(f"{name}.")
    return isinstance(part, tuple) and any(_mentions(inner, name) for inner in part)


def _giver(call: Call, handler: Function, project: Project) -> Step | bool | None:
    """Return where it is said that a call may give None, True for a query, None where nowhere."""
    values = project.types.callee(call, handler).values
    if len(values) != 1:
        return None
    value = values[0].function if isinstance(values[0], Bound) else values[0]
    if isinstance(value, External):
        owner, _, method = value.name.rpartition(".")
        is_query = method in GIVE_NONE and owner.startswith(QUERY_LIBRARIES)
        return is_query or (method == GET and bool(SESSIONS.intersection(ancestry(owner)))) or None
    if isinstance(value, Function) and _is_optional(value.facts.returns, value, project):
        returns = code_of(value.facts.returns) or "None"
        return Step(value.place, value.symbol, f"`{value.facts.qualname}` gives `{returns}`")
    return None


def _is_optional(expr: Expr, function: Function, project: Project) -> bool:
    if isinstance(expr, Operation):
        return expr.operator == "BitOr" and _NONE in expr.operands
    if isinstance(expr, Either):
        return False
    if isinstance(expr, Item) and isinstance(expr.value, str | Attr):
        held = project.types.infer(expr.value, project.types.around(function))
        return any(isinstance(v, External) and v.name in OPTIONAL for v in held.values)
    return False
