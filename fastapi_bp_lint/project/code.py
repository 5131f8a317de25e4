"""Expressions written out as code again, with names put as the reader wants them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from fastapi_bp_lint.facts.model import (
    Attr,
    Awaited,
    Call,
    Expr,
    Group,
    Item,
    Literal,
    Operation,
)

Rename: TypeAlias = "Callable[[str], str | None]"
_OPERATORS = {
    "BitOr": "|",
    "BitAnd": "&",
    "Eq": "==",
    "NotEq": "!=",
    "Is": "is",
    "IsNot": "is not",
    "In": "in",
    "NotIn": "not in",
    "Lt": "<",
    "LtE": "<=",
    "Gt": ">",
    "GtE": ">=",
    "Add": "+",
    "Sub": "-",
}


def as_written(name: str) -> str | None:
    """Leave a name as it is."""
    return name


def code_of(expr: Expr, rename: Rename = as_written) -> str | None:
    """Return *expr* as code; None where the facts do not have all of it, or *rename* a name."""
    match expr:
        case str():
            head, dot, rest = expr.partition(".")
            name = rename(head)
            return None if name is None else name + dot + rest
        case Literal():
            known = expr.kind in {"str", "int", "float", "bool", "None"}
            return repr(expr.value) if known else None
        case Attr():
            return _joined("{}.{}", code_of(expr.value, rename), expr.name)
        case Awaited():
            return _joined("await {}", code_of(expr.value, rename))
        case Item():
            plain = isinstance(expr.key, Group) and expr.key.kind == "tuple"
            parts = expr.key.items if isinstance(expr.key, Group) and plain else (expr.key,)
            return _joined("{}[{}]", code_of(expr.value, rename), _listed(parts, rename))
        case Group(kind="list"):
            return _joined("[{}]", _listed(expr.items, rename))
        case Group(kind="tuple"):
            return _joined("({})", _listed(expr.items, rename))
        case Operation() if expr.operator in _OPERATORS and len(expr.operands) > 1:
            parts = expr.operands
            return _listed(parts, rename, f" {_OPERATORS[expr.operator]} ")
        case Call():
            return _call(expr, rename)
        case _:
            return None


def _call(call: Call, rename: Rename) -> str | None:
    func = code_of(call.func, rename)
    if isinstance(call.func, Attr) and isinstance(call.func.value, Awaited):
        func = _joined("({}).{}", code_of(call.func.value, rename), call.func.name)
    given = [code_of(arg, rename) for arg in call.args]
    for name, value in call.keywords:
        given.append(_joined("{}={}", name, code_of(value, rename)))
    return _joined("{}({})", func, None if None in given else ", ".join(map(str, given)))


def _listed(parts: tuple[Expr, ...], rename: Rename, between: str = ", ") -> str | None:
    written = [code_of(part, rename) for part in parts]
    return None if None in written else between.join(map(str, written))


def _joined(pattern: str, *parts: str | None) -> str | None:
    return None if None in parts else pattern.format(*parts)
