"""One edge of the call graph, and how a reader would name the code that makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastapi_bp_lint.facts.model import Attr, Call, Expr, Item

if TYPE_CHECKING:
    from fastapi_bp_lint.finding import Certainty, Span
    from fastapi_bp_lint.knowledge.tables import Primitive
    from fastapi_bp_lint.project.values import Function


class Edge(NamedTuple):
    """Something that a body runs: a function of the project or a primitive.

    *how* is call, construct, property, enter, iterate or operator; *written* is the code that does
    it; *awaited* says that an async target is awaited right there.
    """

    target: Function | Primitive
    how: str
    span: Span
    written: str
    certainty: Certainty
    call: Call | None = None
    awaited: bool = False


def written(expr: Expr) -> str:
    """Return an expression as a reader would name it: ``db.query(...).first``."""
    match expr:
        case str():
            return expr
        case Attr():
            return f"{written(expr.value)}.{expr.name}"
        case Call():
            return f"{written(expr.func)}({'...' if expr.args or expr.keywords else ''})"
        case Item():
            return f"{written(expr.value)}[...]"
        case _:
            return "..."
