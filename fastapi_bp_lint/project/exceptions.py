"""Which status an exception turns into when FastAPI catches it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastapi_bp_lint.facts.model import Attr, Call, Expr, Literal, Star
from fastapi_bp_lint.finding import Certainty, Span
from fastapi_bp_lint.knowledge.fastapi_names import EXCEPTION_STATUS, HTTP_EXCEPTION
from fastapi_bp_lint.knowledge.tables import ancestry
from fastapi_bp_lint.project import members
from fastapi_bp_lint.project.statuses import status_of
from fastapi_bp_lint.project.values import (
    Class,
    External,
    Function,
    Held,
    Instance,
    Scalar,
    Where,
    one,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi_bp_lint.project.types import Types

_DEEPEST = 8
_NOWHERE = Span(0, 0, 0, 0)


class HttpError(NamedTuple):
    """An exception that FastAPI turns into a response: its status, and the name of its class.

    *names* are the dotted names of the class and of all that it derives from.
    """

    status: int
    name: str
    names: frozenset[str]
    certainty: Certainty


def http_errors(types: Types, expr: Expr, where: Where, line: int) -> Iterator[HttpError]:
    """Give what ``raise expr`` can answer; nothing where its status cannot be told."""
    held = types.infer(expr, where, line)
    for value in held.values:
        cls = value.of if isinstance(value, Instance) else value
        if not isinstance(cls, Class | External):
            continue
        names = _names(types, cls)
        if HTTP_EXCEPTION not in names:
            continue
        call, scope = _made(value, expr, where)
        if isinstance(value, Instance) and call is None:
            continue
        status = _Status(types, cls).of(call, scope)
        if status is not None:
            name = cls.name.rpartition(".")[2]
            yield HttpError(status, name, names, held.certainty)


def _names(types: Types, cls: Class | External) -> frozenset[str]:
    every = members.mro(types, cls) if isinstance(cls, Class) else [cls]
    found: set[str] = set()
    for base in every:
        found.update([base.symbol] if isinstance(base, Class) else ancestry(base.name))
    return frozenset(found)


def _made(value: object, expr: Expr, where: Where) -> tuple[Call | None, Where]:
    """Return the call that made an exception, and where its arguments mean something."""
    if isinstance(value, Instance) and value.origin is not None:
        module, call = value.origin
        return call, where if call is expr else module
    return None, where


class _Status:
    """Follows the status through the constructors of one class, up to that of HTTPException."""

    def __init__(self, types: Types, cls: Class | External) -> None:
        self._types = types
        self._cls = cls
        self._order = members.mro(types, cls) if isinstance(cls, Class) else [cls]

    def of(self, call: Call | None, where: Where) -> int | None:
        """Return the status of what *call* makes, None without one or where it cannot be told."""
        given = call or Call(None, (), (), _NOWHERE, "used")
        return self._init(0, given, where, {}, 0)

    def _init(
        self, start: int, call: Call, where: Where, env: dict[str, int | None], depth: int
    ) -> int | None:
        """Return the status that the first constructor from *start* on passes upwards."""
        for index in range(start, len(self._order)):
            base = self._order[index]
            if isinstance(base, External):
                if HTTP_EXCEPTION in ancestry(base.name):
                    return self._value(_argument(call, 0, EXCEPTION_STATUS), where, env)
                continue
            init = base.methods.get("__init__")
            if init is not None:
                return self._through(init, index, call, where, env, depth)
        return None

    def _through(
        self,
        init: Function,
        index: int,
        call: Call,
        where: Where,
        env: dict[str, int | None],
        depth: int,
    ) -> int | None:
        params = init.facts.params[1:]
        inner: dict[str, int | None] = {}
        for position, param in enumerate(params):
            given = _argument(call, position, param.name)
            if given is not None:
                inner[param.name] = self._value(given, where, env)
            elif param.has_default:
                inner[param.name] = self._value(param.default, self._types.around(init), {})
        for upward in init.facts.body.calls:
            start = self._upward(upward, index)
            if start is not None and depth < _DEEPEST:
                args = upward.args[1:] if start[1] else upward.args
                return self._init(start[0], upward._replace(args=args), init, inner, depth + 1)
        return None

    def _upward(self, call: Call, index: int) -> tuple[int, bool] | None:
        """Return where in the order a call of a base's constructor goes on, and if by its name."""
        func = call.func
        if isinstance(func, Attr) and func.name == "__init__" and isinstance(func.value, Call):
            return (index + 1, False) if func.value.func == "super" else None
        if isinstance(func, str) and func.endswith(".__init__") and call.args[:1] == ("self",):
            name = func.removesuffix(".__init__").rpartition(".")[2]
            for n, base in enumerate(self._order):
                if n > index and base.name.rpartition(".")[2] == name:
                    return n, True
        return None

    def _value(self, expr: Expr, where: Where, env: dict[str, int | None]) -> int | None:
        if isinstance(expr, Literal):
            return _number(one(Scalar(expr.value)))
        if isinstance(expr, str):
            if expr in env:
                return env[expr]
            head, _, rest = expr.partition(".")
            if head in {"self", "cls"} and rest and isinstance(self._cls, Class):
                return self._attribute(rest)
        return _number(self._types.infer(expr, where))

    def _attribute(self, path: str) -> int | None:
        assert isinstance(self._cls, Class)
        name, _, rest = path.partition(".")
        held = members.class_attribute(self._types, self._cls, name, Instance(self._cls))
        for part in rest.split(".") if rest else ():
            held = members.attribute(self._types, held, part)
        return _number(held)


def _argument(call: Call, position: int, name: str) -> Expr:
    """Return what *call* gives a parameter, None when nothing or when that cannot be told."""
    given = dict(call.keywords)
    if name in given:
        return given[name]
    if position < len(call.args) and not any(
        isinstance(arg, Star) for arg in call.args[: position + 1]
    ):
        return call.args[position]
    return None


def _number(held: Held) -> int | None:
    numbers: set[int | None] = set()
    for value in held.values:
        if isinstance(value, Scalar):
            is_number = isinstance(value.value, int) and not isinstance(value.value, bool)
            numbers.add(int(value.value) if is_number else None)  # type: ignore[arg-type]
        elif isinstance(value, External):
            numbers.add(status_of(value.name))
    return numbers.pop() if len(numbers) == 1 else None
