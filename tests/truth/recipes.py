"""Reads `apps.toml`: which applications are compared, from which distributions."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent


class Recipe(NamedTuple):
    """One application: where its sources come from and how its truth is dumped."""

    name: str
    packages: tuple[str, ...]
    keep: tuple[str, ...]
    fastapi: str
    source: str = "wheel"
    install: tuple[str, ...] = ()
    app: tuple[str, ...] = ()
    modules: str = ""
    setup: str = ""
    startup: bool = False
    env: tuple[tuple[str, str], ...] = ()
    files: tuple[str, ...] = ()
    opaque: tuple[str, ...] = ()
    other_apps: tuple[str, ...] = ()

    @property
    def dump(self) -> Path:
        """Return the file that holds what FastAPI said."""
        if self.name == "docs_src":
            return HERE / "docs_src" / "routes.json.gz"
        return HERE / "apps" / f"{self.name}.json.gz"

    @property
    def folder(self) -> str:
        """Return the name of the unpacked project in the cache, new for each version."""
        return f"{self.name}-{self.packages[0].partition('==')[2]}"


def recipes() -> dict[str, Recipe]:
    """Return every recipe by its name; an unknown key is a TypeError."""
    tables = tomllib.loads((HERE / "apps.toml").read_text(encoding="utf-8"))
    return {name: Recipe(name, **_frozen(table)) for name, table in tables.items()}


def _frozen(table: dict[str, Any]) -> dict[str, Any]:
    frozen = dict(table)
    for key, value in table.items():
        if isinstance(value, dict):
            frozen[key] = tuple(value.items())
        elif isinstance(value, list):
            frozen[key] = tuple(value)
    return frozen


def cache_folder(given: Path | None = None) -> Path:
    """Return where sources are unpacked: an argument, FBP_TRUTH_CACHE, or the user's cache."""
    if given is not None:
        return given
    if named := os.environ.get("FBP_TRUTH_CACHE"):
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "fbp-truth"
