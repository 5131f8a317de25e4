"""A condition on the parameters of a body, and on attributes of its receiver, as a value.

None is a condition that nothing is known of: it holds back nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from fastapi_bp_lint.facts.model import Call, Either, Expr, Group, Literal, Operation, Param
from fastapi_bp_lint.project.constants import Constant, Member, equal, is_true, member
from fastapi_bp_lint.project.values import Function

if TYPE_CHECKING:
    from fastapi_bp_lint.project.types import Types


class Leaf(NamedTuple):
    """What *test* asks of what stands at *path*: truth, equal (to one of *values*), prefix, choice.

    A choice is to be something that no literal tells, of many alternatives.

    *is_rare* says that no caller that could be read brings it, though many could be.
    """

    path: str
    test: str
    values: tuple[Constant, ...] = ()
    is_rare: bool = False


class Kin(NamedTuple):
    """The receiver is of a class that runs every one of *methods*."""

    methods: tuple[Function, ...]


class Node(NamedTuple):
    """Guards combined: *kind* is not, all or any."""

    kind: str
    parts: tuple[Guard, ...]


Guard: TypeAlias = "Leaf | Kin | Node | bool | None"
MOST = 12


def paths(guard: Guard) -> set[str]:
    """Return the paths that a guard speaks of."""
    if isinstance(guard, Leaf):
        return {guard.path}
    if isinstance(guard, Node):
        return set().union(*[paths(part) for part in guard.parts])
    return set()


def kin(guard: Guard) -> tuple[Function, ...]:
    """Return the methods that a guard wants one object to run."""
    if isinstance(guard, Kin):
        return guard.methods
    if isinstance(guard, Node) and guard.kind == "all":
        return next((part.methods for part in guard.parts if isinstance(part, Kin)), ())
    return ()


def asks(guard: Guard) -> bool:
    """Whether a guard wants something to be there, not only nothing to be in the way."""
    if not isinstance(guard, Node):
        return isinstance(guard, Leaf)
    told = [asks(part) for part in guard.parts]
    return guard.kind != "not" and (all(told) if guard.kind == "any" else any(told))


def both(*parts: Guard) -> Guard:
    """Return the guard that asks for every one of *parts*."""
    if False in parts:
        return False
    told = tuple(dict.fromkeys(p for p in parts if p is not None and p is not True))
    if not told:
        return None
    return told[0] if len(told) == 1 else Node("all", told)


def either(parts: tuple[Guard, ...]) -> Guard:
    """Return the guard that asks for one of *parts*."""
    if any(p is None or p is True for p in parts):
        return None
    told = tuple(dict.fromkeys(p for p in parts if p is not False))
    if not told:
        return False
    return told[0] if len(told) == 1 else Node("any", told)


def settled(guard: Guard, *, holds: bool) -> Guard:
    """Return what is known when *guard* is true, or false; no negation but of leaves remains."""
    if guard is None or isinstance(guard, bool):
        return guard if guard is None else guard is holds
    if isinstance(guard, Leaf | Kin):
        return guard if holds else Node("not", (guard,))
    if guard.kind == "not":
        return settled(guard.parts[0], holds=not holds)
    parts = tuple([settled(part, holds=holds) for part in guard.parts])
    return both(*parts) if (guard.kind == "all") is holds else either(parts)


def small(guard: Guard) -> Guard:
    """Return what of a guard is small enough to be carried on: first what it asks for."""
    if size(guard) <= MOST:
        return guard
    if not isinstance(guard, Node) or guard.kind != "all":
        return None
    kept: list[Guard] = []
    for part in sorted(guard.parts, key=lambda p: (size(p), isinstance(p, Node))):
        if sum(map(size, kept)) + size(part) <= MOST:
            kept.append(part)
    return both(*kept)


def size(guard: Guard) -> int:
    """Return how many conditions a guard is made of."""
    return sum(map(size, guard.parts)) if isinstance(guard, Node) else 1


def guard_of(types: Types, test: Expr, function: Function) -> Guard:
    """Return what a condition says of the parameters of *function*, None for all else."""
    match test:
        case str():
            return Leaf(test, "truth") if is_path(test, function) else None
        case Literal():
            return bool(test.value)
        case Either(operator="And"):
            return Node("all", tuple([guard_of(types, o, function) for o in test.options]))
        case Either(operator="Or"):
            return Node("any", tuple([guard_of(types, o, function) for o in test.options]))
        case Operation(operator="Not"):
            return Node("not", (guard_of(types, test.operands[0], function),))
        case Operation():
            return _compared(types, test, function)
        case Call(func=str() as name, args=(Literal() as start,)) if name.endswith(".startswith"):
            path = name.rpartition(".")[0]
            return Leaf(path, "prefix", (start.value,)) if is_path(path, function) else None
        case _:
            return None


def _compared(types: Types, test: Operation, function: Function) -> Guard:
    if len(test.operands) != 2 or test.operator not in _COMPARED:  # noqa: PLR2004 - left and right
        return None
    left, right = test.operands
    if not isinstance(left, str) or not is_path(left, function):
        return None
    if isinstance(right, Group) is not (test.operator in {"In", "NotIn"}):
        return None
    wanted = right.items if isinstance(right, Group) else (right,)
    told = [constant(types, w, function) for w in wanted]
    if None in told:
        return None
    leaf = Leaf(left, "equal", tuple([value for t in told if t is not None for value in t]))
    return Node("not", (leaf,)) if test.operator in {"IsNot", "NotEq", "NotIn"} else leaf


def constant(types: Types, expr: Expr, function: Function) -> tuple[Constant] | None:
    """Return the constant that *expr* is, alone in a tuple; None where it is none."""
    if isinstance(expr, Literal):
        return (expr.value,) if expr.kind in PLAIN else None
    found = member(types, expr, function)
    return None if found is None else (found,)


_COMPARED = {"Is", "IsNot", "Eq", "NotEq", "In", "NotIn"}
PLAIN_DECORATORS = {"staticmethod", "classmethod"}
PLAIN = {"str", "int", "float", "bool", "None"}


def is_path(path: str, function: Function) -> bool:
    """Whether *path* is a parameter, or one attribute of the receiver."""
    params = function.facts.params
    if path.count(".") == 1:
        return function.owner is not None and path.partition(".")[0] == params[0].name
    return "." not in path and any(p.name == path and is_plain(p) for p in params)


def has_receiver(function: Function) -> bool:
    """Whether a method is called with an object of its class."""
    return function.owner is not None and "staticmethod" not in function.facts.decorators


def is_plain(param: Param) -> bool:
    """Whether a parameter takes one argument."""
    return param.kind not in {"star", "double-star"}


def is_of_text(leaf: Leaf) -> bool:
    """Whether a leaf asks for a text, or for one choice of many."""
    return leaf.test == "choice" or any(isinstance(v, str | Member) for v in leaf.values)


def rarely(guard: Guard, path: str) -> Guard:
    """Return *guard* where what it asks of *path* is rare."""
    if isinstance(guard, Leaf) and guard.path == path:
        return guard._replace(is_rare=True)
    if isinstance(guard, Node):
        return guard._replace(parts=tuple([rarely(part, path) for part in guard.parts]))
    return guard


def allows(leaf: Leaf, value: Constant) -> bool | None:
    """Whether *value* is what a leaf asks for; None where that is not told."""
    if leaf.test == "choice":
        return None
    if leaf.test == "truth":
        return is_true(value)
    if leaf.test == "prefix":
        text = value if not isinstance(value, Member) else None
        is_told = not isinstance(value, Member) or not value.is_mixed
        is_begun = isinstance(text, str) and text.startswith(str(leaf.values[0]))
        return is_begun if is_told else None
    told = [equal(value, wanted) for wanted in leaf.values]
    return True if True in told else None if None in told else False
