"""What a value declared with an annotation holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Attr, Expr, Group, Item, Literal, Operation
from fastapi_bp_lint.finding import Certainty
from fastapi_bp_lint.knowledge.typing_names import (
    AWAITABLES,
    LOWER_GENERICS,
    OPAQUE,
    OPTIONAL,
    TRANSPARENT,
    TYPE_VARIABLES,
    UNION,
)
from fastapi_bp_lint.project.values import (
    UNKNOWN,
    Alias,
    Class,
    Coroutine,
    External,
    Held,
    Instance,
    Value,
    Where,
    one,
    union,
)

if TYPE_CHECKING:
    from fastapi_bp_lint.project.types import Types


def is_class_name(name: str) -> bool:
    """Whether a dotted name of another library reads like a class."""
    last = name.rpartition(".")[2].lstrip("_")
    return last[:1].isupper() and not last.isupper()


def is_type(held: Held) -> bool:
    """Whether subscripting *held*, or joining it with ``|``, makes a type."""
    return any(
        isinstance(v, Class | Alias)
        or (isinstance(v, External) and (v.name in LOWER_GENERICS or is_class_name(v.name)))
        for v in held.values
    )


def annotated(types: Types, expr: Expr, where: Where) -> Held:
    """Return what a value annotated with *expr* holds."""
    match expr:
        case None:
            return UNKNOWN
        case str():
            return _named(types, expr, where)
        case Attr():
            return _declared(types, types.infer(expr, where))
        case Item():
            return _subscripted(types, expr, where)
        case Operation() if expr.operator == "BitOr":
            return _union(types, expr.operands, where)
        case _:
            return UNKNOWN


def _named(types: Types, name: str, where: Where) -> Held:
    known = types.declared.get(where)
    if known is None:
        known = types.declared[where] = {}
    held = known.get(name)
    if held is None:
        cuts = types.cuts
        held = _declared(types, types.dotted(name, where))
        if cuts == types.cuts:
            known[name] = held
    return held


def _declared(types: Types, held: Held) -> Held:
    """Return instances of what a plain annotation names."""
    options = [_declared_by(types, v) for v in held.values]
    return union(*options).doubted(held.certainty)


def _declared_by(types: Types, value: Value) -> Held:
    if isinstance(value, Class):
        return one(Instance(value))
    if isinstance(value, External):
        # A bare ``Final`` or ``ClassVar`` says nothing about the value.
        opaque = value.name in OPAQUE or value.name in TRANSPARENT
        return UNKNOWN if opaque else one(Instance(value))
    if isinstance(value, Alias):
        # An alias may stand in itself: JSON = dict[str, "JSON"] | str.
        key = "alias", id(value.expr), value.where
        return types.keep(key, lambda: annotated(types, value.expr, value.where))
    if isinstance(value, Instance) and isinstance(value.of, External):
        return _bound_of(types, value) if value.of.name in TYPE_VARIABLES else UNKNOWN
    return UNKNOWN


def is_type_variable(types: Types, expr: Expr, where: Where) -> bool:
    """Whether an annotation is a bare type variable, which says nothing of itself."""
    return isinstance(expr, str) and any(
        isinstance(v, Instance) and isinstance(v.of, External) and v.of.name in TYPE_VARIABLES
        for v in types.infer(expr, where).values
    )


def _bound_of(types: Types, variable: Instance) -> Held:
    """Return what a type variable is bound to: it may be a subclass, so likely at most."""
    if variable.origin is None:
        return UNKNOWN
    module, call = variable.origin
    for name, value in call.keywords:
        if name == "bound":
            return annotated(types, value, module).doubted(Certainty.LIKELY)
    return UNKNOWN


def _union(types: Types, options: tuple[Expr, ...], where: Where) -> Held:
    """Return the union of the options but None; one that is unknown makes the rest doubtful."""
    some = [o for o in options if not _is_none(o)]
    return union(*[annotated(types, o, where) for o in some])


def _is_none(expr: Expr) -> bool:
    return expr == "None" or (isinstance(expr, Literal) and expr.kind == "None")


def arguments(expr: Item) -> tuple[Expr, ...]:
    """Return the parts between the brackets of a subscripted type."""
    return expr.key.items if isinstance(expr.key, Group) else (expr.key,)


def _subscripted(types: Types, expr: Item, where: Where) -> Held:
    base = types.infer(expr.value, where)
    parts = arguments(expr)
    options = [_subscripted_by(types, v, parts, where) for v in base.values]
    return union(*options).doubted(base.certainty)


def _subscripted_by(types: Types, base: Value, parts: tuple[Expr, ...], where: Where) -> Held:
    if isinstance(base, Class):
        return one(Instance(base, tuple([annotated(types, p, where) for p in parts])))
    if isinstance(base, Alias):
        return annotated(types, base.expr, base.where)
    if not isinstance(base, External) or not parts:
        return UNKNOWN
    if base.name in TRANSPARENT:
        return annotated(types, parts[0], where)
    if base.name in OPTIONAL or base.name in UNION:
        return _union(types, parts, where)
    if base.name in AWAITABLES:
        return one(Coroutine(annotated(types, parts[-1], where)))
    if base.name in {"builtins.type", "typing.Type"}:
        held = annotated(types, parts[0], where)
        classes = tuple([v.of for v in held.values if isinstance(v, Instance)])
        return Held(classes, held.certainty)
    if base.name in OPAQUE:
        return UNKNOWN
    return one(Instance(base, tuple([annotated(types, p, where) for p in parts])))


def metadata(types: Types, expr: Expr, where: Where) -> list[tuple[Expr, Where]]:
    """Return what stands behind the type in ``Annotated[...]``, inner and aliased ones included.

    In the order in which Python flattens it: the innermost ``Annotated`` first.
    """
    if isinstance(expr, Item):
        base = types.infer(expr.value, where)
        parts = arguments(expr)
        if any(isinstance(v, External) and v.name in _ANNOTATED for v in base.values):
            return [*metadata(types, parts[0], where), *[(p, where) for p in parts[1:]]]
        return []
    if isinstance(expr, str | Attr):
        found: list[tuple[Expr, Where]] = []
        for value in types.infer(expr, where).values:
            if isinstance(value, Alias):
                found += metadata(types, value.expr, value.where)
        return found
    return []


_ANNOTATED = {"typing.Annotated", "typing_extensions.Annotated"}
