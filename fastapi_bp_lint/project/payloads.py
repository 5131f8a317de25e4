"""The classes of the project that a type is made of, in the order in which it names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Attr, Expr, Group, Item, Operation
from fastapi_bp_lint.project.lazy import is_loaded
from fastapi_bp_lint.project.members import mro
from fastapi_bp_lint.project.values import Alias, Class

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi_bp_lint.project.project import Project
    from fastapi_bp_lint.project.values import Where

_DEEPEST = 6


def classes_in(expr: Expr, where: Where, project: Project, depth: int = 0) -> Iterator[Class]:
    """Give the classes that the type *expr*, written in *where*, names."""
    if depth > _DEEPEST:
        return
    match expr:
        case str() | Attr():
            for value in project.types.infer(expr, where).values:
                if isinstance(value, Class):
                    yield value
                elif isinstance(value, Alias):
                    yield from classes_in(value.expr, value.where, project, depth + 1)
        case Item():
            yield from classes_in(expr.value, where, project, depth + 1)
            yield from classes_in(expr.key, where, project, depth + 1)
        case Group():
            for item in expr.items:
                yield from classes_in(item, where, project, depth + 1)
        case Operation():
            for operand in expr.operands:
                yield from classes_in(operand, where, project, depth + 1)
        case _:
            return


def within(classes: list[Class], project: Project) -> list[Class]:
    """Return *classes* and those that their fields are made of."""
    found = list(dict.fromkeys(classes))
    for cls in found:
        for base in mro(project.types, cls):
            if not isinstance(base, Class):
                continue
            for name, (_, annotation) in base.fields.items():
                if is_loaded(project.types, cls, name):
                    continue  # a relationship is no field: nothing serializes it
                found += [c for c in classes_in(annotation, base, project) if c not in found]
    return found
