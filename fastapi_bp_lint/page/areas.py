"""What part of a project a file belongs to: its domain, or its folder where there is none."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi_bp_lint.project.project import Project

ROOT = "(root)"
_DEPTH = 3


class Areas:
    """Names the part of the project that a path belongs to."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._names = Counter(domain.name for domain in project.domains.all)

    def of(self, path: str) -> str:
        """Return the name of the domain of *path*, or up to three of its folders."""
        module = self._project.modules.by_path.get(path)
        domain = self._project.domain_of(module) if module else None
        if domain is None:
            folders = path.split("/")[:-1]
            return "/".join(folders[:_DEPTH]) or ROOT
        return domain.name if self._names[domain.name] == 1 else domain.package

    def file(self, path: str) -> str:
        """Return the domain of *path*, or the file itself where the project has no domains."""
        return self.of(path) if self._names else path.removesuffix(".py")
