"""The call that made the object behind a name, and what it says of the object's attributes."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Attr, Binding, Call, Expr, Import, Literal, Star
from fastapi_bp_lint.project import members
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.project.values import Class, Function, Held, Where

if TYPE_CHECKING:
    from fastapi_bp_lint.project.types import Types

_DEEPEST = 5


class Origins:
    """Answers what an object was made with, where one call in the project made it."""

    def __init__(self, types: Types) -> None:
        self._types = types
        self._kept: dict[tuple[int, str], Expr] = {}

    def attribute(self, call: Call, name: str, caller: Function) -> Expr:
        """Return what the attribute *name* of the receiver of *call* holds, None when unknown.

        A literal, or a path when the receiver is the caller's own.
        """
        receiver = _receiver(call)
        params = caller.facts.params
        if caller.owner is not None and params and receiver in {params[0].name, "super()"}:
            return f"{params[0].name}.{name}"
        if not receiver:
            return None
        key = id(call), name
        if key not in self._kept:
            self._kept[key] = self._told(receiver, name, caller)
        return self._kept[key]

    def _told(self, receiver: str, name: str, caller: Function) -> Expr:
        if f"{receiver.rpartition('.')[2]}.{name}" in self._assigned:
            return None
        made = self._made(receiver, caller)
        if made is None:
            return None
        cls, call = made
        order = [c for c in members.mro(self._types, cls) if isinstance(c, Class)]
        last = receiver.rpartition(".")[2]
        found = [
            (method, binding)
            for c in order
            for method, binding in members.assignments(c, name)
            if method.name == "__init__" or f"{last}.{method.name}" in self._called
        ]
        if len(found) != 1 or found[0][0].name != "__init__":
            return None
        method, binding = found[0]
        runs = next((c.methods["__init__"] for c in order if "__init__" in c.methods), None)
        if method is not runs:
            return None
        value = binding.value
        return _given(method, value, call) if isinstance(value, str) else _literal(value)

    @cached_property
    def _assigned(self) -> frozenset[str]:
        """The last two parts of every dotted target that is assigned to."""
        names = self._types.names
        bodies = [f.facts.body for f in names.functions]
        bodies += [m.facts.body for m in names.modules.by_path.values()]
        return frozenset(
            ".".join(b.target.split(".")[-2:])
            for body in bodies
            for b in body.bindings
            if "." in b.target
        )

    @cached_property
    def _called(self) -> frozenset[str]:
        """The last two parts of every dotted name that is called."""
        return frozenset(
            ".".join(call.func.split(".")[-2:])
            for function in self._types.names.functions
            for call in function.facts.body.calls
            if isinstance(call.func, str) and "." in call.func
        )

    def _made(self, path: str, caller: Function) -> tuple[Class, Call] | None:
        head, _, rest = path.partition(".")
        params = caller.facts.params
        if rest and caller.owner is not None and params and head == params[0].name:
            return None if "." in rest else self._set_in(caller.owner, rest)
        if rest or head in self._types.locals(caller):
            return None
        return self._global(caller.module, head, _DEEPEST)

    def _set_in(self, cls: Class, name: str) -> tuple[Class, Call] | None:
        order = [c for c in members.mro(self._types, cls) if isinstance(c, Class)]
        found = [pair for c in order for pair in members.assignments(c, name)]
        return self._by(found[0][1], found[0][0]) if len(found) == 1 else None

    def _global(self, module: Module, name: str, depth: int) -> tuple[Class, Call] | None:
        things = self._types.names.scope(module, "").get(name, [])
        if len(things) != 1 or not depth:
            return None
        thing = things[0]
        if isinstance(thing, Import):
            source = self._types.names.imported(thing, module)
            return None if isinstance(source, Held) else self._global(*source, depth - 1)
        return self._by(thing, module) if isinstance(thing, Binding) else None

    def _by(self, binding: Binding, where: Where) -> tuple[Class, Call] | None:
        call = binding.value
        if isinstance(call, str):
            call = self._of_class(call, where)
        if binding.kind not in {"assign", "annotation"} or not isinstance(call, Call):
            return None
        values = self._types.callee(call, where).values
        only = values[0] if len(values) == 1 else None
        return (only, call) if isinstance(only, Class) else None

    def _of_class(self, path: str, where: Where) -> Expr:
        """Return the value of a class attribute written as ``Class.attribute``."""
        owner, _, name = path.rpartition(".")
        values = self._types.infer(owner, where).values if owner else ()
        only = values[0] if len(values) == 1 else None
        return only.fields[name][0] if isinstance(only, Class) and name in only.fields else None


def _receiver(call: Call) -> str:
    if isinstance(call.func, str):
        return call.func.rpartition(".")[0]
    if isinstance(call.func, Attr) and isinstance(call.func.value, Call):
        return "super()" if call.func.value.func == "super" else ""
    return ""


def _given(method: Function, name: str, call: Call) -> Expr:
    """Return the literal that a constructor's call gives the parameter *name*."""
    if any(k is None for k, _ in call.keywords) or any(isinstance(a, Star) for a in call.args):
        return None
    if any(b.target == name for b in method.facts.body.bindings):
        return None
    for position, param in enumerate(method.facts.params[1:]):
        if param.name == name:
            if name in dict(call.keywords):
                return _literal(dict(call.keywords)[name])
            if param.kind in {"positional", "normal"} and position < len(call.args):
                return _literal(call.args[position])
            return _literal(param.default) if param.has_default else None
    return None


def _literal(expr: Expr) -> Expr:
    return expr if isinstance(expr, Literal) else None
