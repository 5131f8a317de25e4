"""The Pydantic models that routes declare."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fastapi_bp_lint.project.values import Class

if TYPE_CHECKING:
    from fastapi_bp_lint.project.project import Project
    from fastapi_bp_lint.project.routes import Route

_LISTED = re.compile(
    r"(?:list|tuple|set|Sequence|Iterable|collections\.abc\.\w+)\[([\w.]+)[^\[]*\]"
)


def declared_model(route: Route, project: Project) -> Class | None:
    """Return the class of the project that a route's response is made of, alone or in a list."""
    text = route.response_model or ""
    listed = _LISTED.fullmatch(text)
    return project.classes_by_symbol.get(listed[1] if listed else text)
