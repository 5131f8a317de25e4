"""How the project is laid out: its domains, what their modules are for, who imports across them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from fastapi_bp_lint.knowledge.layout_names import CONTAINERS, LAYERS, OUTSIDE, SHARED
from fastapi_bp_lint.project.roles import Roles
from fastapi_bp_lint.project.type_folders import TypeFolder, type_folders

if TYPE_CHECKING:
    from fastapi_bp_lint.config import Config
    from fastapi_bp_lint.project.modules import Module, Modules
    from fastapi_bp_lint.project.types import Types

_VERSION = re.compile(r"v\d+(_\d+)*")
_LAYERED = LAYERS - {"api", "apis", "service", "services"}
# A file called ``config`` or ``client`` in a folder of models is about that, not that.
_TOLD_BY_NAME = frozenset({"router", "dependencies", "service", "schemas", "models"})
_LEAST_ROLES = 2
_LEAST_DOMAINS = 2


class Part(NamedTuple):
    """A module or folder right in a domain; *role* is "" when it is not known."""

    name: str
    role: str
    is_folder: bool


class Domain(NamedTuple):
    """A package that keeps what belongs to one subject together.

    *layout* says where it stands: domain (``src/posts``), domains (``src/domains/posts``),
    versioned (``api/v1/posts``) or root (a package at the source root). *own* are the paths of
    modules in its folders whose role is not that of the folder, with the role.
    """

    name: str
    package: str
    root: str
    layout: str
    parts: tuple[Part, ...]
    modules: tuple[Module, ...]
    own: tuple[tuple[str, str], ...] = ()

    @property
    def folder(self) -> str:
        """Where the package stands, with ``/``, from the project's root."""
        return _folder(self.root, self.package)

    def is_meant_by(self, pattern: str) -> bool:
        """Whether *pattern*, a path with wildcards, is that of its folder."""
        return _is_meant(self.folder, pattern)

    def part(self, module: Module) -> Part | None:
        """Return the part that *module* is or belongs to; None for the ``__init__.py``."""
        inner = module.name.removeprefix(f"{self.package}.")
        first = inner.partition(".")[0] if inner != module.name else ""
        return next((p for p in self.parts if p.name == first), None)

    def role(self, module: Module) -> str:
        """Return the role of *module*, "" when it has none."""
        part = self.part(module)
        return next((r for path, r in self.own if path == module.path), part.role if part else "")

    def with_role(self, role: str) -> tuple[Module, ...]:
        """Return the modules of that role."""
        return tuple(m for m in self.modules if self.role(m) == role)


