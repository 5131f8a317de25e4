"""The names of FastAPI and Starlette that the project model knows, by canonical dotted name."""

from __future__ import annotations

DEPENDS = frozenset({"fastapi.Depends", "fastapi.params.Depends"})
SECURITY = frozenset({"fastapi.Security", "fastapi.params.Security"})
