"""Where a span of a text stands in the text that has become of it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from fastapi_bp_lint.finding import Span

# Comparing takes as long as the product of what differs; beyond that it is another text.
_MOST = 1_000_000


class Block(NamedTuple):
    """Lines from *start* up to *stop*, from 0, that stand *moved* lines further down."""

    start: int
    stop: int
    moved: int


class Shift(NamedTuple):
    """The lines that are the same in both texts, in order."""

    blocks: tuple[Block, ...]

    def moved(self, span: Span) -> Span | None:
        """Return where *span* stands now, None when its lines are no longer there as they were."""
        for start, stop, moved in self.blocks:
            if start < span.line and span.end_line <= stop:
                return span._replace(line=span.line + moved, end_line=span.end_line + moved)
        return None


def shift(before: Sequence[str], after: Sequence[str]) -> Shift:
    """Compare the lines of two texts."""
    head, tail = ends(before, after)
    moved = len(after) - len(before)
    inner = _inner(before[head : len(before) - tail], after[head : len(after) - tail])
    blocks = (
        Block(0, head, 0),
        *(block._replace(start=head + block.start, stop=head + block.stop) for block in inner),
        Block(len(before) - tail, len(before), moved),
    )
    return Shift(blocks)


def _inner(before: Sequence[str], after: Sequence[str]) -> Iterator[Block]:
    if len(before) * len(after) <= _MOST:
        matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
        for start, there, size in matcher.get_matching_blocks():
            yield Block(start, start + size, there - start)


def ends(before: Sequence[str], after: Sequence[str]) -> tuple[int, int]:
    """Return how many lines are the same at the beginning of two texts, and at their end."""
    shortest = min(len(before), len(after))
    head = 0
    while head < shortest and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < shortest - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    return head, tail
