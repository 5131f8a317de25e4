"""Which parameters a function calls: a call of it runs what it is handed for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi_bp_lint.project.arguments import argument
from fastapi_bp_lint.project.values import Bound, Function

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi_bp_lint.facts.model import Call, Expr, Param
    from fastapi_bp_lint.project.once import Once
    from fastapi_bp_lint.project.types import Types

_NONE: tuple[Param, ...] = ()
_NO_NAMES: frozenset[str] = frozenset()


class Handed:
    """Answers which parameters are called; every answer is kept."""

    def __init__(self, types: Types, once: Once) -> None:
        self._types = types
        self._once = once
        self._kept: dict[Function, tuple[Param, ...]] = {}

    def invoked(self, function: Function) -> tuple[Param, ...]:
        """Return the parameters that *function* calls, itself or by handing them on.

        What is assigned anew says nothing of what was handed in, and what a process calls once is
        not what a call runs.
        """
        kept = self._kept.get(function)
        if kept is None:
            self._kept[function] = _NONE  # while it is open: recursion adds nothing
            kept = self._kept[function] = self._invoked(function)
        return kept

    def _invoked(self, function: Function) -> tuple[Param, ...]:
        facts = function.facts
        if not facts.params or not facts.body.calls:
            return _NONE
        own = {p.name for p in facts.params if p.kind not in {"star", "double-star"}}
        own -= {b.target for b in facts.body.bindings}
        found: set[str] = set()
        for call in facts.body.calls:
            if call.func in own:
                if self._once.holds(function, call.span.line):
                    continue
                found.add(str(call.func))
            elif any(a in own for a in call.args if isinstance(a, str)) or any(
                v in own for _, v in call.keywords if isinstance(v, str)
            ):
                found.update(given for given in self._on(call, function) if given in own)
        return tuple([p for p in facts.params if p.name in found])

    def _on(self, call: Call, function: Function) -> Iterator[str]:
        """Give the names that *call* hands to parameters that are called there."""
        callee = self._types.callee(call, function).values
        for value in callee:
            for given in self.given(value, call):
                if isinstance(given, str):
                    yield given

    def given(self, value: object, call: Call) -> Iterator[Expr]:
        """Give what *call* of *value* hands over to be called in its own thread."""
        target = value.function if isinstance(value, Bound) else value
        if isinstance(target, Function) and not target.is_async:
            for param in self.invoked(target):
                given, found = argument(target, param, call, (value,))  # type: ignore[arg-type]
                if found and given is not None:
                    yield given

    def own(self, function: Function) -> frozenset[str]:
        """Return the parameters whose call is told where something is handed in for them."""
        if function.is_async:
            return _NO_NAMES
        invoked = self.invoked(function)
        return frozenset([p.name for p in invoked if not p.has_default]) if invoked else _NO_NAMES
