'''
# Error turned into a success

## What it does
Looks for handlers that catch everything, bare or as `Exception`, and answer with a value: a dict
with an error in it, None, False.

## Why is this bad?
The client gets a 200 and has to read the body to learn that nothing worked; monitoring, retries
and caches see a success. A bug in the handler looks like an answer.

## Bad
```python
from fastapi import FastAPI

app = FastAPI(openapi_url=None)


@app.get("/rates", tags=["rates"])
async def read_rates() -> dict[str, str]:
    """Show the rates."""
    try:
        return {"eur": await load()}
    except Exception as error:
        return {"error": type(error).__name__}


async def load() -> str:
    return "1.0"
```

## Good
```python
from fastapi import FastAPI, HTTPException, status

app = FastAPI(openapi_url=None)


@app.get("/rates", tags=["rates"], responses={status.HTTP_502_BAD_GATEWAY: {}})
async def read_rates() -> dict[str, str]:
    """Show the rates."""
    try:
        return {"eur": await load()}
    except ConnectionError as error:
        raise HTTPException(status.HTTP_502_BAD_GATEWAY, "no rates today") from error


async def load() -> str:
    return "1.0"
```

## Limits
A clause for exceptions of one kind is taken to be meant, and so is one that raises, returns a
response, or sets `response.status_code`. Health checks and validations, whose answer is that
something is wrong, are passed over by their path and name; so are a second way to the same answer
(`return load_local()`) and tests.

## Source
FastAPI's documentation, "Handling Errors"; ruff BLE001.
'''

from __future__ import annotations

import re
from collections.abc import Iterator

from fastapi_bp_lint.facts.model import Awaited, Call, Expr, Group, Literal, Region, Result
from fastapi_bp_lint.finding import Finding, Severity, Span
from fastapi_bp_lint.project.handling import answers_itself, gives_response
from fastapi_bp_lint.project.naming import is_application_code
from fastapi_bp_lint.project.routes import Route
from fastapi_bp_lint.project.values import Function
from fastapi_bp_lint.rule import Preset, Project, Rule

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.CONVENTIONS, since="0.1")
_EVERYTHING = {"Exception", "BaseException", "builtins.Exception", "builtins.BaseException"}
_CHECKS = re.compile(r"health|ready|readiness|liveness|live\b|ping|status|verif|test|check|valid")
_CONFESSES = re.compile(r"error|message|detail|success|status|fail|reason")


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    for handler, routes in project.handlers.items():
        if not is_application_code(handler.module) or _only_checks(handler, routes):
            continue
        if all(r.kind == "http" for r in routes) and not answers_itself(handler):
            for clause in handler.facts.body.regions:
                if clause.kind == "except" and _catches_everything(clause.subject):
                    yield from _found(handler, clause, project)


def _only_checks(handler: Function, routes: tuple[Route, ...]) -> bool:
    """Whether to tell that something is wrong is what the route is for."""
    words = [handler.name, *[r.path for r in routes]]
    return any(_CHECKS.search(word.lower()) for word in words)


def _found(handler: Function, clause: Region, project: Project) -> Iterator[Finding]:
    body = handler.facts.body
    inside = range(clause.line, clause.end_line + 1)
    results = [r for r in body.results if r.span.line in inside]
    given = [r for r in results if r.kind == "return"]
    if not given or len(given) != len(results):
        return
    if any(b.target.endswith(".status_code") for b in body.bindings if b.span.line in inside):
        return
    if any(gives_response(r.value, handler, project, r.span.line) for r in given):
        return
    if any(_falls_back(r.value) for r in given):
        return
    line, column = clause.span[:2]
    yield rule.at(
        handler.module.place(Span(line, column, line, column + len("except"))),
        f"`{handler.name}` answers any error with {_said(given[0])} and status 200: raise an "
        "HTTPException, or let it pass",
        symbol=handler.symbol,
    )


def _falls_back(value: Expr) -> bool:
    """Whether a call gives the value, of which no argument tells of an error: a second way."""
    call = value.value if isinstance(value, Awaited) else value
    if not isinstance(call, Call):
        return False
    return not any(name and _CONFESSES.search(name) for name, _ in call.keywords)


def _said(result: Result) -> str:
    if result.value is None or result.value == Literal(None, "None"):
        return "None"
    if isinstance(result.value, Literal):
        return f"`{result.value.value}`"
    return "a value"


def _catches_everything(subject: Expr) -> bool:
    if isinstance(subject, Group):
        return any(_catches_everything(item) for item in subject.items)
    return subject is None or (isinstance(subject, str) and subject in _EVERYTHING)
