"""The lines of a body behind a condition that a function of the project always answers alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Call, Either, Expr, Literal, Operation, Region
from fastapi_bp_lint.project.dead import truth
from fastapi_bp_lint.project.values import Bound, Function

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi_bp_lint.project.types import Types

_PLAIN = {"staticmethod", "classmethod"}
_EQUAL = {"Is": True, "Eq": True, "IsNot": False, "NotEq": False}


def settled(types: Types, function: Function) -> Iterator[Region]:
    """Give the regions of *function* that no answer of the functions asked leads to."""
    for branch in types.branches(function):
        if not _asks(branch.test):
            continue
        told = truth(branch.test, lambda test: _answer(types, function, test))
        if told is not None and told is not branch.holds:
            yield Region("else", branch.start + 1, branch.end, branch.test, function.facts.span)


def _asks(test: Expr) -> bool:
    """Whether a call stands in a condition where its answer may decide."""
    if isinstance(test, Operation):
        return any(map(_asks, test.operands))
    if isinstance(test, Either):
        return any(map(_asks, test.options))
    return isinstance(test, Call)


def _answer(types: Types, function: Function, test: Expr) -> bool | None:
    if isinstance(test, Call):
        value = _value(types, function, test)
        return None if value is None else bool(value.value)
    if isinstance(test, Operation) and test.operator in _EQUAL:
        asked, other = test.operands[:2]
        value = _value(types, function, asked) if isinstance(asked, Call) else None
        if value is not None and isinstance(other, Literal):
            return (value == other) is _EQUAL[test.operator]
    return None


def _value(types: Types, function: Function, call: Call) -> Literal | None:
    """Return the literal that what is called gives back and does nothing else."""
    values = types.callee(call, function).values
    only = values[0] if len(values) == 1 else None
    asked = only.function if isinstance(only, Bound) else only
    if not isinstance(asked, Function) or asked.is_async or asked.facts.is_lambda:
        return None
    body = asked.facts.body
    if body.calls or body.regions or body.bindings or len(body.results) != 1:
        return None
    if not _PLAIN.issuperset(map(str, asked.facts.decorators)):
        return None
    below = types.subclasses.get(asked.owner, ()) if asked.owner is not None else ()
    if any(asked.name in cls.methods for cls in below):
        return None
    result = body.results[0]
    given = result.value if result.kind == "return" else None
    return given if isinstance(given, Literal) and given.kind == "bool" else None
