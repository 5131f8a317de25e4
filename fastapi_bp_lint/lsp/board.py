"""The diagnostics of every file as the client has been told them, or can ask for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from lsprotocol.types import Diagnostic

from fastapi_bp_lint.finding import Finding


class Note(NamedTuple):
    """What is wrong with one file; *number* is another one whenever that changes.

    *owner* is the root of the project that says so.
    """

    owner: Path
    uri: str
    findings: tuple[Finding, ...]
    diagnostics: Sequence[Diagnostic]
    number: int


Tell = Callable[[str, Sequence[Diagnostic]], None]


class Board:
    """One note for each file; *tell* is told of each URI whose diagnostics are others now."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._notes: dict[Path, Note] = {}
        self._number = 0

    def __iter__(self) -> Iterator[tuple[Path, Note]]:
        return iter(self._notes.items())

    def of(self, path: Path) -> Note | None:
        """Return the note of a file, None for one of which nothing was ever said."""
        return self._notes.get(path)

    def paths(self, owner: Path) -> list[Path]:
        """Return the files that the project *owner* speaks of."""
        return [path for path, note in self._notes.items() if note.owner == owner]

    def put(
        self,
        path: Path,
        owner: Path,
        uri: str,
        findings: tuple[Finding, ...],
        diagnostics: Sequence[Diagnostic],
    ) -> bool:
        """Note what is wrong with a file, and return whether that is news."""
        last = self._notes.get(path)
        if last is None:
            news = bool(diagnostics)
        else:
            news = last.uri != uri or last.diagnostics != diagnostics
            if last.uri != uri and last.diagnostics:
                self._tell(last.uri, ())
        self._number += 1
        number = self._number if last is None or news else last.number
        self._notes[path] = Note(owner, uri, findings, diagnostics, number)
        if news:
            self._tell(uri, diagnostics)
        return news

    def drop(self, paths: Iterable[Path]) -> None:
        """Forget files, and tell that nothing is wrong with them."""
        for path in paths:
            note = self._notes.pop(path, None)
            if note is not None and note.diagnostics:
                self._tell(note.uri, ())
