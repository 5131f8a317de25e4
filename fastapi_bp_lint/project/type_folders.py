"""The folders of a layout by type, and what each of them holds, whatever it is called."""

from __future__ import annotations

import posixpath
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from fastapi_bp_lint.knowledge.layout_names import OUTSIDE, TYPES

if TYPE_CHECKING:
    from fastapi_bp_lint.project.modules import Module, Modules
    from fastapi_bp_lint.project.roles import Roles

_LEAST = 2
_LEAST_ROUTERS = 3


class TypeFolder(NamedTuple):
    """A folder whose modules have one *role*; *path* is its own, with ``/``."""

    path: str
    role: str
    modules: tuple[Module, ...]


def type_folders(modules: Modules, roles: Roles) -> dict[str, tuple[TypeFolder, ...]]:
    """Return the folders by type, by the folder that holds them.

    Only where that folder holds folders of two or more roles, or one of routers beside modules of
    another role.
    """
    files: dict[str, list[Module]] = {}
    for module in modules.by_path.values():
        folder = posixpath.dirname(module.path)
        if OUTSIDE.isdisjoint(folder.split("/")):
            files.setdefault(folder, []).append(module)
    folders: dict[str, list[TypeFolder]] = {}
    for folder in _with_parents(files):
        inner = [m for m in files.get(folder, ()) if not m.is_package]
        role = _role(posixpath.basename(folder), inner, roles)
        if role in TYPES:
            outer = posixpath.dirname(folder)
            folders.setdefault(outer, []).append(TypeFolder(folder, role, tuple(inner)))
    return {
        outer: tuple(found)
        for outer, found in sorted(folders.items())
        if _is_by_type(found, files.get(outer, []), roles)
    }


def _with_parents(folders: dict[str, list[Module]]) -> list[str]:
    every = set(folders)
    for folder in folders:
        outer = posixpath.dirname(folder)
        while outer:
            every.add(outer)
            outer = posixpath.dirname(outer)
    return sorted(every - {""})


def _role(name: str, modules: list[Module], roles: Roles) -> str:
    """Return what most of *modules* are, which counts more than what the folder is called."""
    told = Counter(role for m in modules if (role := roles.by_content(m)))
    role, count = told.most_common(1)[0] if told else ("", 0)
    known = roles.of_folder(name)
    is_told = known in TYPES or (role == "router" and count >= _LEAST)
    return role if is_told and count * 2 > len(modules) else known


def _is_by_type(found: list[TypeFolder], beside: list[Module], roles: Roles) -> bool:
    kinds = {folder.role for folder in found}
    if len(kinds) >= _LEAST:
        return True
    named = {roles.of_module(m) for m in beside if not m.is_package}
    routers = sum(len(folder.modules) for folder in found if folder.role == "router")
    return routers >= _LEAST_ROUTERS and bool((named & TYPES) - kinds)
