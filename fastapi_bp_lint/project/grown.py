"""What is put into a list, set or dict after it was made, and found in it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastapi_bp_lint.facts.model import Binding, Call, Expr, Group, Literal, Mapping, Param
from fastapi_bp_lint.finding import Certainty
from fastapi_bp_lint.knowledge.typing_names import CONTAINERS
from fastapi_bp_lint.project import members, results
from fastapi_bp_lint.project.values import (
    UNKNOWN,
    Class,
    External,
    Function,
    Held,
    Several,
    Where,
    one,
    union,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fastapi_bp_lint.facts.model import Body
    from fastapi_bp_lint.project.modules import Module
    from fastapi_bp_lint.project.types import Types

_PUTS = {"append": 0, "appendleft": 0, "add": 0, "insert": 1, "setdefault": 1}
_POURS = {"extend", "update"}
_MOST = 24
_SETS = 3  # what, under which key, gets what


class Put(NamedTuple):
    """Something that is put in: *key* is None where it has none; *whole* pours a container out."""

    key: Expr
    value: Expr
    where: Where
    line: int
    whole: bool


def marked(types: Types, value: Held, b: Binding, where: Where) -> Held:
    """Return the value of a binding; a container that the program can fill knows where it is."""
    if isinstance(b.value, Group | Mapping):
        only = value.values[0] if len(value.values) == 1 else None
        if isinstance(only, Several) and only.kind != "tuple":
            return one(Several(only.kind, only.items, (b, where)))
    elif isinstance(b.value, Call) and not value.values:
        for callee in types.callee(b.value, where).values:
            if isinstance(callee, External) and callee.name in CONTAINERS:
                return one(Several(CONTAINERS[callee.name], (), (b, where)))
    return value


def contents(types: Types, several: Several, key: str | int | None) -> Held:
    """Return what was put into *several* later: under *key*, or anywhere."""
    if several.made is None:
        return UNKNOWN
    b, where = several.made
    sought = ("grown", id(b), key if several.kind == "dict" else None)
    return types.keep(sought, lambda: _contents(types, b, where, sought[2]))


def _contents(types: Types, b: Binding, where: Where, key: str | int | None) -> Held:
    options = [_by_default(types, b, where)]
    for put in list(_puts(types, b.target, where))[:_MOST]:
        given = types.infer(put.key, put.where, put.line) if put.key is not None else UNKNOWN
        told = [getattr(v, "value", None) for v in given.values]
        if key is not None and len(told) == 1 and told[0] not in {None, key}:
            continue
        held = types.infer(put.value, put.where, put.line)
        if put.whole:
            held = members.item(types, held, None)
        elif not held.values:
            held = _decorated(types, put)
        options.append(held)
    known = [o for o in options if o.values]
    return union(*known).doubted(Certainty.LIKELY) if known else UNKNOWN


def _by_default(types: Types, b: Binding, where: Where) -> Held:
    """Return what a ``defaultdict`` makes for a key that it does not have."""
    call = b.value
    if not isinstance(call, Call) or not call.args:
        return UNKNOWN
    made = types.infer(call.args[0], where, b.span.line)
    return union(*[results.called(types, v, call, where) for v in made.values])


def _decorated(types: Types, put: Put) -> Held:
    """Return the functions that a decorator notes down and gives back as they are."""
    function, name = put.where, put.value
    if not isinstance(function, Function) or not isinstance(name, str):
        return UNKNOWN
    if not any(isinstance(p, Param) and p.name == name for p in function.facts.params):
        return UNKNOWN
    if all(r.value != name for r in function.facts.body.results if r.kind == "return"):
        return UNKNOWN
    found = types.callers.decorated_by(types, function)
    return union(*[one(f) for f in found]) if found else UNKNOWN


def _puts(types: Types, target: str, where: Where) -> Iterator[Put]:
    for scope, path in _scopes(types, target, where):
        yield from types.fillings.puts(scope, path)


def _scopes(types: Types, target: str, where: Where) -> Iterator[tuple[Where, str]]:
    """Give the scopes that can reach the container, with its name there."""
    if isinstance(where, Function):
        yield where, target
        receiver, _, attribute = target.rpartition(".")
        if receiver and where.owner is not None:
            yield from _methods(types, where.owner, attribute, where)
        if not receiver:
            inside = f"{where.facts.qualname}."
            for function in types.fillings.functions(types, where.module, target):
                if function.facts.parent == where.facts.qualname or (
                    function.facts.qualname.startswith(inside)
                ):
                    yield function, target
    elif isinstance(where, Class):
        yield from _methods(types, where, target, None)
    else:
        yield where, target
        for function in types.fillings.functions(types, where, target):
            if target in function.facts.body.outer or target not in types.locals(function):
                yield function, target
        yield from _elsewhere(types, where, target)


def _methods(
    types: Types, cls: Class, attribute: str, told: Function | None
) -> Iterator[tuple[Where, str]]:
    for other in (cls, *types.subclasses.get(cls, ())):
        for method in other.methods.values():
            if method.facts.params and method is not told:
                yield method, f"{method.facts.params[0].name}.{attribute}"


def _elsewhere(types: Types, module: Module, target: str) -> Iterator[tuple[Where, str]]:
    """Give the scopes of modules that import the container by its name."""
    for other, local in types.importers_of(module, target):
        yield other, local
        for function in types.fillings.functions(types, other, local):
            if local not in types.locals(function):
                yield function, local


class Fillings:
    """What each scope puts into containers, by the names that they have there."""

    def __init__(self) -> None:
        self._kept: dict[Where, dict[str, list[Put]]] = {}
        self._functions: dict[Module, dict[str, list[Function]]] = {}

    def forget(self, functions: Iterable[Function]) -> None:
        """Read these again, whose facts are others now."""
        for function in functions:
            self._kept.pop(function, None)
            self._functions.pop(function.module, None)

    def puts(self, where: Where, path: str) -> list[Put]:
        """Return what *where* puts into the container called *path*."""
        return self._of(where).get(path, [])

    def functions(self, types: Types, module: Module, path: str) -> list[Function]:
        """Return the functions of a module that put something into a container called *path*."""
        kept = self._functions.get(module)
        if kept is None:
            kept = self._functions[module] = {}
            for function in types.functions_of(module):
                for name in self._of(function):
                    kept.setdefault(name, []).append(function)
        return kept.get(path, [])

    def _of(self, where: Where) -> dict[str, list[Put]]:
        kept = self._kept.get(where)
        if kept is None:
            kept = self._kept[where] = {}
            for path, put in _all(where.facts.body, where):
                kept.setdefault(path, []).append(put)
        return kept


def _all(body: Body, where: Where) -> Iterator[tuple[str, Put]]:
    for call in body.calls:
        if not isinstance(call.func, str) or not call.args:
            continue
        path, _, name = call.func.rpartition(".")
        position = _PUTS.get(name)
        if position is not None and len(call.args) > position:
            key = call.args[0] if name == "setdefault" else None
            yield path, Put(key, call.args[position], where, call.span.line, whole=False)
        elif name in _POURS:
            yield path, Put(None, call.args[0], where, call.span.line, whole=True)
    for operation in body.operations:
        if operation.operator == "SetItem" and len(operation.operands) == _SETS:
            of, key, value = operation.operands
            if isinstance(of, str):
                literal = key if isinstance(key, str | Literal) else None
                yield of, Put(literal, value, where, operation.span.line, whole=False)
