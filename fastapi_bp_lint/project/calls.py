"""The call graph: what the body of a function runs, in its own thread, before it goes on.

Only what runs there is an edge. A function that is handed to an offloader, scheduled, stored or
returned is not called here; a coroutine runs only where it is awaited, and answers for itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Attr, Call, Expr, Item, LambdaRef
from fastapi_bp_lint.finding import Certainty, Span, weakest
from fastapi_bp_lint.knowledge.locks import DONE, LOOP_FUTURES
from fastapi_bp_lint.knowledge.tables import (
    Primitive,
    ancestry,
    blocking_methods,
    blocking_properties,
    offloader,
    primitive,
)
from fastapi_bp_lint.knowledge.typing_names import AWAITABLES, CACHES
from fastapi_bp_lint.project import implicit, members, results
from fastapi_bp_lint.project.dead import hidden, inside
from fastapi_bp_lint.project.decoration import decoration
from fastapi_bp_lint.project.edges import Edge, written
from fastapi_bp_lint.project.foreign import is_foreign, is_unheard_of
from fastapi_bp_lint.project.frames import last_name
from fastapi_bp_lint.project.handed import Handed
from fastapi_bp_lint.project.impatience import does_not_wait
from fastapi_bp_lint.project.loopless import loopless
from fastapi_bp_lint.project.once import Once
from fastapi_bp_lint.project.settled import settled
from fastapi_bp_lint.project.streams import works_in_memory
from fastapi_bp_lint.project.values import (
    Bound,
    Class,
    External,
    Function,
    Held,
    Instance,
    Partial,
    Value,
    one,
)

if TYPE_CHECKING:
    from fastapi_bp_lint.project.project import Project


_CALLABLE = (str, Attr, LambdaRef, Call)
_CALLED = {"call", "method", "ctor-blocking"}
_SCHEDULE = "schedule"
_AWAITABLES = {name.rpartition(".")[2] for name in AWAITABLES} | {"Future", "Task"}
_MANY = 24
"""So many implementations of one method, and the one that is called is not any of them."""
_CONSTRUCTION = ("__new__", "__init__", "__post_init__", "model_post_init")


class Calls:
    """Answers what each function runs; every answer is kept."""

    def __init__(self, project: Project) -> None:
        self.types = project.types
        self._guess = project.guess
        self._told = project.types.told
        self.once = Once(project.types)
        self._handed = Handed(project.types, self.once)
        self._pulse = project.pulse
        self._rows: dict[str, Primitive | None] = {}
        self._inert: dict[str, bool] = {}
        self._edges: dict[Function, tuple[Edge, ...]] = {}
        self.methods = frozenset(name for cls in project.names.classes for name in cls.methods)
        self.properties = (
            frozenset(
                f.name
                for f in project.names.functions
                if any(isinstance(d, str) and d.endswith("property") for d in f.facts.decorators)
            )
            | project.types.mapped.names
            | blocking_properties()
        )

    def forget(self, functions: Iterable[Function]) -> None:
        """Ask again what these run, whose facts are others now."""
        for function in functions:
            self._edges.pop(function, None)

    def learn(self, function: Function, edges: tuple[Edge, ...]) -> None:
        """Take what *function* runs from who has found it out."""
        self._edges.setdefault(function, edges)

    def edges(self, function: Function) -> tuple[Edge, ...]:
        """Return what the body of *function* runs, in source order."""
        kept = self._edges.get(function)
        if kept is None:
            self._pulse()
            found = self._all(function)
            if not self._told.is_silent:
                found = self._as_told(found)
            kept = self._edges[function] = tuple(sorted(found, key=lambda e: e.span))
        return kept

    def _as_told(self, edges: Iterable[Edge]) -> Iterator[Edge]:
        """Put a primitive in the place of what was said to block; drop what was said not to."""
        for edge in edges:
            said = self._told.of(edge.target) if isinstance(edge.target, Function) else None
            if said is None or (isinstance(edge.target, Function) and edge.target.is_async):
                yield edge
            elif isinstance(said, Primitive):
                yield edge._replace(target=said)

    def primitive(self, name: str) -> Primitive | None:
        """Return the row for a dotted name of another library, its class's bases included."""
        if name not in self._rows:
            self._rows[name] = self._row(name)
        return self._rows[name]

    def _row(self, name: str) -> Primitive | None:
        told = self._told
        if name in told.harmless:
            return None
        if name in told.blocking:
            return told.blocking[name]
        owner, _, member = name.rpartition(".")
        for base in (owner, *ancestry(owner)[1:]):
            full = f"{base}.{member}"
            if full in told.harmless:
                return None
            row = told.blocking.get(full) or primitive(full)
            if row is not None:
                return row
        for base in ancestry(owner):
            row = told.blocking.get(f"{base}.*") or primitive(f"{base}.*")
            if row is not None and not member.startswith("_"):
                return row._replace(name=f"{base.partition(':')[0]}:*.{member}")
        return None

    def _all(self, function: Function) -> Iterator[Edge]:
        body = function.facts.body
        dead = [*hidden(body), *loopless(self.types, function), *settled(self.types, function)]
        own = self._handed.own(function)
        for call in body.calls:
            if not (own and call.func in own) and not (dead and inside(dead, call.span.line)):
                yield from self._call(call, function)
        yield from implicit.edges(self, function, dead)

    def _call(self, call: Call, function: Function) -> Iterator[Edge]:
        callee = self.types.callee(call, function)
        if self._guess is not None and self._is_open(call, callee, function):
            callee = self._guess(call, function)
        values = callee.values
        if call.use == "awaited" and len(values) > 1:
            values = _awaitable(values)
        elif len(values) > 1 and _gives_awaitable(function):
            values = tuple([v for v in values if not self._is_primitive(v)]) or values
        for value in values:
            if isinstance(value, External) and self._is_inert(value.name):
                continue
            for edge in self._called(value, call, function):
                doubt = weakest(edge.certainty, callee.certainty)
                if call.use == "lazy":
                    doubt = weakest(doubt, Certainty.LIKELY)
                if len(values) > 1 and getattr(edge.target, "name", "") in DONE:
                    doubt = Certainty.POSSIBLE if _is_of_loop(values) else doubt
                yield edge if doubt is edge.certainty else edge._replace(certainty=doubt)

    def _is_primitive(self, value: Value) -> bool:
        return isinstance(value, External) and self.primitive(value.name) is not None

    def _is_inert(self, name: str) -> bool:
        """Whether a call of something of another library runs nothing that is told."""
        kept = self._inert.get(name)
        if kept is None:
            row, handing = self.primitive(name), offloader(name)
            kept = self._inert[name] = (
                (row is None or row.form not in _CALLED)
                and name not in implicit.BUILTINS
                and name not in implicit.ENTERS_ARGUMENT
                and name not in implicit.CALLS_ARGUMENT
                and (handing is None or handing.form != _SCHEDULE)
            )
        return kept

    def _is_open(self, call: Call, callee: Held, function: Function) -> bool:
        """Whether a call in a coroutine may be of a primitive that another library hides."""
        if not function.is_async or call.use == "awaited":
            return False
        if callee.values and not all(is_unheard_of(v) for v in callee.values):
            return False
        func = call.func
        owner: Expr = func.rpartition(".")[0] if isinstance(func, str) else None
        name = func.rpartition(".")[2] if isinstance(func, str) else ""
        if isinstance(func, Attr):
            owner, name = func.value, func.name
        if not owner or name not in blocking_methods():
            return False
        return is_foreign(self.types, owner, function, call.span.line)

    def _called(self, value: Value, call: Call, function: Function) -> Iterator[Edge]:
        text = written(call.func)
        certain = Certainty.CERTAIN
        match value:
            case External():
                if call.args:
                    yield from self._through(value.name, call, function)
                row = self.primitive(value.name) if call.use != "awaited" else None
                if row is not None and row.form in _CALLED:
                    if not self._is_idle(row, call, function):
                        yield Edge(row, "call", call.span, text, certain, call)
            case Function() | Bound():
                target = value.function if isinstance(value, Bound) else value
                yield from self.run(target, "call", call.span, text, call)
                if call.args or call.keywords:
                    for given in self._handed.given(value, call):
                        yield from self._given(given, "call", call, function)
            case Class():
                yield from self._construct(value, call, text)
            case Instance(of=Class()):
                method = members.attribute(self.types, one(value), "__call__")
                for inner in method.values:
                    if isinstance(inner, Bound):
                        yield from self.run(inner.function, "call", call.span, text, call)
            case Partial():
                for inner in value.target.values:
                    yield from self._called(inner, call, function)
            case _:
                return

    def _is_idle(self, row: Primitive, call: Call, function: Function) -> bool:
        """Whether this call of a primitive, as it is written, holds nothing."""
        return does_not_wait(self.types, row, call, function) or works_in_memory(
            self.types, row.name, call, function
        )

    def _through(self, name: str, call: Call, function: Function) -> Iterator[Edge]:
        """Give what a function of Python runs of its arguments."""
        if name in implicit.BUILTINS:
            yield from implicit.builtin(self, name, call, function)
        if name in implicit.ENTERS_ARGUMENT:
            yield from implicit.enter(self, call.args[0], call.span, function)
        position, keyword = implicit.CALLS_ARGUMENT.get(name, (-1, ""))
        given = call.args[position] if position >= 0 else dict(call.keywords).get(keyword)
        yield from self._given(given, "call", call, function)
        row = offloader(name)
        if row is not None and row.form == _SCHEDULE and row.argument.isdigit():
            later = call.args[int(row.argument) : int(row.argument) + 1]
            yield from self._given(later[0] if later else None, "schedule", call, function)

    def _given(self, given: Expr, how: str, call: Call, function: Function) -> Iterator[Edge]:
        """Give what *call* runs of a callable that it hands over, maybe never."""
        if not isinstance(given, _CALLABLE) or given in self._handed.own(function):
            return
        bare = call._replace(args=(), keywords=(), use="used")
        held = self.types.infer(given, function, call.span.line)
        for value in held.values:
            if isinstance(value, External | Function | Bound | Partial):
                for edge in self._called(value, bare, function):
                    doubt = weakest(edge.certainty, held.certainty, Certainty.LIKELY)
                    if not (isinstance(edge.target, Function) and edge.target.is_async):
                        how_then = how if edge.how == "call" else edge.how
                        yield edge._replace(certainty=doubt, how=how_then, call=call)

    def run(
        self, function: Function, how: str, span: Span, text: str, call: Call | None
    ) -> Iterator[Edge]:
        """Give the edge to *function*, or to what its decorators put in its place."""
        facts = function.facts
        outcome = decoration(self.types, function)
        if outcome.offloaded or (how != "iterate" and _is_lazy(function)):
            return
        if not facts.params and results.decorator_names(self.types, function) & CACHES:
            return
        awaited = call is not None and call.use == "awaited"
        is_exact = how == "construct" or _of_parent(call)
        others = () if is_exact else members.overrides(self.types, function)
        doubt = Certainty.LIKELY if len(others) <= _MANY else Certainty.POSSIBLE
        for other in others:
            if how == "iterate" or not _is_lazy(other):
                yield Edge(other, how, span, text, doubt, call, awaited)
        targets = (function,) if outcome.is_async and function.is_async else outcome.runs
        for target in targets:
            yield Edge(target, how, span, text, outcome.certainty, call, awaited)

    def _construct(self, cls: Class, call: Call, text: str) -> Iterator[Edge]:
        for name in _CONSTRUCTION:
            for base in members.mro(self.types, cls):
                if isinstance(base, Class) and name in base.methods:
                    method = base.methods[name]
                    yield from self.run(method, "construct", call.span, text, call)
                    break
                if isinstance(base, External) and name == "__init__":
                    row = self.primitive(base.name)
                    if row is not None and row.form == "ctor-blocking":
                        yield Edge(row, "construct", call.span, text, Certainty.CERTAIN, call)


