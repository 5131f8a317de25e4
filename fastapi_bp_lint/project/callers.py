"""What the callers of a function hand in for a parameter that says nothing of itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Attr, Call, Expr, Param
from fastapi_bp_lint.finding import Certainty
from fastapi_bp_lint.knowledge.tables import offloader
from fastapi_bp_lint.project import members
from fastapi_bp_lint.project.arguments import handed
from fastapi_bp_lint.project.decoration import maker_of, returned
from fastapi_bp_lint.project.frames import last_name
from fastapi_bp_lint.project.values import (
    NOTHING,
    UNKNOWN,
    Bound,
    Class,
    External,
    Function,
    Held,
    Value,
    Where,
    union,
)

if TYPE_CHECKING:
    from fastapi_bp_lint.project.names import Names
    from fastapi_bp_lint.project.types import Types

_INIT = "__init__"
_MOST = 24
_FARTHEST = 3
_NAMED = (str, Attr)


class Callers:
    """The calls of a project's functions and classes, by the last part of what is called."""

    def __init__(self, names: Names) -> None:
        # Two lists, not one of pairs: a pair for each call of a project is dear.
        self._calls: dict[str, list[Call]] = {}
        self._around: dict[str, list[Where]] = {}
        self._given: dict[str, list[tuple[Call, int, Where]]] = {}
        self._decorating: dict[str, list[tuple[Expr, Function]]] | None = None
        self._functions = names.functions
        self._initialisers: list[tuple[Call, Function]] | None = None
        named = {f.name for f in names.functions}
        made = {c.name for c in names.classes} | named
        scopes: list[Where] = [*names.functions, *names.modules.by_path.values()]
        for where in scopes:
            for call in where.facts.body.calls:
                name = last_name(call.func)
                if name in made:
                    self._calls.setdefault(name, []).append(call)
                    self._around.setdefault(name, []).append(where)
                for position, given in enumerate(call.args[:_FARTHEST] if call.args else ()):
                    if isinstance(given, _NAMED) and (name := last_name(given)) in named:
                        self._given.setdefault(name, []).append((call, position, where))

    def named(self, name: str) -> Iterator[tuple[Call, Where]]:
        """Give the calls, and where they stand, of what has the *name* of a function or class."""
        return zip(self._calls.get(name, ()), self._around.get(name, ()), strict=True)

    def is_handed(self, function: Function) -> bool:
        """Whether something of the name of *function* is an argument of a call."""
        return function.name in self._given

    def handed(self, types: Types, function: Function, param: Param) -> Held:
        """Return what the callers that can be told hand in; unknown when there are many."""
        names = [function.name]
        below: frozenset[Class] = frozenset()
        if function.name == _INIT and function.owner is not None:
            derived = types.subclasses.get(function.owner, [])
            below = frozenset(derived)
            names = list(dict.fromkeys([function.owner.name, *[c.name for c in derived]]))
        elif function.name.startswith("__"):
            return UNKNOWN
        sites = [site for n in names for site in self.named(n) if site[0].func != "super"]
        if below:
            sites += [site for site in self._initialising() if site[1].owner in below]
        if len(sites) > _MOST:
            return UNKNOWN
        options = [*self._by_wrapper(types, function, param), *self._handed(types, function, param)]
        for call, where in sites:
            callee = types.callee(call, where)
            if not any(_is(types, v, function) for v in callee.values):
                continue
            options.append(handed(types, function, param, call, where, callee.values))
        held = union(*[o for o in options if o.values])
        if held.values == (NOTHING,):
            return UNKNOWN
        return held.doubted(Certainty.LIKELY)

    def decorated_by(self, types: Types, maker: Function) -> list[Function]:
        """Return what *maker*, or the function that gives it back, decorates; none when many."""
        if self._decorating is None:
            self._decorating = {}
            for function in self._functions:
                for decorator in function.facts.decorators:
                    name = last_name(decorator.func if isinstance(decorator, Call) else decorator)
                    self._decorating.setdefault(name, []).append((decorator, function))
        names = {maker.name, maker.facts.parent.rpartition(".")[2]}
        sites = [site for name in names for site in self._decorating.get(name, ())]
        if len(sites) > _MOST:
            return []
        return [f for d, f in sites if maker_of(types, d, types.around(f)) is maker]

    def _initialising(self) -> list[tuple[Call, Function]]:
        """Return the calls of an ``__init__`` by its name in classes: ``super().__init__()``."""
        if self._initialisers is None:
            self._initialisers = [
                (call, where)
                for call, where in self.named(_INIT)
                if isinstance(where, Function) and where.owner is not None
            ]
        return self._initialisers

    def _by_wrapper(self, types: Types, function: Function, param: Param) -> Iterator[Held]:
        """Give what the wrapper of a decorator hands to the function it wraps."""
        for decorator in function.facts.decorators:
            maker = maker_of(types, decorator, types.around(function))
            inner = returned(types, maker, is_async=function.is_async) if maker else None
            if maker is None or inner is None or not maker.facts.params:
                continue
            for call in inner.facts.body.calls:
                if call.func == maker.facts.params[0].name:
                    yield handed(types, function, param, call, inner, (function,))

    def _handed(self, types: Types, function: Function, param: Param) -> Iterator[Held]:
        """Give what is handed over together with the function: ``partial(f, x)``."""
        for call, position, where in self._given.get(function.name, [])[:_MOST]:
            callee = types.callee(call, where).values
            if not any(isinstance(v, External) and _hands_over(v.name) for v in callee):
                continue
            target = types.infer(call.args[position], where, call.span.line).values
            if any(_is(types, v, function) for v in target):
                rest = call._replace(args=call.args[position + 1 :])
                yield handed(types, function, param, rest, where, target)


def _hands_over(name: str) -> bool:
    return name == "functools.partial" or offloader(name) is not None


def _is(types: Types, value: Value, function: Function) -> bool:
    """Whether calling *value* runs *function*."""
    if isinstance(value, Bound):
        return value.function is function
    if isinstance(value, Class):
        order = members.mro(types, value)
        made = (c.methods.get("__init__") for c in order if isinstance(c, Class))
        return next((m for m in made if m is not None), None) is function
    return value is function
