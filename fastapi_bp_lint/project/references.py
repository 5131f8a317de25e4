"""Every place where functions of the project are handed to FastAPI, called, or read otherwise."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from fastapi_bp_lint.facts.model import Call, Expr
from fastapi_bp_lint.finding import Span
from fastapi_bp_lint.knowledge.fastapi_names import MARKERS
from fastapi_bp_lint.project.uses import bodies
from fastapi_bp_lint.project.values import Bound, External, Function

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fastapi_bp_lint.facts.model import Body
    from fastapi_bp_lint.project.modules import Module
    from fastapi_bp_lint.project.project import Project
    from fastapi_bp_lint.project.values import Where

DEPENDS = "depends"
OVERRIDE = "override"
CALL = "call"
CALL_IN_DEPENDS = "call-in-depends"
OTHER = "other"
_OVERRIDES = "dependency_overrides"


class Reference(NamedTuple):
    """One place; *kind* is depends, override, call, call-in-depends or other.

    *where* is the function, class or module whose body holds it.
    """

    kind: str
    where: Where
    module: Module
    span: Span
    call: Call | None


class _Read(NamedTuple):
    """A name as it is read; *call* is set where it is called right there."""

    name: str
    span: Span
    call: Call | None


class References:
    """The places of a few functions, found in one walk through the project."""

    def __init__(self, project: Project, functions: Iterable[Function]) -> None:
        self._project = project
        self._found: dict[Function, list[Reference]] = {f: [] for f in functions}
        self._names = {f.name for f in self._found}
        # Reads of inner functions are no facts; their calls are.
        self._inner = {f.name for f in self._found if "." in f.facts.qualname and f.owner is None}
        for module in project.modules.by_path.values():
            self._walk(module)

    def of(self, function: Function) -> list[Reference]:
        """Return the places of one of the functions, in the order of the files."""
        return self._found[function]

    def is_named_elsewhere(self, function: Function) -> bool:
        """Whether a string counts on the name: ``__all__``, a patch target, ``getattr``."""
        dotted = f"{function.module.name}.{function.facts.qualname}"
        told = {dotted, f".{function.name}", f"__all__:{function.name}"}
        return not told.isdisjoint(self._told) or function.name in self._project.uses.literals

    @cached_property
    def _told(self) -> frozenset[str]:
        """Every dotted string, its last part with the dot before it, and what is exported."""
        found: set[str] = set()
        for module in self._project.modules.by_path.values():
            found.update(module.facts.strings)
            found.update([f".{s.rpartition('.')[2]}" for s in module.facts.strings if "." in s])
            found.update([f"__all__:{name}" for name in module.facts.exports or ()])
        return frozenset(found)

    def _walk(self, module: Module) -> None:
        wanted = self._names & {f.qualname for f in module.facts.functions}
        wanted -= self._inner
        wanted |= {i.local for i in module.facts.imports if i.name in self._names}
        for scope, body, _ in bodies(module):
            reads = list(self._reads(body, wanted))
            where = (self._project.names.at(module, scope) if reads else None) or module
            for read in reads:
                values = self._project.types.infer(read.name, where, read.span.line).values
                targets = [v.function if isinstance(v, Bound) else v for v in values]
                for target in targets:
                    if isinstance(target, Function) and target in self._found:
                        self._add(target, read, where, module, body)
                if not targets and "." in read.name:
                    self._unknown(read, where, module)

    def _reads(self, body: Body, wanted: set[str]) -> Iterator[_Read]:
        """Give the reads of plain names in *wanted*, and of attributes of the functions' names."""
        named = wanted.intersection(body.reads)
        called = [c for c in body.calls if isinstance(c.func, str)] if named else []
        calls = {(c.span.line, c.span.column): c for c in called}
        for name in named:
            for line, column in body.places(name):
                call = calls.get((line, column))
                is_call = call is not None and call.func == name
                span = Span(line, column, line, column + len(name))
                yield _Read(name, span, call if is_call else None)
        names, inner = self._names, self._inner
        for call in body.calls:
            func = call.func
            if isinstance(func, str):
                owner, _, last = func.rpartition(".")
                if last in names and (owner or func in inner):
                    yield _Read(func, call.span, call)
        for load in body.loads:
            owner, _, last = load.name.rpartition(".")
            if owner and last in names:
                yield _Read(load.name, load.span, None)

    def _unknown(self, read: _Read, where: Where, module: Module) -> None:
        """Count a read of an unknown object's attribute for every method of that name."""
        last = read.name.rpartition(".")[2]
        for function, found in self._found.items():
            if function.name == last:
                found.append(Reference(OTHER, where, module, read.span, read.call))

    def _add(self, target: Function, read: _Read, where: Where, module: Module, body: Body) -> None:
        kind = self._kind(read, where, body)
        self._found[target].append(Reference(kind, where, module, read.span, read.call))

    def _kind(self, read: _Read, where: Where, body: Body) -> str:
        markers = [c for c in body.calls if _holds(c.span, read.span) and self._marks(c, where)]
        if read.call is not None:
            given = any(_given(c) == read.call for c in markers)
            return CALL_IN_DEPENDS if given else CALL
        if any(_given(c) == read.name for c in markers):
            return DEPENDS
        line = read.span.line
        written = [load.name for load in body.loads if load.span.line == line]
        written += [str(c.func) for c in body.calls if c.span.line <= line <= c.span.end_line]
        return OVERRIDE if any(_OVERRIDES in w.split(".") for w in written) else OTHER

    def _marks(self, call: Call, where: Where) -> bool:
        held = self._project.types.infer(call.func, where, call.span.line)
        return any(isinstance(v, External) and v.name in MARKERS for v in held.values)


def _given(call: Call) -> Expr:
    return call.args[0] if call.args else dict(call.keywords).get("dependency")


def _holds(outer: Span, inner: Span) -> bool:
    return outer[:2] <= inner[:2] and inner[2:] <= outer[2:]
