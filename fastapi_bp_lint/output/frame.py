"""A piece of source with its span underlined."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from fastapi_bp_lint.finding import Span
from fastapi_bp_lint.output.display import expand, width

WIDEST = 100
_HEAD, _TAIL = 3, 2
_GAP = "..."

Paint = Callable[[str], str]


def frame(lines: Sequence[str], span: Span, gutter: int, paint: Paint) -> Iterator[str]:
    """Yield the source lines of *span*, each with an underline in *paint*.

    *gutter* is the width of the line numbers. Nothing is yielded for a span outside of *lines*;
    long spans lose their middle, long lines what is far from the span.
    """
    if not 0 < span.line <= len(lines):
        return
    margin = " " * gutter
    yield f"{margin} |"
    last = min(span.end_line, len(lines))
    for number in _numbers(span.line, last):
        if number == 0:
            yield _GAP
            continue
        line = lines[number - 1].rstrip("\r\n")
        start, end = _columns(line, span, number)
        text, mark = underlined(line, start, end)
        yield f"{number:>{gutter}} | {text}".rstrip()
        if number > span.line and not line.strip():
            continue
        yield f"{margin} | {mark[0]}{paint(mark[1])}"
    yield f"{margin} |"


def first_line(lines: Sequence[str], span: Span) -> Span:
    """Return the part of *span* in its first line."""
    if span.line == span.end_line or not 0 < span.line <= len(lines):
        return span
    return span._replace(end_line=span.line, end_column=len(lines[span.line - 1].rstrip()))


def _numbers(first: int, last: int) -> list[int]:
    if last - first < _HEAD + _TAIL + 1:
        return list(range(first, last + 1))
    return [*range(first, first + _HEAD), 0, *range(last - _TAIL + 1, last + 1)]


def _columns(line: str, span: Span, number: int) -> tuple[int, int]:
    """Return where the underline of one line starts and ends, in characters."""
    indent = len(line) - len(line.lstrip())
    start = span.column if number == span.line else indent
    end = span.end_column if number == span.end_line else len(line.rstrip())
    return min(start, len(line)), min(end, len(line))


def underlined(line: str, start: int, end: int) -> tuple[str, tuple[str, str]]:
    """Return *line* as printed, cut to `WIDEST`, and the spaces and carets that go below it."""
    pieces = expand(line)
    left, right = _window([width(piece) for piece in pieces], start, end)
    before = _GAP if left else ""
    after = _GAP if right < len(pieces) else ""
    blank = width(before + "".join(pieces[left:start]))
    marked = width("".join(pieces[start : min(end, right)]))
    text = before + "".join(pieces[left:right]) + after
    return text, (" " * blank, "^" * max(marked, 1))


def _window(widths: list[int], start: int, end: int) -> tuple[int, int]:
    """Return the part of a line to show: all if it fits, else what is around the span."""
    if sum(widths) <= WIDEST:
        return 0, len(widths)
    left = right = min(start, max(len(widths) - 1, 0))
    room = WIDEST
    while right < min(end, len(widths)) and room > 0:
        room -= widths[right]
        right += 1
    room //= 2
    while left > 0 and room > 0:
        left -= 1
        room -= widths[left]
    room = WIDEST - sum(widths[left:right])
    while right < len(widths) and room > 0:
        room -= widths[right]
        right += 1
    return left, right
