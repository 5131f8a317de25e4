"""Which answers a route documents: the ``responses`` of its decorator and of all around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi_bp_lint.finding import Certainty
from fastapi_bp_lint.project.apps import Arg
from fastapi_bp_lint.project.values import Held, Scalar, Several

if TYPE_CHECKING:
    from fastapi_bp_lint.project.project import Project
    from fastapi_bp_lint.project.routes import Route

RESPONSES = "responses"
_VALIDATION = 422


def documented(route: Route, project: Project) -> frozenset[str] | None:
    """Return the keys of every ``responses`` in upper case; None where one cannot be told."""
    found: set[str] = set()
    for options in (*[level.options for level in route.levels], route.options):
        given: Arg | Held | None = options.get(RESPONSES)
        if given is None:
            continue
        held = project.web.replay.values.value(given)
        value = held.values[0] if len(held.values) == 1 else None
        if value == Scalar(None):
            continue
        if not isinstance(value, Several) or held.certainty is not Certainty.CERTAIN:
            return None
        found.update(str(key).upper() for key, _ in value.items)
    if route.target.params:
        found.add(str(_VALIDATION))  # FastAPI documents it wherever it validates
    return frozenset(found)


def has(answers: frozenset[str], status: int) -> bool:
    """Whether *status*, its class (``4XX``) or ``default`` is among the documented *answers*."""
    return not answers.isdisjoint((str(status), f"{status // 100}XX", "DEFAULT"))
