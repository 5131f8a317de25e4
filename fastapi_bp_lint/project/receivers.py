"""Whether one object can run all the methods of a trail: a class runs its own, not a sibling's."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Attr, Call, Operation
from fastapi_bp_lint.project import members
from fastapi_bp_lint.project.values import Bound, Class, External, Function, Instance

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fastapi_bp_lint.project.branches import Branch
    from fastapi_bp_lint.project.edges import Edge
    from fastapi_bp_lint.project.types import Types

_PLAIN = "staticmethod"
_PARENT = "super("


class Receivers:
    """Answers which methods the receiver of a call has to run for a way to go on."""

    def __init__(self, types: Types) -> None:
        self._types = types
        self._kept: dict[tuple[Class, tuple[Function, ...], bool], bool] = {}

    @cached_property
    def _contested(self) -> frozenset[Function]:
        """The methods that stand in a class above or below another one of their name."""
        found: set[Function] = set()
        for above, below in self._types.subclasses.items():
            for cls in below:
                for name in above.methods.keys() & cls.methods.keys():
                    found |= {above.methods[name], cls.methods[name]}
        return frozenset(found)

    def asked(
        self, methods: tuple[Function, ...], edge: Edge, caller: Function
    ) -> tuple[Function, ...] | bool:
        """Return what the caller's own receiver has to run for *edge* to go on with *methods*.

        *methods* are those of the target's receiver. True: nothing; False: no object runs them all.
        """
        target = edge.target
        if not isinstance(target, Function) or edge.how == "schedule":
            return True
        wanted = methods
        if not edge.written.startswith(_PARENT) and target in self._contested:
            wanted = tuple(dict.fromkeys((target, *methods)))
        if not wanted:
            return True
        if _is_own(edge, target, caller):
            assert caller.owner is not None
            if any(_is_replaced(b, target) for b in self._around(edge, caller)):
                return False
            if not self._can_run(caller.owner, (caller, *wanted), is_exact=False):
                return False
            return wanted if self._may_differ(caller.owner, wanted) else True
        return self._others_run(wanted, edge, caller)

    def _around(self, edge: Edge, caller: Function) -> Iterator[Branch]:
        return (b for b in self._types.branches(caller) if b.covers(edge.span.line))

    def _others_run(self, wanted: tuple[Function, ...], edge: Edge, caller: Function) -> bool:
        """Whether what a call is made on, another object, can run all of *wanted*."""
        if edge.call is None or not isinstance(edge.target, Function):
            return True
        told: list[tuple[Class | External, bool]] = []
        for value in self._types.callee(edge.call, caller).values:
            if isinstance(value, Class):
                told.append((value, True))
            elif isinstance(value, Bound) and value.function.name == edge.target.name:
                told.append(_receiver(value.receiver, edge.written))
        classes = [(cls, exact) for cls, exact in told if isinstance(cls, Class)]
        if not classes or len(classes) != len(told):
            return True
        return any(self._can_run(cls, wanted, is_exact=exact) for cls, exact in classes)

    def _can_run(self, cls: Class, methods: tuple[Function, ...], *, is_exact: bool) -> bool:
        key = cls, methods, is_exact
        kept = self._kept.get(key)
        if kept is None:
            below: Iterable[Class] = () if is_exact else self._types.implementations(cls)
            kept = self._kept[key] = any(
                all(self._runs(c, m) for m in methods) for c in (cls, *below)
            )
        return kept

    def _may_differ(self, cls: Class, methods: tuple[Function, ...]) -> bool:
        """Whether an object of *cls*, or of a class below it, runs others than *methods*."""
        every = (cls, *self._types.implementations(cls))
        return not all(self._runs(c, m) for c in every for m in methods)

    def _runs(self, cls: Class, method: Function) -> bool:
        """Whether *method* runs when it is called by its name on an object of *cls*."""
        owner, name = method.owner, method.name
        if owner is None or owner.methods.get(name) is not method:
            return True
        for base in members.mro(self._types, cls):
            found = base.methods.get(name) if isinstance(base, Class) else None
            if found is method:
                return True
            if found is not None and not _calls_parent(found):
                return False
        return False


def _receiver(receiver: Instance | Class, written: str) -> tuple[Class | External, bool]:
    """Return the class of a receiver, and whether it is that one and none below it."""
    if isinstance(receiver, Instance):
        return receiver.of, receiver.origin is not None
    named = written.partition("(")[0].rpartition(".")[0].rpartition(".")[2]
    return receiver, named == receiver.name


def _is_own(edge: Edge, target: Function, caller: Function) -> bool:
    """Whether *caller* calls a method of its own receiver."""
    params = caller.facts.params
    if caller.owner is None or not params or _PLAIN in caller.facts.decorators:
        return False
    written = edge.written
    if written.startswith(_PARENT):
        return True
    return written.partition("(")[0] == f"{params[0].name}.{target.name}"


def _is_replaced(branch: Branch, target: Function) -> bool:
    """Whether a condition says that a class below *target*'s has put its own in its place.

    ``type(self).load is not Loader.load``
    """
    test = branch.test
    if not isinstance(test, Operation) or test.operator not in {"Is", "IsNot"}:
        return False
    own, other = test.operands[:2]
    if not isinstance(own, Attr) or not isinstance(own.value, Call) or own.name != target.name:
        return False
    parent = target.owner.name if target.owner is not None else ""
    is_of_parent = isinstance(other, str) and other.endswith(f"{parent}.{target.name}")
    return is_of_parent and own.value.func == "type" and (test.operator == "Is") is not branch.holds


def _calls_parent(method: Function) -> bool:
    """Whether a method calls the one that it overrides."""
    return any(
        isinstance(call.func, Attr)
        and call.func.name == method.name
        and isinstance(call.func.value, Call)
        and call.func.value.func == "super"
        for call in method.facts.body.calls
    )
