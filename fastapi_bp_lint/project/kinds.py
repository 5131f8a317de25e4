"""What a class of the project is for: a schema, settings, a table, an exception, an enum."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Literal
from fastapi_bp_lint.knowledge.class_names import (
    ENUM_BASES,
    HTTP_ERRORS,
    SCHEMA_BASES,
    SETTINGS_BASES,
    TABLE_BASES,
    TABLE_FIELDS,
)
from fastapi_bp_lint.knowledge.tables import ancestry
from fastapi_bp_lint.project.members import mro
from fastapi_bp_lint.project.values import Class, External

if TYPE_CHECKING:
    from fastapi_bp_lint.project.types import Types

SCHEMA = "schema"
SETTINGS = "settings"
TABLE = "table"
EXCEPTION = "exception"
HTTP_ERROR = "http-error"
ENUM = "enum"

_RAISED = frozenset(
    f"builtins.{name}"
    for name, thing in vars(builtins).items()
    if isinstance(thing, type) and issubclass(thing, BaseException)
)
_RAISED_SUFFIXES = ("Error", "Exception")


def kind_of(types: Types, cls: Class) -> str:
    """Return what *cls* is for, "" when it is none of the kinds above."""
    order = mro(types, cls)
    foreign = {n for base in order if isinstance(base, External) for n in ancestry(base.name)}
    if foreign & SETTINGS_BASES:
        return SETTINGS
    if _is_table(order) or foreign & TABLE_BASES:
        return TABLE
    if foreign & HTTP_ERRORS:
        return HTTP_ERROR
    if foreign & _RAISED or any(n.endswith(_RAISED_SUFFIXES) for n in foreign):
        return EXCEPTION
    if foreign & SCHEMA_BASES:
        return SCHEMA
    return ENUM if foreign & ENUM_BASES else ""


def is_sqlmodel(types: Types, cls: Class) -> bool:
    """Whether *cls* derives from SQLModel, whose schemas stand beside their table."""
    return any(
        isinstance(base, External) and base.name.startswith("sqlmodel.") for base in mro(types, cls)
    )


def _is_table(order: list[Class | External]) -> bool:
    own = order[0]
    if not isinstance(own, Class):
        return False
    if ("table", Literal(True, "bool")) in own.facts.keywords:  # noqa: FBT003 - a literal of facts
        return True
    return any(
        isinstance(base, Class) and not TABLE_FIELDS.isdisjoint(base.fields) for base in order
    )
