"""Whether something that began with some version is so for the versions that a project asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi_bp_lint.config.pins import Version
    from fastapi_bp_lint.project.project import Project


class Holds(NamedTuple):
    """*possibly* for the newest version that is allowed, *surely* for each of them."""

    possibly: bool
    surely: bool


def holds(since: Mapping[str, Version], path: str, project: Project) -> Holds:
    """Tell whether what is so *since* some versions is so in the file at *path*.

    The first package of *since* that the project names decides. What is not named is the newest.
    """
    for package, version in since.items():
        asked = project.pins.of(package, path)
        if asked is not None:
            return Holds(asked.reaches(version), asked.begins_at(version))
    return Holds(possibly=True, surely=True)
