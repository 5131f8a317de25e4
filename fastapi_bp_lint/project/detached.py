"""Tasks that go on when what started them goes on: coroutines that loop without an end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Call, Expr, Literal, Operation
from fastapi_bp_lint.knowledge.tables import offloader
from fastapi_bp_lint.project.values import External, Function

if TYPE_CHECKING:
    from fastapi_bp_lint.project.types import Types

_SCHEDULES = "schedule"
_ENDLESS = Literal(value=True, kind="bool")


def is_left_running(types: Types, target: Function, caller: Function) -> bool:
    """Whether *caller* only starts *target* as a task, which then loops beside everything else."""
    if not target.is_async or not _loops(target):
        return False
    calls = [c for c in caller.facts.body.calls if _is_of(types, c, target, caller)]
    started = [c for c in calls if _is_started(types, c, caller)]
    return bool(calls) and len(started) == len(calls)


def _loops(function: Function) -> bool:
    return any(
        region.kind == "async-loop" or (region.kind == "while" and _is_open(region.subject))
        for region in function.facts.body.regions
    )


def _is_open(test: Expr) -> bool:
    """Whether a loop goes on until somebody else ends it: always, or while a flag is not set."""
    if isinstance(test, Operation) and test.operator == "Not":
        test = test.operands[0]
        if isinstance(test, Call):
            return str(test.func).endswith(".is_set")
    return test == _ENDLESS or (isinstance(test, str) and "." in test)


def _is_of(types: Types, call: Call, target: Function, caller: Function) -> bool:
    values = types.callee(call, caller).values
    return any(getattr(value, "function", value) is target for value in values)


def _is_started(types: Types, call: Call, caller: Function) -> bool:
    """Whether what *call* gives is handed to what makes a task of it."""
    for other in caller.facts.body.calls:
        if call in other.args and other.use != "awaited":
            values = types.callee(other, caller).values
            rows = [offloader(v.name) for v in values if isinstance(v, External)]
            if any(row is not None and row.form == _SCHEDULES for row in rows):
                return True
    return False
