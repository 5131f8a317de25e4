"""What is injected into a handler, and whether the handler reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastapi_bp_lint.facts.model import Call
from fastapi_bp_lint.knowledge.fastapi_names import PLAIN, ROUTE_DECORATORS
from fastapi_bp_lint.project import members
from fastapi_bp_lint.project.frames import last_name
from fastapi_bp_lint.project.naming import is_application_code
from fastapi_bp_lint.project.uses import bodies
from fastapi_bp_lint.project.values import Class

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi_bp_lint.facts.model import Param
    from fastapi_bp_lint.project.dependencies import Dependency
    from fastapi_bp_lint.project.project import Project
    from fastapi_bp_lint.project.routes import Route
    from fastapi_bp_lint.project.values import Function

_BY_NAME = {"locals", "vars", "eval", "exec", "currentframe", "inspect.currentframe"}
_REGISTERS = ROUTE_DECORATORS - PLAIN
_COMPARED = {"function", "generator", "class"}


class Unread(NamedTuple):
    """A parameter that gets the value of a dependency, which the body never reads.

    *again* is the same dependency in a ``dependencies=`` list of every route, where it is in one.
    """

    handler: Function
    param: Param
    dependency: Dependency
    routes: tuple[Route, ...]
    again: Dependency | None


def unread(project: Project) -> Iterator[Unread]:
    """Give the injected parameters of handlers that are never read."""
    for handler, routes in project.handlers.items():
        if not _is_plain(handler, routes, project):
            continue
        seen = _read(handler)
        for dependency in routes[0].dependencies if seen is not None else ():
            param = dependency.param
            if seen is None or param is None or param.name in seen:
                continue
            if dependency.owner is handler:
                again = _listed_everywhere(dependency, routes)
                yield Unread(handler, param, dependency, routes, again)


def _is_plain(handler: Function, routes: tuple[Route, ...], project: Project) -> bool:
    """Whether nothing but FastAPI stands between the request and the parameters of a handler."""
    facts = handler.facts
    if facts.is_lambda or not is_application_code(handler.module):
        return False
    if any(r.is_plain or r.target.kind not in {"function", "generator", "method"} for r in routes):
        return False
    registering = {r.place.span for r in routes if r.place.path == handler.module.path}
    # Any other decorator may read the parameter, also one that is handed the router.
    if not all(isinstance(d, Call) and last_name(d.func) in _REGISTERS for d in facts.decorators):
        return False
    return set(facts.decorator_spans) <= registering and not _is_shared(handler, project)


def _is_shared(handler: Function, project: Project) -> bool:
    """Whether a base or a subclass has, or may have, a method of the same name."""
    owner = handler.owner
    if owner is None:
        return False
    related = [*members.mro(project.types, owner)[1:], *project.types.subclasses.get(owner, ())]
    return any(not isinstance(c, Class) or handler.name in c.methods for c in related)


def _read(handler: Function) -> set[str] | None:
    """Return the names that a handler reads, inner functions included; None if it is a stub."""
    facts = handler.facts
    inner = f"{facts.qualname}."
    body = facts.body
    if not body.calls and not body.reads and not any(r.kind == "return" for r in body.results):
        return None
    seen: set[str] = set()
    for scope, within, params in bodies(handler.module):
        if scope == facts.qualname or scope.startswith(inner):
            seen.update(within.reads, [b.target for b in within.bindings])
            calls = {str(c.func) for c in within.calls}
            if calls & _BY_NAME:
                return None
            # The defaults and annotations of inner functions are read where those are made.
            seen.update(p.default for p in params if isinstance(p.default, str))
    return seen


def _listed_everywhere(dependency: Dependency, routes: tuple[Route, ...]) -> Dependency | None:
    """Return the same dependency in the lists of all routes, None where one does not have it."""
    found: Dependency | None = None
    for route in routes:
        found = next((d for d in route.listed if _is_same(d, dependency)), None)
        if found is None:
            return None
    return found


def _is_same(listed: Dependency, other: Dependency) -> bool:
    """Whether FastAPI runs two dependencies once."""
    one, two = listed.target, other.target
    what = one.function if one.cls is None else one.cls
    return (
        what is not None
        and one.kind in _COMPARED
        and (one.kind, one.function, one.cls) == (two.kind, two.function, two.cls)
        and not what.facts.parent
        and other.use_cache
        and (listed.scopes, listed.scope) == (other.scopes, other.scope)
    )
