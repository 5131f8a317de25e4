"""Objects that a sync session has loaded: reading a relationship of theirs asks the database."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Attr, Call, Literal, Mapping
from fastapi_bp_lint.knowledge.mapped import (
    ALL,
    ARGUMENTS,
    CARRIERS,
    CHANGES_LOADING,
    EAGER,
    GETS,
    ONE,
    QUERY,
    RELATIONSHIPS,
    ROWS,
    RUNS,
    SESSIONS,
    STATEMENT,
    STATEMENTS,
)
from fastapi_bp_lint.knowledge.tables import ancestry
from fastapi_bp_lint.project import members
from fastapi_bp_lint.project.values import (
    UNKNOWN,
    Class,
    External,
    Held,
    Instance,
    Where,
    one,
)

if TYPE_CHECKING:
    from fastapi_bp_lint.facts.model import Expr
    from fastapi_bp_lint.project.types import Types

_LIST = External("builtins.list")
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
        """Whether a class itself has relationships."""
        return isinstance(cls, Class) and cls in self._fields

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

    def given(self, name: str, call: Call, where: Where) -> Held:
        """Return what a session, a statement or a result gives, where mapped classes tell."""
        if not self._fields:
            return UNKNOWN
        if name in STATEMENTS:
            return self._carrying(STATEMENT, self._entity(call, where))
        owner, _, method = name.rpartition(".")
        if owner in CARRIERS:
            return self._of_carrier(owner, method, call, where)
        if SESSIONS.isdisjoint(ancestry(owner)) or not call.args:
            return UNKNOWN
        if method in GETS:
            return loaded(self._entity(call, where))
        if method == "query":
            return self._carrying(QUERY, loaded(self._entity(call, where)))
        held = self._types.infer(call.args[0], where, call.span.line)
        carried = loaded(_argument(held))
        if method == "scalar":
            return carried
        return self._carrying(RUNS[method], carried) if method in RUNS else UNKNOWN

    def _of_carrier(self, owner: str, method: str, call: Call, where: Where) -> Held:
        func = call.func
        of = func.rpartition(".")[0] if isinstance(func, str) else None
        receiver = func.value if isinstance(func, Attr) else of
        carried = _argument(self._types.infer(receiver, where, call.span.line))
        if method in ONE:
            return carried
        if method in ALL:
            return one(Instance(_LIST, (carried,))) if carried.values else UNKNOWN
        if method == CHANGES_LOADING:
            return UNKNOWN
        return self._carrying(ROWS if method == "scalars" else owner, carried)

    def _entity(self, call: Call, where: Where) -> Held:
        """Return an object of the mapped class that a call names first and alone."""
        if not call.args or (len(call.args) > 1 and isinstance(call.func, str)):
            first = call.args[0] if call.args and str(call.func).endswith(tuple(GETS)) else None
        else:
            first = call.args[0]
        held = self._types.infer(first, where, call.span.line)
        only = held.values[0] if len(held.values) == 1 else None
        if isinstance(only, Class) and any(
            base in self._fields for base in members.mro(self._types, only)
        ):
            return one(Instance(only))
        return UNKNOWN

    def _carrying(self, name: str, held: Held) -> Held:
        return one(Instance(External(name), (held,))) if held.values else UNKNOWN


def loaded(held: Held) -> Held:
    """Return the same objects, as a sync session has loaded them."""
    values = [replace(v, is_loaded=True) if isinstance(v, Instance) else v for v in held.values]
    return Held(tuple(values), held.certainty)


def carried(instance: Instance) -> Held:
    """Return what each row of a result is, where a mapped class tells."""
    is_carrier = isinstance(instance.of, External) and instance.of.name in CARRIERS
    return instance.args[0] if is_carrier and instance.args else UNKNOWN


def _argument(held: Held) -> Held:
    only = held.values[0] if len(held.values) == 1 else None
    return carried(only) if isinstance(only, Instance) else UNKNOWN


def _is_named(value: Expr) -> bool:
    func = value.func if isinstance(value, Call) else None
    return isinstance(func, str) and func.rpartition(".")[2] in _WORDS
