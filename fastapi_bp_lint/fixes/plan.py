"""What a fixing run is told, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from fastapi_bp_lint.finding import Applicability, Finding
from fastapi_bp_lint.rule import Rule

# Path, text and the changed lines (first and last, from 1); returns the text to keep.
Tidy = Callable[[str, str, list[tuple[int, int]]], str]


def _every(_: Finding) -> bool:
    return True


class Plan(NamedTuple):
    """Which fixes are made.

    *rules* are all rules by code; *extend_safe* and *extend_unsafe* are codes, their prefixes or
    slugs whose fixes count as safe or unsafe whatever the rule says; *tidy* formats changed lines.
    """

    rules: Mapping[str, Rule]
    unsafe: bool = False
    extend_safe: tuple[str, ...] = ()
    extend_unsafe: tuple[str, ...] = ()
    wanted: Callable[[Finding], bool] = _every
    tidy: Tidy | None = None

    def level(self, finding: Finding) -> Applicability:
        """Return the applicability of the finding's fix; the longest selector that fits wins.

        A finding without a fix, and a fix that is only shown, are for display.
        """
        if finding.fix is None or finding.fix.applicability is Applicability.DISPLAY:
            return Applicability.DISPLAY
        safe = _fit(self.extend_safe, finding)
        unsafe = _fit(self.extend_unsafe, finding)
        if safe == unsafe == 0:
            return finding.fix.applicability
        return Applicability.SAFE if safe > unsafe else Applicability.UNSAFE

    def refusal(self, finding: Finding) -> str:
        """Return why the fix of *finding* is not to be made, "" when it is."""
        level = self.level(finding)
        if level is Applicability.DISPLAY:
            return "the fix is only shown"
        if level is Applicability.UNSAFE and not self.unsafe:
            return "the fix is unsafe"
        return ""


def _fit(selectors: tuple[str, ...], finding: Finding) -> int:
    """Return how exactly one of *selectors* names the rule of *finding*, 0 for not at all."""
    whole = len(finding.code)
    return max(
        (
            whole if selector == finding.slug else len(selector)
            for selector in selectors
            if selector and (selector == finding.slug or finding.code.startswith(selector))
        ),
        default=0,
    )


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
