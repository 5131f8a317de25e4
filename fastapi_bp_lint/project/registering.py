"""What calls on applications and routers do: they add routes, routers and other things to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi_bp_lint.facts.model import Call
from fastapi_bp_lint.finding import Certainty, Place, Span, weakest
from fastapi_bp_lint.knowledge.fastapi_names import (
    ADDERS,
    ATTRIBUTES,
    DECORATORS,
    FUNCTION_KEYWORDS,
    INCLUDERS,
    METHODS,
    PARAMETERS,
    ROUTE_CLASSES,
    ROUTE_DECORATORS,
)
from fastapi_bp_lint.project import members
from fastapi_bp_lint.project.apps import (
    App,
    Arg,
    Included,
    Mounted,
    Options,
    Other,
    Registered,
    Router,
)
from fastapi_bp_lint.project.constructing import Makers
from fastapi_bp_lint.project.frames import Frame
from fastapi_bp_lint.project.made import Closure, Decorating, Method, RouteObject, made
from fastapi_bp_lint.project.values import (
    UNKNOWN,
    Class,
    External,
    Held,
    Instance,
    Scalar,
    Several,
)

if TYPE_CHECKING:
    from fastapi_bp_lint.project.replay import Replay


class Registry:
    """All applications and routers that the replay has met; *doubt* is how sure it is right now."""

    def __init__(self, replay: Replay) -> None:
        self.replay = replay
        self.makers = Makers(replay, self)
        self.apps: list[App] = []
        self.routers: list[Router] = []
        self.registered: list[Registered] = []
        self.others: list[Other] = []
        self.doubt = Certainty.CERTAIN

    def add_routes(self, router: Router, options: Options, span: Span) -> None:
        """Register the route objects that were handed to the constructor."""
        if "routes" in options:
            self._append(router, self.replay.values.value(options["routes"]), span)

    def _append(self, router: Router, held: Held, span: Span) -> None:
        for value in held.values:
            if isinstance(value, Several):
                for _, inner in value.items:
                    self._append(router, inner, span)
            else:
                self._append_one(router, value)

    def _append_one(self, router: Router, value: Any) -> None:
        if isinstance(value, RouteObject):
            if value.adder == "mount":
                self._mount(router, value.options, value.span, value.frame)
            else:
                self._add(router, value.adder, value.options, value.span, value.frame)
        else:
            router.open = True

    def route_object(self, value: External, call: Call, frame: Frame) -> Held | None:
        """Return a route made by hand, None when *value* is no class of routes."""
        known = ROUTE_CLASSES.get(value.name)
        if known is None:
            return None
        adder, names = known
        return made(
            RouteObject(adder, self.replay.arguments.options(call, names, frame), call.span, frame)
        )

    def attribute(self, router: Router, name: str) -> Held:
        """Return what an attribute of a router or application holds."""
        if name == "router" and router.app is not None:
            return made(router)
        if name in METHODS or name == "routes":
            return made(Method(router, name))
        own = self.makers.own.get(router)
        if own is not None:
            return self._own_attribute(router, own, name)
        return self._option(router, name)

    def _option(self, router: Router, name: str) -> Held:
        if name not in router.options and name in ATTRIBUTES:
            return Held((Scalar(ATTRIBUTES[name]),))
        return self.replay.values.value(router.options.get(name))

    def _own_attribute(self, router: Router, own: Class, name: str) -> Held:
        for base in members.mro(self.replay.types, own):
            method = base.methods.get(name) if isinstance(base, Class) else None
            if method is not None:
                frame = self.replay.module_frame(method.module)
                return made(Closure(method, frame, made(router)))
        held = self._option(router, name)
        instance = Held((Instance(own),))
        return held if held.values else members.attribute(self.replay.types, instance, name)

    def called(self, value: Method | Decorating, call: Call, frame: Frame) -> Held:
        """Return what calling a method of a router gives, having registered what it registers."""
        if isinstance(value, Decorating):
            name = FUNCTION_KEYWORDS.get(value.name, "func")
            target = self.replay.arguments.options(call, (name,), frame).get(name)
            held = self.replay.values.value(target)
            self.apply(value, held)
            return held
        router, name = value.of, value.name
        assert isinstance(router, Router)
        options = self.replay.arguments.options(call, PARAMETERS.get(name, ("route",)), frame)
        if name in DECORATORS:
            return made(Decorating(router, name, options, call.span, frame))
        if name in INCLUDERS:
            self._include(router, options, call.span, frame)
            for other in call.args[1:] if name != "include_router" else ():
                rest = {"router": Arg(other, frame, call.span.line)}
                self._include(router, rest, call.span, frame)
        elif name in {"mount", "host"}:
            self._mount(router, options, call.span, frame)
        elif name in ADDERS:
            self._add(router, name, options, call.span, frame)
        elif name in {"append", "extend"}:
            self._append(router, self.replay.values.value(options.get("route")), call.span)
        else:
            last = PARAMETERS[name][-1]
            self._other(
                router, name, self.replay.values.value(options.get(last)), options, call.span, frame
            )
        return UNKNOWN

    def apply(self, value: Decorating, target: Held) -> None:
        """Register *target* with the decorator *value*."""
        if value.name in ROUTE_DECORATORS:
            self._register(value.router, value.name, value.options, target, value.span, value.frame)
        else:
            self._other(value.router, value.name, target, value.options, value.span, value.frame)

    def _add(self, router: Router, name: str, options: Options, span: Span, frame: Frame) -> None:
        self._register(
            router, name, options, self.replay.values.value(options.get("endpoint")), span, frame
        )

    def _register(
        self, router: Router, verb: str, options: Options, endpoint: Held, span: Span, frame: Frame
    ) -> None:
        path, certainty = self.text(options.get("path"))
        place = Place(frame.module.path, span)
        sure = weakest(certainty, endpoint.certainty, self.doubt)
        entry = Registered(router, verb, path, endpoint, options, frame.module, place, frame, sure)
        router.entries.append(entry)
        self.registered.append(entry)

    def _include(self, router: Router, options: Options, span: Span, frame: Frame) -> None:
        held = self.replay.values.value(options.get("router"))
        prefix, certainty = self.text(options.get("prefix"), "")
        place = Place(frame.module.path, span)
        found = False
        for value in held.values:
            child = self.makers.lift(value)
            if isinstance(child, Router):
                sure = weakest(held.certainty, certainty, self.doubt)
                router.entries.append(Included(child, prefix, options, place, sure))
                found = True
        if not found:
            router.open = True

    def _mount(self, router: Router, options: Options, span: Span, frame: Frame) -> None:
        held = self.replay.values.value(options.get("app"))
        path, certainty = self.text(options.get("path"), "")
        child = next((r for r in map(self.makers.lift, held.values) if isinstance(r, Router)), None)
        if child is None and "routes" in options:
            child = Router(frame.module, Place(frame.module.path, span), {}, None)
            self._append(child, self.replay.values.value(options["routes"]), span)
        if child is None and not held.values:
            router.open = True
        sure = weakest(certainty, held.certainty, self.doubt)
        place = Place(frame.module.path, span)
        router.entries.append(Mounted(child, held, path, options, place, sure))

    def _other(
        self, router: Router, kind: str, what: Held, options: Options, span: Span, frame: Frame
    ) -> None:
        place = Place(frame.module.path, span)
        self.others.append(Other(kind, router, what, options, place, self.doubt))

    def text(
        self, thing: Arg | Held | None, default: str | None = None
    ) -> tuple[str | None, Certainty]:
        """Return the text of an argument and how sure it is; None when it cannot be told."""
        if thing is None:
            return default, Certainty.CERTAIN
        held = self.replay.values.value(thing)
        texts = [v.value for v in held.values if isinstance(v, Scalar) and isinstance(v.value, str)]
        if len(texts) == 1:
            certainty = held.certainty if len(held.values) == 1 else Certainty.LIKELY
            return texts[0], certainty
        if default is not None and held.values == (Scalar(None),):
            return default, held.certainty
        return None, Certainty.POSSIBLE
