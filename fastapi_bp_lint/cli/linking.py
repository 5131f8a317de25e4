"""Links a project for the commands that show what FastAPI makes of it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi_bp_lint.cli.progress import Progress
from fastapi_bp_lint.plan import Request, prepare
from fastapi_bp_lint.project.project import Project
from fastapi_bp_lint.selection import Layer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi_bp_lint.project.routes import Route


def routes_of(paths: tuple[Path, ...], config: Path | None) -> Sequence[Route]:
    """Return the routes of the project that *paths* belong to, handlers under *paths* only.

    Raises:
        ConfigError: the configuration cannot be used.

    """
    plan = prepare(Request(paths=paths, config=config, layer=Layer(select=())))
    with Progress(enabled=sys.stderr.isatty()) as progress:
        files = plan.workspace.refresh(progress)
    project = Project(files, plan.config)
    shown = [path for path in plan.shown if path != "."]
    if not shown or "" in shown:
        return project.routes
    return [r for r in project.routes if any(_under(r.place.path, path) for path in shown)]


def _under(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")


def wants_color() -> bool:
    """Whether standard output is a terminal that shows colours."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
