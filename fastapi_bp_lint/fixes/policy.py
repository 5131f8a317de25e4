"""Which fixes a run makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from fastapi_bp_lint.finding import Applicability, Finding
from fastapi_bp_lint.fixes.tidy import Tidy
from fastapi_bp_lint.rule import Rule


def _every(_: Finding) -> bool:
    return True


class Policy(NamedTuple):
    """Which fixes are made.

    *rules* are all rules by code; *tidy* formats changed lines.
    """

    rules: Mapping[str, Rule]
    unsafe: bool = False
    wanted: Callable[[Finding], bool] = _every
    tidy: Tidy | None = None

    def refusal(self, finding: Finding) -> str:
        """Return why the fix of *finding* is not to be made, "" when it is."""
        level = finding.fix.applicability if finding.fix else Applicability.DISPLAY
        if level is Applicability.DISPLAY:
            return "the fix is only shown"
        if level is Applicability.UNSAFE and not self.unsafe:
            return "the fix is unsafe"
        return ""
