"""What an attribute holds of what only the replay knows: routers, objects with their fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi_bp_lint.facts.model import (
    Binding,
    Call,
)
from fastapi_bp_lint.finding import Certainty
from fastapi_bp_lint.knowledge.fastapi_names import FIELDS_WITH_DEFAULT
from fastapi_bp_lint.project import members, results
from fastapi_bp_lint.project.apps import Arg, Router
from fastapi_bp_lint.project.frames import Frame, last_name
from fastapi_bp_lint.project.literals import TEXT_METHODS
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
from fastapi_bp_lint.project.names import merged
from fastapi_bp_lint.project.values import (
    UNKNOWN,
    Class,
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

_OPAQUE = (Closure, Marker, Method, Decorating, RouteObject, Bundle, Wraps, Wrapped)


class Attributes:
    """Follows attributes."""

    def __init__(self, replay: Replay) -> None:
        self._replay = replay
        self._types = replay.types
        self.presumes_defaults = False

    def attribute(self, held: Held, name: str) -> Held:
        """Return what the attribute *name* of *held* holds."""
        return union(*[self._attribute(v, name) for v in held.values]).doubted(held.certainty)

    def _attribute(self, value: Any, name: str) -> Held:
        if isinstance(value, Module):
            return self._replay.values.globally(value, name)
        value = self._replay.registry.makers.lift(value)
        if isinstance(value, Router):
            return self._replay.registry.attribute(value, name)
        if isinstance(value, Object):
            return self._object_attribute(value, name)
        if isinstance(value, Scalar) and isinstance(value.value, str) and name in TEXT_METHODS:
            return made(Method(value, name))
        if isinstance(value, Several) and value.kind == "list" and name in {"append", "extend"}:
            return made(Method(value, name))
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
        if isinstance(value, Instance) and isinstance(value.of, Class) and self.presumes_defaults:
            held = self._default(value.of, name).doubted(Certainty.LIKELY)
            if held.values:
                return held
        return members.attribute(self._types, one(value), name)

    def _class_attribute(self, cls: Class, name: str) -> Held:
        """Return a class attribute that the replay must look at itself: a router, a marker."""
        for base in members.mro(self._types, cls):
            if isinstance(base, Class) and name in base.fields:
                frame = self._replay.class_frame(base, self._replay.module_frame(base.module))
                for b in base.facts.body.bindings:
                    if b.target == name and isinstance(b.value, Call):
                        return self._class_value(base, b, frame)
        return UNKNOWN

    def _class_value(self, cls: Class, b: Binding, frame: Frame) -> Held:
        key = cls.module.path, f"{cls.facts.qualname}.{b.target}", b.span.line
        if key not in self._replay.values.globals:
            self._replay.values.globals[key] = None
            self._replay.values.globals[key] = self._replay.values.binding(b, frame)
        return self._replay.values.globals[key] or UNKNOWN

    def _made_by_default(self, thing: Object, name: str) -> Held:
        """Return what the ``default_factory`` of a field makes: each object has its own."""
        for base in members.mro(self._types, thing.of):
            value = base.fields.get(name, (None, None))[0] if isinstance(base, Class) else None
            if isinstance(value, Call) and last_name(value.func) in FIELDS_WITH_DEFAULT:
                key = id(value)
                if key not in thing.fields:
                    thing.fields[key] = None
                    thing.fields[key] = self._from_factory(value, base)
                return thing.fields[key] or UNKNOWN
        return UNKNOWN

    def _from_factory(self, field: Call, cls: Class | External) -> Held:
        for keyword, expr in field.keywords:
            if keyword in {"factory", "default_factory"} and isinstance(cls, Class):
                frame = Frame(cls, self._replay.module_frame(cls.module))
                call = Call(expr, (), (), field.span, "used")
                return self._replay.calls.call(call, frame)
        return UNKNOWN

    def _default(self, cls: Class, name: str) -> Held:
        """Return the default of a field: as written, or within ``Field(default=...)``."""
        for base in members.mro(self._types, cls):
            if isinstance(base, Class) and name in base.fields:
                frame = self._replay.class_frame(base, self._replay.module_frame(base.module))
                value = base.fields[name][0]
                if isinstance(value, Call):
                    options = self._replay.arguments.options(value, ("default",), frame)
                    if last_name(value.func) in FIELDS_WITH_DEFAULT:
                        return self._replay.values.value(options.get("default"))
                    return self._class_attribute(cls, name)
                return self._replay.values.eval(value, frame)
        return UNKNOWN

    def _object_attribute(self, thing: Object, name: str) -> Held:
        for base in members.mro(self._types, thing.of):
            if not isinstance(base, Class):
                continue
            method = base.methods.get(name)
            if method is not None and not results.decorator_names(self._types, method):
                return made(Closure(method, self._replay.module_frame(base.module), made(thing)))
            found = [
                self._assigned(thing, method, b) for method, b in members.assignments(base, name)
            ]
            known = merged(found)
            if known.values:
                return known
        if name in thing.given:
            return self._replay.values.value(thing.given[name])
        held = self._made_by_default(thing, name)
        if not held.values:
            held = self._default(thing.of, name)
        return (
            held if held.values else members.attribute(self._types, one(Instance(thing.of)), name)
        )

    def _assigned(self, thing: Object, method: Function, b: Binding) -> Held:
        key = id(b)
        if key not in thing.fields:
            thing.fields[key] = None
            frame = thing.frames.get(method)
            if frame is None:
                env: dict[str, Arg | Held] = {method.facts.params[0].name: made(thing)}
                frame = Frame(method, self._replay.module_frame(method.module), env)
            thing.fields[key] = self._replay.values.binding(b, frame)
        return thing.fields[key] or UNKNOWN
