"""What an expression asks before it makes a call: ``f() if asked else g()``, ``a or f()``."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastapi_bp_lint.facts.model import (
    Attr,
    Awaited,
    Call,
    Either,
    Expr,
    Group,
    Item,
    Operation,
    Star,
)

if TYPE_CHECKING:
    from fastapi_bp_lint.facts.model import Body


class Asked(NamedTuple):
    """A condition that is true, or false as *holds* says, where a call is made."""

    test: Expr
    holds: bool


def inline(body: Body) -> dict[int, tuple[Asked, ...]]:
    """Return, by the `id` of each call that an expression makes on a condition, what it asks."""
    found: dict[int, tuple[Asked, ...]] = {}
    roots: list[Expr] = [b.value for b in body.bindings]
    roots += [r.value for r in body.results]
    roots += [r.subject for r in body.regions]
    roots += body.calls
    for root in roots:
        if root is not None and root.__class__ is not str:
            _walk(root, (), found)
    return found


def _walk(expr: Expr, asked: tuple[Asked, ...], found: dict[int, tuple[Asked, ...]]) -> None:
    match expr:
        case Either(operator="IfExp", options=(first, second), test=test):
            _walk(test, asked, found)
            _walk(first, (*asked, Asked(test, holds=True)), found)
            _walk(second, (*asked, Asked(test, holds=False)), found)
        case Either(operator=operator, options=options) if operator != "IfExp":
            for option in options:
                _walk(option, asked, found)
                asked = (*asked, Asked(option, holds=operator == "And"))
        case Call(func=func, args=args, keywords=keywords):
            if asked and len(asked) > len(found.get(id(expr), ())):
                found[id(expr)] = asked
            for part in (func, *args, *[value for _, value in keywords]):
                _walk(part, asked, found)
        case Attr(value=value) | Item(value=value) | Awaited(value=value) | Star(value=value):
            _walk(value, asked, found)
        case Operation(operands=operands):
            for operand in operands:
                _walk(operand, asked, found)
        case Group(items=items):
            for item in items:
                _walk(item, asked, found)
        case _:
            return
