"""The call graph: what the body of a function runs, in its own thread, before it goes on.

Only what runs there is an edge. A function that is handed to an offloader, scheduled, stored or
returned is not called here; a coroutine runs only where it is awaited, and answers for itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from fastapi_bp_lint.facts.model import Attr, Call, Expr, Group, Literal, Operation, Region
from fastapi_bp_lint.finding import Certainty, Span, weakest
from fastapi_bp_lint.knowledge.tables import Primitive, ancestry, primitive
from fastapi_bp_lint.knowledge.typing_names import CACHES, PROPERTIES
from fastapi_bp_lint.project import members, results
from fastapi_bp_lint.project.decoration import decoration
from fastapi_bp_lint.project.values import (
    Bound,
    Class,
    Entered,
    External,
    Function,
    Held,
    Instance,
    Partial,
    Value,
    one,
)

if TYPE_CHECKING:
    from fastapi_bp_lint.project.project import Project


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
    call: Call | None
    awaited: bool = False


_NOT_HERE = {"type-checking", "main"}
_OPERATORS = {
    "Add": "__add__",
    "Sub": "__sub__",
    "Mult": "__mul__",
    "Div": "__truediv__",
    "FloorDiv": "__floordiv__",
    "Mod": "__mod__",
    "MatMult": "__matmul__",
    "BitAnd": "__and__",
    "BitOr": "__or__",
    "BitXor": "__xor__",
    "LShift": "__lshift__",
    "RShift": "__rshift__",
    "Eq": "__eq__",
    "Lt": "__lt__",
    "Gt": "__gt__",
    "In": "__contains__",
    "NotIn": "__contains__",
}
_CONSTRUCTION = ("__new__", "__init__", "__post_init__", "model_post_init")


class Calls:
    """Answers what each function runs; every answer is kept."""

    def __init__(self, project: Project) -> None:
        self._types = project.types
        self._extra = {
            name: Primitive(name, kind, "call", "A", "")
            for name, kind in project.config.blocking.items()
        }
        self._harmless = frozenset(project.config.non_blocking)
        self._edges: dict[Function, tuple[Edge, ...]] = {}
        self._properties = frozenset(
            f.name
            for f in project.names.functions
            if any(isinstance(d, str) and d.endswith("property") for d in f.facts.decorators)
        )

    def edges(self, function: Function) -> tuple[Edge, ...]:
        """Return what the body of *function* runs, in source order."""
        kept = self._edges.get(function)
        if kept is None:
            found = self._all(function)
            kept = self._edges[function] = tuple(sorted(found, key=lambda e: e.span))
        return kept

    def primitive(self, name: str) -> Primitive | None:
        """Return the row for a dotted name of another library, its class's bases included."""
        if name in self._harmless:
            return None
        if name in self._extra:
            return self._extra[name]
        owner, _, member = name.rpartition(".")
        for base in (owner, *ancestry(owner)[1:]):
            full = f"{base}.{member}"
            if full in self._harmless:
                return None
            row = self._extra.get(full) or primitive(full)
            if row is not None:
                return row
        for base in ancestry(owner):
            row = primitive(f"{base}.*")
            if row is not None and not member.startswith("_"):
                return row._replace(name=f"{base.partition(':')[0]}:*.{member}")
        return None

    def _all(self, function: Function) -> Iterator[Edge]:
        body = function.facts.body
        hidden = [r for r in body.regions if r.kind in _NOT_HERE]
        for call in body.calls:
            if not _inside(hidden, call.span.line):
                yield from self._call(call, function)
                if isinstance(call.func, str) and self._properties:
                    path = call.func.rpartition(".")[0]
                    yield from self._properties_of(path, call.span, function)
        for load in body.loads if self._properties else ():
            if not _inside(hidden, load.span.line):
                yield from self._properties_of(load.name, load.span, function)
        for region in body.regions:
            if region.kind == "with":
                yield from self._enter(region, function)
            elif region.kind == "loop":
                yield from self._iterate(region, function)
        for operation in body.operations:
            name = _OPERATORS.get(operation.operator)
            if name is not None:
                of = operation.operands[1 if name == "__contains__" else 0]
                if not isinstance(of, Literal | Group):
                    held = self._types.infer(of, function, operation.span.line)
                    yield from self._method(held, name, "operator", operation.span, written(of))

    def _call(self, call: Call, function: Function) -> Iterator[Edge]:
        callee = self._types.callee(call, function)
        for value in callee.values:
            for edge in self._called(value, call):
                doubt = weakest(edge.certainty, callee.certainty)
                if call.use == "lazy":
                    doubt = weakest(doubt, Certainty.LIKELY)
                yield edge._replace(certainty=doubt)

    def _called(self, value: Value, call: Call) -> Iterator[Edge]:
        text = written(call.func)
        certain = Certainty.CERTAIN
        match value:
            case External():
                row = self.primitive(value.name) if call.use != "awaited" else None
                if row is not None and row.form in {"call", "method", "ctor-blocking"}:
                    if not _is_harmless(row, call):
                        yield Edge(row, "call", call.span, text, certain, call)
            case Function():
                yield from self._run(value, "call", call.span, text, call)
            case Bound():
                yield from self._run(value.function, "call", call.span, text, call)
            case Class():
                yield from self._construct(value, call, text)
            case Instance(of=Class()):
                method = members.attribute(self._types, one(value), "__call__")
                for inner in method.values:
                    if isinstance(inner, Bound):
                        yield from self._run(inner.function, "call", call.span, text, call)
            case Partial():
                for inner in value.target.values:
                    yield from self._called(inner, call)
            case _:
                return

    def _run(
        self, function: Function, how: str, span: Span, text: str, call: Call | None
    ) -> Iterator[Edge]:
        """Give the edge to *function*, or to what its decorators put in its place."""
        facts = function.facts
        outcome = decoration(self._types, function)
        if outcome.offloaded or (how != "iterate" and facts.is_generator and not facts.is_async):
            return
        if not facts.params and results.decorator_names(self._types, function) & CACHES:
            return
        awaited = call is not None and call.use == "awaited"
        for other in members.overrides(self._types, function) if how != "construct" else ():
            yield Edge(other, how, span, text, Certainty.LIKELY, call, awaited)
        targets = (function,) if outcome.is_async and function.is_async else outcome.runs
        for target in targets:
            yield Edge(target, how, span, text, outcome.certainty, call, awaited)

    def _construct(self, cls: Class, call: Call, text: str) -> Iterator[Edge]:
        for name in _CONSTRUCTION:
            for base in members.mro(self._types, cls):
                if isinstance(base, Class) and name in base.methods:
                    method = base.methods[name]
                    yield from self._run(method, "construct", call.span, text, call)
                    break
                if isinstance(base, External) and name == "__init__":
                    row = self.primitive(base.name)
                    if row is not None and row.form == "ctor-blocking":
                        yield Edge(row, "construct", call.span, text, Certainty.CERTAIN, call)

    def _properties_of(self, path: str, span: Span, function: Function) -> Iterator[Edge]:
        parts = path.split(".")
        if self._properties.isdisjoint(parts):
            return
        for n in range(1, len(parts)):
            if parts[n] not in self._properties:
                continue
            base = self._types.dotted(".".join(parts[:n]), function, span.line)
            for value in base.values:
                if not (isinstance(value, Instance) and isinstance(value.of, Class)):
                    continue
                for cls in members.mro(self._types, value.of):
                    method = cls.methods.get(parts[n]) if isinstance(cls, Class) else None
                    if method is not None:
                        kinds = results.decorator_names(self._types, method)
                        if kinds & PROPERTIES:
                            text = ".".join(parts[: n + 1])
                            for edge in self._run(method, "property", span, text, None):
                                doubt = weakest(edge.certainty, base.certainty)
                                yield edge._replace(certainty=doubt)
                        break

    def _enter(self, region: Region, function: Function) -> Iterator[Edge]:
        held = self._types.infer(region.subject, function, region.line)
        text = written(region.subject)
        for value in held.values:
            if isinstance(value, Entered) and value.function is not None:
                yield Edge(value.function, "enter", region.span, text, held.certainty, None)
            elif isinstance(value, Instance) and isinstance(value.of, External):
                for name in ("__enter__", "__exit__"):
                    row = self.primitive(f"{value.of.name}.{name}")
                    if row is not None and row.form == "method":
                        yield Edge(row, "enter", region.span, text, held.certainty, None)
        for name in ("__enter__", "__exit__"):
            yield from self._method(held, name, "enter", region.span, text)

    def _iterate(self, region: Region, function: Function) -> Iterator[Edge]:
        subject = region.subject
        if isinstance(subject, Call):
            callee = self._types.callee(subject, function)
            for value in callee.values:
                target = value.function if isinstance(value, Bound) else value
                if isinstance(target, Function) and target.facts.is_generator and not target.is_async:
                    text = written(subject.func)
                    yield Edge(target, "iterate", region.span, text, callee.certainty, subject)
        held = self._types.infer(subject, function, region.line)
        for name in ("__iter__", "__next__"):
            yield from self._method(held, name, "iterate", region.span, written(subject))

    def _method(self, held: Held, name: str, how: str, span: Span, text: str) -> Iterator[Edge]:
        """Give the edge to a special method that an object of the project defines."""
        for value in held.values:
            if not (isinstance(value, Instance) and isinstance(value.of, Class)):
                continue
            for cls in members.mro(self._types, value.of):
                method = cls.methods.get(name) if isinstance(cls, Class) else None
                if method is not None:
                    for edge in self._run(method, how, span, text, None):
                        yield edge._replace(certainty=weakest(edge.certainty, held.certainty))
                    break


