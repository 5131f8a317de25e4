"""Which files belong to the project, found without following a link or opening one of them."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from fastapi_bp_lint.config import Config, ConfigError
from fastapi_bp_lint.patterns import Patterns, compiled

NEVER = frozenset(
    {
        ".bzr",
        ".cache",
        ".direnv",
        ".eggs",
        ".fbp_cache",
        ".git",
        ".hg",
        ".hypothesis",
        ".ipynb_checkpoints",
        ".mypy_cache",
        ".nox",
        ".pixi",
        ".pyre",
        ".pytest_cache",
        ".pytype",
        ".ruff_cache",
        ".svn",
        ".tox",
        ".venv",
        "__pycache__",
        "__pypackages__",
        "node_modules",
        "site-packages",
    }
)
_ENVIRONMENT = frozenset({"pyvenv.cfg", "conda-meta"})
_SETTINGS = (".cfg", ".in", ".ini", ".lock", ".toml", ".txt")
_KINDS = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class Listing(NamedTuple):
    """The Python files of a project in order of path, and why some will not be opened.

    *settings* are the files beside them, and above the root up to the end of the repository, in
    which a project may say what it runs with.
    """

    files: dict[str, os.stat_result]
    problems: dict[str, str]
    settings: dict[str, os.stat_result]


class _Walk(NamedTuple):
    root: str
    include: Patterns | None
    exclude: Patterns | None
    files: dict[str, os.stat_result]
    problems: dict[str, str]
    settings: dict[str, os.stat_result]


def discover(root: Path, config: Config) -> Listing:
    """List the project's files; paths are relative to *root*, with ``/``.

    A linked folder inside the root is found at its real place; one outside is not the project's.

    Raises:
        ConfigError: a pattern of the configuration is not one.

    """
    include = None if config.include == ("*.py",) else _configured("include", config.include)
    exclude = _configured("exclude", (*config.exclude, *config.extend_exclude))
    top = str(root)
    walk = _Walk(top, include, exclude, {}, {}, dict(_settings_above(root)))
    pending = [("", tuple(_above(root)))]
    while pending:
        prefix, ignores = pending.pop()
        pending.extend(_folder(walk, prefix, ignores))
    found = walk.files, walk.problems, walk.settings
    return Listing(*[dict(sorted(each.items())) for each in found])  # type: ignore[arg-type]


def belongs(path: str, config: Config) -> bool:
    """Whether a Python file at *path*, which may be gone, is one that the settings leave in.

    Raises:
        ConfigError: a pattern of the configuration is not one.

    """
    include = _configured("include", config.include)
    exclude = _configured("exclude", (*config.exclude, *config.extend_exclude))
    return (
        path.endswith(".py")
        and NEVER.isdisjoint(path.split("/"))
        and (include is None or include.matches(path))
        and not (exclude is not None and exclude.matches(path))
    )


def kind_of(mode: int) -> str:
    """Say what a file of *mode* is that is neither a regular file nor a folder."""
    return next((name for test, name in _KINDS if test(mode)), "not a regular file")


def _folder(
    walk: _Walk, prefix: str, ignores: tuple[Patterns, ...]
) -> Iterator[tuple[str, tuple[Patterns, ...]]]:
    """Note the files of one folder and return the folders in it that are the project's."""
    try:
        with os.scandir(f"{walk.root}/{prefix}") as found:
            entries = list(found)
    except OSError as error:
        walk.problems[prefix.rstrip("/") or "."] = f"cannot be listed: {error.strerror}"
        return
    names = {entry.name for entry in entries}
    if prefix and not names.isdisjoint(_ENVIRONMENT):
        return
    if ".gitignore" in names:
        ignores = (*_ignore_file(f"{walk.root}/{prefix}.gitignore", prefix), *ignores)
    for entry in entries:
        name = entry.name
        path = prefix + name
        if entry.is_dir(follow_symlinks=False):
            if name not in NEVER and not _ignored(walk, path, ignores, is_folder=True):
                yield f"{path}/", ignores
        elif (
            name.endswith(".py")
            and not _ignored(walk, path, ignores)
            and (walk.include is None or walk.include.matches(path))
        ):
            _file(walk, path, entry)
        elif name.endswith(_SETTINGS):
            with contextlib.suppress(OSError):
                walk.settings[path] = entry.stat()


def _file(walk: _Walk, path: str, entry: os.DirEntry[str]) -> None:
    try:
        status = entry.stat()
    except OSError as error:
        if error.errno == errno.ELOOP:
            walk.problems[path] = "a symbolic link that leads to itself"
        elif entry.is_symlink():
            walk.problems[path] = f"a symbolic link to {_target(entry)}, which does not exist"
        else:
            walk.problems[path] = f"cannot be read: {error.strerror}"
        return
    if stat.S_ISDIR(status.st_mode):
        return
    if not stat.S_ISREG(status.st_mode):
        walk.problems[path] = f"{kind_of(status.st_mode)}, not a regular file"
    elif not (entry.is_symlink() and _listed_elsewhere(walk.root, entry.path)):
        walk.files[path] = status


def _target(entry: os.DirEntry[str]) -> str:
    try:
        return str(Path(entry.path).readlink())
    except OSError:
        return "something"


def _listed_elsewhere(root: str, link: str) -> bool:
    real = os.path.realpath(link)
    return real.startswith(root + os.sep) and real.endswith(".py")


def _ignored(
    walk: _Walk, path: str, ignores: Sequence[Patterns], *, is_folder: bool = False
) -> bool:
    if walk.exclude is not None and walk.exclude.decide(path, is_folder=is_folder):
        return True
    for patterns in ignores:
        decision = patterns.decide(path, is_folder=is_folder)
        if decision is not None:
            return decision
    return False


def _configured(key: str, patterns: Sequence[str]) -> Patterns | None:
    try:
        return compiled(patterns, strict=True)
    except ValueError as error:
        message = f"{key}: {error}"
        raise ConfigError(message) from None


def _ignore_file(file: str, base: str, prefix: str = "") -> Iterator[Patterns]:
    try:
        # A FIFO of that name would wait for ever.
        text = Path(file).read_text("utf-8", "replace") if Path(file).is_file() else ""
    except OSError:
        return
    if (patterns := compiled(text.split("\n"), base, prefix)) is not None:
        yield patterns


def _settings_above(root: Path) -> Iterator[tuple[str, os.stat_result]]:
    folders = [root, *root.parents]
    top = next((n for n, folder in enumerate(folders) if (folder / ".git").exists()), 0)
    for folder in folders[1 : top + 1]:
        with contextlib.suppress(OSError), os.scandir(str(folder)) as entries:
            yield from ((e.path, e.stat()) for e in entries if e.name.endswith(_SETTINGS))


def _above(root: Path) -> Iterator[Patterns]:
    """Return what the repository around *root* ignores, nearest first."""
    folders = [root, *root.parents]
    top = next((n for n, folder in enumerate(folders) if (folder / ".git").exists()), -1)
    sources = [(folder, f"{folder}/.gitignore") for folder in folders[1 : top + 1]]
    if top >= 0:
        sources.append((folders[top], f"{folders[top]}/.git/info/exclude"))
    for folder, file in sources:
        prefix = "" if folder == root else f"{root.relative_to(folder).as_posix()}/"
        for patterns in _ignore_file(file, "", prefix):
            # Who lints an ignored folder wants to see what is in it.
            if not (prefix and patterns._replace(prefix="").matches(prefix + ".")):
                yield patterns
