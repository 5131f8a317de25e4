"""
# Route without a response model

## What it does
Looks for handlers with neither a `response_model` in the decorator nor a return annotation. One
finding for each handler, however many routes it has.

## Why is this bad?
FastAPI then sends whatever the handler gives: no validation, no filtering, so that a column added
to a table is a field added to the API, the password's hash included. OpenAPI says nothing about the
answer, and neither do the clients that are generated from it.

## Bad
```python
from fastapi import FastAPI

app = FastAPI()


@app.get("/rates")
async def read_rates():
    return {"eur": 1.0}
```

## Good
```python
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Rates(BaseModel):
    eur: float


@app.get("/rates", response_model=Rates)
async def read_rates():
    return {"eur": 1.0}
```

## Fix safety
Where every `return` constructs the same model, it becomes the return annotation. Unsafe: from then
on FastAPI validates what is returned, and OpenAPI shows it.

## Limits
Fine, and passed over: `response_model=None`, a `response_class`, a status without a body or one
that redirects, a model in `responses={200: ...}`, a handler that returns a response or streams,
`include_in_schema=False` here or at a router, route and router classes of the project's own,
`**options` in the decorator, applications in tests. What functions of the project return is
followed; where nothing is known of the result, a response may be among it, and there is no finding.

## Source
fastapi-best-practices, "FastAPI response serialization", and `response_model`, `status_code`,
`description` on every route; FastAPI's documentation, "Response Model - Return Type".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Call, Expr, Literal, Mapping
from fastapi_bp_lint.finding import Finding, Fix, Severity
from fastapi_bp_lint.knowledge.fastapi_names import NO_BODY
from fastapi_bp_lint.project.apps import Arg, Options
from fastapi_bp_lint.project.handling import (
    call_of,
    has_custom_class,
    is_direct,
    is_written,
    returned,
    returns_response,
)
from fastapi_bp_lint.project.kinds import SCHEMA, kind_of
from fastapi_bp_lint.project.naming import is_application_code
from fastapi_bp_lint.project.routes import Route
from fastapi_bp_lint.project.values import Class, Function
from fastapi_bp_lint.rule import Applicability, Option, Preset, Project, Rule

if TYPE_CHECKING:
    import libcst as cst

    from fastapi_bp_lint.rule import Editor

_EITHER, _DECORATOR, _ANNOTATION = "either", "response-model", "annotation"
rule = Rule(
    __name__,
    __doc__,
    severity=Severity.WARNING,
    preset=Preset.RECOMMENDED,
    since="0.1",
    options=(
        Option(
            "style",
            _EITHER,
            "Where the model has to stand: in the decorator, in the return annotation, or in "
            "`either` of them.",
            choices=(_EITHER, _DECORATOR, _ANNOTATION),
        ),
    ),
)
_SAID = {
    _EITHER: "declares neither a `response_model` nor what it returns: nothing is validated or "
    "filtered, and OpenAPI is silent; add `response_model=...` or `{known}`",
    _DECORATOR: "has no `response_model` in its decorator, where this project wants it: add it",
    _ANNOTATION: "does not annotate what it returns, where this project wants it: add `{known}`",
}
_DOCUMENTED = {"model", "content"}
_ALWAYS = {"with", "async-with"}


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    style = str(project.config.rules.get(rule.slug, {}).get("style", _EITHER))
    for handler, routes in project.handlers.items():
        if not _may_need_one(handler, style) or not is_application_code(handler.module):
            continue
        lacking = [r for r in routes if _lacks(r, handler, style, project)]
        if not lacking or returns_response(handler, project):
            continue
        fix = None if style == _DECORATOR else _fix(handler, project)
        known = f"-> {fix.args[0]}" if fix else "-> ..."
        yield rule.at(
            handler.place,
            f"`{handler.name}` {_SAID[style].format(known=known)}",
            symbol=handler.symbol,
            certainty=lacking[0].sure,
            fix=fix,
        )


def _may_need_one(handler: Function, style: str) -> bool:
    facts = handler.facts
    if facts.is_lambda or facts.is_generator:
        return False
    if facts.returns is not None and (style != _DECORATOR or _is_none(facts.returns)):
        return False
    # What only raises answers with an error.
    return bool(returned(handler)) or not any(
        r.kind == "raise" and not _is_conditional(r.span.line, handler) for r in facts.body.results
    )


def _is_none(expr: Expr) -> bool:
    return isinstance(expr, Literal) and expr.value is None and expr.kind != "ellipsis"


def _is_conditional(line: int, handler: Function) -> bool:
    """Whether a line of the body may be passed by: it stands under a condition or in a loop."""
    return any(
        r.line <= line <= r.end_line and r.kind not in _ALWAYS for r in handler.facts.body.regions
    )


def _lacks(route: Route, handler: Function, style: str, project: Project) -> bool:
    options = route.options
    if route.kind != "http" or route.is_plain or not route.include_in_schema:
        return False
    if "response_class" in options or _has_no_body(route):
        return False
    if "response_model" in options and (style != _ANNOTATION or _is_off(options)):
        return False
    if not is_direct(route, handler) or _has_other_default(route) or _is_documented(options):
        return False
    return is_written(call_of(route, project)) and not has_custom_class(route, project)


def _is_off(options: Options) -> bool:
    """Whether ``response_model=None`` says that there is none."""
    given = options.get("response_model")
    return isinstance(given, Arg) and _is_none(given.expr)


def _has_no_body(route: Route) -> bool:
    if "status_code" not in route.options:
        return False
    status = route.status_code
    return status is None or status in NO_BODY or 300 <= status < 400  # noqa: PLR2004 - redirects


def _is_documented(options: Options) -> bool:
    """Whether ``responses={200: {"model": ...}}`` says what a success looks like."""
    given = options.get("responses")
    if not isinstance(given, Arg) or not isinstance(given.expr, Mapping):
        return False
    return any(
        isinstance(key, Literal)
        and str(key.value).startswith("2")
        and isinstance(value, Mapping)
        and any(isinstance(k, Literal) and k.value in _DOCUMENTED for k, _ in value.items)
        for key, value in given.expr.items
    )


def _has_other_default(route: Route) -> bool:
    """Whether a router's or the application's default class is not one of JSON."""
    held = route.response_class
    if held is None:
        return False
    names = [getattr(v, "name", "") for v in held.values]
    return not names or not all("JSON" in name.upper() for name in names)


def _fix(handler: Function, project: Project) -> Fix | None:
    """Annotate with the one model that every return constructs."""
    names = {
        r.value.func if isinstance(r.value, Call) else None
        for r in handler.facts.body.results
        if r.kind == "return"
    }
    name = names.pop() if len(names) == 1 else None
    if not isinstance(name, str) or name.partition(".")[0] in project.types.locals(handler):
        return None
    around = project.types.around(handler)
    held = project.types.infer(name, around)
    models = [v for v in held.values if isinstance(v, Class)]
    if len(models) != 1 or kind_of(project.types, models[0]) != SCHEMA:
        return None
    if not _ends_with_return(handler):
        return None
    return rule.repair("annotate", f"annotate it `-> {name}`", handler.facts.span, (name,))


def _ends_with_return(handler: Function) -> bool:
    """Whether the last statement of the body is a ``return``, so that None is never given."""
    end = handler.facts.span[2:]
    return any(
        r.span[2:] == end and not _is_conditional(r.span.line, handler)
        for r in handler.facts.body.results
    )


@rule.fix(Applicability.UNSAFE)
def annotate(node: cst.FunctionDef, edit: Editor) -> cst.FunctionDef:
    from libcst import Annotation  # noqa: PLC0415 - only a fix needs libcst

    return node.with_changes(returns=Annotation(edit.expr(edit.args[0])))
