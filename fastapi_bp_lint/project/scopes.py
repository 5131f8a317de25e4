"""Which scopes can register something, and what happens in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Body, Call, Expr
from fastapi_bp_lint.knowledge.fastapi_names import (
    CALLED,
    CONSTRUCTOR_NAMES,
    DECORATORS,
    LATE_INITIALISERS,
    MARKERS,
    MODULES,
    ROUTE_CLASSES,
    ROUTE_DECORATORS,
)
from fastapi_bp_lint.project import members
from fastapi_bp_lint.project.frames import Steps, last_name, nested
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.project.values import Bound, Class, External, Function, Where

if TYPE_CHECKING:
    from fastapi_bp_lint.project.types import Types

_COLLECTED = {n.rpartition(".")[2] for n in MARKERS | frozenset(ROUTE_CLASSES)}
_FARTHEST = 6
_LOOPS = {"loop", "async-loop"}
_DOUBTS = {"if", "else", "except", "case", "main", "while"}


class Scopes:
    """Which scopes can register something, and what happens in them."""

    def __init__(self, types: Types) -> None:
        self._types = types
        self._names = types.names
        self._decorated: dict[tuple[str, str], list[Function]] = {}
        self._classes: dict[tuple[str, str], list[Class]] = {}
        self._steps: dict[tuple[str, str], Steps] = {}
        self._methods: dict[str, list[Function]] | None = None
        self.inner: set[tuple[str, str]] = set()
        self.relevant: set[Function] = set()
        self.called: set[str] = set()
        self.has_caller: set[Function] = set()
        self.wanted = set(CALLED | CONSTRUCTOR_NAMES)
        self._subclasses()
        self._index()
        self._spread()

    def _subclasses(self) -> None:
        """Add the project's own subclasses of applications and routers to what is wanted."""
        grown = True
        while grown:
            grown = False
            for cls in self._names.classes:
                if cls.name not in self.wanted and any(
                    last_name(b) in self.wanted
                    and last_name(b)[:1].isupper()
                    and cls.name not in CONSTRUCTOR_NAMES
                    for b in cls.facts.bases
                ):
                    self.wanted.add(cls.name)
                    grown = True
        for module in self._names.modules.by_path.values():
            self.wanted.update(
                i.local for i in module.facts.imports if i.has_alias and i.name in CONSTRUCTOR_NAMES
            )

    def _index(self) -> None:
        for cls in self._names.classes:
            self._classes.setdefault((cls.module.path, cls.facts.parent), []).append(cls)
        for function in self._names.functions:
            facts = function.facts
            if facts.decorators:
                self._decorated.setdefault((function.module.path, facts.parent), []).append(
                    function
                )
            if facts.parent and not facts.in_class:
                self.inner.add((function.module.path, facts.parent))
                if any(self._is_route_decorator(d, function) for d in facts.decorators):
                    self._mark_parent(function)
            for call in facts.body.calls:
                name = last_name(call.func)
                if name in self.wanted or (not name and self._is_applied(call, function)):
                    if name != "mount" or not self._is_foreign(call, function):
                        self.relevant.add(function)

    def _is_applied(self, call: Call, where: Where) -> bool:
        """Whether the call is ``router.get("/x")(handler)`` or ``getattr(router, verb)(...)``."""
        inner = call.func
        if not isinstance(inner, Call) or not (call.args or call.keywords):
            return False
        name = last_name(inner.func)
        if name in DECORATORS:
            return isinstance(inner.func, str)
        if isinstance(inner.func, Call):
            return inner.func.func == "getattr"
        return isinstance(where, Function) and inner.func in self._parameters(where)

    def _is_foreign(self, call: Call, where: Where) -> bool:
        """Whether the method belongs to an object of a library other than FastAPI."""
        held = self._types.callee(call, where)
        return bool(held.values) and all(
            isinstance(v, External) and not v.name.startswith(MODULES) for v in held.values
        )

    def _parameters(self, function: Function) -> set[str]:
        return {p.name for p in function.facts.params} | self._outer_parameters(function)

    def _is_route_decorator(self, decorator: Expr, function: Function) -> bool:
        func = decorator.func if isinstance(decorator, Call) else decorator
        if last_name(func) in DECORATORS:
            return True
        if not isinstance(func, str):
            return isinstance(func, Call)
        return isinstance(decorator, Call) and func in self._outer_parameters(function)

    def _outer_parameters(self, function: Function) -> set[str]:
        outer = self._names.at(function.module, function.facts.parent)
        return {p.name for p in outer.facts.params} if isinstance(outer, Function) else set()

    def _mark_parent(self, function: Function) -> None:
        outer = self._names.at(function.module, function.facts.parent)
        if isinstance(outer, Function):
            self.relevant.add(outer)

    def _spread(self) -> None:
        """Make what calls, or holds, a scope that registers something relevant as well."""
        waiting = [(f, 0) for f in self.relevant]
        while waiting:
            function, depth = waiting.pop(0)
            found: list[Function] = []
            outer = self._names.at(function.module, function.facts.parent)
            if isinstance(outer, Function):
                found.append(outer)
            if depth < _FARTHEST and self._depends_on_caller(function):
                found += self._calling(function)
            for each in found:
                if each not in self.relevant:
                    self.relevant.add(each)
                    waiting.append((each, depth + 1))

    def _depends_on_caller(self, function: Function) -> bool:
        """Whether a call of it does, or gives, something that another call does not."""
        facts = function.facts
        receiver = int(function.owner is not None)
        return not facts.is_lambda and (
            len(facts.params) > receiver
            or function.name in LATE_INITIALISERS | {"__init__"}
            or any(r.kind == "return" and r.value is not None for r in facts.body.results)
            or (bool(receiver) and self._uses_receiver(function))
        )

    def _uses_receiver(self, function: Function) -> bool:
        """Whether a method registers something on what its object holds."""
        if not function.facts.params:
            return False
        head = f"{function.facts.params[0].name}."
        inner = self._decorated.get((function.module.path, function.facts.qualname), ())
        used = [d.func for f in inner for d in f.facts.decorators if isinstance(d, Call)]
        used += [
            c.func
            for c in function.facts.body.calls
            if last_name(c.func) in self.wanted or last_name(c.func) in self.called
        ]
        return any(isinstance(func, str) and func.startswith(head) for func in used)

    def _calling(self, function: Function) -> list[Function]:
        """Return the functions that call *function*, as far as can be told."""
        found = []
        for name, targets in self._spoken(function).items():
            self.called.add(name)
            sites = self._types.callers.named(name) if name not in self.wanted else ()
            for call, caller in sites:
                if not isinstance(caller, Function):
                    continue
                held = self._types.callee(call, caller)
                if any(self._is_same(v, targets, function) for v in held.values):
                    self.has_caller.add(function)
                    found.append(caller)
        return found

    def _spoken(self, function: Function) -> dict[str, list[Function | Class]]:
        """Return the names by which a function is called: for an initialiser those of classes."""
        owner = function.owner
        if owner is None or function.name not in LATE_INITIALISERS | {"__init__"}:
            return {function.name: [function]}
        found: dict[str, list[Function | Class]] = {}
        for cls in self._names.classes:
            if cls is owner or (cls.facts.bases and owner in members.mro(self._types, cls)):
                found.setdefault(cls.name, []).append(cls)
        return found

    def _is_same(self, value: object, targets: list[Function | Class], function: Function) -> bool:
        """Whether a value is what is looked for, or a method that it overrides."""
        if not isinstance(value, Bound):
            return value in targets
        above = value.function.owner
        return value.function in targets or (
            function.owner is not None
            and above is not None
            and value.function.name == function.name
            and above in members.mro(self._types, function.owner)
        )

    def methods(self, name: str) -> list[Function]:
        """Return the methods of that name that register something."""
        if self._methods is None:
            self._methods = {}
            for function in self.relevant:
                if function.owner is not None:
                    self._methods.setdefault(function.name, []).append(function)
        return self._methods.get(name, [])

    def steps(self, scope: Where) -> Steps:
        """Return what happens in *scope*, loops and conditions noted."""
        if isinstance(scope, Module):
            key, body, imports = (scope.path, ""), scope.facts.body, scope.facts.imports
        else:
            key, body = (scope.module.path, scope.facts.qualname), scope.facts.body
            imports = ()
        kept = self._steps.get(key)
        if kept is None:
            steps = [*self._calls(body, scope), *self._definitions(key)]
            steps += [(i.span[:2], i) for i in imports if not i.scope]
            steps.sort(key=lambda s: s[0])
            kept = self._steps[key] = nested(steps, body)
        return kept

    def _calls(self, body: Body, scope: Where) -> list[tuple[tuple[int, int], Call]]:
        """Return the calls that may register something, each at its end: arguments come first."""
        found = []
        for call in body.calls:
            name = last_name(call.func)
            if (
                name in self.wanted
                or name in self.called
                or (not name and self._is_applied(call, scope))
                or (name in {"append", "extend"} and _collects(call))
            ):
                found.append(((call.span.end_line, call.span.end_column), call))
        return found

    def _definitions(self, key: tuple[str, str]) -> list[tuple[tuple[int, int], Function | Class]]:
        found: list[tuple[tuple[int, int], Function | Class]] = []
        for function in self._decorated.get(key, ()):
            if any(self.decorates(d, function) for d in function.facts.decorators):
                found.append((function.facts.name_span[:2], function))
        found += [(c.facts.name_span[:2], c) for c in self._classes.get(key, ()) if self._holds(c)]
        return found

    def decorates(self, decorator: Expr, function: Function) -> bool:
        """Whether a decorator may register the function."""
        func = decorator.func if isinstance(decorator, Call) else decorator
        return (
            last_name(func) in self.called
            or self._is_route_decorator(decorator, function)
            or (isinstance(decorator, Call) and any(_is_verb(a) for a in decorator.args))
        )

    def _holds(self, cls: Class) -> bool:
        return any(self.decorates(d, m) for m in cls.methods.values() for d in m.facts.decorators)


def _is_verb(expr: Expr) -> bool:
    return isinstance(expr, str) and "." in expr and last_name(expr) in ROUTE_DECORATORS


def _collects(call: Call) -> bool:
    """Whether a call may add a route, a router or a dependency to a list."""
    if not isinstance(call.func, str) or not call.args:
        return False
    first = call.args[0]
    word = last_name(first.func if isinstance(first, Call) else first)
    return ".routes." in call.func or "router" in word.lower() or word in _COLLECTED
