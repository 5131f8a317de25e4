"""What a fixing run has done, and what it has left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from fastapi_bp_lint.finding import Finding


class Change(NamedTuple):
    """A file before and after; *path* is relative to the project root."""

    path: str
    before: bytes
    after: bytes


class Left(NamedTuple):
    """A finding whose fix was not made, and why."""

    finding: Finding
    reason: str


class Outcome(NamedTuple):
    """What a run did.

    *findings* are those of the changed project; *fixed* counts, by path and code, the findings
    that are gone; *left* has those that a fix exists for; *restored* says why a file in which
    fixes were tried is as it was.
    """

    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]
    fixed: Mapping[str, Mapping[str, int]]
    left: tuple[Left, ...]
    restored: Mapping[str, str]
