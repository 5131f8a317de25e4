"""One of many alternatives: the line that a text leads to, which somebody above chose."""

from __future__ import annotations

import builtins
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from fastapi_bp_lint.facts.model import (
    Attr,
    Call,
    Either,
    Expr,
    Group,
    Item,
    Literal,
    Mapping,
    Operation,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi_bp_lint.project.types import Types
    from fastapi_bp_lint.project.values import Function

_WIDE = 8
_DEEPEST = 6
_TESTS = (".startswith", ".endswith")
_TOLD = (str, Literal, Group, Mapping, Attr)
_LOOPS = {"for", "async-for", "comprehension", "generator"}
_BUILTINS = frozenset(dir(builtins))


class _Asked(NamedTuple):
    """What is asked of *name* holds on the lines after *start* up to *end*."""

    name: str
    start: int
    end: int
    is_pattern: bool


class Choices:
    """Answers which lines of a function are one of many, and who chooses among them."""

    def __init__(self, types: Types) -> None:
        self._types = types
        self._wide: dict[Function, frozenset[str]] = {}
        self._kept: dict[Function, tuple[_Asked, ...]] = {}

    def wide(self, function: Function) -> frozenset[str]:
        """Return the names and paths on which *function* has many alternatives depend."""
        kept = self._wide.get(function)
        if kept is None:
            asked: Counter[str] = Counter()
            for region in function.facts.body.regions:
                if region.kind in {"if", "case"}:
                    asked.update(set(subjects(region.subject, region.kind)))
            wide = [name for name, times in asked.items() if times >= _WIDE]
            kept = self._wide[function] = frozenset(wide)
        return kept

    def is_open(self, function: Function, line: int) -> bool:
        """Whether *line* is one of many alternatives that neither arguments nor settings tell.

        Also where a parameter that was given another value has to be some text. One that is asked
        as it was handed in is for the callers to say, but in a ``case``, whose pattern is no text.
        """
        asked = [a for a in self._asked(function) if a.start < line <= a.end]
        return any(
            a.name in self.wide(function) or self._is_replaced(a.name, function)
            for a in asked
            if a.is_pattern or not self.is_as_handed(a.name, function)
            if not self.is_set(a.name, function)
        )

    def _asked(self, function: Function) -> tuple[_Asked, ...]:
        """Return the names that the conditions of *function* ask for."""
        kept = self._kept.get(function)
        if kept is None:
            body = function.facts.body
            found = [
                _Asked(name, branch.start, branch.end, is_pattern=False)
                for branch in self._types.branches(function)
                if branch.holds
                for name in subjects(branch.test)
            ]
            found += [
                _Asked(name, region.line, region.end_line, is_pattern=True)
                for region in body.regions
                if region.kind == "case"
                for name in subjects(region.subject, "case")
            ]
            kept = self._kept[function] = tuple(found)
        return kept

    def _is_replaced(self, name: str, function: Function) -> bool:
        """Whether a parameter is given a value that does not come from what it was."""
        return any(p.name == name for p in function.facts.params) and any(
            b.target == name and not _mentions(b.value, name) and not self.is_set(b.value, function)
            for b in function.facts.body.bindings
        )

    def is_as_handed(self, name: str, function: Function) -> bool:
        """Whether *name* is a parameter that the body never gives another value."""
        return any(p.name == name for p in function.facts.params) and not any(
            b.target == name for b in function.facts.body.bindings
        )

    def is_set(self, expr: Expr, function: Function, depth: int = _DEEPEST) -> bool:
        """Whether *expr* is a setting: made of literals, globals and what the receiver has."""
        if not depth:
            return False
        parts: tuple[Expr, ...]
        match expr:
            case str():
                return self._is_name_set(expr, function, depth)
            case Literal():
                return True
            case Attr(value=value) | Item(value=value):
                parts = (value,)
            case Call():
                parts = (expr.func, *expr.args, *[value for _, value in expr.keywords])
            case Either():
                parts = expr.options
            case Operation():
                parts = expr.operands
            case Group():
                parts = expr.items
            case _:
                return False
        return all(self.is_set(part, function, depth - 1) for part in parts)

    def _is_name_set(self, path: str, function: Function, depth: int) -> bool:
        head, _, rest = path.partition(".")
        params = function.facts.params
        if any(p.name == head for p in params):
            return bool(rest) and function.owner is not None and params[0].name == head
        bound = [b for b in function.facts.body.bindings if b.target in {head, path}]
        if bound:
            return all(
                b.kind not in _LOOPS and self.is_set(b.value, function, depth - 1) for b in bound
            )
        scope = self._types.names.scope(function.module, "")
        return head in scope or head in self._types.locals(function) or head in _BUILTINS


def subjects(test: Expr, kind: str = "if") -> Iterator[str]:
    """Give the names that a condition compares with a text, or looks for among some."""
    match test:
        case str() if kind == "case":
            yield test
        case Operation(
            operator="Eq" | "In", operands=(str() as asked, str() | Literal() | Group())
        ):
            yield asked
        case Operation(operator="Eq" | "In", operands=(str() as asked, Mapping() | Attr())):
            yield asked
        case Call(func=str() as name) if name.endswith(_TESTS):
            yield name.rpartition(".")[0]
        case Either(operator="And" | "Or"):
            for option in test.options:
                yield from subjects(option)


def _mentions(expr: Expr, name: str) -> bool:
    """Whether *name* stands in *expr*."""
    match expr:
        case str():
            return expr.partition(".")[0] == name
        case Attr(value=value) | Item(value=value):
            return _mentions(value, name)
        case Call():
            given = (*expr.args, *[value for _, value in expr.keywords])
            return any(_mentions(part, name) for part in (expr.func, *given))
        case Either():
            return any(_mentions(option, name) for option in (*expr.options, expr.test))
        case Operation():
            return any(_mentions(operand, name) for operand in expr.operands)
        case _:
            return False
