"""Every ``Depends``, ``Query`` and the like as it is written in parameters and type aliases."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastapi_bp_lint.facts.model import Call, Expr, Group, Item
from fastapi_bp_lint.knowledge.fastapi_names import FIELDS, MARKERS
from fastapi_bp_lint.project.annotations import arguments
from fastapi_bp_lint.project.uses import bodies
from fastapi_bp_lint.project.values import External, Function

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi_bp_lint.facts.model import Param
    from fastapi_bp_lint.project.modules import Module
    from fastapi_bp_lint.project.project import Project
    from fastapi_bp_lint.project.values import Where

DEFAULT = "default"
ANNOTATED = "annotated"
ALIAS = "alias"
_MARKERS = MARKERS | FIELDS.keys()
_LAST = frozenset(name.rpartition(".")[2] for name in _MARKERS)
_ANNOTATED = {"typing.Annotated", "typing_extensions.Annotated"}


class Written(NamedTuple):
    """One marker; *style* is default, annotated or alias, *name* what it is to FastAPI.

    *type* is the annotation without the marker, *where* the scope in which both mean something.
    """

    style: str
    name: str
    call: Call
    type: Expr
    where: Where
    function: Function | None
    param: Param | None


def written(module: Module, project: Project) -> Iterator[Written]:
    """Give the markers of the parameters of a file, then those of its type aliases."""
    for facts in module.facts.functions:
        function = project.names.at(module, facts.qualname)
        for param in facts.params if isinstance(function, Function) else ():
            assert isinstance(function, Function)
            where = project.types.around(function)
            name = marker_name(param.default, where, project)
            if name and isinstance(param.default, Call):
                yield Written(
                    DEFAULT, name, param.default, param.annotation, where, function, param
                )
            for call, found, inner in _within(param.annotation, where, project):
                yield Written(ANNOTATED, found, call, inner, where, function, param)
    for scope, body, _ in bodies(module):
        at = project.names.at(module, scope) or module
        for binding in body.bindings:
            if "." not in binding.target and binding.kind in {"assign", "annotation", "type"}:
                for call, found, inner in _within(binding.value, at, project):
                    yield Written(ALIAS, found, call, inner, at, None, None)


def marker_name(expr: Expr, where: Where, project: Project) -> str:
    """Return the dotted name of the marker that *expr* calls, "" when it calls none."""
    if not isinstance(expr, Call) or not isinstance(expr.func, str):
        return ""
    if expr.func.rpartition(".")[2] not in _LAST:
        return ""
    values = project.types.infer(expr.func, where, expr.span.line).values
    names = [v.name for v in values if isinstance(v, External) and v.name in _MARKERS]
    return names[0] if len(values) == 1 and names else ""


def _within(expr: Expr, where: Where, project: Project) -> Iterator[tuple[Call, str, Expr]]:
    """Give the markers of an ``Annotated[...]`` that is written out."""
    if not isinstance(expr, Item) or not isinstance(expr.key, Group):
        return
    base, parts = project.types.infer(expr.value, where).values, arguments(expr)
    if any(isinstance(v, External) and v.name in _ANNOTATED for v in base):
        for part in parts[1:]:
            name = marker_name(part, where, project)
            if name and isinstance(part, Call):
                yield part, name, parts[0]


def given(call: Call) -> Expr:
    """Return what is handed to ``Depends``, None for nothing."""
    return call.args[0] if call.args else dict(call.keywords).get("dependency")
