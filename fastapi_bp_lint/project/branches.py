"""Which conditions hold at a line: those around it, and those of every way out before it."""

from __future__ import annotations

from typing import NamedTuple

from fastapi_bp_lint.facts.model import Body, Expr, Region

_LEAVES = {"return", "raise"}
_PASSES_ON = {"with", "async-with", "finally"}
_EVER = 1 << 30


class Branch(NamedTuple):
    """The condition *test* is true, or false, on the lines after *start* up to *end*."""

    test: Expr
    start: int
    end: int
    holds: bool

    def covers(self, line: int) -> bool:
        """Whether the condition is decided at *line*."""
        return self.start < line <= self.end


def branches(body: Body) -> tuple[Branch, ...]:
    """Return the conditions of a body, and where each of them is decided."""
    found = []
    for region in body.regions:
        if region.kind == "if":
            found.append(Branch(region.subject, region.span.end_line, region.end_line, holds=True))
            if _leaves(region, body):
                after = _block(region, body)
                found.append(Branch(region.subject, region.end_line, after, holds=False))
        elif region.kind == "else":
            found.append(Branch(region.subject, region.line - 1, region.end_line, holds=False))
    return tuple(found)


def _leaves(region: Region, body: Body) -> bool:
    """Whether the block of an ``if`` always ends in a ``return`` or ``raise`` of its own."""
    first, last = region.line, region.end_line
    lines = [
        r.span.line for r in body.results if r.kind in _LEAVES and first <= r.span.line <= last
    ]
    if not lines:
        return False
    inner = [
        r
        for r in body.regions
        if r.kind not in _PASSES_ON and r is not region and _inside(r, region)
    ]
    return any(not any(r.line <= line <= r.end_line for r in inner) for line in lines)


def _inside(one: Region, other: Region) -> bool:
    return other.line <= one.line and one.end_line <= other.end_line


def _block(region: Region, body: Body) -> int:
    """Return the last line of the block that the statement of *region* stands in.

    What follows an ``else`` comes from there when the block of its ``if`` always leaves.
    """
    around = [r for r in body.regions if r is not region and _around(r, region)]
    inner = min(around, key=lambda r: (r.end_line, -r.line), default=None)
    if inner is None:
        return _EVER
    if inner.kind == "else":
        own = [r for r in body.regions if r.kind == "if" and r.subject is inner.subject]
        if own and _leaves(own[0], body):
            return _block(own[0], body)
    return inner.end_line


def _around(one: Region, other: Region) -> bool:
    return one.line <= other.line and other.end_line <= one.end_line
