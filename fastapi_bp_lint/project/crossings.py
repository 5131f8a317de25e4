"""Imports that go from one domain to another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from fastapi_bp_lint.facts.model import Import
from fastapi_bp_lint.finding import Place
from fastapi_bp_lint.project.domains import Domain, Domains, Part, module_aliases, related
from fastapi_bp_lint.project.modules import Module

if TYPE_CHECKING:
    from fastapi_bp_lint.project.names import Names


class CrossDomainImport(NamedTuple):
    """An import in *module*, of the domain *source*, from the domain *target*.

    *path* is the dotted name of the module that is reached, *parts* what of it stands below the
    package of *target*, *role* that of its first part; *name* is what is taken out of the module,
    "" where it is the module itself, ``*`` for all. *found* is None for a folder without an
    ``__init__.py``.
    """

    module: Module
    item: Import
    source: Domain
    target: Domain
    path: str
    parts: tuple[str, ...]
    name: str
    role: str
    found: Module | None

    @property
    def part(self) -> Part:
        """The part of *target* that is reached; its own folder where nothing below it is."""
        name = self.parts[0] if self.parts else ""
        return next((p for p in self.target.parts if p.name == name), Part(name, "", False))  # noqa: FBT003

    @property
    def statement(self) -> str:
        """How the whole module is imported under a name of its domain."""
        package, _, name = self.path.rpartition(".")
        alias = module_aliases(self.target, self.part)[0]
        return f"from {package} import {name} as {alias}"

    @property
    def is_type_checking(self) -> bool:
        """Whether only type checkers see the import."""
        return any(
            r.kind == "type-checking" and r.line <= self.item.span.line <= r.end_line
            for r in self.module.facts.body.regions
        )

    @property
    def symbol(self) -> str:
        """The function or class that holds the import, "" at module level."""
        return f"{self.module.name}.{self.item.scope}" if self.item.scope else ""

    @property
    def place(self) -> Place:
        """Where the imported name stands."""
        return self.module.place(self.item.span)


def crossings(domains: Domains, names: Names) -> Iterator[CrossDomainImport]:
    """Give every import that goes from one domain to another, in the order of the files."""
    if not domains.all:
        return
    for module in names.modules.by_path.values():
        source = domains.of(module)
        for item in module.facts.imports if source else ():
            found = _crossing(item, module, domains, names)
            if found is not None and not related(found.source, found.target):
                yield found


def _crossing(
    item: Import, module: Module, domains: Domains, names: Names
) -> CrossDomainImport | None:
    path, name = reached(item, module, names)
    target_module = names.modules.find(path, module)
    if target_module is None and not names.modules.is_package(path, module):
        return None
    root = target_module.root if target_module else module.root
    target = domains.holding(path, root)
    source = domains.of(module)
    if source is None or target is None or domains.is_shared(path):
        return None
    parts = tuple(path.split(".")[target.package.count(".") + 1 :])
    role = next((p.role for p in target.parts if parts and p.name == parts[0]), "")
    return CrossDomainImport(module, item, source, target, path, parts, name, role, target_module)


def reached(item: Import, module: Module, names: Names) -> tuple[str, str]:
    """Return the dotted name of the module that *item* reaches, and what it takes out of it."""
    base = names.modules.target(item, module)
    if item.kind == "module":
        return base, ""
    if item.kind == "star":
        return base, "*"
    source = names.modules.find(base, module)
    if source is not None and item.name in names.scope(source, ""):
        return base, item.name
    inner = f"{base}.{item.name}"
    if names.modules.find(inner, module) is not None or names.modules.is_package(inner, module):
        return inner, ""
    return base, item.name
