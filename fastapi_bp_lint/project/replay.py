"""Goes through what the modules do when they are imported, as far as it builds applications.

Factories, helper functions, decorators of the project and loops over literal lists are followed
with the arguments that they are given; every other question is left to `Types`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi_bp_lint.facts.model import (
    Attr,
    Awaited,
    Binding,
    Call,
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
    Region,
    Star,
    Text,
)
from fastapi_bp_lint.finding import Certainty
from fastapi_bp_lint.knowledge.fastapi_names import CONSTRUCTORS, MARKERS
from fastapi_bp_lint.knowledge.typing_names import SEQUENCES
from fastapi_bp_lint.project import members, results
from fastapi_bp_lint.project.annotations import is_type
from fastapi_bp_lint.project.apps import Arg, Router
from fastapi_bp_lint.project.flow import reaching
from fastapi_bp_lint.project.frames import Frame, Loop, Scopes, Step, Steps, last_name
from fastapi_bp_lint.project.made import (
    Bundle,
    Closure,
    Decorating,
    Marker,
    Method,
    Object,
    RouteObject,
    Wrapped,
    Wraps,
    made,
)
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.project.names import latest, merged
from fastapi_bp_lint.project.registering import Registry
from fastapi_bp_lint.project.values import (
    UNKNOWN,
    Bound,
    Class,
    Coroutine,
    External,
    Function,
    Held,
    Instance,
    Scalar,
    Several,
    Where,
    one,
    union,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi_bp_lint.project.names import Definition
    from fastapi_bp_lint.project.types import Types

_DEEPEST = 25
_MOST_FRAMES = 20_000
_LAST_LINE = 10**9
_MILD = {"main", "while"}
_CERTAIN = {"try", "with", "async-with", "finally", "loop", "async-loop"}
_UPDATE = "update_wrapper"
_WRAPPERS = {"functools.wraps", f"functools.{_UPDATE}"}


_OPAQUE = (Closure, Marker, Method, Decorating, RouteObject, Bundle, Wraps, Wrapped)


class Replay:
    """One run through the start of the whole project; what it registers goes to *registry*."""

    def __init__(self, types: Types) -> None:
        self.types = types
        self.names = types.names
        self.scopes = Scopes(types)
        self.registry = Registry(self)
        self._modules: dict[str, Frame] = {}
        self._globals: dict[tuple[str, str, int], Held | None] = {}
        self._entered: set[str] = set()
        self._ran: set[Function] = set()
        self._objects: dict[Class, Held] = {}
        self._classes: dict[tuple[Class, Frame], Frame] = {}
        self._static: dict[Function | Class, Frame] = {}
        self.is_over = False
        self._depth = 0
        self._frames = 0

    # -- running ------------------------------------------------------------------------------

    def run(self) -> Registry:
        """Import every module, then call what registers something and nobody was seen to call."""
        modules = list(self.names.modules.by_path.values())
        imported = {i.module for m in modules for i in m.facts.imports} | {
            f"{i.module}.{i.name}" for m in modules for i in m.facts.imports if i.name
        }
        for module in sorted(modules, key=lambda m: (m.name in imported, m.path)):
            self.enter(module)
        for function in self._roots():
            if function not in self._ran:
                self._call_root(function)
        self.registry.finish()
        self.is_over = True
        return self.registry

    def enter(self, module: Module) -> None:
        """Go through a module's body, once."""
        if module.path not in self._entered:
            self._entered.add(module.path)
            self.do(self.scopes.steps(module), self.module_frame(module))

    def module_frame(self, module: Module) -> Frame:
        """Return the frame of a module's globals."""
        frame = self._modules.get(module.path)
        if frame is None:
            frame = self._modules[module.path] = Frame(module, None)
        return frame

    def _roots(self) -> list[Function]:
        """Return the functions that register something, callers before what they call."""
        called = self.scopes.called
        top = [f for f in self.scopes.relevant if "." not in f.facts.qualname or f.owner]
        return sorted(top, key=lambda f: (f.name in called, f.module.path, f.facts.span))

    def _call_root(self, function: Function) -> None:
        frame = self.module_frame(function.module)
        receiver = self.object_of(function.owner) if function.owner is not None else None
        if function in self._ran:
            return
        self.call_function(Closure(function, frame, receiver), None, frame)

    def do(self, steps: Steps, frame: Frame, doubt: Certainty = Certainty.CERTAIN) -> None:
        """Do *steps* in order."""
        for step in steps:
            how = self._condition(step, frame)
            if how is None:
                continue
            before = self.registry.doubt
            self.registry.doubt = max(before, doubt, how, key=lambda c: c.rank)
            self._step(step, frame)
            self.registry.doubt = before

    def _condition(self, step: Step, frame: Frame) -> Certainty | None:
        """Return how sure it is that the step is taken, None when it surely is not."""
        certainty = Certainty.CERTAIN
        for region in step.conditions:
            if frame.region is not None and region.line < frame.region.line:
                continue
            if region.kind == "type-checking":
                return None
            truth = self._region_truth(region, frame)
            if truth is False:
                return None
            if truth is None:
                doubt = Certainty.LIKELY if region.kind in _MILD else Certainty.POSSIBLE
                certainty = max(certainty, doubt, key=lambda c: c.rank)
        return certainty

    def _region_truth(self, region: Region, frame: Frame) -> bool | None:
        if region.kind not in {"if", "else"} or isinstance(frame.where, Module):
            return None
        truth = self._truth(region.subject, frame)
        return truth if truth is None or region.kind == "if" else not truth

    def _truth(self, test: Expr, frame: Frame) -> bool | None:
        """Return the value of a condition that the arguments of the present call decide."""
        if isinstance(test, Operation):
            if test.operator == "Not":
                truth = self._truth(test.operands[0], frame)
                return None if truth is None else not truth
            if test.operator in {"Is", "IsNot", "Eq", "NotEq"}:
                return self._equal(test, frame)
            return None
        if isinstance(test, Call) and test.func == "callable" and test.args:
            test = test.args[0]
        held = self._bound(test, frame) if isinstance(test, str) else None
        if held is None or len(held.values) != 1 or held.certainty is not Certainty.CERTAIN:
            return None
        value = held.values[0]
        if isinstance(value, Scalar):
            return bool(value.value)
        return None if isinstance(value, Several | Instance) else True

    def _equal(self, test: Operation, frame: Frame) -> bool | None:
        left, right = test.operands[:2]
        held = self._bound(left, frame) if isinstance(left, str) else None
        if held is None or not isinstance(right, Literal) or len(held.values) != 1:
            return None
        value = held.values[0]
        if isinstance(value, Scalar):
            same = value.value == right.value
        elif right.value is None and held.certainty is Certainty.CERTAIN:
            same = False
        else:
            return None
        return same is (test.operator in {"Is", "Eq"})

    def _bound(self, name: str, frame: Frame) -> Held | None:
        look: Frame | None = frame
        while look is not None:
            if name in look.env:
                return self.value(look.env[name])
            look = look.parent
        return None

    def _step(self, step: Step, frame: Frame) -> None:
        match step.what:
            case Call():
                self.call(step.what, frame)
            case Import():
                self._import(step.what, frame.module)
            case Function():
                self._decorate(step.what, frame)
            case Class():
                self._class(step.what, frame)
            case Loop():
                self._loop(step.what, frame)

    def _import(self, item: Import, importer: Module) -> None:
        base = self.names.modules.target(item, importer)
        parts = base.split(".")
        found = [".".join(parts[:n]) for n in range(1, len(parts) + 1)]
        if item.name:
            found.append(f"{base}.{item.name}")
        for name in found:
            module = self.names.modules.find(name, importer)
            if module is not None:
                self.enter(module)

    def _decorate(self, function: Function, frame: Frame) -> None:
        around = function.facts
        rows = zip(reversed(around.decorators), reversed(around.decorator_spans), strict=True)
        for applied, (decorator, span) in enumerate(rows):
            if self.scopes.decorates(decorator, function):
                target = made(Closure(function, frame, None, applied))
                for value in self.eval(decorator, frame, span.line).values:
                    self._apply(value, target)

    def _apply(self, value: Any, target: Held) -> None:  # noqa: ANN401 - also the replay's own
        if isinstance(value, Decorating):
            self.registry.apply(value, target)
        elif isinstance(value, Function):
            self._apply(Closure(value, self.module_frame(value.module)), target)
        elif isinstance(value, Closure) and value.function in self.scopes.relevant:
            params = list(value.function.facts.params)
            env: dict[str, Arg | Held] = {}
            if value.receiver is not None and params:
                env[params.pop(0).name] = value.receiver
            if params:
                env[params[0].name] = target
            self.run_frame(value.function, Frame(value.function, value.frame, env))

    def _class(self, cls: Class, frame: Frame) -> None:
        self.do(self.scopes.steps(cls), self.class_frame(cls, frame))

    def frame_at(self, where: Where, near: Frame | None = None) -> Frame:
        """Return the frame of a scope: one around *near*, or one without any arguments."""
        look = near
        while look is not None:
            if look.where is where and look.region is None:
                return look
            look = look.parent
        if isinstance(where, Module):
            return self.module_frame(where)
        if where not in self._static:
            around = self.frame_at(self.types.around(where))
            if isinstance(where, Class):
                self._static[where] = self.class_frame(where, around)
            else:
                env: dict[str, Arg | Held] = {}
                if where.owner is not None and where.facts.params:
                    env[where.facts.params[0].name] = self.object_of(where.owner)
                self._static[where] = Frame(where, around, env)
        return self._static[where]

    def class_frame(self, cls: Class, frame: Frame) -> Frame:
        """Return the frame of a class's body, defined in *frame*."""
        key = cls, frame
        if key not in self._classes:
            self._classes[key] = Frame(cls, frame)
        return self._classes[key]

    def _loop(self, loop: Loop, frame: Frame) -> None:
        source = self.eval(loop.region.subject, frame, loop.region.line)
        rounds = self.rounds(source)
        doubt = Certainty.CERTAIN
        if rounds is None:
            rounds = [members.element(self.types, source)]
            doubt = Certainty.LIKELY
        for element in rounds:
            env: dict[str, Arg | Held] = {}
            for b in loop.targets:
                env[b.target] = (
                    element if b.position < 0 else members.item(self.types, element, b.position)
                )
            self.do(loop.steps, Frame(frame.where, frame, env, loop.region), doubt)

    def rounds(self, source: Held) -> Sequence[Held] | None:
        """Return what each round of a loop gets, None when that is not written out."""
        if len(source.values) != 1 or not isinstance(source.values[0], Several):
            return None
        several = source.values[0]
        if several.kind == "dict":
            return [one(Scalar(key)) for key, _ in several.items]
        return [held for _, held in several.items]

    # -- values -------------------------------------------------------------------------------

    def value(self, thing: Arg | Held | None) -> Held:
        """Return what an argument holds."""
        if thing is None:
            return UNKNOWN
        return thing if isinstance(thing, Held) else self.eval(thing.expr, thing.frame, thing.line)

    def eval(  # noqa: C901, PLR0911 - one table
        self, expr: Expr, frame: Frame, line: int = 0
    ) -> Held:
        """Return what *expr* holds in *frame*."""
        match expr:
            case str():
                head, *rest = expr.split(".")
                held = self.name(head, frame, line)
                for part in rest:
                    held = self.attribute(held, part) if held.values else UNKNOWN
                return held
            case Call():
                return self.call(expr, frame)
            case Attr():
                return self.attribute(self.eval(expr.value, frame, line), expr.name)
            case Awaited():
                values: tuple[Any, ...] = self.eval(expr.value, frame, line).values
                return union(*[v.result if isinstance(v, Coroutine) else made(v) for v in values])
            case Either():
                return union(*[self.eval(o, frame, line) for o in expr.options])
            case Group():
                return self._group(expr, frame, line)
            case Mapping():
                return self._mapping(expr, frame, line)
            case Text():
                return joined([self.eval(p, frame, line) for p in expr.parts])
            case Operation() if expr.operator == "Add":
                return self._sum([self.eval(o, frame, line) for o in expr.operands])
            case Item():
                return self._item(expr, frame, line)
            case LambdaRef():
                found = self.names.at(frame.module, expr.qualname)
                return made(Closure(found, frame)) if isinstance(found, Function) else UNKNOWN
            case _:
                return self.types.infer(expr, frame.where, line)

    def _group(self, expr: Group, frame: Frame, line: int) -> Held:
        items: list[Held] = []
        certainty = Certainty.CERTAIN
        for part in expr.items:
            if not isinstance(part, Star):
                items.append(self.eval(part, frame, line))
                continue
            inner = self.rounds(self.eval(part.value, frame, line))
            if inner is None:
                certainty = Certainty.LIKELY
            items.extend(inner or ())
        return Held((Several(expr.kind, tuple(enumerate(items))),), certainty)

    def _mapping(self, expr: Mapping, frame: Frame, line: int) -> Held:
        items: dict[str | int, Held] = {}
        for key, value in expr.items:
            held = self.eval(value, frame, line)
            if key is None:
                for inner in held.values:
                    items.update(inner.items if isinstance(inner, Several) else ())
                continue
            name = self.eval(key, frame, line)
            literal = name.values[0] if len(name.values) == 1 else None
            if isinstance(literal, Scalar) and isinstance(literal.value, str | int):
                items[literal.value] = held
        return one(Several("dict", tuple(items.items())))

    def _item(self, expr: Item, frame: Frame, line: int) -> Held:
        base = self.eval(expr.value, frame, line)
        if is_type(base):
            return self.types.infer(expr, frame.where, line)
        key = self.eval(expr.key, frame, line)
        literal = key.values[0] if len(key.values) == 1 else None
        value = literal.value if isinstance(literal, Scalar) else None
        return members.item(self.types, base, value if isinstance(value, str | int) else None)

    def _sum(self, parts: list[Held]) -> Held:
        lists = [p.values[0] for p in parts if len(p.values) == 1]
        several = [v for v in lists if isinstance(v, Several)]
        if len(several) == len(parts):
            items = [held for s in several for _, held in s.items]
            return one(Several(several[0].kind, tuple(enumerate(items))))
        return joined(parts)

    def name(self, name: str, frame: Frame, line: int) -> Held:
        """Return what a plain name holds."""
        look: Frame | None = frame
        inner = frame
        while look is not None:
            if name in look.env:
                return self.value(look.env[name])
            where = look.where
            if isinstance(where, Module):
                return self.globally(where, name, line)
            if look.region is None:
                held = self._local(name, look, inner, line)
                if held is not None:
                    return held
            parent = look.parent
            if parent is not None and parent.where is not where:
                inner, line = parent, 0
            look = parent
        return UNKNOWN

    def _local(self, name: str, frame: Frame, inner: Frame, line: int) -> Held | None:
        where = frame.where
        if isinstance(where, Class):
            if inner.where is not where:
                return None
            things = [b for b in where.facts.body.bindings if b.target == name]
            found = merged([self.eval(b.value, inner, b.span.line) for b in things])
            method = where.methods.get(name)
            return made(Closure(method, frame)) if method else found if things else None
        assert isinstance(where, Function)
        if name in where.facts.body.outer:
            return None
        defined = self.types.locals(where).get(name)
        if defined is None:
            return None
        reached = reaching(defined, where.facts.body.regions, line)
        return merged([self._defined(t, frame, inner) for t in reached]) if reached else None

    def _defined(self, thing: Definition | Param, frame: Frame, inner: Frame) -> Held:
        """Return the value of a definition; *inner* is a round of a loop that it may stand in."""
        if isinstance(thing, Function):
            return made(Closure(thing, frame))
        if isinstance(thing, Binding):
            at = inner
            while at is not frame and at.parent is not None and not _covers(at, thing):
                at = at.parent
            return self.binding(thing, at)
        if isinstance(thing, Param):
            return self._unbound(thing, frame)
        return self.types.definition(thing, frame.where)

    def _unbound(self, param: Param, frame: Frame) -> Held:
        """Return what a parameter holds when nobody was seen to call the function."""
        function = frame.where
        assert isinstance(function, Function)
        if param.has_default and frame.parent is not None:
            held = self.eval(param.default, frame.parent)
            if held.values and held.values != (Scalar(None),):
                return held.doubted(Certainty.LIKELY)
        held = results.parameter(self.types, function, param)
        return self.registry.placeholder(held, function, param)

    def binding(self, b: Binding, frame: Frame) -> Held:
        """Return what a binding gives its target."""
        if b.kind not in {"assign", "annotation", "walrus"} or b.value is None:
            return self.types.binding(b, frame.where)
        held = self.eval(b.value, frame, b.span.line)
        self.registry.call_it(held, b.target, frame)
        return held if held.values else self.types.binding(b, frame.where)

    def globally(self, module: Module, name: str, line: int = 0) -> Held:
        """Return what a module's global holds at *line*, in the end when it is 0."""
        definitions = latest(list(self.names.scope(module, "").get(name, [])))
        if len(definitions) == 1:
            line = 0
        key = module.path, name, line
        if key not in self._globals:
            self._globals[key] = None
            self._globals[key] = self._globally(module, name, definitions, line)
        return self._globals[key] or UNKNOWN

    def _globally(self, module: Module, name: str, found: list[Definition], line: int) -> Held:
        frame = self.module_frame(module)
        if found:
            reached = reaching(found, module.facts.body.regions, line or _LAST_LINE)
            held = merged([self._global(t, module, frame) for t in reached])
            return held if held.values else self.types.globally(module, name)
        for source in self.names.star_sources(module, "", name):
            if source is not None:
                held = self.globally(source, name)
                if held.values:
                    return held
        return self.types.globally(module, name)

    def _global(self, thing: Definition, module: Module, frame: Frame) -> Held:
        if isinstance(thing, Import):
            found = self.names.imported(thing, module)
            return found if isinstance(found, Held) else self.globally(*found)
        if isinstance(thing, Binding):
            return self.binding(thing, frame)
        return one(thing)

    # -- attributes and calls -----------------------------------------------------------------

    def attribute(self, held: Held, name: str) -> Held:
        """Return what the attribute *name* of *held* holds."""
        return union(*[self._attribute(v, name) for v in held.values]).doubted(held.certainty)

    def _attribute(self, value: Any, name: str) -> Held:  # noqa: ANN401 - also the replay's own
        if isinstance(value, Module):
            return self.globally(value, name)
        value = self.registry.lift(value)
        if isinstance(value, Router):
            return self.registry.attribute(value, name)
        if isinstance(value, Object):
            return self._object_attribute(value, name)
        if isinstance(value, Several) and value.kind == "dict" and name in {"items", "values"}:
            return made(Method(value, name))
        if isinstance(value, Method) and value.name == "routes" and name in {"append", "extend"}:
            return made(Method(value.of, name))
        if isinstance(value, _OPAQUE):
            return UNKNOWN
        if isinstance(value, Class):
            held = self._class_attribute(value, name)
            if held.values:
                return held
        return members.attribute(self.types, one(value), name)

    def _class_attribute(self, cls: Class, name: str) -> Held:
        """Return a class attribute that the replay must look at itself: a router, a marker."""
        for base in members.mro(self.types, cls):
            if isinstance(base, Class) and name in base.fields:
                frame = self.class_frame(base, self.module_frame(base.module))
                for b in base.facts.body.bindings:
                    if b.target == name and isinstance(b.value, Call):
                        return self._class_value(base, b, frame)
        return UNKNOWN

    def _class_value(self, cls: Class, b: Binding, frame: Frame) -> Held:
        key = cls.module.path, f"{cls.facts.qualname}.{b.target}", b.span.line
        if key not in self._globals:
            self._globals[key] = None
            self._globals[key] = self.binding(b, frame)
        return self._globals[key] or UNKNOWN

    def _object_attribute(self, thing: Object, name: str) -> Held:
        for base in members.mro(self.types, thing.of):
            if not isinstance(base, Class):
                continue
            method = base.methods.get(name)
            if method is not None and not results.decorator_names(self.types, method):
                return made(Closure(method, self.module_frame(base.module), made(thing)))
            found = [
                self._assigned(thing, method, b) for method, b in members.assignments(base, name)
            ]
            known = merged(found)
            if known.values:
                return known
        held = self._class_attribute(thing.of, name)
        return held if held.values else members.attribute(self.types, one(Instance(thing.of)), name)

    def _assigned(self, thing: Object, method: Function, b: Binding) -> Held:
        key = id(b)
        if key not in thing.fields:
            thing.fields[key] = None
            frame = thing.frame
            if frame is None or frame.where is not method:
                env: dict[str, Arg | Held] = {method.facts.params[0].name: made(thing)}
                frame = Frame(method, self.module_frame(method.module), env)
            thing.fields[key] = self.binding(b, frame)
        return thing.fields[key] or UNKNOWN

    def object_of(self, cls: Class) -> Held:
        """Return the object that stands for all instances of a class that were not seen made."""
        if cls not in self._objects:
            self._objects[cls] = UNKNOWN
            self._objects[cls] = self.instantiate(cls, None, self.module_frame(cls.module))
        return self._objects[cls]

    def call(self, call: Call, frame: Frame) -> Held:
        """Return what a call gives in *frame*; it happens once there."""
        key = id(call)
        if key in frame.calls:
            return frame.calls[key] or UNKNOWN
        frame.calls[key] = None
        callee = self.eval(call.func, frame, call.span.line)
        held = union(*[self.called(v, call, frame) for v in callee.values]).doubted(callee.certainty)
        frame.calls[key] = held
        return held

    def called(self, value: Any, call: Call, frame: Frame) -> Held:  # noqa: ANN401, PLR0911 - as above
        """Return what calling *value* gives."""
        match value:
            case External():
                return self._external(value, call, frame)
            case Class():
                return self.instantiate(value, call, frame)
            case Closure():
                return self.call_function(value, call, frame)
            case Function():
                around = self.module_frame(value.module)
                return self.call_function(Closure(value, around), call, frame)
            case Bound():
                around = self.module_frame(value.function.module)
                closure = Closure(value.function, around, one(value.receiver))
                return self.call_function(closure, call, frame)
            case Method() if isinstance(value.of, Several):
                return _items(value.of, value.name)
            case Wraps() if call.args:
                return made(Wrapped(self.eval(call.args[0], frame, call.span.line), value.of))
            case Method() | Decorating():
                return self.registry.called(value, call, frame)
            case Router() | Object() | Marker() | RouteObject() | Bundle() | Wrapped():
                return UNKNOWN
            case _:
                return results.called(self.types, value, call, frame.where)

    def _external(self, value: External, call: Call, frame: Frame) -> Held:
        if value.name in MARKERS:
            return made(Marker(call, frame, value.name))
        if value.name in CONSTRUCTORS:
            return self.registry.construct(value.name, call, frame, self.options(call, (), frame))
        if value.name in _WRAPPERS and call.args:
            held = [self.eval(a, frame, call.span.line) for a in call.args]
            if value.name == "functools.wraps":
                return made(Wraps(held[0]))
            return made(Wrapped(held[0], held[1])) if len(held) > 1 else UNKNOWN
        if value.name == "functools.partial" and call.args:
            target = self.eval(call.args[0], frame, call.span.line)
            return made(Bundle(target, call, frame)) if target.values else UNKNOWN
        if value.name == "builtins.getattr":
            name = self.eval(call.args[1], frame, call.span.line) if len(call.args) > 1 else UNKNOWN
            if len(name.values) == 1 and isinstance(name.values[0], Scalar):
                target = self.eval(call.args[0], frame, call.span.line)
                return self.attribute(target, str(name.values[0].value))
        if value.name in SEQUENCES and call.args:
            return self.eval(call.args[0], frame, call.span.line)
        return self.registry.route_object(value, call, frame) or results.called(
            self.types, value, call, frame.where
        )

    def instantiate(self, cls: Class, call: Call | None, frame: Frame) -> Held:
        """Return a new object of a project class."""
        order = members.mro(self.types, cls)
        foreign = next((b for b in order if isinstance(b, External) and b.name in CONSTRUCTORS), None)
        init = next(
            (b.methods["__init__"] for b in order if isinstance(b, Class) and "__init__" in b.methods),
            None,
        )
        if foreign is not None:
            place = frame.module.place(call.span) if call is not None else cls.place
            return self.registry.construct_own(cls, foreign.name, call, frame, place)
        if init is None or not self._is_builder(cls, init):
            module = frame.module
            return one(Instance(cls, (), (module, call) if call is not None else None))
        thing = Object(cls)
        held = made(thing)
        closure = Closure(init, self.module_frame(init.module), held)
        inner = self.frame_of(closure, call, frame)
        thing.frame = inner
        self.run_frame(init, inner)
        return held

    def _is_builder(self, cls: Class, init: Function) -> bool:
        return init in self.scopes.relevant or any(
            m in self.scopes.relevant for m in cls.methods.values()
        )

    def call_function(self, closure: Closure, call: Call | None, frame: Frame) -> Held:
        """Return what calling a function of the project gives, having done what it does."""
        function = closure.function
        relevant = function in self.scopes.relevant
        key = function.module.path, function.facts.qualname
        if self._depth > _DEEPEST or self._frames > _MOST_FRAMES:
            return UNKNOWN
        if not relevant and key not in self.scopes.inner and not _gives_parameter(function):
            return self._plainly(closure, call, frame)
        inner = self.frame_of(closure, call, frame)
        if relevant:
            self.run_frame(function, inner)
        self._depth += 1
        held = self._returned(function, inner)
        self._depth -= 1
        if not held.values and not relevant:
            held = results.result(self.types, function, None)
        return one(Coroutine(held)) if function.is_async and held.values else held

    def _plainly(self, closure: Closure, call: Call | None, frame: Frame) -> Held:
        """Return what a call gives that nothing but the types of its arguments decides."""
        if call is None:
            return UNKNOWN
        receiver = closure.receiver.values[0] if closure.receiver else None
        value: Bound | Function = closure.function
        if isinstance(receiver, Instance | Class):
            value = Bound(closure.function, receiver)
        return results.called(self.types, value, call, frame.where)

    def _returned(self, function: Function, inner: Frame) -> Held:
        if function.facts.is_generator:
            return results.result(self.types, function, None)
        options: list[Held] = []
        for given in function.facts.body.results:
            if given.kind != "return":
                continue
            truth = self._reached(function, given.span.line, inner)
            if truth is not False and given.value != Literal(None, "None"):
                options.append(self.eval(given.value, inner, given.span.line))
            if truth:
                break
        return union(*options)

    def _reached(self, function: Function, line: int, frame: Frame) -> bool | None:
        """Whether the arguments of the call decide that a line is reached, or is not."""
        found: bool | None = True
        for region in function.facts.body.regions:
            if region.kind in _CERTAIN or not region.line <= line <= region.end_line:
                continue
            truth = self._region_truth(region, frame)
            if truth is False:
                return False
            found = found and truth
        return found

    def decorated(self, decorator: Expr, frame: Frame, line: int, target: Held) -> Held | None:
        """Return what a decorator makes of *target*: nothing when it is left as it is.

        None says that the decorator could not be followed.
        """
        held = self.eval(decorator, frame, line)
        values: tuple[Any, ...] = held.values
        for value in values:
            if isinstance(value, Wraps):
                return made(Wrapped(target, value.of))
            if isinstance(value, Function):
                return self._applied(Closure(value, self.frame_at(self.types.around(value))), target)
            if isinstance(value, Closure):
                return self._applied(value, target)
            if isinstance(value, External | Decorating | Instance):
                return UNKNOWN
        return None

    def _applied(self, maker: Closure, target: Held) -> Held:
        """Return what the decorator *maker* gives for *target*."""
        if self._depth > _DEEPEST:
            return UNKNOWN
        params = list(maker.function.facts.params)
        env: dict[str, Arg | Held] = {}
        if maker.receiver is not None and params:
            env[params.pop(0).name] = maker.receiver
        if not params:
            return UNKNOWN
        env[params.pop(0).name] = target
        env.update((p.name, Arg(p.default, maker.frame, 0)) for p in params if p.has_default)
        inner = Frame(maker.function, maker.frame, env)
        self._depth += 1
        held = self._returned(maker.function, inner)
        self._depth -= 1
        return self._updated(maker.function, inner, held)

    def _updated(self, maker: Function, frame: Frame, held: Held) -> Held:
        """Look for ``functools.update_wrapper(wrapper, function)`` as a statement."""
        for call in maker.facts.body.calls:
            if last_name(call.func) == _UPDATE and call.use == "dropped":
                return self.eval(call._replace(use="used"), frame, call.span.line)
        return held

    def run_frame(self, function: Function, inner: Frame) -> None:
        """Do what a function does in *inner*."""
        if self.is_over:
            return
        self._ran.add(function)
        if self._depth > _DEEPEST:
            return
        self._depth += 1
        self._frames += 1
        before = self.registry.doubt
        self.do(self.scopes.steps(function), inner)
        self.registry.doubt = before
        self._depth -= 1

    def frame_of(self, closure: Closure, call: Call | None, frame: Frame) -> Frame:
        """Return the frame of a call: every parameter has its argument or its default."""
        params = list(closure.function.facts.params)
        env: dict[str, Arg | Held] = {}
        if closure.receiver is not None and params:
            env[params.pop(0).name] = closure.receiver
        if call is not None:
            self._bind(params, call, frame, closure.frame, env)
        return Frame(closure.function, closure.frame, env)

    def _bind(  # noqa: PLR0913 - the parts of a call
        self,
        params: list[Param],
        call: Call,
        frame: Frame,
        around: Frame,
        env: dict[str, Arg | Held],
    ) -> None:
        plain = [p for p in params if p.kind in {"positional", "normal"}]
        given = self.options(call, tuple(p.name for p in plain), frame)
        rest: list[tuple[str | int, Held]] = []
        names = {p.name for p in params}
        for name, arg in given.items():
            if name in names:
                env[name] = arg
            else:
                rest.append((name, self.value(arg)))
        for p in params:
            if p.kind == "double-star":
                env[p.name] = one(Several("dict", tuple(rest)))
            elif p.kind == "star":
                extra = call.args[len(plain) :]
                items = [self.eval(a, frame, call.span.line) for a in extra]
                env[p.name] = one(Several("tuple", tuple(enumerate(items))))
            elif p.name not in env and p.has_default:
                env[p.name] = Arg(p.default, around, 0)

    def options(
        self, call: Call, positional: tuple[str, ...], frame: Frame
    ) -> dict[str, Arg | Held]:
        """Return the arguments of a call by name; ``**mapping`` is looked into."""
        line = call.span.line
        found: dict[str, Arg | Held] = {}
        args = list(call.args)
        last = args[-1] if args else None
        if isinstance(last, Star):
            args.pop()
            spread = self.rounds(self.eval(last.value, frame, line)) or ()
            for name, held in zip(positional[len(args) :], spread, strict=False):
                found[name] = held
        for name, expr in zip(positional, args, strict=False):
            found[name] = Arg(expr, frame, line)
        for keyword, expr in call.keywords:
            if keyword is not None:
                found[keyword] = Arg(expr, frame, line)
                continue
            for value in self.eval(expr, frame, line).values:
                if isinstance(value, Several):
                    found.update({str(k): held for k, held in value.items})
        return found


