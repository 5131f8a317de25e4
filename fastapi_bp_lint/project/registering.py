"""What calls on applications and routers do: they add routes, routers and other things to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi_bp_lint.facts.model import Attr, Call, Param
from fastapi_bp_lint.finding import Certainty, Place, Span, weakest
from fastapi_bp_lint.knowledge.fastapi_names import (
    ADDERS,
    APPS,
    ATTRIBUTES,
    CONSTRUCTORS,
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
from fastapi_bp_lint.project.frames import Frame
from fastapi_bp_lint.project.made import Closure, Decorating, Method, RouteObject, made
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.project.values import (
    UNKNOWN,
    Class,
    External,
    Function,
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
        self.apps: list[App] = []
        self.routers: list[Router] = []
        self.registered: list[Registered] = []
        self.others: list[Other] = []
        self.doubt = Certainty.CERTAIN
        self._by_call: dict[int, list[Router]] = {}
        self._unbound: dict[tuple[Function, str], Router] = {}
        self.own: dict[Router, Class] = {}

    # -- making -------------------------------------------------------------------------------

    def construct(self, name: str, call: Call, frame: Frame, options: Options) -> Held:
        """Make what calling the class *name* of FastAPI or Starlette makes."""
        router = self._make(name, frame.module, call.span, options)
        self._by_call.setdefault(id(call), []).append(router)
        self._routes(router, options, call.span)
        return made(router)

    def _make(self, name: str, module: Module, span: Span, options: Options) -> Router:
        place = Place(module.path, span)
        if name in APPS:
            app = App(module, place, options)
            if not self.replay.is_over:
                self.apps.append(app)
            return app.router
        router = Router(module, place, options, None)
        if not self.replay.is_over:
            self.routers.append(router)
        return router

    def construct_own(
        self, cls: Class, name: str, call: Call | None, frame: Frame, place: Place
    ) -> Held:
        """Make an object of a project class that derives from one of FastAPI's."""
        replay = self.replay
        router = self._make(name, frame.module, place.span, {})
        self.own[router] = cls
        if call is not None:
            self._by_call.setdefault(id(call), []).append(router)
        options: Options = {} if call is None else replay.arguments.options(call, (), frame)
        for base in members.mro(replay.types, cls):
            init = base.methods.get("__init__") if isinstance(base, Class) else None
            if init is None:
                continue
            closure = Closure(init, replay.module_frame(init.module), made(router))
            inner = replay.arguments.frame_of(closure, call, frame)
            above = _super_call(init)
            options = {} if above is None else replay.arguments.options(above, (), inner)
            router.options = options
            if router.app is not None:
                router.app.router = router
            replay.run_frame(init, inner)
            if above is None:
                break
            call, frame = above, inner
        router.options = options
        self._routes(router, options, place.span)
        return made(router)

    def _routes(self, router: Router, options: Options, span: Span) -> None:
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

    def _append_one(self, router: Router, value: Any) -> None:  # noqa: ANN401 - the replay's own
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

    def lift(self, value: Any) -> Any:  # noqa: ANN401 - the replay's own
        """Return the router that an object found by its type alone is, where that can be told."""
        if not isinstance(value, Instance) or value.origin is None:
            return value
        known = self._by_call.get(id(value.origin[1]))
        if known is not None:
            return known[0]
        if isinstance(value.of, External) and value.of.name in CONSTRUCTORS:
            module, call = value.origin
            frame = self.replay.module_frame(module)
            held = self.construct(
                value.of.name, call, frame, self.replay.arguments.options(call, (), frame)
            )
            return held.values[0]
        if self._kind(value) is not None and isinstance(value.of, Class):
            module, call = value.origin
            frame = self.replay.module_frame(module)
            name = self._kind(value) or ""
            return self.construct_own(value.of, name, call, frame, module.place(call.span)).values[
                0
            ]
        return value

    def placeholder(self, held: Held, function: Function, param: Param) -> Held:
        """Return a router for a parameter that is known to be one and that nobody seems to fill."""
        for value in held.values:
            name = self._kind(value)
            if name is None:
                continue
            key = function, param.name
            router = self._unbound.get(key)
            if router is None:
                place = function.module.place(param.span)
                app = App(function.module, place, {}) if name in APPS else None
                router = app.router if app else Router(function.module, place, {}, None)
                router.is_made = False
                router.certainty = Certainty.POSSIBLE
                self._unbound[key] = router
            return made(router)
        return held

    def _kind(self, value: Any) -> str | None:  # noqa: ANN401 - the replay's own
        """Return the class of FastAPI that an object is of."""
        if not isinstance(value, Instance):
            return None
        if isinstance(value.of, External):
            return value.of.name if value.of.name in CONSTRUCTORS else None
        for base in members.mro(self.replay.types, value.of):
            if isinstance(base, External) and base.name in CONSTRUCTORS:
                return base.name
        return None

    def call_it(self, held: Held, target: str, frame: Frame) -> None:
        """Give a router the name that it is bound to: the first, or one of a module."""
        if len(held.values) != 1 or not isinstance(held.values[0], Router):
            return
        router: Router = held.values[0]
        at_top = isinstance(frame.where, Module)
        scope = frame.module.name if at_top else getattr(frame.where, "symbol", "")
        if not router.symbol or (at_top and not self._is_global(router)):
            router.symbol = f"{scope}.{target}"

    def _is_global(self, router: Router) -> bool:
        return (
            self.replay.names.modules.by_path[router.place.path].name
            == (router.symbol.rpartition(".")[0])
        )

    # -- methods ------------------------------------------------------------------------------

    def attribute(self, router: Router, name: str) -> Held:
        """Return what an attribute of a router or application holds."""
        if name == "router" and router.app is not None:
            return made(router)
        if name in METHODS or name == "routes":
            return made(Method(router, name))
        own = self.own.get(router)
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
            child = self.lift(value)
            if isinstance(child, Router):
                sure = weakest(held.certainty, certainty, self.doubt)
                router.entries.append(Included(child, prefix, options, place, sure))
                found = True
        if not found:
            router.open = True

    def _mount(self, router: Router, options: Options, span: Span, frame: Frame) -> None:
        held = self.replay.values.value(options.get("app"))
        path, certainty = self.text(options.get("path"), "")
        child = next((r for r in map(self.lift, held.values) if isinstance(r, Router)), None)
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

    # -- the end ------------------------------------------------------------------------------

    def finish(self) -> None:
        """Hand over what was registered on parameters that nobody was seen to fill."""
        for (function, _), router in self._unbound.items():
            target = self._whose(function, router)
            if target is not None:
                router.is_made = False
                for entry in router.entries:
                    sure = weakest(entry.certainty, Certainty.LIKELY)
                    target.entries.append(entry._replace(certainty=sure))
            elif router.app is not None:
                self.apps.append(router.app)
            else:
                self.routers.append(router)

    def _whose(self, function: Function, router: Router) -> Router | None:
        """Return the application that a function most likely gets."""
        if router.app is None or not router.entries:
            return None
        for app in self.apps:
            held = self.replay.values.value(app.options.get("lifespan"))
            for value in held.values:
                if value is function or (isinstance(value, Closure) and value.function is function):
                    return app.router
        real = [a for a in self.apps if a.router.is_made]
        return real[0].router if len(real) == 1 else None


def _super_call(init: Function) -> Call | None:
    for call in init.facts.body.calls:
        func = call.func
        if isinstance(func, Attr) and func.name == "__init__" and isinstance(func.value, Call):
            if func.value.func == "super":
                return call
    return None
