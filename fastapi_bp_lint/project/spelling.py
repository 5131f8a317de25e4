"""How a type reads: absolute dotted names, ``X | None`` for optional ones, no metadata."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi_bp_lint.facts.model import Expr, Group, Item, Literal, Operation
from fastapi_bp_lint.knowledge.typing_names import OPTIONAL, TRANSPARENT, UNION
from fastapi_bp_lint.project.annotations import arguments
from fastapi_bp_lint.project.values import Alias, Class, External, Instance, Scalar

if TYPE_CHECKING:
    from fastapi_bp_lint.project.frames import Frame
    from fastapi_bp_lint.project.replay import Replay

_GENERICS = {"Literal": "typing.Literal"}
_DEEPEST = 12


def spelled(replay: Replay, expr: Expr, frame: Frame, line: int = 0, depth: int = 0) -> str | None:
    """Return the type that *expr* names, None when it cannot be told or is None."""
    text = _spelled(replay, expr, frame, line, depth)
    return None if text == "None" else text


def _spelled(replay: Replay, expr: Expr, frame: Frame, line: int, depth: int) -> str | None:
    if depth > _DEEPEST:
        return None
    if isinstance(expr, Literal):
        return "None" if expr.kind == "None" else None
    if isinstance(expr, Operation) and expr.operator == "BitOr":
        return _joined([_spelled(replay, o, frame, line, depth + 1) for o in expr.operands])
    if isinstance(expr, Item):
        return _subscripted(replay, expr, frame, line, depth)
    return _named(replay, replay.values.eval(expr, frame, line).values, depth)


def _named(replay: Replay, values: tuple[Any, ...], depth: int) -> str | None:
    if len(values) != 1:
        return None
    value = values[0]
    if isinstance(value, Class):
        return value.symbol
    if isinstance(value, External):
        return value.name.removeprefix("builtins.")
    if isinstance(value, Alias):
        return _spelled(replay, value.expr, replay.frame_at(value.where), 0, depth + 1)
    if isinstance(value, Scalar) and value.value is None:
        return "None"
    if isinstance(value, Instance) and isinstance(value.of, Class):
        return value.of.symbol
    return None


def _joined(parts: list[str | None]) -> str | None:
    known = [p for p in parts if p is not None]
    if len(known) != len(parts):
        return None
    flat = [p for k in known for p in ([k] if "[" in k else k.split(" | "))]
    return " | ".join(dict.fromkeys(flat))


def _subscripted(replay: Replay, expr: Item, frame: Frame, line: int, depth: int) -> str | None:
    base = replay.values.eval(expr.value, frame, line).values
    parts = arguments(expr)
    if len(base) != 1:
        return None
    first = base[0]
    if isinstance(first, External):
        if first.name in TRANSPARENT:
            return _spelled(replay, parts[0], frame, line, depth + 1)
        inner = [_spelled(replay, p, frame, line, depth + 1) for p in parts]
        if first.name in OPTIONAL:
            return _joined([*inner, "None"])
        if first.name in UNION:
            return _joined(inner)
        return _generic(_origin(first.name), inner, parts)
    inner = [_spelled(replay, p, frame, line, depth + 1) for p in parts]
    name = _named(replay, base, depth)
    return _generic(name, inner, parts) if name is not None else None


def _generic(name: str, inner: list[str | None], parts: tuple[Expr, ...]) -> str | None:
    if name.endswith("Literal"):
        found = [repr(p.value) for p in parts if isinstance(p, Literal)]
        return f"Literal[{', '.join(found)}]"
    if any(i is None for i in inner) or any(isinstance(p, Group) for p in parts):
        return None
    return f"{name}[{', '.join(i for i in inner if i is not None)}]"


def _origin(name: str) -> str:
    """Return the class behind an old alias of the typing module: ``typing.List`` is ``list``."""
    module, _, last = name.rpartition(".")
    if module in {"typing", "typing_extensions", "builtins"}:
        if last.lower() in {"list", "dict", "tuple", "set", "frozenset", "type"}:
            return last.lower()
        if module.startswith("typing") and last in _ABSTRACT:
            return f"collections.abc.{last}"
    return name


_ABSTRACT = frozenset(
    {
        "Iterable",
        "Iterator",
        "Sequence",
        "Mapping",
        "MutableMapping",
        "Generator",
        "AsyncIterable",
        "AsyncIterator",
        "AsyncGenerator",
        "Collection",
        "Callable",
        "Awaitable",
        "Coroutine",
    }
)
