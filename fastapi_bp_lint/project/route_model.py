"""Walks the routers of each application, and reads the options of routes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi_bp_lint.finding import Certainty, weakest
from fastapi_bp_lint.knowledge.fastapi_names import (
    APP_CLASS,
    RESPONSE,
    ROUTER_CLASS,
    STATUS_MODULE,
    STATUS_PREFIX,
    WEBSOCKET,
)
from fastapi_bp_lint.knowledge.tables import ancestry
from fastapi_bp_lint.knowledge.typing_names import GENERATORS
from fastapi_bp_lint.project import members
from fastapi_bp_lint.project.apps import (
    App,
    Arg,
    Included,
    Mounted,
    Options,
    Registered,
    Router,
)
from fastapi_bp_lint.project.frames import last_name
from fastapi_bp_lint.project.routes import Level, Route
from fastapi_bp_lint.project.spelling import spelled
from fastapi_bp_lint.project.statuses import status_of
from fastapi_bp_lint.project.values import (
    Class,
    External,
    Held,
    Instance,
    Scalar,
    Several,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fastapi_bp_lint.project.dependencies import Dependencies, Dependency
    from fastapi_bp_lint.project.replay import Replay

UNKNOWN_PART = "{?}"


class RouteModel:
    """Walks the routers of each application, and reads the options of routes."""

    def __init__(self, replay: Replay, dependencies: Dependencies) -> None:
        self.replay = replay
        self.dependencies = dependencies
        self._listed: dict[int, tuple[Dependency, ...]] = {}

    def of_app(self, app: App) -> Iterator[Route]:
        """Give the routes of an application and of what is mounted in it."""
        certainty = app.router.certainty
        yield from self._walk(app.router, app, "", (), certainty, (app.router,))

    def of_router(self, router: Router) -> Iterator[Route]:
        """Give the routes of a router that belongs to no application."""
        yield from self._walk(router, None, "", (), router.certainty, (router,))

    def _walk(
        self,
        router: Router,
        app: App | None,
        prefix: str,
        levels: tuple[Level, ...],
        certainty: Certainty,
        seen: tuple[Router, ...],
    ) -> Iterator[Route]:
        own, sure = self._prefix(router.options.get("prefix"))
        prefix, certainty = prefix + own, weakest(certainty, sure)
        here = (*levels, Level(router, router.options, router.place))
        for entry in router.entries:
            doubt = weakest(certainty, entry.certainty)
            match entry:
                case Registered():
                    kind = "websocket" if entry.verb in WEBSOCKET else "http"
                    path = prefix + (UNKNOWN_PART if entry.path is None else entry.path)
                    yield Route(self, kind, entry, path, here, app, doubt)
                case Included() if entry.child not in seen:
                    inner = UNKNOWN_PART if entry.prefix is None else entry.prefix
                    around = (*here, Level(None, entry.options, entry.place))
                    yield from self._walk(
                        entry.child, app, prefix + inner, around, doubt, (*seen, entry.child)
                    )
                case Mounted():
                    yield from self._mounted(entry, app, prefix, doubt, seen)

    def _mounted(
        self,
        entry: Mounted,
        app: App | None,
        prefix: str,
        doubt: Certainty,
        seen: tuple[Router, ...],
    ) -> Iterator[Route]:
        path = prefix + (UNKNOWN_PART if entry.path is None else entry.path).rstrip("/")
        yield Route(self, "mount", entry, path, (), app, doubt)
        if entry.child is not None and entry.child not in seen:
            yield from self._walk(entry.child, app, path, (), doubt, (*seen, entry.child))

    def _prefix(self, thing: Arg | Held | None) -> tuple[str, Certainty]:
        if thing is None:
            return "", Certainty.CERTAIN
        text, certainty = self.replay.registry.text(thing, "")
        return (UNKNOWN_PART if text is None else text), certainty

    def listed(self, options: Options) -> tuple[Dependency, ...]:
        """Return the dependencies of one level."""
        given = options.get("dependencies")
        if given is None:
            return ()
        key = id(given)
        if key not in self._listed:
            self._listed[key] = self.dependencies.listed(self.replay.values.value(given))
        return self._listed[key]

    def class_of(self, router: Router) -> str:
        """Return the dotted name of the class of a router or application."""
        own = self.replay.registry.makers.own.get(router)
        if own is not None:
            return own.symbol
        return APP_CLASS if router.app is not None else ROUTER_CLASS

    def text(self, thing: Arg | Held | None) -> str | None:
        """Return the text of an argument, None when there is none."""
        return None if thing is None else self.replay.registry.text(thing)[0]

    def texts(self, thing: Arg | Held | None) -> tuple[str, ...]:
        """Return the texts in a list; members of enums by their values."""
        if thing is None:
            return ()
        found = [
            h
            for v in self.replay.values.value(thing).values
            if isinstance(v, Several)
            for _, h in v.items
        ]
        values = [v.value for h in found for v in h.values if isinstance(v, Scalar)]
        return tuple([v for v in values if isinstance(v, str)])

    def is_false(self, thing: Arg | Held | None) -> bool:
        """Whether an argument is surely False."""
        if thing is None:
            return False
        return self.replay.values.value(thing).values == (Scalar(value=False),)

    def status(self, thing: Arg | Held | None) -> int | None:
        """Return a status code: a number, or a constant of Starlette or of the standard library."""
        if thing is None:
            return None
        for value in self.replay.values.value(thing).values:
            if isinstance(value, Scalar) and isinstance(value.value, int):
                return int(value.value)
            if isinstance(value, External):
                found = status_of(value.name)
                if found is not None:
                    return found
        # A project may have constants of its own that are called like Starlette's.
        name = last_name(thing.expr) if isinstance(thing, Arg) else ""
        return status_of(f"{STATUS_MODULE}.{name}") if name.startswith(STATUS_PREFIX) else None

    def class_names(self, held: Held | None) -> Iterable[str]:
        """Give the names of a class of responses and of the classes that it derives from."""
        for value in held.values if held is not None else ():
            if isinstance(value, External):
                yield from ancestry(value.name)
            elif isinstance(value, Class):
                for base in members.mro(self.replay.types, value):
                    if isinstance(base, External):
                        yield from ancestry(base.name)

    def is_response(self, values: Iterable[Any]) -> bool:
        """Whether a value is a response class, or an object of one."""
        for value in values:
            of = value.of if isinstance(value, Instance) else value
            if RESPONSE in self.class_names(Held((of,))):
                return True
        return False

    def response_model(self, route: Route) -> str | None:
        """Return the response model of a route as text."""
        if route.has_response_model:
            given = route.options["response_model"]
            if isinstance(given, Arg):
                return spelled(self.replay, given.expr, given.frame, given.line)
            return None
        handler, frame = route.handler, route.target.frame
        if handler is None or handler.facts.returns is None or frame is None:
            return None
        returns = handler.facts.returns
        values = self.replay.values.eval(returns, frame).values
        if self.is_response(values):
            return None
        text = spelled(self.replay, returns, frame)
        if text and handler.facts.is_generator:
            origin = text.partition("[")[0]
            if origin in GENERATORS and origin != text:
                return None
        return text
