"""The member of an enum of the project that a dotted name stands for, and what it equals."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from fastapi_bp_lint.facts.model import Call, Expr, Literal
from fastapi_bp_lint.knowledge.class_names import ENUM_BASES, FLAG_BASES
from fastapi_bp_lint.project.members import mro
from fastapi_bp_lint.project.values import Class, External, Function

if TYPE_CHECKING:
    from fastapi_bp_lint.project.types import Types

_OWN = {"__eq__", "__new__", "__init__", "__bool__"}
_PLAIN = {"enum.Enum", "builtins.object"}
_KINDS = {"str", "int", "float", "bool", "None"}


class Member(NamedTuple):
    """A member of the enum *owner*; *is_mixed* says that it is a text or a number as well.

    *literal* is its value where that is one, *is_made* that a call without arguments makes it.
    """

    owner: Class
    name: str
    literal: Literal | None
    is_made: bool
    is_mixed: bool


Constant: TypeAlias = "str | int | float | bool | Member | None"


def member(types: Types, path: Expr, function: Function) -> Member | None:
    """Return the member that *path* stands for in *function*, None where it is none."""
    if not isinstance(path, str) or "." not in path:
        return None
    of, _, name = path.rpartition(".")
    head = of.partition(".")[0]
    if any(p.name == head for p in function.facts.params):
        return None
    held = types.infer(of, function)
    cls = held.values[0] if len(held.values) == 1 else None
    if not isinstance(cls, Class) or name not in cls.fields or name in cls.methods:
        return None
    order = mro(types, cls)
    foreign = {base.name for base in order if isinstance(base, External)}
    if not foreign & ENUM_BASES or foreign & FLAG_BASES:
        return None
    if any(isinstance(base, Class) and not _OWN.isdisjoint(base.methods) for base in order):
        return None
    value = cls.fields[name][0]
    literal = value if isinstance(value, Literal) and value.kind in _KINDS else None
    is_made = isinstance(value, Call) and not value.args
    return Member(cls, name, literal, is_made, is_mixed=not foreign <= _PLAIN)


def equal(one: Constant, other: Constant) -> bool | None:
    """Whether two constants are equal; None when that cannot be told."""
    if isinstance(other, Member) and not isinstance(one, Member):
        one, other = other, one
    if not isinstance(one, Member):
        return one == other and isinstance(one, bool) is isinstance(other, bool)
    if not isinstance(other, Member):
        if not one.is_mixed or other is None:
            return False
        return one.literal.value == other if one.literal is not None else None
    if one.owner is other.owner and one.name == other.name:
        return True
    if one.owner is not other.owner and not (one.is_mixed and other.is_mixed):
        return False
    if one.literal is not None and other.literal is not None:
        return one.literal.value == other.literal.value
    is_told = all(m.is_made or m.literal is not None for m in (one, other))
    return False if one.owner is other.owner and is_told else None


def is_true(constant: Constant) -> bool | None:
    """Whether a constant is true; None when that cannot be told."""
    if not isinstance(constant, Member):
        return bool(constant)
    if not constant.is_mixed:
        return True
    return bool(constant.literal.value) if constant.literal is not None else None
