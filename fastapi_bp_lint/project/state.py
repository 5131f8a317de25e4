"""What the application's and the request's ``state`` hold: whatever the project puts there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Binding, Literal, Mapping
from fastapi_bp_lint.finding import Certainty
from fastapi_bp_lint.project.values import NOTHING, UNKNOWN, Held, Where, union

if TYPE_CHECKING:
    from fastapi_bp_lint.facts.model import Expr
    from fastapi_bp_lint.project.names import Names
    from fastapi_bp_lint.project.types import Types

_REQUESTS = {"request", "websocket", "connection", "conn", "req", "ws"}


class State:
    """The assignments to ``<...>.state.<name>``, and what a lifespan yields."""

    def __init__(self, names: Names) -> None:
        self._set: dict[tuple[str, str], list[tuple[Binding, Where]]] = {}
        self._yielded: dict[str, list[tuple[Expr, Where]]] = {}
        scopes: list[Where] = [*names.functions, *names.modules.by_path.values()]
        for where in scopes:
            for b in where.facts.body.bindings:
                owner, middle, name = b.target.rpartition(".state.")
                if middle and "." not in name:
                    kind = "request" if owner.rpartition(".")[2] in _REQUESTS else "app"
                    self._set.setdefault((kind, name), []).append((b, where))
        for function in names.functions:
            if function.is_async and function.facts.is_generator:
                for result in function.facts.body.results:
                    if result.kind == "yield" and isinstance(result.value, Mapping):
                        self._note(result.value, function)

    def _note(self, given: Mapping, where: Where) -> None:
        for key, value in given.items:
            if isinstance(key, Literal) and isinstance(key.value, str):
                self._yielded.setdefault(key.value, []).append((value, where))

    def held(self, types: Types, owner: str, name: str) -> Held:
        """Return what the attribute *name* of a state holds; *owner* ends with whose it is."""
        kind = owner.rpartition(":")[2]
        options = [types.binding(b, where) for b, where in self._set.get((kind, name), ())]
        if kind == "request":
            options += [types.infer(e, where) for e, where in self._yielded.get(name, ())]
        known = [o for o in options if o.values and o.values != (NOTHING,)]
        return union(*known).doubted(Certainty.LIKELY) if known else UNKNOWN
