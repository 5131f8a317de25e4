"""What a body runs without a call to be seen: properties, special methods, operators, iteration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import (
    Attr,
    Call,
    Comprehension,
    Expr,
    Group,
    Literal,
    Region,
    Star,
)
from fastapi_bp_lint.finding import Certainty, Span, weakest
from fastapi_bp_lint.knowledge.mapped import RELATIONSHIP
from fastapi_bp_lint.knowledge.tables import Primitive, primitive
from fastapi_bp_lint.knowledge.typing_names import PROPERTIES
from fastapi_bp_lint.project import members, results
from fastapi_bp_lint.project.edges import Edge, written
from fastapi_bp_lint.project.impatience import is_impatient
from fastapi_bp_lint.project.values import (
    Bound,
    Class,
    Entered,
    External,
    Function,
    Held,
    Instance,
    one,
)

if TYPE_CHECKING:
    from fastapi_bp_lint.project.calls import Calls

_GETS = "__getitem__"
OPERATORS = {
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
    "GetItem": _GETS,
    "SetItem": "__setitem__",
    "DelItem": "__delitem__",
}
_ITERATES = ("__iter__", "__next__")
_SHOWS = ("__format__", "__str__", "__repr__")
_TRUTH = ("__bool__", "__len__")
_BUILTINS = {
    "len": ("__len__",),
    "bool": _TRUTH,
    "str": ("__str__", "__repr__"),
    "repr": ("__repr__",),
    "format": _SHOWS,
    "print": ("__str__", "__repr__"),
    "int": ("__int__",),
    "float": ("__float__",),
    "bytes": ("__bytes__",),
    "hash": ("__hash__",),
    "abs": ("__abs__",),
    "round": ("__round__",),
    "reversed": ("__reversed__",),
    **dict.fromkeys(
        ("iter", "list", "tuple", "set", "frozenset", "sorted", "sum", "any", "all", "max", "min"),
        _ITERATES,
    ),
    **dict.fromkeys(("dict", "enumerate", "zip", "next"), _ITERATES),
}
BUILTINS = {f"builtins.{name}": methods for name, methods in _BUILTINS.items()} | dict.fromkeys(
    ("collections.deque", "collections.Counter", "collections.OrderedDict"), _ITERATES
)
"""Callables that call what they are given: where it stands, or by which keyword."""
CALLS_ARGUMENT = {
    "builtins.map": (0, ""),
    "builtins.filter": (0, ""),
    "functools.reduce": (0, ""),
    "contextvars.Context.run": (0, ""),
    "builtins.sorted": (-1, "key"),
    "builtins.max": (-1, "key"),
    "builtins.min": (-1, "key"),
}
ENTERS_ARGUMENT = frozenset(
    {"contextlib.ExitStack.enter_context", "contextlib.AsyncExitStack.enter_context"}
)
_DOUBT = Certainty.LIKELY
_ASKS = {"if", "while"}
_LAZY = {"builtins.iter", "builtins.enumerate", "builtins.zip", "builtins.reversed"}


def edges(calls: Calls, function: Function, hidden: Sequence[Region]) -> Iterator[Edge]:
    """Give what *function* runs outside the *hidden* regions, besides what it calls."""
    body = function.facts.body
    yield from _property_reads(calls, function, hidden)
    for region in body.regions:
        if region.kind == "with":
            yield from _enter(calls, region, function)
        elif region.kind == "loop":
            yield from _iterate(calls, region.subject, region.span, function)
        elif region.kind == "async-loop":
            held = calls.types.infer(region.subject, function, region.line)
            yield from _method(calls, held, "__aiter__", "iterate", region.span, region.subject)
        elif region.kind in _ASKS and isinstance(region.subject, str | Attr):
            if calls.methods.isdisjoint(_TRUTH):
                continue
            held = calls.types.infer(region.subject, function, region.line)
            yield from _first_method(calls, held, _TRUTH, region.span, region.subject)
    for expr, span in _exhausted(function):
        if not _is_hidden(hidden, span):
            yield from _iterate(calls, expr, span, function)
    for operation in body.operations:
        name = OPERATORS.get(operation.operator)
        if name is None and (operation.operator != "Format" or calls.methods.isdisjoint(_SHOWS)):
            continue
        if name is not None and name != _GETS and name not in calls.methods:
            continue
        if not operation.operands or _is_hidden(hidden, operation.span):
            continue
        of = operation.operands[1 if name == "__contains__" else 0]
        if isinstance(of, Literal | Group):
            continue
        if name is not None:
            held = calls.types.infer(of, function, operation.span.line)
            yield from _method(calls, held, name, "operator", operation.span, of)
            if name == _GETS:
                yield from _foreign(calls, held, name, operation.span, of)
        elif operation.operator == "Format":
            held = calls.types.infer(of, function, operation.span.line)
            yield from _first_method(calls, held, _SHOWS, operation.span, of)


def _exhausted(function: Function) -> Iterator[tuple[Expr, Span]]:
    """Give what is iterated without a ``for`` statement: by comprehensions, unpacking, stars."""
    body = function.facts.body
    for b in body.bindings:
        if b.kind == "comprehension" or (b.kind == "unpack" and b.position == 0):
            yield b.value, b.span
        elif isinstance(b.value, Group):
            yield from ((i.value, b.span) for i in b.value.items if isinstance(i, Star))
    for result in body.results:
        if result.kind == "yield-from":
            yield result.value, result.span
        elif isinstance(result.value, Group):
            yield from ((i.value, result.span) for i in result.value.items if isinstance(i, Star))
    for call in body.calls:
        yield from ((a.value, call.span) for a in call.args if isinstance(a, Star))
        if isinstance(call.func, Attr) and call.func.name == "join" and call.args:
            if isinstance(call.func.value, Literal):
                yield call.args[0], call.span


def builtin(calls: Calls, name: str, call: Call, function: Function) -> Iterator[Edge]:
    """Give what a builtin such as ``len`` or ``list`` runs of its first argument."""
    methods = BUILTINS[name]
    given = call.args[0]
    if methods == _ITERATES:
        if name not in _LAZY:
            yield from _iterate(calls, given, call.span, function)
        return
    if calls.methods.isdisjoint(methods):
        return
    held = calls.types.infer(given, function, call.span.line)
    yield from _first_method(calls, held, methods, call.span, given)


def _property_reads(calls: Calls, function: Function, hidden: Sequence[Region]) -> Iterator[Edge]:
    if not calls.properties:
        return
    body = function.facts.body
    are_others = calls.properties.isdisjoint  # nearly always
    reads: list[tuple[Expr, Span]] = [
        (load.name, load.span) for load in body.loads if not are_others(load.name.split("."))
    ]
    for call in body.calls:
        if isinstance(call.func, str):
            if not are_others(call.func.split(".")):
                reads.append((call.func.rpartition(".")[0], call.span))
        elif isinstance(call.func, Attr):
            reads.append((call.func.value, call.span))
    reads += [(o.operands[0], o.span) for o in body.operations if o.operator == "Attribute"]
    told: set[str] = set()
    for expr, span in reads:
        if not _is_hidden(hidden, span):
            for edge in _properties(calls, expr, span, function):
                if not isinstance(edge.target, Primitive) or edge.written not in told:
                    told.add(edge.written)
                    yield edge
    for b in body.bindings:
        path, _, name = b.target.rpartition(".")
        if path and name in calls.properties:
            yield from _property(calls, path, name, b.span, function, setting=True)


def _is_hidden(hidden: Sequence[Region], span: Span) -> bool:
    return bool(hidden) and any(r.line <= span.line <= r.end_line for r in hidden)


def _properties(calls: Calls, expr: Expr, span: Span, function: Function) -> Iterator[Edge]:
    """Give the properties that reading *expr* runs, part by part."""
    while isinstance(expr, Attr):
        if expr.name in calls.properties:
            yield from _property(calls, expr.value, expr.name, span, function)
        expr = expr.value
    if not isinstance(expr, str):
        return
    parts = expr.split(".")
    if calls.properties.isdisjoint(parts):
        return
    for n in range(1, len(parts)):
        if parts[n] in calls.properties:
            yield from _property(calls, ".".join(parts[:n]), parts[n], span, function)


def _property(
    calls: Calls, of: Expr, name: str, span: Span, function: Function, *, setting: bool = False
) -> Iterator[Edge]:
    base = calls.types.infer(of, function, span.line)
    for value in base.values:
        if not isinstance(value, Instance):
            continue
        if not setting:
            yield from _loaded(calls, value, name, span, written(of), base.certainty)
        if not isinstance(value.of, Class):
            continue
        for cls in members.mro(calls.types, value.of):
            if not isinstance(cls, Class):
                continue
            method = (cls.setters if setting else cls.methods).get(name)
            if method is not None:
                kinds = results.decorator_names(calls.types, method)
                if setting or kinds & PROPERTIES:
                    text = f"{written(of)}.{name}"
                    for edge in calls.run(method, "property", span, text, None):
                        yield edge._replace(certainty=weakest(edge.certainty, base.certainty))
                break


def _loaded(
    calls: Calls, value: Instance, name: str, span: Span, text: str, certainty: Certainty
) -> Iterator[Edge]:
    """Give the edge to what reading an attribute asks of a database or another service."""
    if isinstance(value.of, External):
        row = calls.primitive(f"{value.of.name}.{name}")
        if row is not None and row.form == "property":
            yield Edge(row, "property", span, f"{text}.{name}", certainty)
    elif value.is_loaded and calls.types.mapped.is_lazy(value.of, name):
        row = primitive(RELATIONSHIP)
        if row is not None:
            yield Edge(row, "property", span, f"{text}.{name}", weakest(certainty, _DOUBT))


def _foreign(calls: Calls, held: Held, name: str, span: Span, of: Expr) -> Iterator[Edge]:
    """Give the edge to a special method of another library's object that waits."""
    for value in held.values:
        if isinstance(value, Instance) and isinstance(value.of, External):
            row = calls.primitive(f"{value.of.name}.{name}")
            if row is not None and row.form in {"iter", "method", "item", "call"}:
                yield Edge(row, "operator", span, written(of), held.certainty)


