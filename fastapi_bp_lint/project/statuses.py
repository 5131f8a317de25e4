"""How a module writes a status: the constant, and where it takes it from."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

from fastapi_bp_lint.knowledge.fastapi_names import STATUS_ENUM, STATUS_MODULE, STATUS_PREFIX
from fastapi_bp_lint.knowledge.statuses import (
    CONSTANTS,
    DEPRECATED,
    FASTAPI,
    RENAMED,
    STARLETTE_STATUS,
    STATUS,
)

if TYPE_CHECKING:
    from fastapi_bp_lint.project.modules import Module


class Constant(NamedTuple):
    """A status by name: *source* and *name* are to be imported, *attribute* is read from it.

    *is_old* tells that older versions of Starlette have it, too.
    """

    source: str
    name: str
    attribute: str
    is_old: bool

    @property
    def readable(self) -> str:
        """The constant as it is mostly written."""
        return f"{self.name}.{self.attribute}" if self.attribute else self.name

    @property
    def args(self) -> tuple[str, str, str]:
        """What `write` needs."""
        return self.source, self.name, self.attribute


def constant(module: Module, number: int) -> Constant | None:
    """Return the constant for *number* in the way of *module*, None where there is none."""
    known = CONSTANTS.get(number)
    if known is None:
        return None
    for old, new in DEPRECATED.items():
        if new == known and _reads(module, old):
            known = old
    is_old = number not in RENAMED or known in DEPRECATED
    taken = {(i.module, i.name) for i in module.facts.imports if not i.level}
    if (FASTAPI, STATUS) not in taken:
        if any(m == STARLETTE_STATUS and n.startswith("HTTP_") for m, n in taken):
            return Constant(STARLETTE_STATUS, known, "", is_old)
        if ("starlette", STATUS) in taken:
            return Constant("starlette", STATUS, known, is_old)
    return Constant(FASTAPI, STATUS, known, is_old)


def _reads(module: Module, name: str) -> bool:
    facts = module.facts
    bodies = [facts.body, *[f.body for f in facts.functions], *[c.body for c in facts.classes]]
    return any(
        load.name.rpartition(".")[2] == name for body in bodies for load in body.loads
    ) or any(i.name == name for i in facts.imports)


def status_of(name: str) -> int | None:
    """Return the number of a status constant by its dotted name, None when it is none."""
    name = name.removesuffix(".value")
    module, _, constant = name.rpartition(".")
    if module == STATUS_MODULE:
        digits = constant.removeprefix(STATUS_PREFIX)[:3].removeprefix("WS_")
        return int(digits) if digits.isdigit() else None
    if module == STATUS_ENUM and constant in HTTPStatus.__members__:
        return int(HTTPStatus[constant])
    return None
