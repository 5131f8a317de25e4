"""Dependencies that yield: what protects the yield, and what stands behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi_bp_lint.facts.model import Region, Result
    from fastapi_bp_lint.project.project import Project
    from fastapi_bp_lint.project.values import Function


def generators(project: Project) -> Iterator[Function]:
    """Give each generator of the project that is a dependency, once."""
    found = {d.function: None for d in project.dependencies if d.is_generator}
    for function in found:
        if function is not None and function.facts.is_generator:
            yield function


def yields(function: Function) -> list[Result]:
    """Return the ``yield`` expressions of a function."""
    return [r for r in function.facts.body.results if r.kind in {"yield", "yield-from"}]


def tries(function: Function, line: int) -> list[Region]:
    """Return the ``try`` blocks whose protected part holds *line*."""
    regions = function.facts.body.regions
    return [r for r in regions if r.kind == "try" and r.line <= line <= r.end_line]


def handlers(function: Function, block: Region) -> list[Region]:
    """Return the ``except`` clauses of a ``try`` block."""
    regions = function.facts.body.regions
    column = block.span.column
    later = [
        r.line
        for r in regions
        if r.kind == "try" and r.span.column == column and r.line > block.end_line
    ]
    end = min(later, default=function.facts.span.end_line + 1)
    return [
        r
        for r in regions
        if r.kind == "except" and r.span.column == column and block.end_line < r.line < end
    ]


def has_finally(function: Function, block: Region) -> bool:
    """Whether a ``try`` block ends with ``finally``."""
    return any(r.kind == "finally" and r.span == block.span for r in function.facts.body.regions)
