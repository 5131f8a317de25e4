"""Whether a value that is unknown comes out of another library, whose source may tell more."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Attr, Awaited, Binding, Call, Either, Expr, Import, Item
from fastapi_bp_lint.knowledge.statements import STATEMENTS
from fastapi_bp_lint.knowledge.tables import ancestry, owners
from fastapi_bp_lint.project import members
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.project.values import Class, External, Function, Held, Instance, Where

if TYPE_CHECKING:
    from fastapi_bp_lint.project.types import Types
    from fastapi_bp_lint.project.values import Value

_DEEPEST = 6


def is_foreign(types: Types, expr: Expr, where: Where, line: int, depth: int = _DEEPEST) -> bool:
    """Whether *expr*, which holds nothing that is known, is made by another library.

    Not by the standard library, which the tables know, nor as a statement, which does nothing.
    """
    if not depth:
        return False
    held = types.infer(expr, where, line)
    if held.values:
        return _of_library(held)
    match expr:
        case str():
            return _named(types, expr, where, line, depth - 1)
        case Attr() | Item():
            return is_foreign(types, expr.value, where, line, depth - 1)
        case Call():
            return is_foreign(types, expr.func, where, line, depth - 1)
        case Either():
            return any(is_foreign(types, o, where, line, depth - 1) for o in expr.options)
        case Awaited():
            return False
        case _:
            return False


def is_unheard_of(value: Value) -> bool:
    """Whether a value is a name of another library of which the tables have nothing."""
    if not isinstance(value, External):
        return False
    owner = value.name.rpartition(".")[0]
    return not any(base in owners() for base in ancestry(owner))


def _of_library(held: Held) -> bool:
    names = [
        v.name if isinstance(v, External) else v.of.name
        for v in held.values
        if isinstance(v, External) or (isinstance(v, Instance) and isinstance(v.of, External))
    ]
    return any(
        name not in STATEMENTS and name.partition(".")[0] not in sys.stdlib_module_names
        for name in names
    )


def _named(types: Types, path: str, where: Where, line: int, depth: int) -> bool:
    """Whether a dotted name begins with, or is bound to, what another library made."""
    owner, _, name = path.rpartition(".")
    if owner:
        held = types.infer(owner, where, line)
        for value in held.values:
            cls = value.of if isinstance(value, Instance) else None
            if isinstance(cls, Class):
                given = [pair for c in members.mro(types, cls) for pair in _set(c, name)]
                return any(is_foreign(types, b.value, f, b.span.line, depth) for f, b in given)
        return is_foreign(types, owner, where, line, depth)
    if isinstance(where, Function) and path in types.locals(where):
        bound = [b for b in types.locals(where)[path] if isinstance(b, Binding)]
        return any(is_foreign(types, b.value, where, b.span.line, depth) for b in bound)
    return _global(types, path, where if isinstance(where, Module) else where.module, depth)


def _global(types: Types, name: str, module: Module, depth: int) -> bool:
    for thing in types.names.scope(module, "").get(name, ()):
        if isinstance(thing, Binding) and is_foreign(types, thing.value, module, 0, depth):
            return True
        if isinstance(thing, Import) and depth:
            source = types.names.imported(thing, module)
            if not isinstance(source, Held) and _global(types, source[1], source[0], depth - 1):
                return True
    return False


def _set(cls: Class | External, name: str) -> list[tuple[Function, Binding]]:
    return list(members.assignments(cls, name)) if isinstance(cls, Class) else []
