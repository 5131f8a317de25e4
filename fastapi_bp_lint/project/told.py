"""What the project says of its own functions: its configuration, and comments beside a `def`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from fastapi_bp_lint.config.keys import BLOCKING_KINDS
from fastapi_bp_lint.knowledge.tables import Offloader, Primitive, canonical
from fastapi_bp_lint.project.values import Bound, External, Function

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fastapi_bp_lint.config import Config
    from fastapi_bp_lint.facts.model import Comment
    from fastapi_bp_lint.project.types import Types
    from fastapi_bp_lint.project.values import Value

Said: TypeAlias = "Primitive | bool | None"
"""A primitive that stands for the function; False: it does not block; None: nothing is said."""

_MARK = re.compile(r"#\s*fbp:\s*(?P<free>non-)?blocking\b(?:\s+(?P<kind>[a-z-]+))?")
_TIERS = {"cpu": "C", "file": "B"}
_KIND = "other"


class Told:
    """Answers what was said of a function; a project that says nothing pays nothing."""

    def __init__(self, types: Types, config: Config) -> None:
        self._types = types
        self.blocking: Mapping[str, Primitive] = {
            canonical(name): _primitive(name, kind) for name, kind in config.blocking.items()
        }
        self.harmless = frozenset(map(canonical, config.non_blocking))
        self.offloaders = frozenset(map(canonical, config.offloaders))
        self._names = self.blocking.keys() | self.harmless | self.offloaders
        self._marks = dict(_marks(types.names.functions))
        self._kept: dict[Function, Said] = {}
        self.is_silent = not (self._names or self._marks)

    def of(self, function: Function) -> Said:
        """Return what a comment beside *function*, its name or a decorator of it says."""
        if self.is_silent:
            return None
        if function not in self._kept:
            self._kept[function] = None  # a decorator that uses itself sees this
            self._kept[function] = self._said(function)
        return self._kept[function]

    def _said(self, function: Function) -> Said:
        if function in self._marks:
            return self._marks[function]
        if not self._names:
            return None
        for name in (function.symbol, *self._decorators(function)):
            if name in self.harmless:
                return False
            if name in self.blocking:
                return self.blocking[name]._replace(name=function.symbol)
        return False if function.symbol in self.offloaders else None

    def _decorators(self, function: Function) -> Iterable[str]:
        for decorator in function.facts.decorators:
            func = getattr(decorator, "func", decorator)
            for value in self._types.infer(func, self._types.around(function)).values:
                yield name_of(value)

    def offloads(self, value: Value) -> Offloader | None:
        """Return the row of a configured offloader, which runs its first argument in a thread."""
        name = name_of(value) if self.offloaders else ""
        return Offloader(name, "0", "", "call", "thread") if name in self.offloaders else None


def name_of(value: Value) -> str:
    """Return the dotted name of a function or of something of another library, else ""."""
    if isinstance(value, External):
        return value.name
    function = value.function if isinstance(value, Bound) else value
    return function.symbol if isinstance(function, Function) else ""


def _primitive(name: str, kind: str) -> Primitive:
    return Primitive(name, kind, "call", _TIERS.get(kind, "A"), "")


def _marks(functions: Iterable[Function]) -> Iterable[tuple[Function, Said]]:
    """Give the functions with a mark: in their header, or alone on the line above."""
    marked: dict[str, list[tuple[Comment, re.Match[str]]]] = {}
    for function in functions:
        module, facts = function.module.facts, function.facts
        if not module.comments or facts.is_lambda:
            continue
        if module.path not in marked:
            matches = ((c, _MARK.search(c.text)) for c in module.comments)
            marked[module.path] = [(c, found) for c, found in matches if found]
        for comment, found in marked[module.path]:
            if _speaks_of(comment, function):
                kind = found["kind"] if found["kind"] in BLOCKING_KINDS else _KIND
                yield function, False if found["free"] else _primitive(function.symbol, kind)


def _speaks_of(comment: Comment, function: Function) -> bool:
    facts = function.facts
    first = facts.span.line
    if comment.line == facts.line - 1:
        return comment.column == facts.span.column
    statements = function.module.facts.statements
    end = next((last for begin, last in statements if begin == first), first)
    return facts.line <= comment.line <= end
