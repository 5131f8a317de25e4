"""Which ``typing.overload`` of a function a call means: its arguments and their literals tell."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Call, Expr, Group, Item, Literal, Param, Star
from fastapi_bp_lint.project.values import Bound, Function

if TYPE_CHECKING:
    from fastapi_bp_lint.project.names import Names

_NAME = "overload"
_LITERAL = "Literal"
_STARS = {"star", "double-star"}


class Overloads:
    """Answers which signature of several a call has; one that none fits has none."""

    def __init__(self, names: Names) -> None:
        self._names = names

    @cached_property
    def _by_name(self) -> dict[tuple[str, str], list[Function]]:
        found: dict[tuple[str, str], list[Function]] = {}
        for function in self._names.functions:
            if any(str(d).rpartition(".")[2] == _NAME for d in function.facts.decorators):
                key = function.module.facts.path, function.facts.qualname
                found.setdefault(key, []).append(function)
        return found

    def chosen(self, value: Function | Bound, call: Call) -> Function | None:
        """Return the first overload of *value* that the arguments of *call* fit.

        None without overloads, and where a star hides what is handed in.
        """
        function = value if isinstance(value, Function) else value.function
        key = function.module.facts.path, function.facts.qualname
        several = self._by_name.get(key)
        if not several or any(isinstance(a, Star) for a in call.args):
            return None
        if any(name is None for name, _ in call.keywords):
            return None
        return next((f for f in several if _fits(f, value, call)), None)


def _fits(function: Function, value: Function | Bound, call: Call) -> bool:
    params = function.facts.params
    names = {p.name for p in params if p.kind not in _STARS}
    if not any(p.kind == "double-star" for p in params):
        if not all(name in names for name, _ in call.keywords):
            return False
    receivers = int(isinstance(value, Bound))
    plain = [p for p in params if p.kind in {"positional", "normal"}][receivers:]
    if len(call.args) > len(plain) and not any(p.kind == "star" for p in params):
        return False
    given = plain[: len(call.args)]
    named = dict(call.keywords)
    return all(
        _takes(param, call.args[given.index(param)] if param in given else named.get(param.name))
        for param in params[receivers:]
        if param.kind not in _STARS
    )


def _takes(param: Param, given: Expr) -> bool:
    """Whether *param* can be left out, or takes the literal that it is given."""
    if given is None:
        return param.has_default
    wanted = param.annotation
    if not isinstance(wanted, Item) or str(wanted.value).rpartition(".")[2] != _LITERAL:
        return True
    options = wanted.key.items if isinstance(wanted.key, Group) else (wanted.key,)
    return given in options if isinstance(given, Literal) else True
