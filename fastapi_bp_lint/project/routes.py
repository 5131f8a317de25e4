"""Routes as the running application has them: one for each route object, with its full path."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from fastapi_bp_lint.facts.model import Expr
from fastapi_bp_lint.finding import Certainty, Place
from fastapi_bp_lint.knowledge.fastapi_names import (
    DEFAULT_METHODS,
    DEFAULT_STATUS,
    PLAIN,
    RESPONSES,
    VERBS,
)
from fastapi_bp_lint.project.apps import (
    App,
    Mounted,
    Options,
    Registered,
    Router,
)
from fastapi_bp_lint.project.values import (
    Function,
    Held,
    Scalar,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi_bp_lint.project.callables import Target
    from fastapi_bp_lint.project.dependencies import Dependency
    from fastapi_bp_lint.project.modules import Module
    from fastapi_bp_lint.project.route_model import RouteModel

UNKNOWN_PART = "{?}"


class Level(NamedTuple):
    """One thing around a route that adds to it: an include call, or a router with its options."""

    router: Router | None
    options: Options
    place: Place


class Route:
    """One route object.

    *levels* are what is around it, outermost first: application, include calls, routers.
    *certainty* is that of the path and of its being there; *sure* that of the function being a
    handler at all. Without an *app* the path is that within the outermost router.
    """

    def __init__(
        self,
        model: RouteModel,
        kind: str,
        entry: Registered | Mounted,
        path: str,
        levels: tuple[Level, ...],
        app: App | None,
        certainty: Certainty,
    ) -> None:
        self._model = model
        self.kind = kind
        self.entry = entry
        self.path = path
        self.levels = levels
        self.app = app
        self.certainty = certainty

    def __repr__(self) -> str:
        return f"Route({self.kind} {'/'.join(self.methods)} {self.path!r})"

    @property
    def place(self) -> Place:
        """Where the decorator or the call stands that registers it."""
        return self.entry.place

    @property
    def module(self) -> Module:
        """The file of the decorator or call."""
        return self._model.replay.names.modules.by_path[self.entry.place.path]

    @property
    def options(self) -> Options:
        """The arguments of the decorator or call."""
        return self.entry.options

    @property
    def router(self) -> Router | None:
        """The router that it was registered on; None for a mount."""
        return self.entry.router if isinstance(self.entry, Registered) else None

    @property
    def own_path(self) -> str | None:
        """The path as written in the decorator; None when it cannot be told."""
        return self.entry.path

    @property
    def sure(self) -> Certainty:
        """How sure it is that FastAPI runs the function as a handler."""
        return self.target.certainty

    @property
    def is_plain(self) -> bool:
        """Whether it is a route of Starlette, for which FastAPI does nothing."""
        return isinstance(self.entry, Registered) and self.entry.verb in PLAIN

    @cached_property
    def methods(self) -> tuple[str, ...]:
        """The methods, sorted, in upper case."""
        if self.kind != "http" or not isinstance(self.entry, Registered):
            return ()
        if self.entry.verb in VERBS:
            return (self.entry.verb.upper(),)
        given = self._model.texts(self.options.get("methods"))
        found = {m.upper() for m in given} or set(DEFAULT_METHODS)
        if self.is_plain and "GET" in found:
            found.add("HEAD")
        return tuple(sorted(found))

    @cached_property
    def target(self) -> Target:
        """What handles it."""
        held = self.entry.endpoint if isinstance(self.entry, Registered) else self.entry.what
        return self._model.dependencies.callables.target(held)

    @property
    def mounted(self) -> str | None:
        """The name of what is mounted, where it is an application or a known class."""
        if not isinstance(self.entry, Mounted):
            return None
        if self.entry.child is not None:
            return self._model.class_of(self.entry.child)
        return self.target.symbol or None

    @property
    def handler(self) -> Function | None:
        """The function of the project that handles it, under all wrappers."""
        return self.target.function

    @property
    def is_async(self) -> bool | None:
        """Whether FastAPI awaits the handler; None when that cannot be told."""
        if self.is_plain and self.target.kind in {"instance", "class"}:
            return True
        return self.target.is_async

    @property
    def on_loop(self) -> bool | None:
        """Whether the handler's body runs on the event loop."""
        return True if self.kind == "websocket" else self.is_async

    @cached_property
    def name(self) -> str | None:
        """The name by which ``url_for`` finds it; a mount may have none."""
        given = self._model.text(self.options.get("name"))
        if given is not None:
            return given
        if isinstance(self.entry, Mounted):
            return None
        if self.target.kind == "partial":
            return "partial"
        return self.target.cls.name if self.target.cls else self.target.symbol.rpartition(".")[2]

    @cached_property
    def status_code(self) -> int | None:
        """The status as written in the decorator; None when nothing is written."""
        return self._model.status(self.options.get("status_code"))

    @cached_property
    def effective_status(self) -> int | None:
        """The status that it answers with when nothing else is said; None if it cannot be told."""
        if "status_code" in self.options:
            given = self._model.replay.values.value(self.options["status_code"])
            if self.status_code is not None or given.values != (Scalar(None),):
                return self.status_code
        for name in self._model.class_names(self.response_class):
            if name in RESPONSES:
                return RESPONSES[name]
        return DEFAULT_STATUS

    @cached_property
    def response_class(self) -> Held | None:
        """What ``response_class`` holds here, or the nearest ``default_response_class``."""
        own = self.options.get("response_class")
        if own is not None:
            return self._model.replay.values.value(own)
        for level in reversed(self.levels):
            if "default_response_class" in level.options:
                return self._model.replay.values.value(level.options["default_response_class"])
        return None

    @property
    def has_response_model(self) -> bool:
        """Whether ``response_model`` is written, be it None."""
        return "response_model" in self.options

    @cached_property
    def returns(self) -> Expr:
        """The return annotation of the handler as FastAPI sees it."""
        return self.handler.facts.returns if self.handler is not None else None

    @cached_property
    def response_model(self) -> str | None:
        """The type that FastAPI turns the result into, None when there is none."""
        return self._model.response_model(self)

    @cached_property
    def tags(self) -> tuple[str, ...]:
        """All tags, those of the outermost level first."""
        found = [t for level in self.levels for t in self._model.texts(level.options.get("tags"))]
        return (*found, *self._model.texts(self.options.get("tags")))

    @cached_property
    def include_in_schema(self) -> bool:
        """Whether OpenAPI shows it: every level has to agree."""
        every = [*[level.options for level in self.levels], self.options]
        return not any(self._model.is_false(o.get("include_in_schema")) for o in every)

    @cached_property
    def listed(self) -> tuple[Dependency, ...]:
        """The dependencies of ``dependencies=`` arguments, the application's first."""
        if self.is_plain or self.kind == "mount":
            return ()
        every = [*[level.options for level in self.levels], self.options]
        return tuple([d for o in every for d in self._model.listed(o)])

    @cached_property
    def dependencies(self) -> tuple[Dependency, ...]:
        """Everything that is injected, in the order in which FastAPI runs it."""
        if self.is_plain or self.kind == "mount":
            return ()
        return (*self.listed, *self._model.dependencies.of(self.target))

    def all_dependencies(self) -> Iterator[Dependency]:
        """Give the dependencies and theirs, depth first."""
        for dependency in self.dependencies:
            yield from dependency.walk()

    def option(self, name: str) -> Held | None:
        """Return what an argument of the decorator holds, None when it is not given."""
        given = self.options.get(name)
        return None if given is None else self._model.replay.values.value(given)