def _enter(calls: Calls, region: Region, function: Function) -> Iterator[Edge]:
    yield from enter(calls, region.subject, region.span, function)


def enter(calls: Calls, subject: Expr, span: Span, function: Function) -> Iterator[Edge]:
    """Give what entering and leaving *subject* runs."""
    held = calls.types.infer(subject, function, span.line)
    text = written(subject)
    if isinstance(subject, Call) and subject.args:
        callee = calls.types.callee(subject, function)
        if External("contextlib.closing") in callee.values:
            closed = calls.types.infer(subject.args[0], function, span.line)
            yield from _method(calls, closed, "close", "enter", span, subject)
    for value in held.values:
        if isinstance(value, Entered) and value.function is not None:
            call = subject if isinstance(subject, Call) else None
            yield Edge(value.function, "enter", span, text, held.certainty, call)
        elif isinstance(value, Instance) and isinstance(value.of, External):
            for name in ("__enter__", "__exit__"):
                row = calls.primitive(f"{value.of.name}.{name}")
                if (
                    row is not None
                    and row.form == "method"
                    and not is_impatient(row.name, one(value))
                ):
                    yield Edge(row, "enter", span, text, held.certainty)
    for name in ("__enter__", "__exit__"):
        yield from _method(calls, held, name, "enter", span, subject)


