"""Lines that never run: below ``if False``, ``while 0``, ``if TYPE_CHECKING`` and the like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Body, Either, Expr, Literal, Operation, Region

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    Answer: TypeAlias = Callable[[Expr], bool | None]

_NOT_HERE = {"type-checking", "main"}
_HIDDEN_WHEN = {"if": False, "while": False, "else": True}
_TOLD = (Literal, Operation, Either)


def hidden(body: Body) -> list[Region]:
    """Return the regions of *body* that do not run when its function is called."""
    found = []
    for region in body.regions:
        if region.kind in _NOT_HERE:
            found.append(region)
        elif isinstance(region.subject, _TOLD):
            wanted = _HIDDEN_WHEN.get(region.kind)
            if wanted is not None and truth(region.subject) is wanted:
                found.append(region)
    return found


def inside(regions: Sequence[Region], line: int) -> bool:
    """Whether *line* stands in one of the regions."""
    return any(r.line <= line <= r.end_line for r in regions)


def truth(test: Expr, answer: Answer = lambda _: None) -> bool | None:
    """Return whether a condition is always true or always false, None when it depends.

    *answer* is asked first, of the condition and of its parts.
    """
    told = answer(test)
    if told is not None:
        return told
    if isinstance(test, Literal) and test.kind in {"bool", "int", "None", "str"}:
        return bool(test.value)
    if isinstance(test, Operation) and test.operator == "Not":
        inner = truth(test.operands[0], answer)
        return None if inner is None else not inner
    if isinstance(test, Either) and test.operator in {"And", "Or"}:
        parts = [truth(option, answer) for option in test.options]
        decides = test.operator == "Or"
        if decides in parts:
            return decides
        return None if None in parts else not decides
    return None
