"""Functions that FastAPI calls: those with a route's decorator, and those that are depended on."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from fastapi_bp_lint.facts.model import Call, Expr, Literal, Text
from fastapi_bp_lint.finding import Span
from fastapi_bp_lint.knowledge.class_names import APPLICATIONS, ROUTE_METHODS, ROUTERS
from fastapi_bp_lint.knowledge.fastapi_names import DEPENDS, SECURITY
from fastapi_bp_lint.project.members import mro
from fastapi_bp_lint.project.uses import bodies
from fastapi_bp_lint.project.values import Bound, Class, External, Function, Instance, Where

if TYPE_CHECKING:
    from fastapi_bp_lint.project.modules import Module
    from fastapi_bp_lint.project.types import Types

_DEPENDENCY_MAKERS = DEPENDS | SECURITY


class RouteDecorator(NamedTuple):
    """A decorator such as ``@router.get("/posts")`` of a function."""

    method: str
    call: Call
    span: Span


class Handlers:
    """Tells which functions FastAPI calls, by what is written on or about them."""

    def __init__(self, types: Types) -> None:
        self._types = types
        self._kept: dict[Function, tuple[RouteDecorator, ...]] = {}

    def decorators(self, function: Function) -> tuple[RouteDecorator, ...]:
        """Return the decorators that make *function* a handler."""
        kept = self._kept.get(function)
        if kept is None:
            kept = self._kept[function] = tuple(self._decorators(function))
        return kept

    def _decorators(self, function: Function) -> Iterator[RouteDecorator]:
        facts = function.facts
        for decorator, span in zip(facts.decorators, facts.decorator_spans, strict=True):
            if isinstance(decorator, Call) and isinstance(decorator.func, str):
                owner, _, method = decorator.func.rpartition(".")
                around = self._types.around(function)
                if method in ROUTE_METHODS and owner and self.is_router(owner, around):
                    yield RouteDecorator(method, decorator, span)

    def is_router(self, expr: Expr, where: Where) -> bool:
        """Whether *expr* is a router or an application."""
        return any(self._routes(v) for v in self._types.infer(expr, where).values)

    def _routes(self, value: object) -> bool:
        if not isinstance(value, Instance):
            return False
        of = value.of
        order = mro(self._types, of) if isinstance(of, Class) else [of]
        known = ROUTERS | APPLICATIONS
        return any(isinstance(base, External) and base.name in known for base in order)

    @cached_property
    def dependencies(self) -> dict[Function, tuple[Module, Span]]:
        """The functions in ``Depends(...)``, each with a place where it stands."""
        found: dict[Function, tuple[Module, Span]] = {}
        names = self._types.names
        for module in names.modules.by_path.values():
            for scope, body, _ in bodies(module):
                where = names.at(module, scope) or module
                for call in body.calls:
                    for function in self._depended(call, where):
                        found.setdefault(function, (module, call.span))
        return found

    def _depended(self, call: Call, where: Where) -> Iterator[Function]:
        if not isinstance(call.func, str) or not call.args:
            return
        if not call.func.endswith(("Depends", "Security")):
            return
        makers = self._types.infer(call.func, where, call.span.line).values
        if any(isinstance(m, External) and m.name in _DEPENDENCY_MAKERS for m in makers):
            for value in self._types.infer(call.args[0], where, call.span.line).values:
                target = value.function if isinstance(value, Bound) else value
                if isinstance(target, Function):
                    yield target


def path_of(call: Call) -> str:
    """Return the literal text of the path that a route's decorator is given."""
    given: Expr = call.args[0] if call.args else None
    for name, value in call.keywords:
        if name == "path":
            given = value
    return literal_text(given)


def literal_text(expr: Expr) -> str:
    """Return the literal parts of a string; what an f-string formats is left out."""
    if isinstance(expr, Literal) and isinstance(expr.value, str):
        return expr.value
    if isinstance(expr, Text):
        return "".join(literal_text(part) for part in expr.parts)
    return ""