def _items(several: Several, name: str) -> Held:
    if name == "values":
        return one(Several("tuple", tuple(enumerate(h for _, h in several.items))))
    pairs = [one(Several("tuple", ((0, one(Scalar(k))), (1, h)))) for k, h in several.items]
    return one(Several("tuple", tuple(enumerate(pairs))))


def _covers(frame: Frame, b: Binding) -> bool:
    region = frame.region
    return region is None or region.line <= b.span.line <= region.end_line


def _gives_parameter(function: Function) -> bool:
    """Whether a function may return one of its arguments, or something made of them."""
    names = {p.name for p in function.facts.params}
    return any(
        r.kind == "return" and (isinstance(r.value, Text | Operation) or r.value in names)
        for r in function.facts.body.results
        if r.value is None or isinstance(r.value, str | Text | Operation)
    )


def joined(parts: list[Held]) -> Held:
    """Return the text of literal parts joined; unknown when one is not literal."""
    text = ""
    certainty = Certainty.CERTAIN
    for part in parts:
        values = [v for v in part.values if isinstance(v, Scalar) and isinstance(v.value, str | int)]
        if len(values) != 1 or len(part.values) != 1:
            return UNKNOWN
        text += str(values[0].value)
        certainty = max(certainty, part.certainty, key=lambda c: c.rank)
    return Held((Scalar(text),), certainty)

