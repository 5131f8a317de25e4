"""What a call hands in for a parameter, stars in the call and in the parameters looked through."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastapi_bp_lint.facts.model import Call, Param, Star
from fastapi_bp_lint.project.values import (
    UNKNOWN,
    Bound,
    Class,
    Function,
    Held,
    Instance,
    Several,
    Value,
    Where,
    one,
)

if TYPE_CHECKING:
    from fastapi_bp_lint.facts.model import Expr
    from fastapi_bp_lint.project.types import Types

_PLAIN = {"positional", "normal"}


class Spread(NamedTuple):
    """The arguments of a call; *is_open* says that more may follow than could be told."""

    plain: list[Held]
    named: dict[str, Held]
    is_open: bool


def argument(
    function: Function, param: Param, call: Call, callee: tuple[Value, ...]
) -> tuple[Expr, bool]:
    """Return the argument of *call* for *param*, and whether it can be told."""
    for name, value in call.keywords:
        if name == param.name:
            return value, True
        if name is None:
            return None, False
    plain = [p for p in function.facts.params if p.kind in _PLAIN]
    if param not in plain:
        return None, False
    position = plain.index(param) - _skipped(function, callee)
    if position < 0 or any(isinstance(a, Star) for a in call.args[: position + 1]):
        return None, False
    return (call.args[position], True) if position < len(call.args) else (None, False)


def _skipped(function: Function, callee: tuple[Value, ...]) -> int:
    """Return how many parameters are the receiver's."""
    bound = any(isinstance(v, Bound | Class | Instance) for v in callee)
    return int(bound and function.owner is not None)


def handed(
    types: Types,
    function: Function,
    param: Param,
    call: Call,
    where: Where,
    callee: tuple[Value, ...],
) -> Held:
    """Return what *call*, made in *where*, hands in for *param*."""
    given, found = argument(function, param, call, callee)
    if found:
        return types.infer(given, where, call.span.line)
    if param.kind in _PLAIN and not _has_stars(call):
        return UNKNOWN
    return _picked(function, param, _spread(types, call, where), _skipped(function, callee))


def _has_stars(call: Call) -> bool:
    return any(isinstance(a, Star) for a in call.args) or any(n is None for n, _ in call.keywords)


def _spread(types: Types, call: Call, where: Where) -> Spread:
    """Return the arguments of a call, what stars stand for included."""
    line = call.span.line
    plain: list[Held] = []
    named: dict[str, Held] = {}
    is_open = False
    for given in call.args:
        if not isinstance(given, Star):
            plain.append(types.infer(given, where, line))
            continue
        items = _items(types.infer(given.value, where, line))
        is_open = is_open or items is None
        if items is None:
            break
        plain += [held for _, held in items]
    for name, value in call.keywords:
        if name is not None:
            named[name] = types.infer(value, where, line)
            continue
        named.update(
            (str(key), held) for key, held in _items(types.infer(value, where, line)) or ()
        )
    return Spread(plain, named, is_open)


def _items(held: Held) -> tuple[tuple[str | int, Held], ...] | None:
    only = held.values[0] if len(held.values) == 1 else None
    return only.items if isinstance(only, Several) else None


def _picked(function: Function, param: Param, spread: Spread, skipped: int) -> Held:
    params = function.facts.params
    plain = [p for p in params if p.kind in _PLAIN][skipped:]
    if param.kind == "star":
        rest = spread.plain[len(plain) :]
        return one(Several("tuple", tuple(enumerate(rest)))) if rest else UNKNOWN
    if param.kind == "double-star":
        names = {p.name for p in params if p.kind in {"normal", "keyword"}}
        rest_named = tuple((n, held) for n, held in spread.named.items() if n not in names)
        return one(Several("dict", rest_named)) if rest_named else UNKNOWN
    if param.name in spread.named:
        return spread.named[param.name]
    position = plain.index(param) if param in plain else len(spread.plain)
    return spread.plain[position] if position < len(spread.plain) else UNKNOWN
