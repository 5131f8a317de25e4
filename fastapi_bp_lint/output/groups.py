"""Findings that one repair would end: the coroutines that reach one and the same primitive."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from fastapi_bp_lint.finding import Finding, Place


class Group(NamedTuple):
    """A finding, and the others of its rule that end at the same call of the same primitive."""

    first: Finding
    others: tuple[Finding, ...]


def joined(findings: Iterable[Finding]) -> list[Group]:
    """Return *findings* in their order, those with a common primitive under the first of them."""
    together: dict[object, list[Finding]] = {}
    for number, finding in enumerate(findings):
        together.setdefault(_shared(finding) or number, []).append(finding)
    return [Group(found[0], tuple(found[1:])) for found in together.values()]


def _shared(finding: Finding) -> tuple[str, str, Place] | None:
    if not (finding.primitive and finding.trail):
        return None
    return finding.code, finding.primitive, finding.trail[-1].place
