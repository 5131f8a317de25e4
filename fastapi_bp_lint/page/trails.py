"""Every stall as a way: from what FastAPI runs, call by call, down to what holds the thread."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from fastapi_bp_lint.finding import Finding, Place, Severity
from fastapi_bp_lint.output.groups import joined
from fastapi_bp_lint.project.blocking import COROUTINE

if TYPE_CHECKING:
    from fastapi_bp_lint.project.blocking import Ascent
    from fastapi_bp_lint.project.dependencies import Dependency
    from fastapi_bp_lint.project.project import Project
    from fastapi_bp_lint.project.routes import Route
    from fastapi_bp_lint.project.values import Function


class Hop(NamedTuple):
    """One function on the way, where in it the way goes on, and how: awaits, calls or blocks."""

    then: str
    symbol: str
    place: Place


class Trail(NamedTuple):
    """A stall: *top* names what reaches it, *hops* go down to the call of *primitive*.

    *finding* is the one shown, *others* end at the same call; *kind* is that of the entry, and
    *more* counts the further entries. *reached* are all functions that FastAPI runs and that get
    to the call.
    """

    finding: Finding
    others: tuple[Finding, ...]
    kind: str
    top: tuple[str, ...]
    more: int
    hops: tuple[Hop, ...]
    reached: frozenset[Function]


class Trails:
    """Works out the ways of the stalls among the findings of a project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._functions = {(f.module.path, f.symbol): f for f in project.names.functions}
        self._routes = _by_function(project.routes)

    def of(self, findings: Iterable[Finding]) -> Iterator[Trail]:
        """Give one trail for each call of a primitive, those that stop a request first."""
        stalls = [finding for finding in findings if finding.primitive and finding.entry]
        for group in sorted(joined(stalls), key=lambda group: _rank(group.first)):
            yield self._trail(group.first, group.others)

    def _trail(self, finding: Finding, others: tuple[Finding, ...]) -> Trail:
        entry = finding.entry
        assert entry is not None
        top = tuple(self._routes.get((entry.path, entry.symbol), ()))
        hops = (*self._above(finding), *_below(finding))
        more = max(entry.reached_by - 1, 0)
        reached = frozenset(f for one in (finding, *others) for f in self._reached(one))
        return Trail(finding, others, entry.kind, top, more, hops, reached)

    def _ascent(self, finding: Finding) -> Ascent | None:
        function = self._functions.get((finding.place.path, finding.symbol))
        return self._project.blocking.ascent(function) if function else None

    def _reached(self, finding: Finding) -> tuple[Function, ...]:
        ascent = self._ascent(finding)
        return ascent.reached if ascent else ()

    def _above(self, finding: Finding) -> Iterator[Hop]:
        """Give the functions from the entry down to the one in which the finding stands."""
        ascent = self._ascent(finding)
        for caller, callee in pairwise(ascent.way if ascent else ()):
            word = "awaits" if callee.is_async else "calls"
            yield Hop(word, caller.symbol, self._call(caller, callee))
        word = "calls" if finding.trail else "blocks"
        yield Hop(word, finding.symbol, finding.place)

    def _call(self, caller: Function, callee: Function) -> Place:
        edges = self._project.calls.edges(caller)
        span = next((e.span for e in edges if e.target is callee), caller.facts.name_span)
        return caller.module.place(span)


def _rank(finding: Finding) -> tuple[bool, int]:
    found = finding.entry
    return found is None or found.kind == COROUTINE, list(Severity).index(finding.severity)


def _below(finding: Finding) -> Iterator[Hop]:
    for number, step in enumerate(finding.trail, 1):
        word = "calls" if number < len(finding.trail) else "blocks"
        yield Hop(word, step.symbol, step.place)


def _by_function(routes: Iterable[Route]) -> dict[tuple[str, str], dict[str, None]]:
    """Return the routes, as text, of each handler and of each dependency on the loop."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for route in routes:
        running = [route.handler, *(d.function for d in _distinct(route))]
        for function in running:
            if function is not None:
                key = function.module.path, function.symbol
                found.setdefault(key, {})[named(route)] = None
    return found


def _distinct(route: Route) -> Iterable[Dependency]:
    return {d.target.symbol: d for d in route.all_dependencies()}.values()


def named(route: Route) -> str:
    """Return the methods and the path of *route*."""
    return f"{','.join(route.methods) or route.kind} {route.path or '/'}"
