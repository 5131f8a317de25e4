"""What functions run, as a copy of this process that was made after linking hands it over.

Both have the functions of the project in the same order, and the calls of each body.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from fastapi_bp_lint.knowledge.tables import Primitive
from fastapi_bp_lint.project.edges import Edge
from fastapi_bp_lint.project.values import Function

if TYPE_CHECKING:
    from fastapi_bp_lint.facts.model import Call
    from fastapi_bp_lint.finding import Certainty, Span
    from fastapi_bp_lint.project.project import Project


class Row(NamedTuple):
    """An edge with numbers in the place of what only one process has: -1 for no call."""

    target: int | Primitive
    how: str
    span: Span
    written: str
    certainty: Certainty
    call: int
    awaited: bool


Sheet: TypeAlias = dict[int, tuple[Row, ...]]
"""Number of a function -> its edges."""


def give(project: Project, functions: Iterable[Function]) -> Sheet:
    """Return what *functions* run; nothing of one that runs what has no number."""
    numbers = {function: number for number, function in enumerate(project.names.functions)}
    sheet: Sheet = {}
    for function in functions:
        calls = {id(call): number for number, call in enumerate(function.facts.body.calls)}
        try:
            rows = tuple(_row(e, numbers, calls) for e in project.calls.edges(function))
            sheet[numbers[function]] = rows
        except KeyError:
            continue
    return sheet


def _row(edge: Edge, numbers: dict[Function, int], calls: dict[int, int]) -> Row:
    target, call = edge.target, edge.call
    number = numbers[target] if isinstance(target, Function) else target
    place = -1 if call is None else calls[id(call)]
    return Row(number, *edge[1:5], place, edge.awaited)


def take(project: Project, sheet: Sheet) -> None:
    """Let *project* know what functions run, without asking again."""
    functions = project.names.functions
    for number, rows in sheet.items():
        function = functions[number]
        edges = _edges(rows, function.facts.body.calls, functions)
        project.calls.learn(function, tuple(edges))


def _edges(
    rows: Iterable[Row], calls: tuple[Call, ...], functions: list[Function]
) -> Iterator[Edge]:
    for row in rows:
        target = functions[row.target] if isinstance(row.target, int) else row.target
        call = None if row.call < 0 else calls[row.call]
        yield Edge(target, *row[1:5], call, row.awaited)
