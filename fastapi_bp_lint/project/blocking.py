"""Which functions hold their thread: the nearest primitive of each, and the way to it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from fastapi_bp_lint.facts.model import Attr, Awaited, Call, Item
from fastapi_bp_lint.finding import Certainty, Entry, Place, Step, weakest
from fastapi_bp_lint.knowledge.kinds import QUESTIONS, question
from fastapi_bp_lint.knowledge.locks import DONE
from fastapi_bp_lint.knowledge.tables import Primitive
from fastapi_bp_lint.project.commands import Commands
from fastapi_bp_lint.project.detached import is_left_running
from fastapi_bp_lint.project.guard import Guard, asks, kin
from fastapi_bp_lint.project.guards import Guards
from fastapi_bp_lint.project.values import Function

if TYPE_CHECKING:
    from fastapi_bp_lint.finding import Span
    from fastapi_bp_lint.project.edges import Edge
    from fastapi_bp_lint.project.project import Project


LIFESPAN = "lifespan"
COROUTINE = "coroutine"


class Stall(NamedTuple):
    """A coroutine whose body makes a call that leads to a primitive.

    *edges* begin with that call and end with the primitive's; *functions* are the bodies in which
    they stand, the coroutine first.
    """

    question: str
    coroutine: Function
    functions: tuple[Function, ...]
    edges: tuple[Edge, ...]
    primitive: Primitive
    certainty: Certainty

    @property
    def is_doubtful(self) -> bool:
        """Whether the way is one of many that may be meant."""
        return self.certainty is Certainty.POSSIBLE

    @property
    def is_direct(self) -> bool:
        """Whether the coroutine calls the primitive itself."""
        return len(self.edges) == 1

    @property
    def place(self) -> Place:
        """Where the coroutine makes the call."""
        return self.coroutine.module.place(self.edges[0].span)

    @property
    def end(self) -> Place:
        """Where the primitive is called."""
        return self.functions[-1].module.place(self.edges[-1].span)

    def is_statement_of(self, primitive: str) -> bool:
        """Whether the coroutine calls *primitive* as a statement of its own."""
        call = self.edges[0].call
        return (
            self.is_direct
            and self.primitive.name == primitive
            and call is not None
            and call.use == "dropped"
        )

    @property
    def can_be_handed_over(self) -> bool:
        """Whether the coroutine's call is one that ``await run_in_threadpool(...)`` can replace.

        Not inside a generator expression, and not what a ``with`` or ``for`` statement works on;
        nor with an argument called ``func``, which is what ``run_in_threadpool`` calls its own.
        """
        edge = self.edges[0]
        if edge.call is None or edge.how not in {"call", "construct"} or edge.call.use == "lazy":
            return False
        if any(name == "func" for name, _ in edge.call.keywords):
            return False
        regions = self.coroutine.facts.body.regions
        return not any(r.span == edge.span for r in regions if r.kind in {"with", "loop"})

    @property
    def iterates_generator(self) -> bool:
        """Whether the coroutine iterates a sync generator of the project."""
        edge = self.edges[0]
        return edge.how == "iterate" and isinstance(edge.target, Function)

    @property
    def is_inside_with_or_finally(self) -> bool:
        """Whether the call stands inside a ``finally`` or a ``with`` block that is not async."""
        line = self.edges[0].span.line
        return any(
            r.kind in {"with", "finally"} and r.line <= line <= r.end_line
            for r in self.coroutine.facts.body.regions
        )

    @property
    def advice(self) -> str:
        """What to do instead, from the table's row."""
        instead = self.primitive.replacement
        if not instead or instead == "run_in_threadpool":
            return "hand it to a thread with `await run_in_threadpool(...)`"
        return f"use {instead}, or hand it to a thread with `await run_in_threadpool(...)`"

    @property
    def leads(self) -> str:
        """The beginning of a message about a helper: what the coroutine does with it."""
        edge = self.edges[0]
        return f"{STARTS[edge.how].format(edge.written)} leads to"

    @property
    def advice_for_helper(self) -> str:
        """What to do about a helper that leads to the primitive."""
        edge = self.edges[0]
        if edge.how == "call":
            return f"await `run_in_threadpool({edge.written}, ...)`, or make the helper async"
        return "make it async, or move it into a function that `run_in_threadpool` runs"

    @property
    def trail(self) -> tuple[Step, ...]:
        """The hops after the coroutine, down to the primitive; empty for a direct call."""
        return tuple(
            Step(
                f.module.place(e.span),
                f.symbol,
                f"`{f.facts.qualname}` {VERBS[e.how]} `{_target(e)}`",
            )
            for f, e in list(zip(self.functions, self.edges, strict=True))[1:]
        )


