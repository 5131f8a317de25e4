"""Which of a name's definitions in one function can be the one that a line reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from fastapi_bp_lint.facts.model import Binding, Param, Region

if TYPE_CHECKING:
    from fastapi_bp_lint.project.names import Definition

Thing = TypeVar("Thing", bound="Definition | Param")

_SCOPED = {"comprehension", "generator", "async-comprehension"}
_RIGHT_SIDE = {"assign", "annotation", "augment", "unpack"}
_LOOPS = {"loop", "async-loop", "while"}
_SURE = {"with", "async-with", "try", "finally"}


def reaching(things: Sequence[Thing], regions: Sequence[Region], line: int) -> Sequence[Thing]:
    """Return the definitions that may hold at *line*; all of them for line 0.

    A definition is replaced by a later one that runs whenever it does. What a loop assigns below
    the line counts as well: it may come from the round before.
    """
    if len(things) == 1 and not is_scoped(things[0]):
        return things
    rest: list[Thing] = []
    inner: Thing | None = None
    for thing in things:
        if not is_scoped(thing):
            rest.append(thing)
        elif _covers(thing, line):
            inner = thing
    if inner is not None:
        return [inner]
    if not line or len(rest) < 2:  # noqa: PLR2004 - nothing to choose from
        return rest
    alive: list[Thing] = []
    for thing in sorted(rest, key=_line):
        at = _line(thing)
        if at > line:
            if _in_one_loop(regions, at, line):
                alive.append(thing)
            continue
        if isinstance(thing, Binding) and thing.kind in _RIGHT_SIDE and line <= thing.span.end_line:
            continue
        if _dominates(regions, at, line):
            alive = []
        alive.append(thing)
    return alive or rest


def is_scoped(thing: object) -> bool:
    """Whether a definition is known in one comprehension or generator expression only."""
    return isinstance(thing, Binding) and thing.kind in _SCOPED


def _covers(thing: object, line: int) -> bool:
    return isinstance(thing, Binding) and thing.span.line <= line <= thing.span.end_line


def _line(thing: object) -> int:
    if isinstance(thing, Binding):
        return thing.span.line
    if isinstance(thing, Param):
        return 0
    span = getattr(thing, "span", None) or getattr(thing, "facts").span  # noqa: B009 - definitions
    return int(span.line)


def _dominates(regions: Sequence[Region], at: int, line: int) -> bool:
    """Whether every condition around *at* is also around *line*."""
    for r in regions:
        if r.line <= at <= r.end_line and r.kind not in _SURE and not r.line <= line <= r.end_line:
            return False
    return True


def _in_one_loop(regions: Sequence[Region], one: int, other: int) -> bool:
    for r in regions:
        if r.line <= one <= r.end_line and r.line <= other <= r.end_line and r.kind in _LOOPS:
            return True
    return False
