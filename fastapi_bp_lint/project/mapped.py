"""Relationships of mapped classes: reading one of a loaded object asks the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Call, Literal, Mapping
from fastapi_bp_lint.knowledge.mapped import ARGUMENTS, EAGER, RELATIONSHIPS
from fastapi_bp_lint.project import members
from fastapi_bp_lint.project.values import Class, External

if TYPE_CHECKING:
    from fastapi_bp_lint.facts.model import Expr
    from fastapi_bp_lint.project.types import Types

_WORDS = {name.rpartition(".")[2] for name in RELATIONSHIPS}


class Mapped:
    """Answers which fields of the project's classes are loaded when they are read."""

    def __init__(self, types: Types) -> None:
        self._types = types
        self._fields: dict[Class, frozenset[str]] = {}
        for cls in types.names.classes:
            told = [name for name, (value, _) in cls.fields.items() if _is_named(value)]
            if told:
                self._fields[cls] = frozenset(told)
        self.names = frozenset().union(*self._fields.values())

    def has(self, cls: Class | External) -> bool:
        """Whether a class has relationships, of itself or of what it derives from."""
        return (
            isinstance(cls, Class)
            and bool(self._fields)
            and any(base in self._fields for base in members.mro(self._types, cls))
        )

    def is_lazy(self, cls: Class, name: str) -> bool:
        """Whether reading the field *name* of a loaded object may ask the database."""
        for base in members.mro(self._types, cls):
            if isinstance(base, Class) and name in self._fields.get(base, ()):
                return self._is_lazy(base.fields[name][0], base)
        return False

    def _is_lazy(self, call: Expr, cls: Class) -> bool:
        assert isinstance(call, Call)
        callee = self._types.infer(call.func, cls)
        if not any(isinstance(v, External) and v.name in RELATIONSHIPS for v in callee.values):
            return False
        given = dict(call.keywords)
        lazy = given.get("lazy")
        more = given.get(ARGUMENTS)
        if isinstance(more, Mapping):
            lazy = dict(more.items).get(Literal("lazy", "str"), lazy)
        return not (isinstance(lazy, Literal) and (lazy.value in EAGER or lazy.value is False))


def _is_named(value: Expr) -> bool:
    func = value.func if isinstance(value, Call) else None
    return isinstance(func, str) and func.rpartition(".")[2] in _WORDS
