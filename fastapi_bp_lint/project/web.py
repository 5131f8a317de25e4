"""What FastAPI makes of the project: applications, routers, routes, handlers, dependencies."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from fastapi_bp_lint.project.apps import App, Included, Mounted, Router
from fastapi_bp_lint.project.dependencies import Dependencies, Dependency
from fastapi_bp_lint.project.replay import Replay
from fastapi_bp_lint.project.route_model import RouteModel
from fastapi_bp_lint.project.routes import Route

if TYPE_CHECKING:
    from fastapi_bp_lint.project.registering import Registry
    from fastapi_bp_lint.project.types import Types
    from fastapi_bp_lint.project.values import Function


class Web:
    """The FastAPI side of a project."""

    def __init__(self, types: Types) -> None:
        self.replay = Replay(types)
        self.registry: Registry = self.replay.run()
        self.dependency_graph = Dependencies(self.replay)
        self.model = RouteModel(self.replay, self.dependency_graph)

    @cached_property
    def apps(self) -> tuple[App, ...]:
        """The applications; one that a factory makes counts once however often it is called."""
        found: dict[object, App] = {}
        for app in self.registry.apps:
            key = app.place, tuple((e.place, getattr(e, "path", None)) for e in app.router.entries)
            kept = found.get(key)
            if kept is None or (app.router in self._within and kept.router not in self._within):
                found[key] = app
        return tuple(found.values())

    @property
    def routers(self) -> tuple[Router, ...]:
        """The routers, without those of the applications."""
        return tuple(self.registry.routers)

    @cached_property
    def _within(self) -> dict[Router, None]:
        """The routers that are included or mounted somewhere."""
        every = [*self.registry.routers, *[a.router for a in self.registry.apps]]
        return {
            e.child: None
            for r in every
            for e in r.entries
            if isinstance(e, Included | Mounted) and e.child is not None
        }

    def is_within(self, router: Router) -> bool:
        """Whether a router is included or mounted in another."""
        return router in self._within

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        """Every route object of every application, then those of routers that belong to none."""
        tops = [a for a in self.apps if a.router not in self._within]
        found = [r for a in tops for r in self.model.of_app(a)]
        reached = {level.router for r in found for level in r.levels}
        seen: set[object] = set()
        for router in self.registry.routers:
            if router in reached or router in self._within or not router.entries:
                continue
            key = router.place, len(router.entries)
            if key not in seen:
                seen.add(key)
                found += self.model.of_router(router)
        return tuple(found)

    @cached_property
    def handlers(self) -> dict[Function, tuple[Route, ...]]:
        """Each handler of the project with its routes."""
        found: dict[Function, list[Route]] = {}
        for route in self.routes:
            if route.kind != "mount" and route.handler is not None:
                found.setdefault(route.handler, []).append(route)
        return {handler: tuple(routes) for handler, routes in found.items()}

    @cached_property
    def dependencies(self) -> tuple[Dependency, ...]:
        """Every ``Depends`` that some route reaches, once."""
        found: dict[Dependency, None] = {}
        for route in self.routes:
            for dependency in route.all_dependencies():
                found[dependency] = None
        return tuple(found)
