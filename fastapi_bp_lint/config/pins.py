"""Which versions of packages a project asks for: its lock files, requirements, `pyproject`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, TypeAlias

from fastapi_bp_lint.config.locate import PYPROJECT
from fastapi_bp_lint.config.read import document

Version: TypeAlias = tuple[int, ...]

LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "pylock.toml")
_PINNED = re.compile(
    r'\[\[packages?\]\]\r?\nname = "(?P<name>[^"]+)"\r?\nversion = "(?P<version>[^"]+)"'
)
_REQUIREMENT = re.compile(
    r"\s*(?P<name>[A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*\(?(?P<clauses>[^;#@)]*)"
)
_CLAUSE = re.compile(
    r"\s*(?P<operator>===|==|~=|!=|<=|>=|<|>|\^|~)?\s*v?(?P<version>\d[\w.*+!-]*)\s*"
)
_INCLUDED = re.compile(r"\s*(?:-r|--requirement)[\s=]+(?P<file>\S+)")
_FILES = 20


class Range(NamedTuple):
    """The versions that are allowed; None is no bound, *above* is excluded, *least* is not."""

    least: Version | None = None
    above: Version | None = None

    def reaches(self, version: Version) -> bool:
        """Whether *version*, or one after it, is allowed."""
        return self.above is None or self.above > version

    def begins_at(self, version: Version) -> bool:
        """Whether none before *version* is allowed."""
        return self.least is not None and self.least >= version


ANY = Range()


class Pins:
    """The versions that the files around each file of a project ask for; read when asked."""

    def __init__(self, root: Path | None) -> None:
        self._root = root
        self._kept: dict[Path, dict[str, Range]] = {}

    def of(self, package: str, path: str) -> Range | None:
        """Return what is asked for near *path*, relative to the root; None when nothing is.

        The nearest folder that names the package counts, up to the end of the repository; there a
        lock file is before requirements, and these before `pyproject.toml`.
        """
        if self._root is None:
            return None
        folder = (self._root / path).parent
        while True:
            found = self._in(folder).get(_normal(package))
            if found is not None:
                return found
            is_top = (folder / ".git").exists() or folder.parent == folder
            if is_top or not (folder != self._root or _is_open(folder)):
                return None
            folder = folder.parent

    def _in(self, folder: Path) -> dict[str, Range]:
        kept = self._kept.get(folder)
        if kept is None:
            kept = self._kept[folder] = {}
            for name, asked in _read(folder):
                kept.setdefault(name, asked)
        return kept


UNPINNED = Pins(None)
"""Nothing is asked for: every package is the newest."""


def _is_open(folder: Path) -> bool:
    """Whether a repository goes on above *folder*."""
    return any((parent / ".git").exists() for parent in folder.parents)


def _read(folder: Path) -> Iterator[tuple[str, Range]]:
    try:
        names = sorted(entry.name for entry in os.scandir(folder) if not entry.is_dir())
    except OSError:
        return
    for name in LOCKS:
        if name in names:
            yield from _locked(_text(folder / name))
    for name in names:
        if name.startswith("requirements") and name.endswith((".txt", ".in")):
            yield from _required(folder / name, 0)
    for file in _below(folder / "requirements"):
        yield from _required(file, 0)
    if PYPROJECT in names:
        yield from _declared(document(folder / PYPROJECT, lenient=True))


def _below(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.txt"))[:_FILES] if folder.is_dir() else []


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig", "replace") if file.is_file() else ""
    except OSError:
        return ""


def _locked(text: str) -> Iterator[tuple[str, Range]]:
    """Give the packages of a lock file; reading all of it as TOML would take a second."""
    for match in _PINNED.finditer(text):
        version = _version(match["version"])
        if version:
            yield _normal(match["name"]), _exactly(version)


def _required(file: Path, depth: int) -> Iterator[tuple[str, Range]]:
    for line in _text(file).splitlines():
        included = _INCLUDED.match(line)
        if included and depth < _FILES:
            yield from _required(file.parent / included["file"], depth + 1)
        elif not line.lstrip().startswith(("-", "#")):
            yield from _requirement(line)


def _declared(content: dict[str, object]) -> Iterator[tuple[str, Range]]:
    """Give the dependencies of a `pyproject.toml`, of the standard and of Poetry."""
    project = _table(content.get("project"))
    groups = [project.get("dependencies"), *_table(project.get("optional-dependencies")).values()]
    groups += _table(content.get("dependency-groups")).values()
    for group in groups:
        for line in group if isinstance(group, list) else ():
            if isinstance(line, str):
                yield from _requirement(line)
    poetry = _table(_table(content.get("tool")).get("poetry"))
    for name, asked in _table(poetry.get("dependencies")).items():
        text = _table(asked).get("version", asked) if isinstance(asked, dict) else asked
        if isinstance(text, str):
            yield from _requirement(f"{name} {text}")


def _table(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _requirement(line: str) -> Iterator[tuple[str, Range]]:
    match = _REQUIREMENT.match(line)
    if match is None:
        return
    asked = ANY
    for text in match["clauses"].split(","):
        clause = _CLAUSE.match(text)
        if clause is not None:
            asked = _narrowed(asked, clause["operator"] or "==", clause["version"])
    yield _normal(match["name"]), asked


def _narrowed(asked: Range, operator: str, text: str) -> Range:
    version = _version(text)
    if not version or operator == "!=":
        return asked
    if operator in {"==", "==="}:
        return _within(version) if text.endswith(".*") else _exactly(version)
    if operator in {">=", ">"}:
        return asked._replace(least=version)
    if operator == "<":
        return asked._replace(above=version)
    if operator == "<=":
        return asked._replace(above=_after(version))
    if operator == "^":
        significant = next((n for n, part in enumerate(version) if part), len(version) - 1)
        return Range(version, (*version[:significant], version[significant] + 1))
    kept = version[:-1] if operator == "~=" else version[:2]
    return Range(version, _within(kept).above)


def _version(text: str) -> Version:
    numbers = re.match(r"\d+(?:\.\d+)*", text)
    return tuple(map(int, numbers[0].split("."))) if numbers else ()


def _within(version: Version) -> Range:
    """Return all versions that begin with *version*."""
    return Range(version, (*version[:-1], version[-1] + 1))


def _exactly(version: Version) -> Range:
    return Range(version, _after(version))


def _after(version: Version) -> Version:
    """Return what comes right after *version*: the least that is greater, for our purposes."""
    return (*version, 0, 0, 1)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
