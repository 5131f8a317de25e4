"""Which expressions give plain values: texts, numbers, containers, what harmless calls return."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import (
    Attr,
    Call,
    Comprehension,
    Expr,
    Group,
    Item,
    Literal,
    Mapping,
    Operation,
    Text,
)
from fastapi_bp_lint.finding import Span
from fastapi_bp_lint.knowledge.harmless import gives_plain
from fastapi_bp_lint.project.flow import reaching
from fastapi_bp_lint.project.values import External, Held, Instance, Scalar, Several

if TYPE_CHECKING:
    from fastapi_bp_lint.project.types import Types
    from fastapi_bp_lint.project.values import Function, Value

_DEEPEST = 8
_NOWHERE = Span(0, 0, 0, 0)


class Plain:
    """Answers for the expressions that `Types` knows nothing of."""

    def __init__(self, types: Types) -> None:
        self._types = types

    def is_plain(self, expr: Expr, function: Function, line: int, depth: int = 0) -> bool:
        """Whether *expr* is a text, a number, a container, or what a harmless call gives."""
        if depth > _DEEPEST:
            return False
        match expr:
            case Literal() | Text() | Group() | Mapping() | Comprehension():
                return True
            case Operation():
                return any(self.is_plain(o, function, line, depth + 1) for o in expr.operands)
            case Item() | Attr():
                return self.is_plain(expr.value, function, line, depth + 1)
            case Call():
                held = self._types.infer(expr.func, function, expr.span.line)
                if held.values:
                    return _gives_plain(held)
                return self.is_plain(receiver(expr), function, line, depth + 1)
            case str():
                return self._is_plain_name(expr, function, line, depth)
            case _:
                return False

    def _is_plain_name(self, path: str, function: Function, line: int, depth: int) -> bool:
        held = self._types.infer(path, function, line)
        if held.values:
            return all(_is_plain_value(v) for v in held.values)
        name = path.partition(".")[0]
        local = self._types.locals(function).get(name)
        if local is not None:
            reached = reaching(local, function.facts.body.regions, line)
            values = [getattr(thing, "value", None) for thing in reached]
            lines = [getattr(thing, "span", _NOWHERE).line for thing in reached]
            return bool(values) and all(
                self.is_plain(v, function, n, depth + 1) for v, n in zip(values, lines, strict=True)
            )
        bindings = [b for b in function.module.facts.body.bindings if b.target == name]
        return bool(bindings) and all(
            b.kind in {"assign", "annotation"} and self._is_plain_globally(b.value, function)
            for b in bindings
        )

    def _is_plain_globally(self, value: Expr, function: Function) -> bool:
        if isinstance(value, Call):
            return _gives_plain(self._types.infer(value.func, function.module))
        return isinstance(value, Literal | Text | Group | Mapping)


def receiver(call: Call) -> Expr:
    """Return what the method is called on, None for a call of a plain name."""
    if isinstance(call.func, Attr):
        return call.func.value
    return call.func.rpartition(".")[0] or None if isinstance(call.func, str) else None


def is_container(name: str) -> bool:
    """Whether objects of a class of another library are texts, numbers or containers of Python."""
    return name.startswith(("builtins.", "collections.", "starlette.datastructures."))


def _is_plain_value(value: Value) -> bool:
    match value:
        case Scalar() | Several():
            return True
        case Instance(of=External()):
            return is_container(value.of.name) or gives_plain(value.of.name)
        case External():
            return gives_plain(value.name)
        case _:
            return False


def _gives_plain(held: Held) -> bool:
    return bool(held.values) and all(
        isinstance(v, External) and gives_plain(v.name) for v in held.values
    )
