"""What a scope does when it runs, in order, as far as it can register something."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from fastapi_bp_lint.facts.model import Attr, Binding, Body, Call, Expr, Import, Region
from fastapi_bp_lint.knowledge.fastapi_names import (
    MARKERS,
    ROUTE_CLASSES,
)
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.project.values import Class, Function, Where

if TYPE_CHECKING:
    from fastapi_bp_lint.project.apps import Arg
    from fastapi_bp_lint.project.values import Held

_COLLECTED = {n.rpartition(".")[2] for n in MARKERS | frozenset(ROUTE_CLASSES)}
_FARTHEST = 6
_LOOPS = {"loop", "async-loop"}
_DOUBTS = {"if", "else", "except", "case", "main", "while"}


class Frame:
    """A scope while it runs: the values of its parameters, and the frame around it.

    A loop that is unrolled has a frame of its own for each round; *region* are its lines.
    """

    __slots__ = ("calls", "env", "is_open", "parent", "region", "where")

    def __init__(
        self,
        where: Where,
        parent: Frame | None,
        env: dict[str, Arg | Held] | None = None,
        region: Region | None = None,
    ) -> None:
        self.where = where
        self.parent = parent
        self.env = env or {}
        self.region = region
        self.calls: dict[int, Held | None] = {}
        self.is_open = False

    @property
    def module(self) -> Module:
        """The file that the scope stands in."""
        return self.where if isinstance(self.where, Module) else self.where.module


class Step(NamedTuple):
    """Something that happens: a call, an import, a decorated function, a class, a loop."""

    what: Call | Import | Function | Class | Loop
    position: tuple[int, int]
    conditions: tuple[Region, ...]


class Loop(NamedTuple):
    """A loop with what happens inside."""

    region: Region
    targets: tuple[Binding, ...]
    steps: tuple[Step, ...]


Steps: TypeAlias = tuple[Step, ...]


def last_name(expr: Expr) -> str:
    """Return the last part of a dotted name or attribute."""
    if isinstance(expr, str):
        return expr.rpartition(".")[2]
    return expr.name if isinstance(expr, Attr) else ""


def nested(steps: list[tuple[tuple[int, int], object]], body: Body) -> Steps:
    """Put *steps*, in their order, under the conditions and into the loops around them."""
    regions = body.regions
    loops = [r for r in regions if r.kind in _LOOPS]
    doubts = [r for r in regions if r.kind in _DOUBTS or r.kind == "type-checking"]
    flat = [
        Step(what, position, _around(doubts, position[0]))  # type: ignore[arg-type]
        for position, what in steps
    ]
    if not loops:
        return tuple(flat)
    return _grouped(flat, loops, body, None)


def _around(regions: list[Region], line: int) -> tuple[Region, ...]:
    return tuple([r for r in regions if r.line <= line <= r.end_line]) if regions else ()


def _grouped(steps: list[Step], loops: list[Region], body: Body, within: Region | None) -> Steps:
    """Put the steps of each loop into one step."""
    inner = [r for r in loops if r is not within and (within is None or _inside(r, within))]
    outer = [r for r in inner if not any(o is not r and _inside(r, o) for o in inner)]
    found: list[Step] = []
    taken: set[int] = set()
    for n, step in enumerate(steps):
        if n in taken:
            continue
        loop = next((r for r in outer if _in_body(step, r)), None)
        if loop is None:
            found.append(step)
            continue
        same = [(m, s) for m, s in enumerate(steps) if _in_body(s, loop)]
        taken.update(m for m, _ in same)
        targets = tuple(
            [b for b in body.bindings if b.kind in {"for", "async-for"} and b.value is loop.subject]
        )
        nested = _grouped([s for _, s in same], inner, body, loop)
        found.append(Step(Loop(loop, targets, nested), step.position, _shared(step, loop)))
    return tuple(found)


def _in_body(step: Step, loop: Region) -> bool:
    line = step.position[0]
    return loop.line < line <= loop.end_line or loop.line == line == loop.end_line


def _inside(one: Region, other: Region) -> bool:
    return other.line <= one.line and one.end_line <= other.end_line and one is not other


def _shared(step: Step, loop: Region) -> tuple[Region, ...]:
    """Return the conditions around the whole loop."""
    return tuple(
        [c for c in step.conditions if c.line <= loop.line and loop.end_line <= c.end_line]
    )
