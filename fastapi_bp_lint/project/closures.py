"""Whether all that a function reaches is known, and nothing of it holds the thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import (
    Attr,
    Call,
    Expr,
    Item,
    LambdaRef,
    Star,
)
from fastapi_bp_lint.finding import Certainty, weakest
from fastapi_bp_lint.knowledge.harmless import (
    CONSUMERS,
    PLAIN_BASES,
    is_harmless,
)
from fastapi_bp_lint.project import members
from fastapi_bp_lint.project.dead import hidden, inside
from fastapi_bp_lint.project.decoration import decoration
from fastapi_bp_lint.project.kinds import SCHEMA, SETTINGS, kind_of
from fastapi_bp_lint.project.lazy import is_loaded
from fastapi_bp_lint.project.plain import Plain, is_container, receiver
from fastapi_bp_lint.project.values import (
    Alias,
    Bound,
    Class,
    Entered,
    External,
    Function,
    Instance,
    Member,
    Partial,
    Scalar,
    Several,
    one,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fastapi_bp_lint.facts.model import Binding, Region
    from fastapi_bp_lint.project.project import Project
    from fastapi_bp_lint.project.values import Value

_LOOPS = {"for", "comprehension", "generator"}
_BY_CALL = {"call", "construct"}
_NAMES = str | Attr | LambdaRef
_NONBLOCKING = "nonblocking"
_CONSTRUCTION = ("__new__", "__init__", "__post_init__", "model_post_init")
_Answer = Certainty | None


class Closures:
    """Proves that functions come back at once; what cannot be proved is None."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._types = project.types
        self._plain = Plain(project.types)
        self._kept: dict[Function, _Answer] = {}

    def free(self, function: Function) -> Certainty | None:
        """Return how sure it is that nothing in the closure of *function* blocks."""
        said = self._types.told.of(function)
        if said is not None:
            return Certainty.CERTAIN if said is False else None
        if function not in self._kept:
            self._kept[function] = Certainty.CERTAIN  # while it is open: recursion adds nothing
            self._kept[function] = self._body(function)
        return self._kept[function]

    def _body(self, function: Function) -> _Answer:
        body = function.facts.body
        if body.awaits or function.is_async:
            return None
        dead = hidden(body)
        calls = [c for c in body.calls if not inside(dead, c.span.line)]
        return _all(
            answer
            for part in (
                (self._call(c, function) for c in calls),
                (self._loop(b, function) for b in body.bindings if b.kind in _LOOPS),
                (self._with(r, function) for r in body.regions if r.kind == "with"),
                (self._loads(function),),
                (self._implicit(function),),
            )
            for answer in part
        )

    def _call(self, call: Call, function: Function) -> _Answer:
        held = self._types.infer(call.func, function, call.span.line)
        if not held.values:
            plain = self._plain.is_plain(receiver(call), function, call.span.line)
            return Certainty.CERTAIN if plain else None
        if held.certainty is not Certainty.CERTAIN and len(held.values) == 1:
            return None
        return _all([held.certainty, *[self._called(v, call, function) for v in held.values]])

    def _called(self, value: Value, call: Call, function: Function) -> _Answer:
        match value:
            case External():
                return self._foreign(value.name, call, function)
            case Function():
                return self._runs(value)
            case Bound():
                return self._method(value)
            case Class():
                return self._made(value)
            case Instance(of=Class()):
                held = members.attribute(self._types, one(value), "__call__")
                return _all([self._called(v, call, function) for v in held.values] or [None])
            case Partial():
                every = [self._called(v, call, function) for v in value.target.values]
                return _all(every or [None])
            case Member(of=Instance(of=Class() as cls)):
                return self._made(cls)
            case Member():
                return Certainty.CERTAIN
            case Alias():
                made = self._types.infer(getattr(value.expr, "value", None), value.where)
                return _all([self._called(v, call, function) for v in made.values] or [None])
            case _:
                return None

    def _foreign(self, name: str, call: Call, function: Function) -> _Answer:
        row = self._project.calls.primitive(name)
        if row is not None:
            return Certainty.CERTAIN if row.tier == "-" or row.form.endswith(_NONBLOCKING) else None
        if not is_harmless(name):
            return None
        args = [a.value if isinstance(a, Star) else a for a in call.args]
        line = call.span.line
        handed = [a for a in (*args, *dict(call.keywords).values()) if isinstance(a, _NAMES)]
        found = [
            self._called(value, call, function)
            for arg in handed
            for value in self._types.infer(arg, function, line).values
            if isinstance(value, Function | Bound | Partial)
        ]
        if name in CONSUMERS:
            found += [self._iterated(a, function, line) for a in args]
        return _all(found)

    def _runs(self, function: Function) -> _Answer:
        """Answer for a call of a function by its name, its decorators included."""
        if members.is_abstract(self._types, function) and function.owner is not None:
            return None  # who knows what others derive from it
        outcome = decoration(self._types, function)
        if outcome.offloaded or outcome.is_async or outcome.certainty is not Certainty.CERTAIN:
            return None
        return _all([self.free(f) for f in outcome.runs])

    def _method(self, bound: Bound) -> _Answer:
        """Answer for a method and for those of subclasses that may run in its place."""
        found = [self._runs(bound.function)]
        of = bound.receiver.of if isinstance(bound.receiver, Instance) else bound.receiver
        if isinstance(of, Class):
            for cls in self._types.subclasses.get(of, ()):
                other = cls.methods.get(bound.function.name)
                if other is not None and other is not bound.function:
                    found.append(self._runs(other))
        return _all(found)

    def _made(self, cls: Class) -> _Answer:
        kind = kind_of(self._types, cls)
        if kind == SETTINGS:
            return None
        found: list[_Answer] = []
        for base in members.mro(self._types, cls):
            if isinstance(base, External):
                known = kind != "" or base.name in PLAIN_BASES or is_harmless(base.name)
                found.append(Certainty.CERTAIN if known else None)
                continue
            plain = [b.value if isinstance(b, Item) else b for b in base.facts.bases]
            around = self._types.around(base)
            if not all(self._types.infer(b, around).values for b in plain):
                return None
            methods = [base.methods[n] for n in _CONSTRUCTION if n in base.methods]
            if kind == SCHEMA:
                methods += [m for m in base.methods.values() if m.facts.decorators]
            found += [self.free(m) for m in methods]
            found += [self._default(v, base) for v, _ in base.fields.values()]
            found += [self._decorator(d, base) for d in base.facts.decorators]
        return _all(found)

    def _default(self, value: Expr, cls: Class) -> _Answer:
        """Answer for the factory of a field's default."""
        factory = dict(value.keywords).get("default_factory") if isinstance(value, Call) else None
        if factory is None:
            return Certainty.CERTAIN
        held = self._types.infer(factory, cls)
        return _all([self._factory(v) for v in held.values] or [None])

    def _factory(self, value: Value) -> _Answer:
        match value:
            case Function():
                return self._runs(value)
            case Class():
                return self._made(value)
            case External():
                return Certainty.CERTAIN if is_harmless(value.name) else None
            case _:
                return None

    def _decorator(self, decorator: Expr, cls: Class) -> _Answer:
        func = decorator.func if isinstance(decorator, Call) else decorator
        held = self._types.infer(func, self._types.around(cls))
        known = [isinstance(v, External) and is_harmless(v.name) for v in held.values]
        return Certainty.CERTAIN if known and all(known) else None

    def _loop(self, b: Binding, function: Function) -> _Answer:
        return self._iterated(b.value, function, b.span.line)

    def _iterated(self, expr: Expr, function: Function, line: int) -> _Answer:
        """Answer for going through *expr*."""
        held = self._types.infer(expr, function, line)
        if not held.values:
            return Certainty.CERTAIN if self._plain.is_plain(expr, function, line) else None
        return _all([self._goes_through(v, expr, function, line) for v in held.values])

    def _goes_through(self, value: Value, expr: Expr, function: Function, line: int) -> _Answer:
        match value:
            case Several() | Scalar() | Class():
                return Certainty.CERTAIN
            case Instance(of=External()):
                assert isinstance(value.of, External)
                name = value.of.name
                generated = name.startswith(("collections.abc.", "typing."))
                if generated and isinstance(expr, Call):
                    callee = self._types.infer(expr.func, function, line)
                    return Certainty.CERTAIN if callee.values else None  # answered as a call
                return Certainty.CERTAIN if is_container(name) else None
            case Instance(of=Class()):
                found = [
                    self._method(v) if isinstance(v, Bound) else None
                    for name in ("__iter__", "__next__")
                    for v in members.attribute(self._types, one(value), name).values
                ]
                return _all(found or [None])
            case External():
                return Certainty.CERTAIN if is_harmless(value.name) else None
            case _:
                return None

    def _with(self, region: Region, function: Function) -> _Answer:
        held = self._types.infer(region.subject, function, region.line)
        return _all([self._enters(v) for v in held.values] or [None])

    def _enters(self, value: Value) -> _Answer:
        match value:
            case Entered():
                return None if value.function is None else self.free(value.function)
            case Instance(of=Class()):
                assert isinstance(value.of, Class)
                methods = [value.of.methods.get(n) for n in ("__enter__", "__exit__")]
                return _all([None if m is None else self._runs(m) for m in methods])
            case Instance(of=External()):
                return Certainty.CERTAIN if is_harmless(value.of.name) else None
            case _:
                return None

    def _loads(self, function: Function) -> _Answer:
        """Answer for attributes that are loaded, or asked for, when they are read."""
        paths = {(load.name, load.span.line) for load in function.facts.body.loads}
        for call in function.facts.body.calls:
            if isinstance(call.func, str) and "." in call.func:
                paths.add((call.func.rpartition(".")[0], call.span.line))
        return _all(
            self._attribute(owner, name, function, line)
            for path, line in paths
            for owner, name in _steps(path)
        )

    def _attribute(self, owner: str, name: str, function: Function, line: int) -> _Answer:
        for value in self._types.dotted(owner, function, line).values:
            if isinstance(value, Instance) and isinstance(value.of, Class):
                if is_loaded(self._types, value.of, name):
                    return None
            elif isinstance(value, Instance) and isinstance(value.of, External):
                row = self._project.calls.primitive(f"{value.of.name}.{name}")
                if row is not None and row.form == "property":
                    return None
        return Certainty.CERTAIN

    def _implicit(self, function: Function) -> _Answer:
        """Answer for what runs without a call: properties, operators, special methods."""
        edges = [e for e in self._project.calls.edges(function) if e.how not in _BY_CALL]
        return _all(
            [self.free(e.target) if isinstance(e.target, Function) else None for e in edges]
        )


def _all(answers: Iterable[_Answer]) -> _Answer:
    """Return the most doubtful of *answers*, None when one of them is."""
    worst = Certainty.CERTAIN
    for answer in answers:
        if answer is None:
            return None
        worst = weakest(worst, answer)
    return worst


def _steps(path: str) -> list[tuple[str, str]]:
    """Return each attribute in a dotted name with what it is read from."""
    parts = path.split(".")
    return [(".".join(parts[:n]), parts[n]) for n in range(1, len(parts))]
