"""Source as the page shows it: some lines of a file, with the span of a finding marked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from fastapi_bp_lint.page.markup import Markup, el, joined, source

if TYPE_CHECKING:
    from fastapi_bp_lint.finding import Place

_MOST = 6
_WIDEST = 240

Lines = Callable[[str], tuple[str, ...]]


def excerpt(lines: Lines, place: Place, around: int = 0) -> Markup | None:
    """Return the lines of *place* and as many *around* it; None when the file has none there."""
    text, span = lines(place.path), place.span
    if not 0 < span.line <= len(text):
        return None
    last = min(span.end_line, span.line + _MOST - 1, len(text))
    first = max(span.line - around, 1)
    numbers = range(first, min(last + around, len(text)) + 1)
    shift = min((_indent(text[n - 1]) for n in numbers if text[n - 1].strip()), default=0)
    rows = [_row(text[number - 1], number, place, shift) for number in numbers]
    return el("pre", el("code", rows))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _row(line: str, number: int, place: Place, shift: int) -> Markup:
    pieces = joined(*_marked(line.rstrip("\r\n"), number, place, shift))
    return joined(el("span", number, class_="n", aria_hidden="true"), pieces, Markup("\n"))


def _marked(line: str, number: int, place: Place, shift: int) -> Iterator[Markup]:
    """Give the parts of *line* before, in and after the span."""
    span = place.span
    end = min(len(line), shift + _WIDEST)
    if not span.line <= number <= span.end_line:
        yield source(line[shift:end])
        return
    start = span.column if number == span.line else _indent(line)
    stop = span.end_column if number == span.end_line else len(line.rstrip())
    start, stop = max(min(start, end), shift), min(stop, end)
    yield source(line[shift:start])
    if stop > start:
        yield el("mark", source(line[start:stop]))
    yield source(line[max(stop, start) : end])
