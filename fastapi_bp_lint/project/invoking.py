"""What calls give and do while the start of the project is gone through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi_bp_lint.facts.model import (
    Call,
    Literal,
)
from fastapi_bp_lint.finding import Certainty
from fastapi_bp_lint.knowledge.fastapi_names import CONSTRUCTORS, LATE_INITIALISERS, MARKERS
from fastapi_bp_lint.knowledge.typing_names import SEQUENCES
from fastapi_bp_lint.project import members, results
from fastapi_bp_lint.project.apps import Router
from fastapi_bp_lint.project.frames import Frame
from fastapi_bp_lint.project.literals import called_text
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
    one,
    union,
)

if TYPE_CHECKING:
    from fastapi_bp_lint.project.replay import Replay

_NOTHING = ((), (Scalar(None),))
_MOST_RETURNS = 8
_ENVIRONMENT = {"os.getenv", "os.environ.get"}
_WRAPPERS = {"functools.wraps", "functools.update_wrapper"}


class Invoker:
    """Makes calls: constructs routers and objects, runs functions."""

    def __init__(self, replay: Replay) -> None:
        self._replay = replay
        self._types = replay.types
        self._objects: dict[Class, Held] = {}

    def object_of(self, cls: Class) -> Held:
        """Return the object that stands for all instances of a class that were not seen made."""
        if cls not in self._objects:
            self._objects[cls] = UNKNOWN
            self._objects[cls] = self.instantiate(cls, None, self._replay.module_frame(cls.module))
        return self._objects[cls]

    def call(self, call: Call, frame: Frame) -> Held:
        """Return what a call gives in *frame*; it happens once there."""
        key = id(call)
        if key in frame.calls:
            return frame.calls[key] or UNKNOWN
        frame.calls[key] = None
        callee = self._replay.values.eval(call.func, frame, call.span.line)
        held = union(*[self.called(v, call, frame) for v in callee.values]).doubted(
            callee.certainty
        )
        frame.calls[key] = held
        return held

    def called(self, value: Any, call: Call, frame: Frame) -> Held:
        """Return what calling *value* gives."""
        match value:
            case External():
                return self._external(value, call, frame)
            case Class():
                return self.instantiate(value, call, frame)
            case Closure():
                return self.call_function(value, call, frame)
            case Function():
                around = self._replay.module_frame(value.module)
                return self.call_function(Closure(value, around), call, frame)
            case Bound():
                function = self._overriding(value)
                around = self._replay.module_frame(function.module)
                held = self.call_function(
                    Closure(function, around, one(value.receiver)), call, frame
                )
                return held if function is value.function else held.doubted(Certainty.LIKELY)
            case Method() if isinstance(value.of, Several) and value.of.kind == "list":
                self._grow(value.of, value.name, call, frame)
                return UNKNOWN
            case Method() if isinstance(value.of, Several):
                return _items(value.of, value.name)
            case Method() if isinstance(value.of, Scalar):
                given = [self._replay.values.eval(a, frame, call.span.line) for a in call.args]
                return called_text(value.of, value.name, given)
            case Wraps() if call.args:
                return made(
                    Wrapped(self._replay.values.eval(call.args[0], frame, call.span.line), value.of)
                )
            case Method() | Decorating():
                return self._replay.registry.called(value, call, frame)
            case Object():
                method = self._replay.attributes.attribute(made(value), "__call__")
                return union(*[self.called(m, call, frame) for m in method.values])
            case Router() | Marker() | RouteObject() | Bundle() | Wrapped():
                return UNKNOWN
            case _:
                return results.called(self._types, value, call, frame.where)

    def _grow(self, several: Several, name: str, call: Call, frame: Frame) -> None:
        """Append to a list that has a name in the frame of the call."""
        target = call.func.rpartition(".")[0] if isinstance(call.func, str) else ""
        doubt = self._replay.registry.doubt
        if not target.isidentifier() or len(call.args) != 1 or doubt is Certainty.POSSIBLE:
            return
        given = self._replay.values.eval(call.args[0], frame, call.span.line)
        more = [given] if name == "append" else self._replay.values.rounds(given)
        at = frame
        while at.region is not None and at.parent is not None:
            at = at.parent
        if more is not None:
            items = [*[held for _, held in several.items], *more]
            grown = Several("list", tuple(enumerate(items)))
            at.env[target] = Held((grown,), doubt)

    def _overriding(self, value: Bound) -> Function:
        """Return the only override that registers something, of a method that does not."""
        function, receiver = value.function, value.receiver
        relevant = self._replay.scopes.relevant
        if function in relevant or not isinstance(receiver, Instance):
            return function
        found = [
            f
            for f in self._replay.scopes.methods(function.name)
            if f.owner is not None and receiver.of in members.mro(self._types, f.owner)
        ]
        return found[0] if len(found) == 1 else function

    def _external(self, value: External, call: Call, frame: Frame) -> Held:
        if value.name in MARKERS:
            return made(Marker(call, frame, value.name))
        if value.name in CONSTRUCTORS:
            return self._replay.registry.makers.construct(
                value.name, call, frame, self._replay.arguments.options(call, (), frame)
            )
        if value.name in _WRAPPERS and call.args:
            held = [self._replay.values.eval(a, frame, call.span.line) for a in call.args]
            if value.name == "functools.wraps":
                return made(Wraps(held[0]))
            return made(Wrapped(held[0], held[1])) if len(held) > 1 else UNKNOWN
        if value.name == "functools.partial" and call.args:
            target = self._replay.values.eval(call.args[0], frame, call.span.line)
            return made(Bundle(target, call, frame)) if target.values else UNKNOWN
        if value.name == "builtins.getattr":
            name = (
                self._replay.values.eval(call.args[1], frame, call.span.line)
                if len(call.args) > 1
                else UNKNOWN
            )
            if len(name.values) == 1 and isinstance(name.values[0], Scalar):
                target = self._replay.values.eval(call.args[0], frame, call.span.line)
                return self._replay.attributes.attribute(target, str(name.values[0].value))
        if value.name in _ENVIRONMENT:
            given = self._replay.arguments.options(call, ("key", "default"), frame).get("default")
            return self._replay.values.value(given).doubted(Certainty.LIKELY)
        if value.name in SEQUENCES and call.args:
            return self._replay.values.eval(call.args[0], frame, call.span.line)
        return self._replay.registry.route_object(value, call, frame) or results.called(
            self._types, value, call, frame.where
        )

    def instantiate(self, cls: Class, call: Call | None, frame: Frame) -> Held:
        """Return a new object of a project class."""
        order = members.mro(self._types, cls)
        foreign = next(
            (b for b in order if isinstance(b, External) and b.name in CONSTRUCTORS), None
        )
        init = next(
            (
                b.methods["__init__"]
                for b in order
                if isinstance(b, Class) and "__init__" in b.methods
            ),
            None,
        )
        if foreign is not None:
            place = frame.module.place(call.span) if call is not None else cls.place
            return self._replay.registry.makers.construct_own(cls, foreign.name, call, frame, place)
        thing = Object(cls)
        held = made(thing)
        if init is not None:
            closure = Closure(init, self._replay.module_frame(init.module), held)
            inner = self._replay.arguments.frame_of(closure, call, frame)
            if init in self._replay.scopes.relevant:
                self._replay.run_frame(init, inner)
        elif call is not None:
            fields = tuple(f for b in reversed(order) if isinstance(b, Class) for f in b.fields)
            thing.given = self._replay.arguments.options(call, fields, frame)
        self._initialise_late(thing, order)
        return held

    def _initialise_late(self, thing: Object, order: list[Class | External]) -> None:
        """Run ``__post_init__`` and its like, where one registers something."""
        for base in order:
            for name in LATE_INITIALISERS:
                method = base.methods.get(name) if isinstance(base, Class) else None
                if method is not None and method in self._replay.scopes.relevant:
                    around = self._replay.module_frame(method.module)
                    closure = Closure(method, around, made(thing))
                    inner = self._replay.arguments.frame_of(closure, None, around)
                    self._replay.run_frame(method, inner)
                    return

    def call_function(self, closure: Closure, call: Call | None, frame: Frame) -> Held:
        """Return what calling a function of the project gives, having done what it does."""
        function = closure.function
        relevant = function in self._replay.scopes.relevant
        if self._replay.is_deep:
            return UNKNOWN
        if not relevant and (function.facts.is_generator or not _returns(function)):
            return self._plainly(closure, call, frame)
        inner = self._replay.arguments.frame_of(closure, call, frame)
        if relevant:
            self._replay.run_frame(function, inner)
        self._replay.depth += 1
        held = self.returned(function, inner)
        self._replay.depth -= 1
        if held.values in _NOTHING and not relevant:
            return self._plainly(closure, call, frame)
        return one(Coroutine(held)) if function.is_async and held.values else held

    def _plainly(self, closure: Closure, call: Call | None, frame: Frame) -> Held:
        """Return what a call gives that nothing but the types of its arguments decides."""
        if call is None:
            return UNKNOWN
        receiver = closure.receiver.values[0] if closure.receiver else None
        value: Bound | Function = closure.function
        if isinstance(receiver, Instance | Class):
            value = Bound(closure.function, receiver)
        return results.called(self._types, value, call, frame.where)

    def returned(self, function: Function, inner: Frame) -> Held:
        """Return what a function gives back when it runs with the frame's arguments."""
        if function.facts.is_generator:
            return results.result(self._types, function, None)
        options: list[Held] = []
        unlikely: list[Held] = []
        for given in function.facts.body.results:
            if given.kind != "return" or given.value == Literal(None, "None"):
                continue
            line = given.span.line
            truth = self._replay.conditions.reached(function, line, inner)
            if truth is False:
                continue
            held = self._replay.values.eval(given.value, inner, line)
            presumed = truth or self._replay.conditions.presumed(function, line, inner)
            (unlikely if presumed is False else options).append(held)
            if truth:
                break
        return union(*options, *unlikely)


def _items(several: Several, name: str) -> Held:
    if name == "values":
        return one(Several("tuple", tuple(enumerate(h for _, h in several.items))))
    pairs = [one(Several("tuple", ((0, one(Scalar(k))), (1, h)))) for k, h in several.items]
    return one(Several("tuple", tuple(enumerate(pairs))))


def _returns(function: Function) -> bool:
    """Whether a function has a return value that can be looked at."""
    returned = [r for r in function.facts.body.results if r.kind == "return"]
    return 0 < len(returned) <= _MOST_RETURNS and any(r.value is not None for r in returned)
