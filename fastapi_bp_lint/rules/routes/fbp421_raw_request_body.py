'''
# Body that is read by hand

## What it does
Looks for handlers that take the body as a bare `dict`, or as `await request.json()`, and then read
keys out of it.

## Why is this bad?
A key that is missing is a `KeyError`, and so a 500 where a 422 would say which field is wrong; what
has the wrong type goes on into the application. OpenAPI shows a body of which nothing is known.
With a model FastAPI validates, documents and answers.

## Bad
```python
from fastapi import FastAPI, status

app = FastAPI(openapi_url=None)


@app.post("/posts", status_code=status.HTTP_201_CREATED, tags=["posts"])
async def create_post(data: dict) -> str:
    """Write a post."""
    return data["title"]
```

## Good
```python
from fastapi import FastAPI, status
from pydantic import BaseModel

app = FastAPI(openapi_url=None)


class PostCreate(BaseModel):
    title: str


@app.post("/posts", status_code=status.HTTP_201_CREATED, tags=["posts"])
async def create_post(new_post: PostCreate) -> str:
    """Write a post."""
    return new_post.title
```

## Limits
The handler has to read literal keys, `data["title"]` or `data.get("title")`; a body that is handed
on as a whole, as a proxy does, is passed over. So are `dict[str, int]` and the like, whose keys are
data; handlers that read the request in another way as well, to check a signature; and routes
outside of the schema.

## Source
fastapi-best-practices, "Excessively use Pydantic"; FastAPI's documentation, "Request Body".
'''

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Awaited, Binding, Call, Expr, Item, Literal
from fastapi_bp_lint.finding import Span
from fastapi_bp_lint.knowledge.fastapi_names import RAW_BODIES, REQUEST_JSON
from fastapi_bp_lint.knowledge.tables import ancestry
from fastapi_bp_lint.knowledge.typing_names import ANYTHING, DICTS, TRANSPARENT
from fastapi_bp_lint.project.annotations import arguments
from fastapi_bp_lint.project.naming import is_application_code
from fastapi_bp_lint.project.parameters import BODY, UNKNOWN_SOURCE, parameters
from fastapi_bp_lint.project.values import External, Function
from fastapi_bp_lint.rule import Finding, Preset, Project, Rule, Severity

if TYPE_CHECKING:
    from fastapi_bp_lint.project.routes import Route

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.CONVENTIONS, since="0.1")
_METHODS = {"POST", "PUT", "PATCH"}
_READS = ("get", "pop")
_MOST = 4
_LOOK_ONLY = {"isinstance", "len", "print"}


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    for handler, routes in project.handlers.items():
        if not is_application_code(handler.module) or not all(map(_is_meant, routes)):
            continue
        if _reads_otherwise(handler, project):
            continue
        for name, span, how in _bodies(handler, routes[0], project):
            keys = list(dict.fromkeys(_keys(name, handler)))
            if keys and not _is_handed_on(name, handler):
                yield rule.at(
                    handler.module.place(span),
                    f"`{handler.name}` reads {_listed(keys)} out of {how} by hand: declare a model "
                    "with these fields, and let FastAPI validate it",
                    symbol=handler.symbol,
                    certainty=routes[0].sure,
                )


def _is_meant(route: Route) -> bool:
    is_plain = route.kind != "http" or route.is_plain or not route.include_in_schema
    return not is_plain and not _METHODS.isdisjoint(route.methods)


def _bodies(handler: Function, route: Route, project: Project) -> Iterator[tuple[str, Span, str]]:
    """Give what holds the body: its name, where it comes from, and how to call it."""
    for parameter in parameters(route.target, project):
        param = parameter.param
        if parameter.source in {BODY, UNKNOWN_SOURCE}:
            if _is_open(param.annotation, handler, project):
                yield param.name, param.span, f"the body `{param.name}`"
    for binding in handler.facts.body.bindings:
        call = _awaited_call(binding)
        if call is not None and _is_json(call, handler, project):
            yield binding.target, call.span, "`request.json()`"


def _is_open(annotation: Expr, handler: Function, project: Project) -> bool:
    """Whether a type is a dict of anything, annotated or not."""
    if not isinstance(annotation, Item):
        return _is_one_of(annotation, DICTS, handler, project)
    parts = arguments(annotation)
    if _is_one_of(annotation.value, TRANSPARENT, handler, project):
        return _is_open(parts[0], handler, project)
    is_dict = _is_one_of(annotation.value, DICTS, handler, project)
    return is_dict and len(parts) > 1 and _is_one_of(parts[1], ANYTHING, handler, project)


def _is_one_of(expr: Expr, names: frozenset[str], handler: Function, project: Project) -> bool:
    values = project.types.infer(expr, project.types.around(handler)).values
    return any(isinstance(v, External) and v.name in names for v in values)


def _awaited_call(binding: Binding) -> Call | None:
    value = binding.value
    if isinstance(value, Awaited) and isinstance(value.value, Call) and "." not in binding.target:
        return value.value
    return None


def _is_json(call: Call, handler: Function, project: Project) -> bool:
    values = project.types.callee(call, handler).values
    owner, _, method = REQUEST_JSON.rpartition(".")
    return any(
        isinstance(v, External)
        and v.name.rpartition(".")[2] == method
        and owner in ancestry(v.name.rpartition(".")[0])
        for v in values
    )


def _reads_otherwise(handler: Function, project: Project) -> bool:
    """Whether the handler reads the request raw, too."""
    owner = REQUEST_JSON.rpartition(".")[0]
    for call in handler.facts.body.calls:
        if str(call.func).rpartition(".")[2] in RAW_BODIES:
            for value in project.types.callee(call, handler).values:
                if isinstance(value, External) and owner in ancestry(value.name.rpartition(".")[0]):
                    return True
    return False


def _keys(name: str, handler: Function) -> Iterator[str]:
    """Give the literal keys that are read out of a dict."""
    body = handler.facts.body
    for operation in body.operations:
        if operation.operator == "GetItem" and operation.operands[:1] == (name,):
            yield from _texts(operation.operands[1:])
    for call in body.calls:
        if call.func in {f"{name}.{method}" for method in _READS}:
            yield from _texts(call.args[:1])


def _is_handed_on(name: str, handler: Function) -> bool:
    """Whether something gets the dict as a whole."""
    return any(
        name in (*call.args, *[value for _, value in call.keywords])
        for call in handler.facts.body.calls
        if call.func not in _LOOK_ONLY
    )


def _texts(parts: tuple[Expr, ...]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, Literal) and isinstance(part.value, str):
            yield part.value


def _listed(keys: list[str]) -> str:
    told = [f"`{key}`" for key in keys[:_MOST]]
    if len(keys) > _MOST:
        return f"{', '.join(told)} and {len(keys) - _MOST} more"
    return f"{', '.join(told[:-1])} and {told[-1]}" if told[1:] else told[0]
