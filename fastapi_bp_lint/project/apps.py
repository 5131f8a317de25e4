"""Applications and routers, and what was registered on them, in the order in which it happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from fastapi_bp_lint.facts.model import Expr
from fastapi_bp_lint.finding import Certainty, Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi_bp_lint.project.frames import Frame
    from fastapi_bp_lint.project.modules import Module
    from fastapi_bp_lint.project.values import Held


class Arg(NamedTuple):
    """An argument as written, and where its names mean something."""

    expr: Expr
    frame: Frame
    line: int


Options: TypeAlias = "Mapping[str, Arg | Held]"


class Router:
    """One router object; an application has one of its own, *app* says whose.

    *symbol* is the dotted name that it was bound to, "" when it has none. *open* tells that
    something was included or mounted that could not be followed; *is_made* that a call of the
    project made it, not an unknown caller.
    """

    __slots__ = (
        "app",
        "certainty",
        "entries",
        "is_made",
        "module",
        "open",
        "options",
        "place",
        "symbol",
    )

    def __init__(self, module: Module, place: Place, options: Options, app: App | None) -> None:
        self.module = module
        self.place = place
        self.options = options
        self.app = app
        self.symbol = ""
        self.entries: list[Entry] = []
        self.open = False
        self.is_made = True
        self.certainty = Certainty.CERTAIN

    def __repr__(self) -> str:
        return f"Router({self.symbol or self.place!r})"


class App:
    """One application object; what is registered on it is registered on its *router*."""

    __slots__ = ("others", "router")

    def __init__(self, module: Module, place: Place, options: Options) -> None:
        self.router = Router(module, place, options, self)
        self.others: list[Other] = []

    @property
    def symbol(self) -> str:
        """The dotted name that it was bound to."""
        return self.router.symbol or f"{self.module.name}.<local>"

    @property
    def module(self) -> Module:
        """Where it was made."""
        return self.router.module

    @property
    def place(self) -> Place:
        """Where the call stands that made it."""
        return self.router.place

    @property
    def options(self) -> Options:
        """The arguments of the call that made it."""
        return self.router.options

    def __repr__(self) -> str:
        return f"App({self.symbol!r})"


class Registered(NamedTuple):
    """A route as written: one decorator or call. *verb* is the method that registered it."""

    router: Router
    verb: str
    path: str | None
    endpoint: Held
    options: Options
    module: Module
    place: Place
    frame: Frame
    certainty: Certainty


class Included(NamedTuple):
    """A router inside another; *prefix* is None when it cannot be told."""

    child: Router
    prefix: str | None
    options: Options
    place: Place
    certainty: Certainty


class Mounted(NamedTuple):
    """Something mounted under *path*; *child* is the router that serves it, where it is one."""

    child: Router | None
    what: Held
    path: str | None
    options: Options
    place: Place
    certainty: Certainty


class Other(NamedTuple):
    """Anything else that is handed to FastAPI to be run: *kind* is the method that does so."""

    kind: str
    router: Router
    what: Held
    options: Options
    place: Place
    certainty: Certainty


Entry: TypeAlias = Registered | Included | Mounted