def _inside(regions: list[Region], line: int) -> bool:
    return any(r.line <= line <= r.end_line for r in regions)


def _is_harmless(row: Primitive, call: Call) -> bool:
    """Whether the arguments keep a primitive from waiting: ``sleep(0)``, ``acquire(False)``."""
    if row.kind == "sleep":
        return bool(call.args) and isinstance(call.args[0], Literal) and call.args[0].value == 0
    given = dict(call.keywords)
    if any(given.get(name) == _FALSE for name in ("blocking", "block")):
        return True
    if row.kind in {"lock", "queue"}:
        return call.args[:1] == (_FALSE,) or any(_says_no_wait(a) for a in call.args[1:])
    return False


_FALSE = Literal(value=False, kind="bool")


def _says_no_wait(expr: Expr) -> bool:
    """Whether a flag of ``fcntl.flock`` asks not to wait, or to unlock."""
    if isinstance(expr, Operation):
        return any(_says_no_wait(o) for o in expr.operands)
    return isinstance(expr, str) and expr.endswith(("LOCK_NB", "LOCK_UN"))


def written(expr: Expr) -> str:
    """Return an expression as a reader would name it: ``db.query(...).first``."""
    match expr:
        case str():
            return expr
        case Attr():
            return f"{written(expr.value)}.{expr.name}"
        case Call():
            return f"{written(expr.func)}({'...' if expr.args or expr.keywords else ''})"
        case _:
            return "..."
