"""What an expression holds, followed through names, attributes, calls and annotations.

Nothing is guessed: what cannot be followed is `UNKNOWN`. A question that needs its own answer
(recursion, circular imports) is unknown, too.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, KeysView
from functools import cached_property
from typing import TYPE_CHECKING, Any

from fastapi_bp_lint.facts.model import (
    Attr,
    Awaited,
    Binding,
    Call,
    Comprehension,
    Either,
    Expr,
    Group,
    Import,
    Item,
    LambdaRef,
    Literal,
    Mapping,
    Operation,
    Param,
    Star,
    Text,
)
from fastapi_bp_lint.finding import Certainty
from fastapi_bp_lint.project import grown, members, results
from fastapi_bp_lint.project.annotations import annotated, is_type
from fastapi_bp_lint.project.branches import Branch, branches
from fastapi_bp_lint.project.callers import Callers
from fastapi_bp_lint.project.flow import is_scoped, reaching
from fastapi_bp_lint.project.mapped import Mapped
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.project.names import Definition, Names, add, builtin, latest, merged
from fastapi_bp_lint.project.narrowing import Test, narrow, tests
from fastapi_bp_lint.project.overloads import Overloads
from fastapi_bp_lint.project.state import State
from fastapi_bp_lint.project.told import Told
from fastapi_bp_lint.project.values import (
    UNKNOWN,
    Alias,
    Class,
    Coroutine,
    External,
    Function,
    Held,
    Instance,
    Package,
    Scalar,
    Several,
    Where,
    one,
    union,
)

if TYPE_CHECKING:
    from fastapi_bp_lint.config import Config
    from fastapi_bp_lint.project.decoration import Decoration
    from fastapi_bp_lint.project.values import Value

_LIST = External("builtins.list")
_PATH = External("pathlib.Path")
_PROTOCOLS = {External("typing.Protocol"), External("typing_extensions.Protocol")}
_MOST_INSIDE = 20_000


class Types:
    """Answers what expressions hold, once: answers are kept, those inside functions for a while."""

    def __init__(self, names: Names, config: Config) -> None:
        self.names = names
        self._config = config
        self._kept: dict[Hashable, Held] = {}
        self._inside: dict[int, Held] = {}
        self.fillings = grown.Fillings()
        self.overloads = Overloads(names)
        self.declared: dict[Where, dict[str, Held]] = {}
        self._open: set[Hashable] = set()
        self.cuts = 0
        self._settled: dict[Where, dict[str, Held]] = {}
        self.bases: dict[Class, list[Class | External]] = {}
        self.decorators: dict[Function, frozenset[str]] = {}
        self.decorations: dict[Function, Decoration] = {}
        self.overrides: dict[Function, tuple[Function, ...]] = {}
        self._implementations: dict[Class, list[Class]] = {}
        self._callees: dict[int, Held] = {}
        self._by_global: dict[Module, dict[str, Held]] = {}
        self._tests: dict[Function, tuple[Test, ...]] = {}
        self._branches: dict[Function, tuple[Branch, ...]] = {}
        self._locals: dict[Function, dict[str, list[Definition | Param]]] = {}
        self._globals: dict[tuple[str, str], list[tuple[Function, Binding]]] | None = None

    def keep(self, key: Hashable, answer: Callable[[], Held]) -> Held:
        """Return the answer to *key*, worked out once; unknown while it is being worked out.

        The key of something inside a function is its ``id``.
        """
        answers: dict[Any, Held] = self._inside if isinstance(key, int) else self._kept
        kept = answers.get(key)
        if kept is not None:
            return kept
        if key in self._open:
            self.cuts += 1
            return UNKNOWN
        self._open.add(key)
        try:
            held = answer()
        finally:
            self._open.discard(key)
        answers[key] = held
        return held

    def forget(self, classes: Iterable[Class], functions: Iterable[Function]) -> None:
        """Ask again about what these have in their bodies, whose facts are others now."""
        gone = set(classes)
        for key in list(self._kept):
            if isinstance(key, tuple) and key[0] in {"attribute", "below"} and key[1] in gone:
                del self._kept[key]
        functions = list(functions)
        self.fillings.forget(functions)
        self.declared.clear()
        for function in functions:
            self._kept.pop(("result", function), None)
            self._locals.pop(function, None)
            self._tests.pop(function, None)
            self._branches.pop(function, None)
        self._settled.clear()
        self._globals = None

    def infer(self, expr: Expr, where: Where, line: int = 0) -> Held:
        """Return what *expr*, written in *where* at *line*, holds; line 0 is anywhere."""
        match expr:
            case None:
                return UNKNOWN
            case str():
                return self.dotted(expr, where, line)
            case Call():
                return self.call(expr, where)
            case Literal():
                if expr.kind in {"str", "int", "float", "bool", "None"}:
                    return one(Scalar(expr.value))
                return UNKNOWN
            case Attr():
                return members.attribute(self, self.infer(expr.value, where, line), expr.name)
            case Awaited():
                return awaited(self.infer(expr.value, where, line))
            case Either():
                return union(*[self.infer(o, where, line) for o in expr.options])
            case Item():
                return self._item(expr, where, line)
            case Group():
                held = [
                    UNKNOWN if isinstance(i, Star) else self.infer(i, where, line)
                    for i in expr.items
                ]
                return one(Several(expr.kind, tuple(enumerate(held))))
            case Mapping():
                return self._mapping(expr, where, line)
            case Text():
                return _joined([self.infer(p, where, line) for p in expr.parts])
            case Operation():
                return self._operation(expr, where, line)
            case LambdaRef():
                found = self.names.at(module_of(where), expr.qualname)
                return one(found) if found is not None else UNKNOWN
            case Comprehension():
                element = self.infer(expr.element, where, line)
                return one(Instance(_LIST, (element,)))
            case _:
                return UNKNOWN

    def dotted(self, path: str, where: Where, line: int = 0) -> Held:
        """Return what a dotted name holds; one that holds the same everywhere is kept."""
        settled = self._settled.get(where)
        if settled is None:
            settled = self._settled[where] = {}
        held = settled.get(path)
        if held is None:
            cuts = self.cuts
            head, *rest = path.split(".")
            held = self.name(head, where, line)
            for part in rest:
                if not held.values:
                    break
                held = members.attribute(self, held, part)
            if cuts == self.cuts and self._is_settled(head, where):
                settled[path] = held
        return held

    def _is_settled(self, name: str, where: Where) -> bool:
        """Whether a plain name holds the same on every line of a scope."""
        if not isinstance(where, Function):
            return True
        known = self._locals.get(where)
        things = known.get(name) if known else None
        if not things:
            return True
        if len(things) > 1 or is_scoped(things[0]):
            return False
        tests = self.tests(where)
        return not tests or all(test.name != name for test in tests)

    def name(self, name: str, where: Where, line: int = 0) -> Held:
        """Return what a plain name holds in a scope."""
        scope: Where = where
        while not isinstance(scope, Module):
            if isinstance(scope, Function):
                held = self._local(scope, name, line)
                if held is not None:
                    return held
            elif scope is where:
                defined = self.names.scope(scope.module, scope.facts.qualname).get(name)
                if defined or name in scope.fields:
                    return members.class_attribute(self, scope, name, scope)
            scope, line = self.around(scope), 0
        return self.globally(scope, name)

    def around(self, scope: Function | Class) -> Where:
        """Return the scope that holds a function or class."""
        parent = scope.facts.parent
        return self.names.at(scope.module, parent) or scope.module if parent else scope.module

    def globally(self, module: Module, name: str) -> Held:
        """Return what a module's global name holds."""
        known = self._by_global.get(module)
        if known is None:
            known = self._by_global[module] = {}
        held = known.get(name)
        if held is None:
            key = "global", module.path, name
            held = self.keep(key, lambda: self._globally(module, name))
            if self._kept.pop(key, None) is not None:  # a key for each is dear
                known[name] = held
        return held

    def _globally(self, module: Module, name: str) -> Held:
        definitions = self.names.scope(module, "").get(name)
        options = [self.definition(d, module) for d in latest(definitions)] if definitions else []
        options += [self.binding(b, f) for f, b in self._set_globally(module, name)]
        if options:
            return merged(options)
        doubtful = False
        for source in self.names.star_sources(module, "", name):
            if source is None:
                doubtful = True
                continue
            held = self.globally(source, name)
            if held.values:
                return held
        if module.is_package:
            held = self.names.dotted(f"{module.name}.{name}", module, within=True)
            if held.values:
                return held
        return builtin(name).doubted(Certainty.LIKELY if doubtful else Certainty.CERTAIN)

    def _set_globally(self, module: Module, name: str) -> list[tuple[Function, Binding]]:
        """Return the assignments of functions that declare the name ``global``."""
        if self._globals is None:
            self._globals = {}
            for function in self.names.functions:
                outer = function.facts.body.outer
                for b in function.facts.body.bindings if outer else ():
                    if b.target in outer:
                        key = function.module.path, b.target
                        self._globals.setdefault(key, []).append((function, b))
        return self._globals.get((module.path, name), [])

    def functions_of(self, module: Module) -> list[Function]:
        """Return the functions of one module."""
        return self._by_module.get(module.path, [])

    @cached_property
    def _by_module(self) -> dict[str, list[Function]]:
        found: dict[str, list[Function]] = {}
        for function in self.names.functions:
            found.setdefault(function.module.path, []).append(function)
        return found

    def importers_of(self, module: Module, name: str) -> list[tuple[Module, str]]:
        """Return the modules that import a global of *module*, with what they call it."""
        found = []
        for other, item in self._imports_by_name.get(name, ()):
            target = self.names.imported(item, other)
            if target == (module, name):
                found.append((other, item.local))
        return found

    @cached_property
    def _imports_by_name(self) -> dict[str, list[tuple[Module, Import]]]:
        found: dict[str, list[tuple[Module, Import]]] = {}
        for module in self.names.modules.by_path.values():
            for item in module.facts.imports:
                if item.kind == "name":
                    found.setdefault(item.name, []).append((module, item))
        return found

    def definition(self, thing: Definition, where: Where) -> Held:
        """Return what a definition binds its name to."""
        if isinstance(thing, Function | Class):
            return one(thing)
        if isinstance(thing, Binding):
            return self.binding(thing, where)
        return self.imported(thing, module_of(where))

    def imported(self, item: Import, module: Module) -> Held:
        """Return what an import binds its local name to."""
        found = self.names.imported(item, module)
        return found if isinstance(found, Held) else self.globally(*found)

    def _local(self, function: Function, name: str, line: int) -> Held | None:
        if name in function.facts.body.outer:
            return None
        things = (self._locals.get(function) or self.locals(function)).get(name)
        if things is None:
            return None
        if len(things) == 1 and not is_scoped(things[0]):
            held = self._local_value(function, things[0])
            return narrow(self, function, name, line, held) if line else held
        reached = reaching(things, function.facts.body.regions, line)
        if not reached:
            return None
        key = function, name, *map(id, reached)
        held = self._kept.get(key) or self.keep(
            key, lambda: merged([self._local_value(function, t) for t in reached])
        )
        return narrow(self, function, name, line, held) if line else held

    def tests(self, function: Function) -> tuple[Test, ...]:
        """Return what the conditions of a function say of its names."""
        found = self._tests.get(function)
        if found is None:
            found = self._tests[function] = tests(self, function)
        return found

    def branches(self, function: Function) -> tuple[Branch, ...]:
        """Return the conditions of a function, and where each of them is decided."""
        found = self._branches.get(function)
        if found is None:
            found = self._branches[function] = branches(function.facts.body)
        return found

    @cached_property
    def callers(self) -> Callers:
        """The calls of the project, by what they seem to call."""
        return Callers(self.names)

    @cached_property
    def mapped(self) -> Mapped:
        """The mapped classes whose relationships are loaded when they are read."""
        return Mapped(self)

    @cached_property
    def told(self) -> Told:
        """What the project says of its own functions."""
        return Told(self, self._config)

    @cached_property
    def state(self) -> State:
        """What applications and requests carry along."""
        return State(self.names)

    def implementations(self, cls: Class) -> list[Class]:
        """Return the classes below *cls*; for a protocol also the only one that has its methods.

        Where several have them, nothing says that they were written for the protocol.
        """
        below = self.subclasses.get(cls, [])
        if not _PROTOCOLS.intersection(members.mro(self, cls)):
            return below
        kept = self._implementations.get(cls)
        if kept is None:
            fitting = [
                c
                for c in self._with_methods(cls.methods.keys())
                if c is not cls
                and all(_fits(c.methods[n], m) for n, m in cls.methods.items())
                and not _PROTOCOLS.intersection(members.mro(self, c))
            ]
            others = [c for c in fitting if c not in below]
            kept = below if len(others) > 1 else below + others
            self._implementations[cls] = kept
        return kept

    def _with_methods(self, wanted: KeysView[str]) -> list[Class]:
        """Return the classes that define every one of the methods *wanted*, none for none."""
        having = [self._by_method.get(name, []) for name in wanted]
        rarest: list[Class] = min(having, key=len, default=[])
        return [c for c in rarest if wanted <= c.methods.keys()]

    @cached_property
    def _by_method(self) -> dict[str, list[Class]]:
        found: dict[str, list[Class]] = {}
        for cls in self.names.classes:
            for name in cls.methods:
                found.setdefault(name, []).append(cls)
        return found

    @cached_property
    def subclasses(self) -> dict[Class, list[Class]]:
        """Class -> the classes of the project that derive from it, directly or not."""
        found: dict[Class, list[Class]] = {}
        for cls in self.names.classes:
            for base in members.mro(self, cls)[1:]:
                if isinstance(base, Class):
                    found.setdefault(base, []).append(cls)
        return found

    def _local_value(self, function: Function, thing: Definition | Param) -> Held:
        if isinstance(thing, Binding):
            return self.binding(thing, function)
        if isinstance(thing, Param):
            key = id(thing)
            return self._inside.get(key) or self.keep(
                key, lambda: results.parameter(self, function, thing)
            )
        return self.definition(thing, function)

    def locals(self, function: Function) -> dict[str, list[Definition | Param]]:
        """Return what a function defines, by name, in source order."""
        found = self._locals.get(function)
        if found is None:
            found = self._locals[function] = {}
            for param in function.facts.params:
                add(found, param.name, param)
            scope = self.names.scope(function.module, function.facts.qualname)
            for name, things in scope.items():
                for thing in things:
                    add(found, name, thing)
            for b in function.facts.body.bindings:
                if "." not in b.target:
                    add(found, b.target, b)
        return found

    def let_go(self) -> None:
        """Drop what functions define: most are not asked again, and the others say it again."""
        self._locals.clear()

    def make_room(self) -> None:
        """Drop what was worked out inside functions once it is much: little is asked for again."""
        if len(self._inside) > _MOST_INSIDE:
            self._inside.clear()
            self._locals.clear()

    def binding(self, b: Binding, where: Where) -> Held:
        """Return what a binding gives its target."""
        return self._inside.get(id(b)) or self.keep(id(b), lambda: self._binding(b, where))

    def _binding(self, b: Binding, where: Where) -> Held:
        if b.kind == "type":
            return one(Alias(b.value, where))
        value = (
            UNKNOWN
            if b.kind in {"augment", "delete", "case"}
            else self.infer(b.value, where, b.span.line)
        )
        if b.kind in {"assign", "annotation"} and isinstance(b.value, Group | Mapping | Call):
            value = grown.marked(self, value, b, where)
        if b.annotation is not None:
            declared = annotated(self, b.annotation, where)
            return members.narrowed(declared, value)
        if b.kind in {"assign", "walrus", "annotation"}:
            return value
        if b.kind in {"with", "async-with"}:
            entered = members.entered(self, value, is_async=b.kind == "async-with")
            return entered if b.position < 0 else members.item(self, entered, b.position)
        if b.kind == "unpack":
            return members.item(self, value, b.position)
        if b.kind == "unpack-rest":
            return one(Instance(_LIST, (members.rest(self, value, b.position),)))
        if b.kind == "except":
            return instances(value)
        if b.kind in {"for", "comprehension", "generator", "async-for", "async-comprehension"}:
            element = members.element(self, value)
            return element if b.position < 0 else members.item(self, element, b.position)
        return UNKNOWN

    def infer_field(self, cls: Class, name: str) -> Held:
        """Return what the class body says of a field."""
        found = [b for b in cls.facts.body.bindings if b.target == name]
        return merged([self.binding(b, cls) for b in found])

    def callee(self, call: Call, where: Where) -> Held:
        """Return what a call calls."""
        held = self._callees.get(id(call))
        if held is None:
            func = call.func
            settled = self._settled.get(where) if isinstance(func, str) else None
            if settled is not None and func in settled:
                return settled[func]
            held = self.infer(func, where, call.span.line)
            if not isinstance(func, str) or func not in self._settled[where]:
                self._callees[id(call)] = held
        return held

    def call(self, call: Call, where: Where) -> Held:
        """Return what a call gives."""
        return self._inside.get(id(call)) or self.keep(id(call), lambda: self._call(call, where))

    def _call(self, call: Call, where: Where) -> Held:
        callee = self.callee(call, where)
        values = callee.values
        if len(values) == 1:
            return results.called(self, values[0], call, where).doubted(callee.certainty)
        held = union(*[results.called(self, v, call, where) for v in values])
        return held.doubted(callee.certainty)

    def _item(self, expr: Item, where: Where, line: int) -> Held:
        base = self.infer(expr.value, where, line)
        if is_type(base):
            return one(Alias(expr, where))
        if isinstance(expr.key, Group) and expr.key.kind == "slice":
            return members.part(self, base)
        key = self.infer(expr.key, where, line)
        literal = key.values[0].value if key.values and isinstance(key.values[0], Scalar) else None
        return members.item(self, base, literal if isinstance(literal, str | int) else None)

    def _mapping(self, expr: Mapping, where: Where, line: int) -> Held:
        items = []
        for key, value in expr.items:
            held = self.infer(key, where, line)
            if held.values and isinstance(held.values[0], Scalar):
                literal = held.values[0].value
                if isinstance(literal, str | int):
                    items.append((literal, self.infer(value, where, line)))
        return one(Several("dict", tuple(items)))

    def _operation(self, expr: Operation, where: Where, line: int) -> Held:
        held = [self.infer(o, where, line) for o in expr.operands]
        if expr.operator == "BitOr" and any(is_type(h) for h in held):
            return one(Alias(expr, where))
        if expr.operator == "Add":
            return _joined(held)
        if expr.operator == "Div" and any(
            isinstance(v, Instance) and v.of == _PATH for v in held[0].values
        ):
            return one(Instance(_PATH))
        return UNKNOWN


