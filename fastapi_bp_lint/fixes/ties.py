"""Which files are changed together, so that none is put back without the others."""

from __future__ import annotations

from collections.abc import Iterable


class Ties:
    """Sets of paths that grow together."""

    def __init__(self) -> None:
        self._tied: dict[str, set[str]] = {}

    def tie(self, path: str, others: Iterable[str]) -> None:
        """Note that *path* and *others* change together."""
        for other in others:
            self._tied.setdefault(path, set()).add(other)
            self._tied.setdefault(other, set()).add(path)

    def of(self, path: str) -> set[str]:
        """Return *path* and all that is tied to it, directly or through others."""
        found, waiting = {path}, [path]
        while waiting:
            new = self._tied.get(waiting.pop(), set()) - found
            found |= new
            waiting += new
        return found
