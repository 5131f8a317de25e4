"""A bar on standard error for runs that let somebody wait."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self

_PATIENCE = 1.0
_PAUSE = 0.1
_WIDTH = 30


class Progress:
    """Draws ``done / total`` once a second has passed, and leaves no trace of itself."""

    def __init__(self, *, enabled: bool) -> None:
        self._next = time.monotonic() + _PATIENCE if enabled else float("inf")
        self._drawn = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def __call__(self, done: int, total: int) -> None:
        """Show that *done* of *total* files have been read."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _PAUSE
            self._drawn = True
            filled = _WIDTH * done // max(total, 1)
            bar = "#" * filled + "." * (_WIDTH - filled)
            sys.stderr.write(f"\r[{bar}] {done}/{total} files")
            sys.stderr.flush()
