"""Attributes of tables that the database loads when they are first read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Call
from fastapi_bp_lint.knowledge.harmless import RELATIONSHIPS
from fastapi_bp_lint.project.kinds import TABLE, kind_of
from fastapi_bp_lint.project.members import mro
from fastapi_bp_lint.project.values import Class, External

if TYPE_CHECKING:
    from fastapi_bp_lint.project.types import Types


def is_loaded(types: Types, cls: Class, name: str) -> bool:
    """Whether reading the attribute *name* of an object of *cls* may run a query."""
    if kind_of(types, cls) != TABLE:
        return False
    for base in mro(types, cls):
        made = base.fields.get(name, (None, None))[0] if isinstance(base, Class) else None
        if isinstance(made, Call) and isinstance(base, Class):
            held = types.infer(made.func, base)
            return any(isinstance(v, External) and v.name in RELATIONSHIPS for v in held.values)
    return False
