"""Which HTTP errors come out of a function: its own, and those of all that it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastapi_bp_lint.facts.model import Body, Call, Expr, Group, Region
from fastapi_bp_lint.finding import Certainty, Place, Step, weakest
from fastapi_bp_lint.knowledge.tables import canonical
from fastapi_bp_lint.project.exceptions import HttpError, http_errors
from fastapi_bp_lint.project.guard import Guard
from fastapi_bp_lint.project.guards import Guards
from fastapi_bp_lint.project.values import Class, External, Function

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi_bp_lint.project.project import Project
    from fastapi_bp_lint.project.types import Types

_MOST = 60
_EVERYTHING = frozenset({"builtins.Exception", "builtins.BaseException"})


class Raised(NamedTuple):
    """An HTTP error that comes out of a function.

    *place* is the ``raise``, *function* the one that has it; *guard* is what the way there asks of
    the parameters of the function that was asked about.
    """

    error: HttpError
    place: Place
    function: Function
    guard: Guard
    certainty: Certainty

    @property
    def step(self) -> Step:
        """The end of a trail: where it is raised, and as what."""
        text = f"`{self.function.facts.qualname}` raises `{self.error.name}`: {self.error.status}"
        return Step(self.place, self.function.symbol, text)


class Raising:
    """Answers which HTTP errors each function lets out; every answer is kept."""

    def __init__(self, project: Project) -> None:
        self._types = project.types
        self._calls = project.calls
        self._guards = Guards(project.types, _nobody)
        self._kept: dict[Function, tuple[Raised, ...]] = {}

    def of(self, function: Function) -> tuple[Raised, ...]:
        """Return what comes out of *function*, once for each ``raise`` and what it depends on."""
        kept = self._kept.get(function)
        if kept is None:
            self._kept[function] = ()  # a function that leads to itself adds nothing
            found: dict[object, Raised] = {}
            if not _is_guarded(self._types, function):
                for raised in (*self._own(function), *self._of_calls(function)):
                    found.setdefault((raised.error.status, raised.place, raised.guard), raised)
            kept = self._kept[function] = tuple(found.values())[:_MOST]
        return kept

    def _own(self, function: Function) -> Iterator[Raised]:
        for result in function.facts.body.results:
            if result.kind != "raise" or result.value is None:
                continue
            line = result.span.line
            guard = self._guards.of(function, line)
            for error in http_errors(self._types, result.value, function, line):
                if escapes(self._types, function, line, error.names):
                    place = function.module.place(result.span)
                    yield Raised(error, place, function, guard, error.certainty)

    def _of_calls(self, function: Function) -> Iterator[Raised]:
        for edge in self._calls.edges(function):
            if not isinstance(edge.target, Function) or edge.target is function:
                continue
            if edge.target.is_async and not edge.awaited:
                continue
            for raised in self.of(edge.target):
                guard = self._guards.carried(raised.guard, edge, function)
                line = edge.span.line
                if guard is False or not escapes(self._types, function, line, raised.error.names):
                    continue
                certainty = weakest(raised.certainty, edge.certainty)
                yield raised._replace(guard=guard, certainty=certainty)


def _nobody(_: object) -> tuple[()]:
    """Return the callers whose habits make a guard rare: an error is told however rare it is."""
    return ()


def escapes(types: Types, function: Function, line: int, names: frozenset[str]) -> bool:
    """Whether an exception with these *names*, raised at *line*, leaves *function* as it is."""
    body = function.facts.body
    around = [r for r in body.regions if r.kind == "try" and r.line <= line <= r.end_line]
    for block in sorted(around, key=lambda r: -r.line):
        clause = next(
            (c for c in _clauses(block, body) if _catches(types, c, function, names)), None
        )
        if clause is not None and not _passes_on(clause, body):
            return False
    return True


def _clauses(block: Region, body: Body) -> Iterator[Region]:
    """Give the ``except`` clauses of a ``try``, in order."""
    column = block.span.column
    for region in body.regions:
        if region.line > block.end_line and region.span.column == column:
            if region.kind != "except":
                if region.kind in {"else", "finally"}:
                    continue
                return
            yield region


def _catches(types: Types, clause: Region, function: Function, names: frozenset[str]) -> bool:
    subject = clause.subject
    every = subject.items if isinstance(subject, Group) else (subject,)
    return any(_covers(types, one, function, clause.line, names) for one in every)


def _covers(
    types: Types, caught: Expr, function: Function, line: int, names: frozenset[str]
) -> bool:
    if caught is None:
        return True
    for value in types.infer(caught, function, line).values:
        if isinstance(value, Class) and value.symbol in names:
            return True
        if isinstance(value, External) and (value.name in _EVERYTHING or value.name in names):
            return True
    return isinstance(caught, str) and canonical(f"builtins.{caught}") in _EVERYTHING


def _passes_on(clause: Region, body: Body) -> bool:
    """Whether a clause raises again what it caught, somewhere."""
    names = {b.target for b in body.bindings if b.kind == "except" and b.span.line == clause.line}
    inside = range(clause.line, clause.end_line + 1)
    return any(
        r.kind == "raise" and r.span.line in inside and (r.value is None or r.value in names)
        for r in body.results
    )


def _is_guarded(types: Types, function: Function) -> bool:
    """Whether a decorator of the project may catch what the function raises."""
    for decorator in function.facts.decorators:
        func = decorator.func if isinstance(decorator, Call) else decorator
        for value in types.infer(func, types.around(function)).values:
            if isinstance(value, Function) and _has_clause(value):
                return True
    return False


def _has_clause(decorator: Function) -> bool:
    own = decorator.facts.qualname
    return any(
        r.kind == "except"
        for f in decorator.module.facts.functions
        if f.qualname == own or f.qualname.startswith(f"{own}.")
        for r in f.body.regions
    )
