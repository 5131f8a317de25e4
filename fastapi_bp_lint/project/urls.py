"""Where the project asks for the URL of a route by its name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from fastapi_bp_lint.facts.model import Call, Literal
from fastapi_bp_lint.knowledge.fastapi_names import URL_MAKERS
from fastapi_bp_lint.knowledge.tables import ancestry
from fastapi_bp_lint.project.types import module_of
from fastapi_bp_lint.project.values import External, Where

if TYPE_CHECKING:
    from fastapi_bp_lint.finding import Certainty
    from fastapi_bp_lint.project.modules import Module
    from fastapi_bp_lint.project.project import Project

_ASK = ("url_for", "url_path_for")
_PARAMETER = re.compile(r"{([a-zA-Z_]\w*)(?::\w+)?}")


class UrlRequest(NamedTuple):
    """A call of ``url_for`` or ``url_path_for`` with a literal name.

    *arguments* are the names of its path parameters; None when there is ``**mapping``.
    """

    module: Module
    where: Where
    call: Call
    name: str
    arguments: frozenset[str] | None
    certainty: Certainty


def url_requests(project: Project) -> Iterator[UrlRequest]:
    """Give every such call whose receiver is known to be a request, an application or a router."""
    scopes: list[Where] = [*project.names.functions, *project.modules.by_path.values()]
    for where in scopes:
        for call in where.facts.body.calls:
            func = call.func
            name = func if isinstance(func, str) else getattr(func, "name", None)
            if not isinstance(name, str) or not name.endswith(_ASK):
                continue
            callee = project.types.callee(call, where)
            first = call.args[0] if call.args else dict(call.keywords).get("name")
            if not (isinstance(first, Literal) and isinstance(first.value, str)):
                continue
            if callee.values and all(_makes_url(v) for v in callee.values):
                names = [key for key, _ in call.keywords if key != "name"]
                given = None if None in names else frozenset(n for n in names if n is not None)
                module = module_of(where)
                yield UrlRequest(module, where, call, first.value, given, callee.certainty)


def asked_names(project: Project) -> frozenset[str]:
    """Return the route names that the project asks for."""
    return frozenset(r.name for r in project.url_requests)


def path_parameters(path: str) -> frozenset[str]:
    """Return the names of a path's parameters, which have to fit as well as the route's name."""
    return frozenset(_PARAMETER.findall(path))


def _makes_url(value: object) -> bool:
    if not isinstance(value, External):
        return False
    owner, _, method = value.name.rpartition(".")
    return any(f"{base}.{method}" in URL_MAKERS for base in ancestry(owner))
