'''
# Route that changes something, without a status code

## What it does
Looks for POST, PUT, PATCH and DELETE routes without a `status_code`. One finding for each handler,
however many routes it has.

## Why is this bad?
FastAPI answers 200 then, whatever the route does: created, accepted, or nothing to say. Clients
cannot tell, OpenAPI documents the wrong answer, and whether somebody has thought about it cannot be
seen.

## Bad
```python
from fastapi import FastAPI

app = FastAPI()


@app.post("/posts", response_model=dict[str, str], tags=["posts"])
async def create_post(title: str):
    """Write a post."""
    return {"title": title}
```

## Good
```python
from fastapi import FastAPI, status

app = FastAPI()


@app.post(
    "/posts",
    response_model=dict[str, str],
    status_code=status.HTTP_201_CREATED,
    tags=["posts"],
)
async def create_post(title: str):
    """Write a post."""
    return {"title": title}
```

## Fix safety
Safe: it writes out today's status, `status_code=status.HTTP_200_OK`, and so changes nothing. Which
one would be right is yours to say.

## Limits
Fine, and passed over: handlers that set `response.status_code`, themselves or in a dependency, or
return a response; a `response_class` with a status of its own; route and router classes of the
project's own; `**options` in the decorator; routes of several methods, one of which needs none;
applications in tests. The option `methods` says which methods need one.

## Source
fastapi-best-practices: `response_model`, `status_code`, `description` on every route; FastAPI's
documentation, "Response Status Code".
'''

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi_bp_lint.finding import Applicability, Finding, Fix, Severity, Span
from fastapi_bp_lint.knowledge.fastapi_names import DEFAULT_STATUS
from fastapi_bp_lint.project.handling import (
    call_of,
    has_custom_class,
    is_direct,
    is_written,
    returned,
    returns_response,
)
from fastapi_bp_lint.project.naming import is_application_code
from fastapi_bp_lint.project.routes import Route
from fastapi_bp_lint.project.statuses import constant
from fastapi_bp_lint.project.values import Function
from fastapi_bp_lint.rule import Option, Preset, Project, Rule

if TYPE_CHECKING:
    import libcst as cst

    from fastapi_bp_lint.rule import Editor

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.WARNING,
    preset=Preset.RECOMMENDED,
    since="0.1",
    options=(
        Option(
            "methods",
            ("POST", "PUT", "PATCH", "DELETE"),
            "The methods of HTTP whose routes need a status code.",
        ),
    ),
)
_CREATES = ("add", "create", "insert", "new", "register", "sign_up", "signup", "upload")


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    wanted = _methods(project)
    for handler, routes in project.handlers.items():
        if not is_application_code(handler.module) or handler.facts.is_lambda:
            continue
        lacking = [r for r in routes if _lacks(r, handler, wanted, project)]
        if not lacking or returns_response(handler, project) or _is_set(lacking, handler):
            continue
        route = lacking[0]
        yield rule.at(
            handler.place,
            f"`{handler.name}` handles {'/'.join(route.methods)} and says no `status_code`: it "
            f"answers {DEFAULT_STATUS}; {_advice(route, handler)}",
            symbol=handler.symbol,
            certainty=route.sure,
            fix=_fix(lacking, handler),
        )


def _methods(project: Project) -> set[str]:
    given = project.config.rules.get(rule.slug, {}).get("methods", rule.options[0].default)
    return {name.upper() for name in given} if isinstance(given, tuple | list) else set()


def _lacks(route: Route, handler: Function, wanted: set[str], project: Project) -> bool:
    if route.kind != "http" or route.is_plain or not set(route.methods) <= wanted:
        return False
    if "status_code" in route.options or route.effective_status != DEFAULT_STATUS:
        return False
    if not is_direct(route, handler) or has_custom_class(route, project):
        return False
    return is_written(call_of(route, project))


def _is_set(routes: list[Route], handler: Function) -> bool:
    """Whether the handler or a dependency sets the status of the response that it is given."""
    functions = [d.function for r in routes for d in r.all_dependencies()]
    return any(
        b.target.endswith(".status_code") and b.target.count(".") == 1
        for f in (handler, *functions)
        if f is not None
        for b in f.facts.body.bindings
    )


def _advice(route: Route, handler: Function) -> str:
    if route.methods == ("POST",) and handler.name.lower().startswith(_CREATES):
        return "201 is for what is created, `status_code=status.HTTP_201_CREATED`"
    if route.methods == ("DELETE",) and not returned(handler):
        return "204 is for nothing to say, `status_code=status.HTTP_204_NO_CONTENT`"
    return "write it out, `status_code=status.HTTP_200_OK`, or say the right one"


def _fix(routes: list[Route], handler: Function) -> Fix | None:
    """Write today's status into every decorator of the handler's own file."""
    known = constant(handler.module, DEFAULT_STATUS)
    spans = dict.fromkeys(r.place.span for r in routes if r.place.path == handler.module.path)
    if known is None or not spans or len(spans) != len({r.place for r in routes}):
        return None
    first, *others = spans
    args = (*known.args, *[" ".join(map(str, span)) for span in others])
    return rule.repair("write_status", "write out today's status, 200", first, args)


@rule.fix(Applicability.SAFE)
def write_status(node: cst.Call, edit: Editor) -> cst.Call:
    from libcst import Call  # noqa: PLC0415 - only a fix needs libcst

    source, name, attribute, *others = edit.args
    spans = [Span(*map(int, place.split())) for place in others]
    local = edit.need_import(source, name, at=spans)
    code = f"{local}.{attribute}" if attribute else local
    for span in spans:
        call = edit.node(span, Call)
        edit.swap(call, edit.keyword(call, "status_code", code))
    return edit.keyword(node, "status_code", code)
