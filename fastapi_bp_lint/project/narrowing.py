"""What a test says of a name: ``isinstance(x, C)`` around the line, or asserted before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastapi_bp_lint.facts.model import Call, Expr, Group, Operation
from fastapi_bp_lint.project.values import UNKNOWN, Class, External, Function, Held, Instance, Value

if TYPE_CHECKING:
    from fastapi_bp_lint.project.types import Types


class Test(NamedTuple):
    """``isinstance(name, classes)`` holds, or does not, from *line* to *end_line*."""

    name: str
    classes: Expr
    line: int
    end_line: int
    holds: bool


_EVER = 1 << 30


def tests(function: Function) -> tuple[Test, ...]:
    """Return the tests of a function's conditions and assertions."""
    found = []
    for region in function.facts.body.regions:
        if region.kind in {"if", "else"}:
            name, classes, holds = _checked(region.subject)
            if name:
                holds = holds if region.kind == "if" else not holds
                found.append(Test(name, classes, region.line, region.end_line, holds))
    for result in function.facts.body.results:
        if result.kind == "assert":
            name, classes, holds = _checked(result.value)
            if name:
                found.append(Test(name, classes, result.span.end_line + 1, _EVER, holds))
    return tuple(found)


def _checked(test: Expr) -> tuple[str, Expr, bool]:
    if isinstance(test, Operation) and test.operator == "Not":
        name, classes, holds = _checked(test.operands[0])
        return name, classes, not holds
    if isinstance(test, Call) and test.func == "isinstance" and len(test.args) > 1:
        tested = test.args[0]
        return (tested, test.args[1], True) if isinstance(tested, str) else ("", None, True)
    return "", None, True


def narrow(types: Types, function: Function, name: str, line: int, held: Held) -> Held:
    """Return *held* without what the tests around *line* rule out."""
    for test in types.tests(function):
        if test.name == name and test.line < line <= test.end_line:
            held = _apply(types, function, test, held)
    return held


def _apply(types: Types, function: Function, test: Test, held: Held) -> Held:
    parts = test.classes.items if isinstance(test.classes, Group) else (test.classes,)
    classes: list[Value] = []
    for part in parts:
        found = types.infer(part, function)
        if not found.values:
            return held
        classes += [v for v in found.values if isinstance(v, Class | External)]
    if test.holds:
        kept = tuple([v for v in held.values if isinstance(v, Instance) and v.of in classes])
        if kept:
            return Held(kept, held.certainty)
        return Held(tuple([Instance(c) for c in classes if isinstance(c, Class | External)]))
    rest = tuple([v for v in held.values if not (isinstance(v, Instance) and v.of in classes)])
    return Held(rest, held.certainty) if rest else UNKNOWN