VERBS = {
    "call": "calls",
    "construct": "creates",
    "property": "reads",
    "enter": "enters",
    "iterate": "iterates",
    "operator": "uses an operator of",
    "schedule": "schedules",
}
STARTS = {
    "call": "calling `{}`",
    "construct": "creating `{}`",
    "property": "reading the property `{}`",
    "enter": "entering `{}`",
    "iterate": "iterating `{}`",
    "operator": "an operator of `{}`",
    "schedule": "scheduling with `{}`",
}


def _target(edge: Edge) -> str:
    return edge.target.readable if isinstance(edge.target, Primitive) else edge.written


def _is_rather(one: Stall, other: Stall) -> bool:
    """Whether *one* is nearer than *other*, from which a call parts it that may run either."""
    if one.is_doubtful or len(one.edges) >= len(other.edges):
        return False
    for first, second in zip(one.edges, other.edges, strict=False):
        if first.target != second.target:
            return first.span == second.span and _are_siblings(first.target, second.target)
    return False


def _are_siblings(one: object, other: object) -> bool:
    """Whether these are methods of one name, of two classes."""
    return (
        isinstance(one, Function)
        and isinstance(other, Function)
        and one.name == other.name
        and one.owner is not None
        and other.owner is not None
    )


def _once_done(edge: Edge) -> bool:
    """Whether an edge is to what a future calls with itself when it is done."""
    return edge.how == "schedule" and edge.written.endswith(".add_done_callback")


def _receivers(call: Call) -> list[int]:
    """Return the calls that a chain is made of before *call*: mending the first mends all."""
    found = []
    func = call.func
    while isinstance(func, Attr):
        func = func.value
        while isinstance(func, Awaited | Item):
            func = func.value
        if isinstance(func, Call):
            found.append(id(func))
            func = func.func
    return found


class Hop(NamedTuple):
    """The next edge on a way from a function to a primitive, and the hop after it.

    *guard* is what the way asks of the function's parameters.
    """

    edge: Edge
    certainty: Certainty
    length: int
    guard: Guard
    rest: Hop | None

    @property
    def is_doubtful(self) -> bool:
        """Whether the way is one of many that may be meant."""
        return self.certainty is Certainty.POSSIBLE


class Ascent(NamedTuple):
    """What is above a coroutine: the nearest entry, and all that FastAPI runs and that reaches it.

    *way* are the functions from the nearest one down to the coroutine, each calling the next.
    """

    entry: Entry
    way: tuple[Function, ...]
    reached: tuple[Function, ...]


_WAYS = 4
_WAYS_OF_KIN = 24


def _is_settled(known: list[Hop], length: int, certainty: Certainty) -> bool:
    """Whether an unguarded hop is known that one of *length* and *certainty* cannot better."""
    return any(
        hop.guard is None
        and not hop.is_doubtful
        and not (hop.length == length and certainty.rank < hop.certainty.rank)
        for hop in known
    )


