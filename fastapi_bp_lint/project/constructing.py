"""How applications and routers come to be: constructors, subclasses, parameters nobody fills."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi_bp_lint.facts.model import Attr, Call, Param
from fastapi_bp_lint.finding import Certainty, Place, Span, weakest
from fastapi_bp_lint.knowledge.fastapi_names import (
    APPS,
    CONSTRUCTORS,
)
from fastapi_bp_lint.project import members
from fastapi_bp_lint.project.apps import (
    App,
    Entry,
    Options,
    Registered,
    Router,
)
from fastapi_bp_lint.project.frames import Frame
from fastapi_bp_lint.project.made import Closure, made
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.project.values import (
    Class,
    External,
    Function,
    Held,
    Instance,
)

if TYPE_CHECKING:
    from fastapi_bp_lint.project.registering import Registry
    from fastapi_bp_lint.project.replay import Replay


class Makers:
    """Makes the applications and routers of a registry."""

    def __init__(self, replay: Replay, registry: Registry) -> None:
        self._replay = replay
        self._registry = registry
        self.own: dict[Router, Class] = {}
        self._by_call: dict[int, list[Router]] = {}
        self._unbound: dict[tuple[Function, str], Router] = {}

    def construct(self, name: str, call: Call, frame: Frame, options: Options) -> Held:
        """Make what calling the class *name* of FastAPI or Starlette makes."""
        router = self._make(name, frame.module, call.span, options)
        self._by_call.setdefault(id(call), []).append(router)
        self._registry.add_routes(router, options, call.span)
        return made(router)

    def _make(self, name: str, module: Module, span: Span, options: Options) -> Router:
        place = Place(module.path, span)
        if name in APPS:
            app = App(module, place, options)
            if not self._replay.is_over:
                self._registry.apps.append(app)
            return app.router
        router = Router(module, place, options, None)
        if not self._replay.is_over:
            self._registry.routers.append(router)
        return router

    def construct_own(
        self, cls: Class, name: str, call: Call | None, frame: Frame, place: Place
    ) -> Held:
        """Make an object of a project class that derives from one of FastAPI's."""
        replay = self._replay
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
        self._registry.add_routes(router, options, place.span)
        return made(router)

    def lift(self, value: Any) -> Any:
        """Return the router that an object found by its type alone is, where that can be told."""
        if not isinstance(value, Instance) or value.origin is None:
            return value
        known = self._by_call.get(id(value.origin[1]))
        if known is not None:
            return known[0]
        if isinstance(value.of, External) and value.of.name in CONSTRUCTORS:
            module, call = value.origin
            frame = self._replay.module_frame(module)
            held = self.construct(
                value.of.name, call, frame, self._replay.arguments.options(call, (), frame)
            )
            return held.values[0]
        if self._kind(value) is not None and isinstance(value.of, Class):
            module, call = value.origin
            frame = self._replay.module_frame(module)
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

    def _kind(self, value: Any) -> str | None:
        """Return the class of FastAPI that an object is of."""
        if not isinstance(value, Instance):
            return None
        if isinstance(value.of, External):
            return value.of.name if value.of.name in CONSTRUCTORS else None
        for base in members.mro(self._replay.types, value.of):
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
            self._replay.names.modules.by_path[router.place.path].name
            == (router.symbol.rpartition(".")[0])
        )

    def finish(self) -> None:
        """Hand over what was registered on parameters that nobody was seen to fill."""
        for (function, _), router in self._unbound.items():
            target = self._whose(function, router)
            own = [e for e in router.entries if target is None or not _leads_to(e, target)]
            if len(own) < len(router.entries):  # an application that the known one is mounted in
                router.entries, target = own, None
            if target is not None:
                router.is_made = False
                for entry in router.entries:
                    sure = weakest(entry.certainty, Certainty.LIKELY)
                    target.entries.append(entry._replace(certainty=sure))
            elif router.app is not None:
                self._registry.apps.append(router.app)
            else:
                self._registry.routers.append(router)

    def _whose(self, function: Function, router: Router) -> Router | None:
        """Return the application that a function most likely gets."""
        if router.app is None or not router.entries:
            return None
        for app in self._registry.apps:
            held = self._replay.values.value(app.options.get("lifespan"))
            for value in held.values:
                if value is function or (isinstance(value, Closure) and value.function is function):
                    return app.router
        real = [a for a in self._registry.apps if a.router.is_made]
        return real[0].router if len(real) == 1 else None


def _leads_to(entry: Entry, target: Router) -> bool:
    """Whether *target* is what was included or mounted, or within it."""
    seen: set[Router] = set()
    rest = [entry]
    while rest:
        child = None if isinstance(this := rest.pop(), Registered) else this.child
        if child is target:
            return True
        if child is not None and child not in seen:
            seen.add(child)
            rest += child.entries
    return False


def _super_call(init: Function) -> Call | None:
    for call in init.facts.body.calls:
        func = call.func
        if isinstance(func, Attr) and func.name == "__init__" and isinstance(func.value, Call):
            if func.value.func == "super":
                return call
    return None
