"""What a test says of a name: ``isinstance(x, C)`` around the line, or asserted before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastapi_bp_lint.facts.model import Call, Either, Expr, Group, Operation
from fastapi_bp_lint.project.values import UNKNOWN, Class, External, Function, Held, Instance, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi_bp_lint.project.types import Types


class Test(NamedTuple):
    """``isinstance(name, classes)`` holds, or does not, after *line* and up to *end_line*."""

    name: str
    classes: Expr
    line: int
    end_line: int
    holds: bool


_EVER = 1 << 30
_TEST = "isinstance"


def tests(types: Types, function: Function) -> tuple[Test, ...]:
    """Return the tests of a function's conditions and assertions."""
    body = function.facts.body
    if not [call for call in body.calls if call.func == _TEST]:
        return ()
    found = []
    for branch in types.branches(function):
        for name, classes, holds in _checked(branch.test, holds=branch.holds):
            found.append(Test(name, classes, branch.start, branch.end, holds))
    for result in body.results:
        if result.kind == "assert":
            for name, classes, holds in _checked(result.value, holds=True):
                found.append(Test(name, classes, result.span.end_line, _EVER, holds))
    return tuple(found)


def _checked(test: Expr, *, holds: bool) -> Iterator[tuple[str, Expr, bool]]:
    """Give each name and classes that *test*, true or false as *holds* says, speaks of."""
    if isinstance(test, Operation) and test.operator == "Not":
        yield from _checked(test.operands[0], holds=not holds)
    elif isinstance(test, Either) and test.operator == ("And" if holds else "Or"):
        for option in test.options:
            yield from _checked(option, holds=holds)
    elif isinstance(test, Call) and test.func == _TEST and len(test.args) > 1:
        tested = test.args[0]
        if isinstance(tested, str):
            yield tested, test.args[1], holds


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
