"""The linked project: what rules ask. Every part is derived once, when something asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from fastapi_bp_lint.config.pins import UNPINNED, Pins
from fastapi_bp_lint.project.apps import App, Router
from fastapi_bp_lint.project.awaitless import awaitless
from fastapi_bp_lint.project.blocking import Blocking, Stall
from fastapi_bp_lint.project.calls import Calls
from fastapi_bp_lint.project.crossings import CrossDomainImport, crossings
from fastapi_bp_lint.project.dependencies import Dependency
from fastapi_bp_lint.project.domains import Domain, Domains
from fastapi_bp_lint.project.modules import Module, Modules
from fastapi_bp_lint.project.names import Names
from fastapi_bp_lint.project.raising import Raising
from fastapi_bp_lint.project.routes import Route
from fastapi_bp_lint.project.running import EntryPoint, entry_points
from fastapi_bp_lint.project.types import Types
from fastapi_bp_lint.project.urls import UrlRequest, url_requests
from fastapi_bp_lint.project.uses import ImportUses
from fastapi_bp_lint.project.values import Class, Function
from fastapi_bp_lint.project.web import Web

if TYPE_CHECKING:
    from fastapi_bp_lint.config import Config
    from fastapi_bp_lint.facts.model import Call, FileFacts
    from fastapi_bp_lint.project.values import Held

    Guess = Callable[[Call, Function], Held]
    """Says what a call calls of which the project itself tells nothing."""


def _go_on() -> None:
    """Let a run end in its own time."""


class Project:
    """Many files, linked into one program."""

    def __init__(
        self,
        files: Mapping[str, FileFacts],
        config: Config,
        pins: Pins = UNPINNED,
        guess: Guess | None = None,
    ) -> None:
        self.files = files
        self.config = config
        self.pins = pins
        self.guess = guess
        self.retired: list[FileFacts] = []
        self.pulse: Callable[[], None] = _go_on
        self.is_asked_again = False

    @cached_property
    def modules(self) -> Modules:
        """Every file as a module, and what dotted names mean to each."""
        return Modules(self.files, self.config.src)

    @cached_property
    def names(self) -> Names:
        """The definitions of every scope."""
        return Names(self.modules)

    @cached_property
    def types(self) -> Types:
        """What expressions hold."""
        return Types(self.names, self.config)

    @cached_property
    def calls(self) -> Calls:
        """What each function runs."""
        return Calls(self)

    @cached_property
    def blocking(self) -> Blocking:
        """Which functions hold their thread, and by what."""
        return Blocking(self)

    @cached_property
    def raising(self) -> Raising:
        """Which HTTP errors come out of each function."""
        return Raising(self)

    @cached_property
    def domains(self) -> Domains:
        """How the project is laid out."""
        return Domains(self.modules, self.types, self.config)

    def domain_of(self, module: Module) -> Domain | None:
        """Return the domain that *module* stands in."""
        return self.domains.of(module)

    @cached_property
    def cross_domain_imports(self) -> tuple[CrossDomainImport, ...]:
        """Every import that goes from one domain to another."""
        return tuple(crossings(self.domains, self.names))

    @cached_property
    def _crossings(self) -> dict[str, list[CrossDomainImport]]:
        found: dict[str, list[CrossDomainImport]] = {}
        for crossing in self.cross_domain_imports:
            found.setdefault(crossing.module.path, []).append(crossing)
        return found

    def crossings_of(self, module: Module) -> list[CrossDomainImport]:
        """Return the imports of *module* that go to another domain."""
        return self._crossings.get(module.path, [])

    @cached_property
    def uses(self) -> ImportUses:
        """Where imported names are used, and who else counts on them."""
        return ImportUses(self.names)

    @cached_property
    def url_requests(self) -> tuple[UrlRequest, ...]:
        """Where the project asks for the URL of a route by its name."""
        return tuple(url_requests(self))

    @cached_property
    def web(self) -> Web:
        """What FastAPI makes of the project."""
        return Web(self.types)

    @property
    def apps(self) -> tuple[App, ...]:
        """The applications."""
        return self.web.apps

    @property
    def routers(self) -> tuple[Router, ...]:
        """The routers that are no application's own."""
        return self.web.routers

    @property
    def routes(self) -> tuple[Route, ...]:
        """One route for each route object, those of routers without an application last."""
        return self.web.routes

    @property
    def handlers(self) -> dict[Function, tuple[Route, ...]]:
        """Each function that handles requests, with its routes."""
        return self.web.handlers

    @property
    def dependencies(self) -> tuple[Dependency, ...]:
        """Every ``Depends`` that a route reaches."""
        return self.web.dependencies

    @cached_property
    def entries(self) -> tuple[EntryPoint, ...]:
        """Every function that FastAPI itself runs."""
        return entry_points(self.web)

    @cached_property
    def awaitless(self) -> frozenset[Function]:
        """The stalled async routes that could be plain functions."""
        return awaitless(self, (stall.coroutine for stall in self.blocking.stalls))

    @cached_property
    def classes_by_symbol(self) -> dict[str, Class]:
        """Every class by its dotted name."""
        return {c.symbol: c for c in self.names.classes}

    @cached_property
    def entry_kinds(self) -> dict[Function, str]:
        """What FastAPI runs on the event loop -> what kind of entry it is."""
        kinds = {"stream": "route"}
        entries = [e for e in reversed(self.entries) if e.on_loop]
        return {e.function: kinds.get(e.kind, e.kind) for e in entries}

    def each(self, kind: type) -> Iterator[Any]:
        """Give every entity of *kind* in the order of the files.

        Raises:
            KeyError: *kind* is not an entity of the project.

        """
        entities = iter(_ENTITIES[kind](self))
        while some := list(islice(entities, _AT_ONCE)):
            yield from some
            self.make_room()

    def make_room(self) -> None:
        """Drop what only takes memory; what an editor asks again after each key stays."""
        if "types" in vars(self) and not self.is_asked_again:
            self.types.make_room()


_AT_ONCE = 1000  # entities between two looks at what is kept


_ENTITIES: dict[type, Callable[[Project], Iterable[Any]]] = {
    Module: lambda p: p.modules.by_path.values(),
    Function: lambda p: p.names.functions,
    Class: lambda p: p.names.classes,
    Stall: lambda p: p.blocking.stalls,
    EntryPoint: lambda p: p.entries,
    App: lambda p: p.apps,
    Router: lambda p: p.routers,
    Route: lambda p: p.routes,
    Dependency: lambda p: p.dependencies,
    Domain: lambda p: p.domains.all,
    CrossDomainImport: lambda p: p.cross_domain_imports,
    Project: lambda p: (p,),
}
