"""
# Coroutine that is never awaited

## What it does
Looks for calls of the project's own coroutine functions whose result is thrown away, or used as if
it were the value: `send_mail(user)` as a statement, `load(post_id).title`.

## Why is this bad?
Calling a coroutine function runs nothing. The mail is not sent, the row is not written, and all
there is to see is a `RuntimeWarning` in a log.

## Bad
```python
from fastapi import FastAPI

app = FastAPI()


async def send_mail(address: str) -> None: ...


@app.post("/users")
async def create_user(address: str) -> None:
    send_mail(address)
```

## Good
```python
from fastapi import FastAPI

app = FastAPI()


async def send_mail(address: str) -> None: ...


@app.post("/users")
async def create_user(address: str) -> None:
    await send_mail(address)
```

## Fix safety
`await` is put before the call, inside async functions only. This is unsafe: the code that never ran
will run.

## Limits
A coroutine that is stored, returned, gathered, scheduled or passed on is somebody else's to await.
A function behind a decorator that is not known is passed over: the decorator may have made it sync.

## Source
Python's documentation, "Developing with asyncio", "Detect never-awaited coroutines".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Attr, Call, Expr, Item
from fastapi_bp_lint.finding import Certainty
from fastapi_bp_lint.project.dead import hidden, inside
from fastapi_bp_lint.project.decoration import decoration
from fastapi_bp_lint.project.edges import written
from fastapi_bp_lint.project.values import Bound, Function
from fastapi_bp_lint.rule import Applicability, Finding, Preset, Project, Rule, Severity

if TYPE_CHECKING:
    import libcst as cst

    from fastapi_bp_lint.rule import Editor

rule = Rule(__name__, __doc__, severity=Severity.ERROR, preset=Preset.RECOMMENDED, since="0.1")
_OF_COROUTINES = {
    "send",
    "throw",
    "close",
    "__await__",
    "cr_await",
    "cr_code",
    "cr_frame",
    "cr_running",
}


_PARTS = Attr, Item


@rule.on(Function)
def check(function: Function, project: Project) -> Iterator[Finding]:
    body = function.facts.body
    dead = hidden(body)
    for call in body.calls:
        if call.use != "dropped" or (dead and inside(dead, call.span.line)):
            continue
        if _is_coroutine(call, function, project):
            yield _found(function, call, "its result is thrown away")
    used: list[Expr] = [c.func for c in body.calls if isinstance(c.func, _PARTS)]
    used += [r.value for r in body.results if isinstance(r.value, _PARTS)]
    used += [b.value for b in body.bindings if isinstance(b.value, _PARTS)]
    for expr in used:
        inner, name = _asked(expr)
        if (
            inner is not None
            and not inside(dead, inner.span.line)
            and _is_coroutine(inner, function, project)
        ):
            yield _found(function, inner, f"a coroutine has no `{name}`")


def _asked(expr: Expr) -> tuple[Call | None, str]:
    """Return the call, not awaited, whose result is asked for an attribute, and which."""
    name = ""
    while isinstance(expr, _PARTS):
        name = expr.name if isinstance(expr, Attr) else "[...]"
        expr = expr.value
    if name and isinstance(expr, Call) and expr.use == "used" and name not in _OF_COROUTINES:
        return expr, name
    return None, ""


def _found(function: Function, call: Call, why: str) -> Finding:
    name = written(call.func)
    fix = rule.repair("await_it", "await it", call.span) if function.is_async else None
    return rule.at(
        function.module.place(call.span),
        f"`{name}` is a coroutine function and is not awaited: it never runs, and {why}",
        symbol=function.symbol,
        fix=fix,
    )


def _is_coroutine(call: Call, function: Function, project: Project) -> bool:
    """Whether all that may be called are coroutine functions of the project, for certain."""
    callee = project.types.callee(call, function)
    if not callee.values or callee.certainty is not Certainty.CERTAIN:
        return False
    for value in callee.values:
        target = value.function if isinstance(value, Bound) else value
        if not isinstance(target, Function) or target.facts.is_generator:
            return False
        outcome = decoration(project.types, target)
        if not outcome.is_async or outcome.certainty is not Certainty.CERTAIN:
            return False
    return True


@rule.fix(Applicability.UNSAFE)
def await_it(node: cst.Call, edit: Editor) -> cst.BaseExpression:
    return edit.awaited(node)
