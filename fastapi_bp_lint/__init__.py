"""Lint whole FastAPI projects for the conventions of fastapi-best-practices."""

from __future__ import annotations

__version__ = "0.1.0"
