"""
# Loop that receives from a websocket

## What it does
Looks for `while True:` loops that begin with `data = await websocket.receive_text()`, or with
`receive_bytes` or `receive_json`.

## Why is this bad?
`async for data in websocket.iter_text():` says the same in one line, and ends by itself when the
client is gone, where the loop raises `WebSocketDisconnect`: forgotten, it is an error in the log
for each client that leaves.

## Bad
```python
from fastapi import FastAPI, WebSocket

app = FastAPI(openapi_url=None)


@app.websocket("/echo")
async def echo(websocket: WebSocket) -> None:
    await websocket.accept()
    while True:
        text = await websocket.receive_text()
        await websocket.send_text(text)
```

## Good
```python
from fastapi import FastAPI, WebSocket

app = FastAPI(openapi_url=None)


@app.websocket("/echo")
async def echo(websocket: WebSocket) -> None:
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(text)
```

## Fix safety
Writes the `async for`, where no `try` is around the loop and no comment would go. Unsafe: the
handler now goes on after the loop when the client leaves, instead of raising.

## Limits
The loop has to begin with the only receive in it, assigned to a name. What an `except
WebSocketDisconnect` around the loop does belongs after the `async for`; moving it is left to you.

## Source
Kludex, fastapi-tips, "Use async for instead of while True with WebSockets"; Starlette's
documentation, "WebSockets".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Awaited, Binding, Call, Literal, Region
from fastapi_bp_lint.finding import Span
from fastapi_bp_lint.knowledge.fastapi_names import DISCONNECTED, RECEIVERS, WEBSOCKET_CLASS
from fastapi_bp_lint.knowledge.tables import ancestry
from fastapi_bp_lint.project.naming import is_application_code
from fastapi_bp_lint.project.values import External, Function
from fastapi_bp_lint.rule import Applicability, Finding, Fix, Preset, Project, Rule, Severity

if TYPE_CHECKING:
    import libcst as cst

    from fastapi_bp_lint.rule import Editor

rule = Rule(__name__, __doc__, severity=Severity.INFO, preset=Preset.STRICT, since="0.1")
_TRUE = (Literal(value=True, kind="bool"), Literal(1, "int"))


@rule.on(Function)
def check(function: Function, project: Project) -> Iterator[Finding]:
    if not function.is_async or not is_application_code(function.module):
        return
    body = function.facts.body
    for loop in body.regions:
        if loop.kind != "while" or loop.subject not in _TRUE:
            continue
        received = _received(loop, function, project)
        if received is None or received[2] not in RECEIVERS:
            continue
        binding, receiver, method = received
        better = f"async for {binding.target} in {receiver}.{RECEIVERS[method]}()"
        yield rule.at(
            function.module.place(binding.span),
            f"the loop receives from `{receiver}` until it raises `{DISCONNECTED}`: write "
            f"`{better}`, which ends when the client is gone",
            symbol=function.symbol,
            fix=_fix(loop, binding, function),
        )


def _received(
    loop: Region, function: Function, project: Project
) -> tuple[Binding, str, str] | None:
    """Return what a loop begins with, where that is to receive, with the socket and the method."""
    inside = [
        (c, socket)
        for c in function.facts.body.calls
        if loop.line < c.span.line <= loop.end_line
        and (socket := _socket(c, function, project)) is not None
    ]
    if len(inside) != 1:
        return None
    call, (receiver, method) = inside[0]
    for binding in function.facts.body.bindings:
        is_first = binding.span.line == _first_line(loop, function)
        if is_first and binding.kind == "assign" and binding.value == Awaited(call):
            return (binding, receiver, method) if binding.target.isidentifier() else None
    return None


def _socket(call: Call, function: Function, project: Project) -> tuple[str, str] | None:
    """Return the socket and the method of a call that receives."""
    receiver, _, method = call.func.rpartition(".") if isinstance(call.func, str) else ("", "", "")
    if not method.startswith("receive"):
        return None
    for value in project.types.callee(call, function).values:
        if isinstance(value, External) and WEBSOCKET_CLASS in ancestry(
            value.name.rpartition(".")[0]
        ):
            return (
                (receiver, method)
                if method in RECEIVERS and not (call.args or call.keywords)
                else ("", "")
            )
    return None


def _first_line(loop: Region, function: Function) -> int:
    """Return the first line below the header on which anything stands that the facts have."""
    body = function.facts.body
    spans = [
        *[c.span for c in body.calls],
        *[b.span for b in body.bindings],
        *[r.span for r in body.results],
        *[o.span for o in body.operations],
        *[r.span for r in body.regions],
    ]
    lines = [span.line for span in spans if loop.line < span.line <= loop.end_line]
    return min(lines, default=0)


def _fix(loop: Region, binding: Binding, function: Function) -> Fix | None:
    body = function.facts.body
    guards = {"try", "except", "finally"}
    if any(r.kind in guards and r.line <= loop.line <= r.end_line for r in body.regions):
        return None
    line, column = loop.span.line, loop.span.column - len("while ")
    if loop.end_line == binding.span.end_line or column < 0:
        return None
    return rule.repair("iterate", "iterate over what comes", Span(line, column, loop.end_line, 0))


@rule.fix(Applicability.UNSAFE)
def iterate(node: cst.While, edit: Editor) -> cst.For | None:
    import libcst as cst  # noqa: PLC0415 - only a fix needs libcst

    del edit
    first, *rest = node.body.body
    if node.orelse or not rest or not isinstance(first, cst.SimpleStatementLine):
        return None
    assigned = first.body[0]
    if len(first.body) != 1 or not isinstance(assigned, cst.Assign) or _has_comment(first):
        return None
    call = cst.ensure_type(cst.ensure_type(assigned.value, cst.Await).expression, cst.Call)
    func = cst.ensure_type(call.func, cst.Attribute)
    iterator = func.with_changes(attr=cst.Name(RECEIVERS[func.attr.value]))
    return cst.For(
        target=cst.ensure_type(assigned.targets[0].target, cst.Name),
        iter=call.with_changes(func=iterator),
        body=node.body.with_changes(body=rest),
        asynchronous=cst.Asynchronous(),
        leading_lines=node.leading_lines,
    )


def _has_comment(line: cst.SimpleStatementLine) -> bool:
    return line.trailing_whitespace.comment is not None or any(
        empty.comment for empty in line.leading_lines
    )