def _is_lazy(function: Function) -> bool:
    """Whether a call of *function* makes a generator and runs nothing yet."""
    return function.facts.is_generator and not function.facts.is_async


def _awaitable(values: tuple[Value, ...]) -> tuple[Value, ...]:
    """Return what an awaited call can call: where some are async, the sync ones are not meant."""
    called = [getattr(v, "function", v) for v in values]
    if any(isinstance(f, Function) and f.is_async for f in called):
        pairs = zip(values, called, strict=True)
        return tuple([v for v, f in pairs if not isinstance(f, Function) or f.is_async])
    return values


def _gives_awaitable(function: Function) -> bool:
    """Whether a plain function says that somebody awaits what it gives."""
    said = function.facts.returns
    said = said.value if isinstance(said, Item) else said
    return not function.is_async and last_name(said) in _AWAITABLES


def _is_of_loop(values: tuple[Value, ...]) -> bool:
    """Whether a method may be one of a future of the loop, which never waits."""
    return any(isinstance(v, External) and v.name.startswith(LOOP_FUTURES) for v in values)


def _of_parent(call: Call | None) -> bool:
    """Whether a call is one of ``super().method``, which runs what is above, not below."""
    func = call.func if call is not None else None
    parent = func.value if isinstance(func, Attr) else None
    return isinstance(parent, Call) and parent.func == "super"
