"""Where FastAPI takes each parameter of what it calls from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from fastapi_bp_lint.facts.model import Call, Expr, Param
from fastapi_bp_lint.knowledge.fastapi_names import FIELDS, FILE, SPECIAL_PARAMETERS, UPLOADS
from fastapi_bp_lint.knowledge.tables import ancestry
from fastapi_bp_lint.project.annotations import annotated, metadata
from fastapi_bp_lint.project.kinds import SCHEMA, kind_of
from fastapi_bp_lint.project.values import Class, External, Instance, Where

if TYPE_CHECKING:
    from fastapi_bp_lint.project.callables import Target
    from fastapi_bp_lint.project.project import Project
    from fastapi_bp_lint.project.routes import Route

DEPENDENCY = "dependency"
SPECIAL = "special"
BODY = "body"
PLAIN = "plain"
"""Of the path if the path has that name, else of the query."""
UNTYPED = "untyped"
UNKNOWN_SOURCE = "unknown"


class Parameter(NamedTuple):
    """A parameter that FastAPI fills.

    *source* is dependency, special (the request and the like), path, query, header, cookie, body,
    form, file, plain, untyped or unknown; *alias* is the name outside, where one is written.
    """

    param: Param
    target: Target
    source: str
    alias: str

    @property
    def name(self) -> str:
        """The name by which a request knows it."""
        return self.alias or self.param.name


def parameters(target: Target, project: Project) -> Iterator[Parameter]:
    """Give the parameters of something that FastAPI calls."""
    frame = target.frame
    if frame is None:
        return
    for param in target.params:
        if project.web.dependency_graph.marker(param, frame) is not None:
            yield Parameter(param, target, DEPENDENCY, "")
            continue
        marker = _field(param, frame.where, project)
        if marker is not None:
            yield Parameter(param, target, *marker)
        else:
            yield Parameter(param, target, _by_type(param, frame.where, project), "")


def all_parameters(route: Route, project: Project) -> Iterator[Parameter]:
    """Give the parameters of a route's handler and of all its dependencies."""
    yield from parameters(route.target, project)
    for dependency in route.all_dependencies():
        yield from parameters(dependency.target, project)


def _field(param: Param, where: Where, project: Project) -> tuple[str, str] | None:
    """Return what ``Query(...)``, ``Body(...)`` and the like say: the source and the alias."""
    marked: list[tuple[Expr, Where]] = metadata(project.types, param.annotation, where)
    for expr, scope in [(param.default, where), *reversed(marked)]:
        func = expr.func if isinstance(expr, Call) else expr
        if not isinstance(func, str):
            continue
        for value in project.types.infer(func, scope).values:
            if isinstance(value, External) and value.name in FIELDS:
                alias = dict(expr.keywords).get("alias") if isinstance(expr, Call) else None
                return FIELDS[value.name], str(getattr(alias, "value", "") or "")
    return None


def _by_type(param: Param, where: Where, project: Project) -> str:
    if param.annotation is None:
        return UNTYPED
    held = annotated(project.types, param.annotation, where)
    sources = {_source(v, project) for v in held.values}
    return sources.pop() if len(sources) == 1 else UNKNOWN_SOURCE


def _source(value: object, project: Project) -> str:
    if not isinstance(value, Instance):
        return UNKNOWN_SOURCE
    if isinstance(value.of, Class):
        return BODY if kind_of(project.types, value.of) == SCHEMA else UNKNOWN_SOURCE
    bases = ancestry(value.of.name)
    if SPECIAL_PARAMETERS.intersection(bases):
        return SPECIAL
    if UPLOADS.intersection(bases):
        return FILE
    return PLAIN if value.of.name.startswith(_SCALARS) else UNKNOWN_SOURCE


_SCALARS = ("builtins.str", "builtins.int", "builtins.float", "builtins.bool", "uuid.", "datetime.")
