"""How a project is laid out, as text: its domains, or its folders by type, with what they hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi_bp_lint.config import Config
    from fastapi_bp_lint.project.domains import Domain
    from fastapi_bp_lint.project.project import Project

_SAID = {
    "domain": "by domain, in a package each",
    "domains": "by domain, in a folder of domains",
    "versioned": "by domain, below a version",
    "root": "by domain, in packages at the source root",
    "type": "by type",
    "single": "the routes stand in the module of the application",
    "": "none that is known; the rules about domains are silent",
}


def lines(project: Project) -> Iterator[str]:
    """Give the layout, a line for each domain or folder, and one for each setting without use."""
    domains = project.domains
    yield f"layout: {_SAID[domains.layout]}"
    for domain in domains.all:
        yield f"domain {domain.folder}: {_parts(domain)}"
    for folders in domains.by_type.values():
        for folder in folders:
            yield f"folder {folder.path}: {folder.role}"
    yield from _useless(project.config, project)


def _parts(domain: Domain) -> str:
    known: dict[str, list[str]] = {}
    for part in sorted(domain.parts, key=lambda part: (not part.role, part.role)):
        name = f"{part.name}/" if part.is_folder else part.name
        known.setdefault(part.role, []).append(name)
    words = [
        role if names == [role] else f"{role or 'no role'} ({', '.join(names)})"
        for role, names in known.items()
    ]
    return ", ".join(words)


def _useless(config: Config, project: Project) -> Iterator[str]:
    for pattern in config.domains:
        if not any(domain.is_meant_by(pattern) for domain in project.domains.all):
            yield f'warning: structure.domains: no folder of modules is "{pattern}"'
    names = [module.name for module in project.modules]
    for name in config.shared:
        if not any(f"{n}.".startswith(f"{name}.") for n in names):
            yield f'warning: structure.shared: no module is "{name}"'
