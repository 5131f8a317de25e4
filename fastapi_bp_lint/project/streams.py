"""What keeps a call off the disk: the file that it works on is in memory, or is a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Call, Literal, Star
from fastapi_bp_lint.knowledge.streams import FILES, IN_MEMORY, STREAMS, TAKES_TEXT
from fastapi_bp_lint.project.values import External, Instance, Where

if TYPE_CHECKING:
    from fastapi_bp_lint.facts.model import Expr
    from fastapi_bp_lint.project.types import Types
    from fastapi_bp_lint.project.values import Value


def works_in_memory(types: Types, name: str, call: Call, where: Where) -> bool:
    """Whether *call* of the function *name*, made in *where*, is known to touch no file.

    Of what takes a text as well that is so unless it is seen to be handed a file.
    """
    place = STREAMS.get(name)
    if place is None:
        return False
    given = _given(call, *place)
    takes_text = name in TAKES_TEXT
    if given is None or isinstance(given, Literal):
        return takes_text
    values = types.infer(given, where, call.span.line).values
    if takes_text:
        return not any(_is_of(v, FILES) for v in values)
    return bool(values) and all(_is_of(v, IN_MEMORY) for v in values)


def _given(call: Call, position: int, keyword: str) -> Expr:
    before = call.args[: position + 1]
    if len(before) > position and not any(isinstance(a, Star) for a in before):
        return before[position]
    return dict(call.keywords).get(keyword)


def _is_of(value: Value, classes: frozenset[str]) -> bool:
    return (
        isinstance(value, Instance) and isinstance(value.of, External) and value.of.name in classes
    )
