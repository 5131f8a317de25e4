"""
# Function called where it should be passed

## What it does
Looks for `run_in_threadpool(load())`, `asyncio.to_thread(load())`, `loop.run_in_executor(None,
load())`, `tasks.add_task(notify())`, `Thread(target=work())` and the like in a coroutine, where
what is called is known and gives nothing that could be called again.

## Why is this bad?
The parentheses make the call happen right there, on the event loop; the thread then gets its result
and fails with "object is not callable". The code looks offloaded and is not.

## Bad
```python
import requests
from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

app = FastAPI()


@app.get("/rates")
async def read_rates() -> bytes:
    response = await run_in_threadpool(requests.get("https://rates.example"))
    return response.content
```

## Good
```python
import requests
from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

app = FastAPI()


@app.get("/rates")
async def read_rates() -> bytes:
    response = await run_in_threadpool(requests.get, "https://rates.example")
    return response.content
```

## Fix safety
The inner call is taken apart: its function is passed and its arguments follow. This is unsafe, for
it changes what the code does.

## Limits
A factory, a function that returns something that can be called, is meant to be called there. A
function whose result cannot be told is passed over.

## Source
fastapi-best-practices, "If you must use sync SDK, then run it in a thread pool".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Call, Expr, Literal
from fastapi_bp_lint.knowledge.tables import Offloader, offloader
from fastapi_bp_lint.project.edges import written
from fastapi_bp_lint.project.members import attribute
from fastapi_bp_lint.project.values import (
    Bound,
    Class,
    External,
    Function,
    Instance,
    Scalar,
    Several,
    Value,
    one,
)
from fastapi_bp_lint.rule import Applicability, Finding, Preset, Project, Rule, Severity

if TYPE_CHECKING:
    import libcst as cst

    from fastapi_bp_lint.rule import Editor

rule = Rule(__name__, __doc__, severity=Severity.ERROR, preset=Preset.RECOMMENDED, since="0.1")
_TAKES_OBJECTS = (
    "iterate_in_threadpool",
    "contextmanager_in_threadpool",
    "StreamingResponse",
    "Depends",
    "Security",
)
_ELSEWHERE = {"thread", "process", "interpreter", "either"}


@rule.on(Function)
def check(function: Function, project: Project) -> Iterator[Finding]:
    if not function.is_async:
        return
    for call in function.facts.body.calls:
        if not any(
            isinstance(given, Call) for given in (*call.args, *dict(call.keywords).values())
        ):
            continue  # nearly all
        given = _handed(call, function, project)
        if isinstance(given, Call) and _gives_no_callable(given, function, project):
            outer, inner = written(call.func), written(given.func)
            yield rule.at(
                function.module.place(given.span),
                f"`{outer}({written(given)})` calls `{inner}` here, on the event loop, and hands "
                f"over the result: pass the function, `{outer}({inner}, ...)`",
                symbol=function.symbol,
                fix=rule.repair("pass_function", f"pass `{inner}` itself", call.span)
                if call.args and given is call.args[_position(call, given)]
                else None,
            )


def _position(call: Call, given: Call) -> int:
    return next((n for n, a in enumerate(call.args) if a is given), -1)


def _handed(call: Call, function: Function, project: Project) -> Expr:
    """Return the argument that an offloader will call."""
    for value in project.types.callee(call, function).values:
        row = project.types.told.offloads(value)
        if row is None and isinstance(value, External):
            row = _offloader(value.name)
        if row is not None and row.argument.isdigit():
            for name, given in call.keywords:
                if name == row.keyword:
                    return given
            position = int(row.argument)
            return call.args[position] if len(call.args) > position else None
    return None


def _offloader(name: str) -> Offloader | None:
    row = offloader(name) if name.rpartition(".")[2] not in _TAKES_OBJECTS else None
    if row is None or row.runs not in _ELSEWHERE or row.form not in {"call", "method"}:
        return None
    return row


def _gives_no_callable(call: Call, function: Function, project: Project) -> bool:
    callee = project.types.callee(call, function).values
    if not callee:
        return False
    held = project.types.infer(call, function, call.span.line).values
    if held:
        return all(_is_data(v, project) for v in held)
    return all(_gives_nothing(v, project) for v in callee)


def _is_data(value: Value, project: Project) -> bool:
    """Whether a value surely cannot be called."""
    if isinstance(value, Scalar | Several):
        return True
    if isinstance(value, Instance) and isinstance(value.of, Class):
        return not attribute(project.types, one(value), "__call__").values
    return isinstance(value, Instance) and value.of.name.startswith(("builtins.", "requests."))


def _gives_nothing(value: Value, project: Project) -> bool:
    """Whether a call of *value* gives None, or is a primitive, none of which gives a callable."""
    if isinstance(value, External):
        return project.calls.primitive(value.name) is not None
    target = value.function if isinstance(value, Bound) else value
    if not isinstance(target, Function) or target.is_async or target.facts.is_generator:
        return False
    if target.facts.decorators:
        return False
    results = [r for r in target.facts.body.results if r.kind == "return"]
    return all(r.value in {None, Literal(None, "None")} for r in results)


@rule.fix(Applicability.UNSAFE)
def pass_function(node: cst.Call, edit: Editor) -> cst.BaseExpression | None:
    from libcst import Call as CallNode  # noqa: PLC0415 - only a fix needs libcst

    for index, arg in enumerate(node.args):
        inner = arg.value
        if arg.keyword is None and isinstance(inner, CallNode):
            keywords = any(a.keyword for a in inner.args)
            if keywords and any(a.keyword for a in node.args):
                return None
            rest = [a for a in node.args[index + 1 :] if not a.keyword]
            if keywords and rest:
                return None
            args = [*node.args[:index], arg.with_changes(value=inner.func), *inner.args]
            del edit
            return node.with_changes(args=_separated([*args, *node.args[index + 1 :]]))
    return None


def _separated(args: list[cst.Arg]) -> list[cst.Arg]:
    from libcst import Comma, MaybeSentinel, SimpleWhitespace  # noqa: PLC0415 - as above

    comma = Comma(whitespace_after=SimpleWhitespace(" "))
    kept = [
        a if a.comma is not MaybeSentinel.DEFAULT else a.with_changes(comma=comma) for a in args
    ]
    return [*kept[:-1], kept[-1].with_changes(comma=MaybeSentinel.DEFAULT)]