class Blocking:
    """The stalls of a project, worked out from its coroutines downwards."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._calls = project.calls
        self._commands = Commands(project)
        self._once = project.calls.once
        self._guards = Guards(project.types, self._who_runs)

    @cached_property
    def coroutines(self) -> list[Function]:
        """Every async function of the project."""
        return [f for f in self._project.names.functions if f.is_async]

    def prepare(self) -> None:
        """Work out what stalls are judged by besides what functions run."""
        _ = self._project.entry_kinds, self._commands.alone

    def explore(self, functions: Iterable[Function], seen: set[Function]) -> None:
        """Find out what *functions* run, and what that leads to, of what was not *seen*."""
        waiting = [f for f in functions if f not in seen]
        seen.update(waiting)
        for function in waiting:
            self._project.make_room()
            for edge in self._calls.edges(function):
                target = edge.target
                if isinstance(target, Function) and not target.is_async and target not in seen:
                    seen.add(target)
                    waiting.append(target)

    @cached_property
    def _explored(self) -> dict[Function, list[tuple[Function, Edge]]]:
        """Sync function -> who runs it, for all that coroutines can reach without an await."""
        callers: dict[Function, list[tuple[Function, Edge]]] = {}
        waiting = list(self.coroutines)
        seen = set(waiting)
        for function in waiting:
            self._project.make_room()
            for edge in self._calls.edges(function):
                target = edge.target
                if isinstance(target, Function) and not target.is_async:
                    callers.setdefault(target, []).append((function, edge))
                    if target not in seen:
                        seen.add(target)
                        waiting.append(target)
        self._reached = waiting
        self._project.types.let_go()
        return callers

    def _who_runs(self, target: object) -> Sequence[tuple[Function, Edge]]:
        return self._explored.get(target, ()) if isinstance(target, Function) else ()

    def hops(self, asked: str) -> dict[Function, list[Hop]]:
        """Return, for each sync function that leads to a primitive of that question, the next hops.

        The nearest primitive comes first; among equals the surer, then the first in the source. A
        way that some arguments rule out is followed by farther ones, up to one that none rules out.
        """
        kept = self._hops.get(asked)
        if kept is None:
            kept = self._hops[asked] = self._nearest(asked)
        return kept

    def _nearest(self, asked: str) -> dict[Function, list[Hop]]:
        callers = self._explored
        found: dict[Function, list[Hop]] = {}
        level: deque[tuple[Function, Hop]] = deque()
        for function, direct in self._direct.get(asked, {}).items():
            for edge in sorted(direct, key=lambda e: e.certainty.rank):
                guard = self._guards.around(edge, function)
                doubt = self._doubt(edge, function)
                self._add(found, function, Hop(edge, doubt, 1, guard, None), level)
        while level:
            function, hop = level.popleft()
            for caller, edge in callers.get(function, ()):
                doubt = weakest(edge.certainty, hop.certainty)
                known = found.get(caller)
                if caller.is_async or (known and _is_settled(known, hop.length + 1, doubt)):
                    continue
                guard = self._guards.carried(hop.guard, edge, caller)
                if guard is not False:
                    doubt = weakest(self._certainty(hop, edge, caller), hop.certainty)
                    further = Hop(edge, doubt, hop.length + 1, guard, hop)
                    self._add(found, caller, further, level)
        return found

    def _certainty(self, hop: Hop, edge: Edge, caller: Function) -> Certainty:
        """Return how sure it is that *edge* goes on with *hop*."""
        unheard = self._guards.is_unheard_of(hop.guard, edge, caller)
        return Certainty.POSSIBLE if unheard else self._doubt(edge, caller)

    def _doubt(self, edge: Edge, function: Function) -> Certainty:
        """Return the certainty of *edge*, slight where it is taken once or as one of many."""
        line = edge.span.line
        if self._once.holds(function, line):
            return Certainty.POSSIBLE
        if not function.is_async and self._guards.choices.is_open(function, line):
            return Certainty.POSSIBLE
        return edge.certainty

    def _add(
        self,
        found: dict[Function, list[Hop]],
        function: Function,
        hop: Hop,
        level: deque[tuple[Function, Hop]],
    ) -> None:
        """Keep a hop, unless one that is as near, as sure and no more guarded is known."""
        known = found.setdefault(function, [])
        for position, other in enumerate(known):
            if other.guard is None or other.guard == hop.guard:
                if other.is_doubtful and not hop.is_doubtful:
                    continue
                if other.length == hop.length and hop.certainty.rank < other.certainty.rank:
                    if hop.guard == other.guard:
                        known[position] = hop
                        level.append((function, hop))
                return
        alike = [k for k in known if k.is_doubtful is hop.is_doubtful]
        most = _WAYS_OF_KIN if kin(hop.guard) else _WAYS
        if hop.guard is None or len(alike) < most:
            known.append(hop)
            level.append((function, hop))

    @cached_property
    def _hops(self) -> dict[str, dict[Function, list[Hop]]]:
        return {}

    @cached_property
    def _direct(self) -> dict[str, dict[Function, list[Edge]]]:
        """Question -> the sync functions that call a primitive of it themselves, and how."""
        _ = self._explored
        found: dict[str, dict[Function, list[Edge]]] = {}
        for function in self._reached:
            if not function.is_async:
                for edge in self._calls.edges(function):
                    row = edge.target
                    if isinstance(row, Primitive):
                        asked = question(row.kind, row.tier, row.name)
                        found.setdefault(asked, {}).setdefault(function, []).append(edge)
        return found

    def _asks(self, edge: Edge, asked: str) -> bool:
        row = edge.target
        return isinstance(row, Primitive) and question(row.kind, row.tier, row.name) == asked

    @cached_property
    def stalls(self) -> tuple[Stall, ...]:
        """Every stall, question by question; of what one call may run, the nearest is meant."""
        found = [stall for asked in QUESTIONS for stall in self.stalls_by(asked)]
        beside: dict[tuple[Function, Span], list[Stall]] = {}
        for stall in found:
            beside.setdefault((stall.coroutine, stall.edges[0].span), []).append(stall)
        return tuple(
            stall._replace(certainty=Certainty.POSSIBLE)
            if any(
                _is_rather(other, stall) for other in beside[stall.coroutine, stall.edges[0].span]
            )
            else stall
            for stall in found
        )

    def stalls_by(self, asked: str) -> Iterator[Stall]:
        """Give one stall per coroutine and primitive of that question, in source order."""
        hops = self.hops(asked)
        for coroutine, edges in self._beginnings:
            told: dict[Place, Stall] = {}
            chained: set[int] = set()
            for edge in edges:
                if edge.target not in hops and not self._asks(edge, asked):
                    continue  # nearly all
                found = self._stall(coroutine, edge, asked, hops)
                if found is None:
                    continue
                if edge.call is not None:
                    chained.add(id(edge.call))
                    if not chained.isdisjoint(_receivers(edge.call)):
                        continue
                before = told.get(found.end)
                if before is None or (before.is_doubtful and not found.is_doubtful):
                    told[found.end] = found
            yield from told.values()

    @cached_property
    def _beginnings(self) -> list[tuple[Function, list[Edge]]]:
        """The coroutines that may stall, each with what it runs besides other coroutines."""
        told = self._project.types.told
        return [
            (c, [e for e in self._calls.edges(c) if not getattr(e.target, "is_async", False)])
            for c in self.coroutines
            if told.of(c) is not False
        ]

    def _stall(
        self, coroutine: Function, edge: Edge, asked: str, hops: dict[Function, list[Hop]]
    ) -> Stall | None:
        functions, edges = [coroutine], [edge]
        if self._asks(edge, asked):
            doubt = self._doubt(edge, coroutine)
        else:
            hop = self._open(edge, coroutine, hops)
            if hop is None:
                return None
            doubt = weakest(self._certainty(hop, edge, coroutine), hop.certainty)
            while hop is not None:
                at = edges[-1].target
                assert isinstance(at, Function)
                functions.append(at)
                edges.append(hop.edge)
                hop = hop.rest
        primitive = edges[-1].target
        assert isinstance(primitive, Primitive)
        is_done = primitive.name in DONE and any(map(_once_done, edges))
        if is_done or self._commands.is_alone(coroutine):
            doubt = Certainty.POSSIBLE
        return Stall(asked, coroutine, tuple(functions), tuple(edges), primitive, doubt)

    def _open(self, edge: Edge, coroutine: Function, hops: dict[Function, list[Hop]]) -> Hop | None:
        """Return the first hop of the edge's target that the call's arguments do not rule out.

        One that is only possible gives way to one that is surer, one that asks for something to
        one that does not.
        """
        ways = hops.get(edge.target, ()) if isinstance(edge.target, Function) else ()
        taken = [h for h in ways if self._guards.at(h.guard, edge, coroutine) is not False]
        if len(taken) < 2:  # noqa: PLR2004 - nothing to choose from
            return taken[0] if taken else None
        sure = [
            h
            for h in taken
            if not h.is_doubtful
            if self._certainty(h, edge, coroutine) is not Certainty.POSSIBLE
        ]
        return next((h for h in sure if not asks(h.guard)), (sure or taken)[0])

    @cached_property
    def _callers(self) -> dict[Function, list[Function]]:
        """Function -> the functions whose bodies call it, awaited or not."""
        _ = self._explored
        found: dict[Function, list[Function]] = {}
        for function in self._reached:
            for edge in self._calls.edges(function):
                if isinstance(edge.target, Function):
                    found.setdefault(edge.target, []).append(function)
        return found

    def entry(self, coroutine: Function) -> Entry:
        """Return the nearest thing that the framework runs and that reaches *coroutine*.

        What runs for a request comes before what runs at startup; a coroutine that nothing is known
        to reach is its own entry, of kind coroutine, reached by none.
        """
        return self.ascent(coroutine).entry

    def ascent(self, coroutine: Function) -> Ascent:
        """Return what is above *coroutine*."""
        kept = self._ascents.get(coroutine)
        if kept is None:
            kept = self._ascents[coroutine] = self._climb(coroutine)
        return kept

    @cached_property
    def _ascents(self) -> dict[Function, Ascent]:
        return {}

    def _climb(self, coroutine: Function) -> Ascent:
        kinds = self._project.entry_kinds
        below = self._below(coroutine)
        asked = [f for f in below if kinds.get(f, LIFESPAN) != LIFESPAN]
        if not asked and any(f in kinds for f in below):
            below = self._below(coroutine, is_startup=True)
            asked = [f for f in below if f in kinds]
        nearest = asked[0] if asked else coroutine
        place = nearest.module.place(nearest.facts.span)
        kind = kinds.get(nearest, COROUTINE)
        way = [nearest]
        while way[-1] is not coroutine:
            way.append(below[way[-1]])
        entry = Entry(kind, nearest.symbol, place.path, place.span.line, len(asked))
        return Ascent(entry, tuple(way), tuple(asked))

    def _below(self, coroutine: Function, *, is_startup: bool = False) -> dict[Function, Function]:
        """Return what leads to *coroutine*, nearest first, each with what is next on the way.

        What runs at startup does not run the tasks that it leaves running.
        """
        below = {coroutine: coroutine}
        waiting = [coroutine]
        for function in waiting:
            for caller in self._callers.get(function, ()):
                if caller not in below and not (
                    is_startup and is_left_running(self._project.types, function, caller)
                ):
                    below[caller] = function
                    waiting.append(caller)
        return below
