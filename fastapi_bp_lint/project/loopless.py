"""The lines of a body that run only where no event loop does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Call, Expr, Literal, Operation, Region
from fastapi_bp_lint.project.dead import truth
from fastapi_bp_lint.project.values import External, Function

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi_bp_lint.project.types import Types

_ASKS = "running_loop"
_LOOPS = {"asyncio.get_running_loop", "asyncio._get_running_loop"}
_MISSING = {"RuntimeError", "Exception", None}
_NONE = Literal(None, "None")


def loopless(types: Types, function: Function) -> Iterator[Region]:
    """Give the regions of *function* that an event loop does not get to: it asks for one first."""
    body = function.facts.body
    if not [call for call in body.calls if _asks_by_name(call)]:
        return
    for branch in types.branches(function):
        told = truth(branch.test, lambda test: _on_loop(types, function, test))
        if told is not None and told is not branch.holds:
            yield Region("else", branch.start + 1, branch.end, branch.test, function.facts.span)
    asked = [c.span.line for c in body.calls if _is_loop(types, function, c)]
    for region in body.regions:
        if region.kind == "except" and region.subject in _MISSING:
            guarded = _guarded(region, body.regions)
            if guarded and any(guarded.line <= line <= guarded.end_line for line in asked):
                yield region


def _guarded(handler: Region, regions: tuple[Region, ...]) -> Region | None:
    """Return the block whose errors *handler* catches."""
    column = handler.span.column
    before = [r for r in regions if r.kind == "try" and r.end_line < handler.line]
    return max((r for r in before if r.span.column == column), key=lambda r: r.line, default=None)


def _on_loop(types: Types, function: Function, test: Expr) -> bool | None:
    """Return what a condition about the running loop is where one runs, None for others."""
    if isinstance(test, Operation) and test.operator in {"Is", "IsNot"}:
        asked, other = test.operands
        if other == _NONE and _is_loop(types, function, asked):
            return test.operator == "IsNot"
        return None
    return _is_loop(types, function, test) or None


def _asks_by_name(call: Call) -> bool:
    return isinstance(call.func, str) and call.func.endswith(_ASKS)


def _is_loop(types: Types, function: Function, expr: Expr) -> bool:
    """Whether *expr* is the running event loop, or asks it whether it runs."""
    if isinstance(expr, str):
        bound = [b for b in function.facts.body.bindings if b.target == expr]
        values = [b.value for b in bound if b.value != _NONE]
        calls = [v for v in values if isinstance(v, Call) and _asks_by_name(v)]
        known = [v for v in calls if _is_loop(types, function, v)]
        return bool(values) and len(known) == len(values)
    if not isinstance(expr, Call) or not isinstance(expr.func, str):
        return False
    owner, _, name = expr.func.rpartition(".")
    if name == "is_running" and owner:
        return _is_loop(types, function, owner)
    return _asks_by_name(expr) and any(map(_gives_loop, types.callee(expr, function).values))


def _gives_loop(value: object) -> bool:
    """Whether a function is asyncio's own, or one of the project around it."""
    if isinstance(value, External):
        return value.name in _LOOPS
    results = value.facts.body.results if isinstance(value, Function) else ()
    return any(isinstance(r.value, Call) and _asks_by_name(r.value) for r in results)