class Domains:
    """The domains of a project; none where it is laid out in another way."""

    def __init__(self, modules: Modules, types: Types, config: Config) -> None:
        self._modules = modules
        self._config = config
        self.roles = Roles(types, config.roles)
        self._packages: dict[tuple[str, str], list[Module]] = {}
        self._children: dict[tuple[str, str], set[str]] = {}
        for module in modules.by_path.values():
            self._enter(module)

    def _enter(self, module: Module) -> None:
        package = module.package
        self._packages.setdefault((module.root, package), []).append(module)
        while "." in package:
            parent, _, name = package.rpartition(".")
            self._children.setdefault((module.root, parent), set()).add(name)
            package = parent

    @cached_property
    def all(self) -> tuple[Domain, ...]:
        """Every domain, in the order of the packages; fewer than two count as none."""
        keys = {*self._packages, *self._children}
        chosen = {key for key in keys if self._is_configured(key)}
        found = {key for key in keys - chosen if self._is_candidate(key)}
        below = Counter((root, up) for root, name in found | chosen for up in _above(name))
        found = {key for key in found if not self._is_container(key, below[key])}
        if not chosen and not self._mostly_by_domain(found):
            return ()
        keys = chosen | found
        if len(keys) < _LEAST_DOMAINS:
            return ()
        inside: dict[tuple[str, str], list[Module]] = {key: [] for key in sorted(keys)}
        for module in self._modules.by_path.values():
            for name in (module.name, *_above(module.name)):
                if (module.root, name) in inside:
                    inside[module.root, name].append(module)
        return tuple(self._domain(key, modules) for key, modules in inside.items())

    @cached_property
    def _by_package(self) -> dict[tuple[str, str], Domain]:
        return {(d.root, d.package): d for d in self.all}

    def of(self, module: Module) -> Domain | None:
        """Return the domain that *module* stands in, the innermost one."""
        return self.holding(module.package, module.root)

    def holding(self, package: str, root: str) -> Domain | None:
        """Return the domain that *package* is or stands in."""
        while package:
            domain = self._by_package.get((root, package))
            if domain is not None:
                return domain
            package = package.rpartition(".")[0]
        return None

    def is_shared(self, name: str) -> bool:
        """Whether the configuration lets every domain import from the module *name*."""
        return any(name == s or name.startswith(f"{s}.") for s in self._config.shared)

    @cached_property
    def by_type(self) -> Mapping[str, tuple[TypeFolder, ...]]:
        """The folders of a layout by type, by the folder that holds them; none beside domains."""
        return {} if self.all else type_folders(self._modules, self.roles)

    @cached_property
    def layout(self) -> str:
        """How most of the project is laid out.

        One of domain, domains, versioned, root (see `Domain`), type (``routers/``, ``schemas/``),
        single (one module) and "" (none of them).
        """
        if self.all:
            return Counter(d.layout for d in self.all).most_common(1)[0][0]
        if self.by_type:
            return "type"
        makers = [m for m in self._modules.by_path.values() if self.roles.is_app(m)]
        routers = [m for m in self._modules.by_path.values() if self.roles.makes_router(m)]
        return "single" if makers and not routers else ""

    def _is_configured(self, key: tuple[str, str]) -> bool:
        return bool(key[1]) and any(_is_meant(_folder(*key), p) for p in self._config.domains)

    def _is_candidate(self, key: tuple[str, str]) -> bool:
        root, package = key
        parts = package.split(".")
        name = parts[-1]
        if not package or name in LAYERS or name in SHARED or name in CONTAINERS:
            return False
        if _VERSION.fullmatch(name) or not OUTSIDE.isdisjoint([*parts, *root.split("/")]):
            return False
        if self.is_shared(package) or not _LAYERED.isdisjoint(parts[:-1]):
            return False
        modules = self._packages.get(key, ())
        return len(self._roles(key)) >= _LEAST_ROLES and not any(map(self.roles.is_app, modules))

    def _roles(self, key: tuple[str, str]) -> set[str]:
        modules = [m for m in self._packages.get(key, ()) if not m.is_package]
        folders = self._children.get(key, set())
        if len(modules) + len(folders) < _LEAST_ROLES:
            return set()
        roles = {self.roles.canonical.get(n, "") for n in folders}
        return (roles | {self.roles.surely(m) for m in modules}) - {""}

    def _is_container(self, key: tuple[str, str], below: int) -> bool:
        """Whether a package with so many others *below* it is no domain itself."""
        return "router" not in self._roles(key) if below == 1 else bool(below)

    def _mostly_by_domain(self, found: set[tuple[str, str]]) -> bool:
        """Whether at least half of the modules that make routers stand in the domains found."""
        inside = outside = 0
        for module in self._modules.by_path.values():
            parts = module.path.split("/")
            if OUTSIDE.isdisjoint(parts) and self.roles.gives_router(module):
                names = (module.name, *_above(module.name))
                within = any((module.root, name) in found for name in names)
                inside += within
                outside += not within
        return inside >= outside

    def _domain(self, key: tuple[str, str], inside: list[Module]) -> Domain:
        root, package = key
        parts = [Part(n, self.roles.of_folder(n), True) for n in self._children.get(key, ())]  # noqa: FBT003
        parts += [
            Part(m.name.rpartition(".")[2], self.roles.of_module(m), False)  # noqa: FBT003
            for m in self._packages.get(key, ())
            if not m.is_package
        ]
        name = package.rpartition(".")[2]
        deeper = [m for m in inside if m.package != package and not m.is_package]
        own = [(m.path, r) for m in deeper if (r := self.roles.surely(m)) in _TOLD_BY_NAME]
        kept = tuple(sorted(parts)), tuple(inside), tuple(own)
        return Domain(name, package, root, _layout(package), *kept)


def _above(package: str) -> Iterator[str]:
    """Give the packages that hold *package*, the innermost one first."""
    while "." in package:
        package = package.rpartition(".")[0]
        yield package


def _folder(root: str, package: str) -> str:
    inner = package.replace(".", "/")
    return f"{root}/{inner}" if root else inner


def _is_meant(folder: str, pattern: str) -> bool:
    """Whether *folder* has as many parts as *pattern*, and each of them fits."""
    parts, wanted = folder.split("/"), pattern.strip("/").split("/")
    return len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted))


def _layout(package: str) -> str:
    outer = package.split(".")[:-1]
    if not outer:
        return "root"
    if _VERSION.fullmatch(outer[-1]):
        return "versioned"
    return "domains" if outer[-1] in {"domains", "modules", "features", "apps"} else "domain"


def related(one: Domain, other: Domain) -> bool:
    """Whether one of the two domains is, or holds, the other."""
    return f"{one.package}.".startswith(f"{other.package}.") or f"{other.package}.".startswith(
        f"{one.package}."
    )


def module_aliases(domain: Domain, part: Part) -> tuple[str, ...]:
    """Return the names under which another domain may import *part*, the best one first."""
    subjects = [domain.name, *(n for n in _numbers(domain.name) if n != domain.name)]
    parts = dict.fromkeys((part.name, part.role, *_numbers(part.name)))
    return tuple(f"{subject}_{name}" for name in parts if name for subject in subjects)


def _numbers(noun: str) -> tuple[str, ...]:
    """Return the spellings that the singular or plural of *noun* may have."""
    if noun.endswith("ies"):
        return noun, f"{noun[:-3]}y", noun[:-1]
    if noun.endswith("es"):
        return noun, noun[:-1], noun[:-2]
    if noun.endswith("s") and not noun.endswith("ss"):
        return noun, noun[:-1]
    return noun, f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s", f"{noun}es"
