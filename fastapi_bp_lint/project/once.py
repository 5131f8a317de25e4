"""What a process does once: behind a condition that asks whether it was done, and notes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Either, Expr, Literal, Operation
from fastapi_bp_lint.project import members
from fastapi_bp_lint.project.branches import Branch
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.project.values import Class, Function

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi_bp_lint.project.types import Types
    from fastapi_bp_lint.project.values import Where

_NONE = Literal(None, "None")
_KEEPS = "__new__"
_INIT = "__init__"
_DEEPEST = 3


class Once:
    """Answers whether a line of a function runs once in a process."""

    def __init__(self, types: Types) -> None:
        self._types = types
        self._kept: dict[Function, tuple[Branch, ...]] = {}
        self._lasting: dict[Class, bool] = {}

    def holds(self, function: Function, line: int) -> bool:
        """Whether *line* is reached only while something that outlives the call is missing.

        It is a global, an attribute of a class, or one of an object that lasts: its class keeps its
        instances by a ``__new__`` of its own, or makes them while modules are imported only. And it
        is set there.
        """
        kept = self._kept.get(function)
        if kept is None:
            kept = self._kept[function] = self._branches(function)
        return any(branch.covers(line) for branch in kept)

    def _branches(self, function: Function) -> tuple[Branch, ...]:
        body = function.facts.body
        lasting = {
            b.target
            for b in body.bindings
            if not (isinstance(b.value, Literal) and not b.value.value)
            if self._lasts(b.target, function)
        }
        if not lasting:
            return ()
        return tuple(
            branch
            for branch in self._types.branches(function)
            for path in _missing(branch.test, holds=branch.holds)
            if path in lasting
            if any(b.target == path and branch.covers(b.span.line) for b in body.bindings)
        )

    def _lasts(self, path: str, function: Function) -> bool:
        head, _, attribute = path.partition(".")
        if not attribute:
            return path in function.facts.body.outer
        if "." in attribute:
            return False
        params = function.facts.params
        if function.owner is not None and params and head == params[0].name:
            if "classmethod" in function.facts.decorators:
                return True
            order = members.mro(self._types, function.owner)
            if any(isinstance(c, Class) and _KEEPS in c.methods for c in order):
                return True
            return self._is_made_early(function.owner, _DEEPEST)
        return any(isinstance(v, Class) for v in self._types.infer(head, function).values)

    def _is_made_early(self, cls: Class, depth: int) -> bool:
        """Whether all objects of *cls* are globals of modules, or attributes of such objects."""
        kept = self._lasting.get(cls)
        if kept is None:
            self._lasting[cls] = False  # while it is asked
            family = [cls, *self._types.subclasses.get(cls, ())]
            places = [where for one in family for where in self._made(one)]
            kept = bool(places) and all(
                isinstance(where, Module)
                or (
                    depth > 0
                    and isinstance(where, Function)
                    and where.name == _INIT
                    and where.owner is not None
                    and self._is_made_early(where.owner, depth - 1)
                )
                for where in places
            )
            self._lasting[cls] = kept
        return kept

    def _made(self, cls: Class) -> Iterator[Where]:
        """Give where something of the name of *cls* is called."""
        return (where for _, where in self._types.callers.named(cls.name))


def _missing(test: Expr, *, holds: bool) -> Iterator[str]:
    """Give the paths that a condition says are empty or None."""
    match test:
        case str() if not holds:
            yield test
        case Operation(operator="Not"):
            yield from _missing(test.operands[0], holds=not holds)
        case Operation(operator="Is" | "IsNot", operands=(str() as path, other)):
            if other == _NONE and (test.operator == "Is") is holds:
                yield path
        case Either(operator="And" | "Or"):
            for option in test.options:
                yield from _missing(option, holds=holds)
