"""Positions as editors count them, in code units of the agreed encoding, and as we do."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lsprotocol.types import Position, PositionEncodingKind, Range

from fastapi_bp_lint.finding import Span

# What str.splitlines takes for the end of a line besides is one neither in LSP nor in Python.
_END = re.compile(r"\r\n|\n|\r")


def lines_of(text: str) -> list[str]:
    """Return the lines of *text* without their ends."""
    return _END.split(text)


def units(text: str, encoding: str) -> int:
    """Return how long *text* is in code units of *encoding*."""
    if encoding == PositionEncodingKind.Utf32 or text.isascii():
        return len(text)
    if encoding == PositionEncodingKind.Utf8:
        return len(text.encode("utf-8", "surrogatepass"))
    return len(text) + sum(character > "\uffff" for character in text)


def column(line: str, character: int, encoding: str) -> int:
    """Return the column of the code unit *character* of *line*, its end for what lies beyond."""
    if encoding == PositionEncodingKind.Utf32 or line.isascii():
        return min(character, len(line))
    counted = 0
    for index, one in enumerate(line):
        if counted >= character:
            return index
        counted += units(one, encoding)
    return len(line)


def offset(text: str, position: Position, encoding: str) -> int:
    """Return the index in *text* that *position* means, its end for what lies beyond."""
    start, number = 0, 0
    for end in _END.finditer(text):
        if number == position.line:
            return start + column(text[start : end.start()], position.character, encoding)
        start, number = end.end(), number + 1
    if number < position.line:
        return len(text)
    return start + column(text[start:], position.character, encoding)


def position_of(line: int, character: int, lines: Sequence[str], encoding: str) -> Position:
    """Return the position of a line from 1 and a column from 0, inside of *lines*."""
    if not 0 < line <= len(lines):
        last = max(len(lines) - 1, 0)
        return Position(last, units(lines[last], encoding)) if lines else Position(0, 0)
    return Position(line - 1, units(lines[line - 1][:character], encoding))


def range_of(span: Span, lines: Sequence[str], encoding: str) -> Range:
    """Return *span* as the client counts."""
    return Range(
        position_of(span.line, span.column, lines, encoding),
        position_of(span.end_line, span.end_column, lines, encoding),
    )
