"""What a new node needs from the place it goes to: parentheses, a semicolon."""

from __future__ import annotations

import libcst as cst

from fastapi_bp_lint.edits.units import Unit

_TIGHT = (("value", cst.Attribute | cst.Subscript), ("func", cst.Call), ("expression", cst.Await))
_LOOSE = (
    ("left", cst.BinaryOperation | cst.BooleanOperation | cst.Comparison),
    ("right", cst.BinaryOperation | cst.BooleanOperation),
    ("comparator", cst.ComparisonTarget),
    ("expression", cst.UnaryOperation),
)
_ATOMS = (
    cst.Name
    | cst.Attribute
    | cst.Call
    | cst.Subscript
    | cst.List
    | cst.Set
    | cst.Dict
    | cst.SimpleString
    | cst.FormattedString
)
_OWN_PARENTHESES = cst.Tuple | cst.GeneratorExp


def fitting(unit: Unit, old: cst.CSTNode, new: cst.CSTNode) -> cst.CSTNode:
    """Return *new* such that it can stand where *old* does."""
    if isinstance(old, cst.BaseExpression) and isinstance(new, cst.BaseExpression):
        return _expression(unit, old, new)
    if isinstance(old, cst.BaseSmallStatement) and isinstance(new, cst.BaseSmallStatement):
        return new.with_changes(semicolon=old.semicolon)
    return new


def awaited(node: cst.BaseExpression) -> cst.Await:
    """Return ``await node``; parentheses around the node go around the whole."""
    if isinstance(node, _OWN_PARENTHESES):
        return cst.Await(node)
    inner = node.with_changes(lpar=(), rpar=())
    if not isinstance(node, _ATOMS):
        inner = inner.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    return cst.Await(inner, lpar=node.lpar, rpar=node.rpar)


def spread(call: cst.Call) -> cst.Call:
    """Return *call*, its only argument in parentheses if that is a bare generator."""
    if len(call.args) != 1:
        return call
    value = call.args[0].value
    if not isinstance(value, cst.GeneratorExp) or value.lpar:
        return call
    value = value.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    return call.with_changes(args=[call.args[0].with_changes(value=value)])


def _expression(unit: Unit, old: cst.BaseExpression, new: cst.BaseExpression) -> cst.BaseExpression:
    if new.lpar:
        return new
    if old.lpar and not isinstance(old, _OWN_PARENTHESES):
        return new.with_changes(lpar=old.lpar, rpar=old.rpar)
    if isinstance(new, _ATOMS) or type(new) is type(old):
        return new
    places = _TIGHT if isinstance(new, cst.Await) else (*_TIGHT, *_LOOSE)
    for parent in unit.positions:
        for field, kinds in places:
            if isinstance(parent, kinds) and getattr(parent, field) is old:
                return new.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    return new