def _iterate(calls: Calls, subject: Expr, span: Span, function: Function) -> Iterator[Edge]:
    if isinstance(subject, Comprehension) and subject.kind == "generator":
        for source in subject.sources:
            yield from _iterate(calls, source, span, function)
    if isinstance(subject, Call):
        callee = calls.types.callee(subject, function)
        text = written(subject.func)
        for value in callee.values:
            if isinstance(value, External):
                if value.name in _LAZY and subject.args:
                    yield from _iterate(calls, subject.args[-1], span, function)
                row = calls.primitive(value.name)
                if row is not None and row.form == "iter" and subject.use != "awaited":
                    yield Edge(row, "iterate", span, text, callee.certainty)
            target = value.function if isinstance(value, Bound) else value
            if isinstance(target, Function) and target.facts.is_generator and not target.is_async:
                yield Edge(target, "iterate", span, text, callee.certainty, subject)
    held = calls.types.infer(subject, function, span.line)
    for value in held.values:
        if isinstance(value, Instance) and isinstance(value.of, External):
            row = calls.primitive(f"{value.of.name}.__iter__")
            if row is not None and row.form in {"iter", "method"}:
                text = written(subject)
                yield Edge(row, "iterate", span, text, held.certainty)
    for name in _ITERATES:
        yield from _method(calls, held, name, "iterate", span, subject)


def _first_method(
    calls: Calls, held: Held, names: Sequence[str], span: Span, of: Expr
) -> Iterator[Edge]:
    """Give the edges to the first of the special methods that an object defines."""
    for name in names:
        found = list(_method(calls, held, name, "operator", span, of))
        if found:
            yield from found
            return


def _method(calls: Calls, held: Held, name: str, how: str, span: Span, of: Expr) -> Iterator[Edge]:
    """Give the edge to a special method that an object of the project defines."""
    if name not in calls.methods:
        return
    for value in held.values:
        if not (isinstance(value, Instance) and isinstance(value.of, Class)):
            continue
        for cls in members.mro(calls.types, value.of):
            method = cls.methods.get(name) if isinstance(cls, Class) else None
            if method is not None:
                for edge in calls.run(method, how, span, written(of), None):
                    yield edge._replace(certainty=weakest(edge.certainty, held.certainty))
                break
