"""How a statement or a comment leaves a file: with its line, or from between its neighbours."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fastapi_bp_lint.edits.text import Edit, Range, Text
from fastapi_bp_lint.edits.units import RefusedError, bodies, first_line, last_line


def removal(text: Text, tree: ast.Module, place: Range) -> Edit:
    """Return the edit that takes out the statement or comment at *place*.

    Raises:
        RefusedError: neither spans exactly that.

    """
    if text.value[place.start : place.start + 1] == "#":
        return _comment(text, place)
    for body in _all_bodies(tree):
        for index, statement in enumerate(body):
            if text.node(statement) == place:
                return _statement(text, body, index, alone=len(body) == 1 and body is not tree.body)
    message = "no statement or comment spans the place of the fix"
    raise RefusedError(message)


def _all_bodies(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    stack: list[ast.AST] = [tree]
    while stack:
        for body in bodies(stack.pop()):
            yield body
            stack.extend(body)


def _statement(text: Text, body: list[ast.stmt], index: int, *, alone: bool) -> Edit:
    statement = body[index]
    first, last = first_line(statement), last_line(statement)
    place = text.node(statement)
    start = text.offset(first)
    head = text.value[start : place.start] if first == statement.lineno else ""
    if alone:
        begin = start + len(text.line(first)) - len(text.line(first).lstrip())
        return Edit(Range(place.start if head.strip() else begin, place.end), "pass")
    if head.strip():
        return Edit(Range(text.node(body[index - 1]).end, place.end), "")
    if index + 1 < len(body) and body[index + 1].lineno == last:
        return Edit(Range(place.start, text.node(body[index + 1]).start), "")
    end = last + 1
    # One of the two runs of blank lines around it goes too.
    if not text.line(first - 1).strip() if first > 1 else True:
        while end <= text.lines and not text.line(end).strip():
            end += 1
    return Edit(Range(start, text.offset(end)), "")


def _comment(text: Text, place: Range) -> Edit:
    number = text.line_of(place.start)
    start = text.offset(number)
    before = text.value[start : place.start]
    if not before.strip():
        return Edit(Range(start, text.offset(number + 1)), "")
    return Edit(Range(start + len(before.rstrip()), place.end), "")
