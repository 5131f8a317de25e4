"""The text of one file: lines as Python counts them, offsets, spans and edits in characters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import ast

    from fastapi_bp_lint.finding import Span

# Not str.splitlines: a form feed or U+2028 inside a line ends no line for Python.
_LINE_END = re.compile(r"\r\n|\r|\n")


class Range(NamedTuple):
    """Half-open range of offsets in a text, in characters."""

    start: int
    end: int

    def touches(self, other: Range) -> bool:
        """Tell whether two edits at these ranges could depend on each other's order.

        Ranges that merely meet do not touch; an empty one also touches what begins or ends at it.
        """
        if self.start == self.end or other.start == other.end:
            return self.start <= other.end and other.start <= self.end
        return self.start < other.end and other.start < self.end

    def holds(self, other: Range) -> bool:
        """Tell whether *other* lies within."""
        return self.start <= other.start and other.end <= self.end


class Edit(NamedTuple):
    """Puts *text* in the place of what stands at *range*."""

    range: Range
    text: str


class Text(NamedTuple):
    """A text and the offsets at which its lines begin."""

    value: str
    starts: tuple[int, ...]

    @property
    def lines(self) -> int:
        """How many lines there are, the empty one after a final newline not counted."""
        return len(self.starts) - (self.starts[-1] == len(self.value))

    def offset(self, line: int, column: int = 0) -> int:
        """Return the offset of a line (from 1) and column (from 0); the end when past it."""
        if line > len(self.starts):
            return len(self.value)
        return min(self.starts[line - 1] + column, len(self.value))

    def at(self, span: Span) -> Range:
        """Return the offsets of *span*."""
        return Range(
            self.offset(span.line, span.column), self.offset(span.end_line, span.end_column)
        )

    def line_of(self, offset: int) -> int:
        """Return the number of the line that holds *offset*."""
        low, high = 0, len(self.starts)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.starts[middle] <= offset else (low, middle)
        return low + 1

    def line(self, number: int) -> str:
        """Return a line without its newline, "" for one that does not exist."""
        whole = self.value[self.offset(number) : self.offset(number + 1)]
        return whole.rstrip("\r\n")

    def newline(self, number: int) -> str:
        r"""Return how the line *number* ends, or else how the first line does, or else ``\n``."""
        near = self.value[self.offset(number) : self.offset(number + 1)] if number > 0 else ""
        found = _LINE_END.search(near) or _LINE_END.search(self.value)
        return found[0] if found else "\n"

    def node(self, node: ast.stmt | ast.expr | ast.alias | ast.arg) -> Range:
        """Return the offsets of a syntax node, whose own columns count UTF-8 bytes."""
        last = node.end_lineno or node.lineno
        end = self._character(last, node.end_col_offset or 0)
        return Range(self._character(node.lineno, node.col_offset), end)

    def _character(self, line: int, byte: int) -> int:
        start = self.offset(line)
        whole = self.value[start : self.offset(line + 1)]
        if whole.isascii():
            return start + byte
        return start + len(whole.encode()[:byte].decode(errors="replace"))


def read(value: str) -> Text:
    """Find the lines of *value*."""
    return Text(value, (0, *(found.end() for found in _LINE_END.finditer(value))))


def narrow(old: str, new: str, start: int) -> Edit | None:
    """Return the least edit that turns *old*, which stands at offset *start*, into *new*."""
    if old == new:
        return None
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    return Edit(Range(start + head, start + len(old) - tail), new[head : len(new) - tail])


def _common(one: str, two: str) -> int:
    differing = (i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b)
    return next(differing, min(len(one), len(two)))


def apply(value: str, edits: Iterable[Edit]) -> str:
    """Return *value* with *edits* made; they must not overlap.

    Of those that begin at one place the shorter comes first, and then the first one.
    """
    parts, position = [], 0
    for edit in sorted(dict.fromkeys(edits), key=lambda edit: edit.range):
        parts += [value[position : edit.range.start], edit.text]
        position = edit.range.end
    return "".join(parts) + value[position:]
