"""A plan that outlives its run: it is made again when the configuration that it is of changes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from fastapi_bp_lint.config import ConfigError, locate, real
from fastapi_bp_lint.config.locate import OWN_FILE, PYPROJECT
from fastapi_bp_lint.plan import Plan, Request, prepare

CONFIGURATION = (OWN_FILE, PYPROJECT)


class StandingPlan:
    """What a request comes to now, and came to before; *last* is the last that could be made."""

    def __init__(self, request: Request) -> None:
        self.last: Plan | None = None
        self._request = request
        self._stamps: object = None
        self._error = ""

    @property
    def folder(self) -> Path:
        """The root of the project, also while its configuration cannot be read."""
        if self.last is not None:
            return self.last.location.root
        return locate(self._start, isolated=True).root

    def ask(self, request: Request) -> None:
        """Take another request, from the next run on."""
        self._request, self._stamps = request, None

    def current(self) -> Plan:
        """Return the plan, with all that it knows of the files, or a new one.

        Raises:
            ConfigError: the configuration cannot be used as it is now.

        """
        if self._stamps is None or self._stamps != self._now():
            self._error = ""
            try:
                self.last = prepare(self._request)
            except ConfigError as error:
                self._error = str(error)
            self._stamps = self._now()
        if self._error or self.last is None:
            raise ConfigError(self._error)
        return self.last

    @property
    def _start(self) -> Path:
        return next(iter(self._request.paths), Path())

    def _now(self) -> list[object]:
        return [stamp(file) for file in self._files()]

    def _files(self) -> Iterator[Path]:
        """Give the files that configure the project, or would if they were there."""
        if self._request.config is not None:
            yield self._request.config
        elif not self._request.isolated:
            start = real(self._start)
            top = self.folder
            for folder in (start, *start.parents):
                yield from (folder / name for name in CONFIGURATION)
                if folder == top:
                    break
        if self.last is not None and self.last.baseline is not None:
            yield self.last.baseline


def stamp(file: Path) -> object:
    """Return what is another whenever *file* is another, None when there is none."""
    try:
        status = os.stat(file)  # noqa: PTH116 - a few for each keystroke
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
