"""Where a project begins and which file configures it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from fastapi_bp_lint.config.read import document, section

OWN_FILE = "fbp-lint.toml"
PYPROJECT = "pyproject.toml"


class Location(NamedTuple):
    """The root of a project and its configuration file, None when it has none.

    *marked* is whether a file says that the root is one.
    """

    root: Path
    file: Path | None
    marked: bool


def locate(start: Path, explicit: Path | None = None, *, isolated: bool = False) -> Location:
    """Find the project of *start*, a file or folder.

    The nearest file with our settings, looked for up to the end of the repository, makes its
    folder the root, so that a package of a monorepo is linted with the whole of it. Without
    one the nearest `pyproject.toml` or `.git` does, and without these *start* itself.

    Raises:
        ConfigError: a configuration file on the way cannot be read.

    """
    here = real(start)
    folder = here if here.is_dir() else here.parent
    if explicit is not None:
        file = real(explicit)
        inside = file.parent == folder or file.parent in folder.parents
        return Location(file.parent, file, marked=True) if inside else _plain(folder, file)
    found = None if isolated else _configured(folder)
    return found or _plain(folder, None)


def real(path: Path) -> Path:
    """Return where *path* stands: links are followed but for the last, if it is one to a file."""
    # A name may be too long to ask for: that raises in pathlib and is False in os.path.
    if os.path.islink(path) and not path.is_dir():  # noqa: PTH114
        return Path(os.path.realpath(path.parent)) / path.name
    return Path(os.path.realpath(path))


def _configured(folder: Path) -> Location | None:
    nearest = True
    for parent in _upward(folder):
        if (own := parent / OWN_FILE).exists():
            return Location(parent, own, marked=True)
        if (file := parent / PYPROJECT).exists():
            # A broken file further up is none of our business unless it speaks to us.
            if section(file, document(file, lenient=not nearest)) is not None:
                return Location(parent, file, marked=True)
            nearest = False
    return None


def _plain(folder: Path, file: Path | None) -> Location:
    for parent in _upward(folder):
        if (parent / PYPROJECT).exists() or (parent / ".git").exists():
            return Location(parent, file, marked=True)
    return Location(folder, file, marked=False)


def _upward(folder: Path) -> list[Path]:
    folders = [folder]
    while folder.parent != folder and not (folder / ".git").exists():
        folder = folder.parent
        folders.append(folder)
    return folders