def _fits(method: Function, wanted: Function) -> bool:
    """Whether a method takes the parameters that a protocol's method names."""
    names = {p.name for p in method.facts.params}
    is_open = any(p.kind == "double-star" for p in method.facts.params)
    return is_open or all(p.name in names or p.kind in _ANY for p in wanted.facts.params)


_ANY = {"positional", "star", "double-star"}


def module_of(where: Where) -> Module:
    """Return the module that a scope stands in."""
    return where if isinstance(where, Module) else where.module


def awaited(held: Held) -> Held:
    """Return what awaiting gives."""
    return union(*[v.result if isinstance(v, Coroutine) else UNKNOWN for v in held.values]).doubted(
        held.certainty
    )


def instances(held: Held) -> Held:
    """Return instances of what are classes."""
    values: list[Value] = [Instance(v) for v in held.values if isinstance(v, Class | External)]
    return Held(tuple(values), held.certainty) if values else UNKNOWN


def _joined(parts: list[Held]) -> Held:
    """Return the text of literal parts joined; unknown when one is not literal."""
    text = ""
    certainty = Certainty.CERTAIN
    for part in parts:
        if len(part.values) != 1 or not isinstance(part.values[0], Scalar):
            return UNKNOWN
        value = part.values[0].value
        if not isinstance(value, str | int):
            return UNKNOWN
        text += str(value)
        certainty = max(certainty, part.certainty, key=lambda c: c.rank)
    return Held((Scalar(text),), certainty)


__all__ = ["Package", "Types", "awaited", "instances", "module_of"]
