"""Colours of the formats that people read."""

from __future__ import annotations

from typing import NamedTuple

from fastapi_bp_lint.finding import Severity

_RESET = "\x1b[0m"
_COLORS = {
    Severity.ERROR: "\x1b[1;31m",
    Severity.WARNING: "\x1b[1;33m",
    Severity.INFO: "\x1b[1;36m",
}


class Style(NamedTuple):
    """Puts text in colour, or leaves it as it is."""

    color: bool

    def severity(self, severity: Severity, text: str) -> str:
        """Return *text* in the colour of *severity*."""
        return self._wrap(_COLORS[severity], text)

    def strong(self, text: str) -> str:
        """Return *text* in bold."""
        return self._wrap("\x1b[1m", text)

    def faint(self, text: str) -> str:
        """Return *text* in the colour of what is beside the point."""
        return self._wrap("\x1b[2m", text)

    def hint(self, text: str) -> str:
        """Return *text* in the colour of advice."""
        return self._wrap("\x1b[1;36m", text)

    def _wrap(self, code: str, text: str) -> str:
        return f"{code}{text}{_RESET}" if self.color and text else text
