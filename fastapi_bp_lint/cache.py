"""What was found in a project the last time, for as long as nothing of it has changed.

One file for each way of asking, in a folder of its own. A file of the project is unchanged when its
stat is, or else its content. Whatever is broken, foreign or old counts as absent, and what goes
wrong in here is no error: the run can do without.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from fastapi_bp_lint import cachedir
from fastapi_bp_lint.cachedir import RACY, Stamp, stamp
from fastapi_bp_lint.config import Config, ConfigError
from fastapi_bp_lint.discovery import discover
from fastapi_bp_lint.disk import digest, hasher, read
from fastapi_bp_lint.finding import Finding
from fastapi_bp_lint.report import Found
from fastapi_bp_lint.rows import finding, row

MOST = 16
"""Ways of asking that are kept; the one that was not asked for the longest goes first."""
_CRASHED = "FBP003"


class State(NamedTuple):
    """The files of a project as a run that *began* at that time, in nanoseconds, has read them.

    *digests* are of the bytes that it read; a file that it could not read has none. *settings* are
    the stamps of what else a project may say of itself.
    """

    began: int
    stamps: Mapping[str, Stamp]
    digests: Mapping[str, str]
    settings: Mapping[str, Stamp]


class Cache:
    """What was found in one project by one way of asking, kept in *folder*."""

    def __init__(self, folder: Path, root: Path, config: Config, asked: object) -> None:
        self._folder = folder
        self._root = root
        self._config = config
        self._asked = asked

    def answer(self) -> Found | None:
        """Return what was found when the project was as it is now, None where that is not known."""
        try:
            kept = _parsed(self._file.read_bytes())
            if not self._is_unchanged(kept):
                return None
            found = Found(
                tuple(kept["stamps"]),
                [finding(each) for each in kept["sure"]],
                [finding(each) for each in kept["doubtful"]],
                frozenset(kept["complete"]),
                bool(kept["is_whole"]),
            )
            os.utime(self._file)
        except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
            return None
        except ConfigError:
            return None
        return found

    def keep(self, state: State, found: Found) -> None:
        """Keep what was *found* in *state*, unless that may change while no file does."""
        if state.stamps.keys() != state.digests.keys() or set(found.paths) != state.stamps.keys():
            return
        if any(each.code == _CRASHED for each in found.sure):
            return
        head = {
            "began": state.began,
            "stamps": state.stamps,
            "digests": state.digests,
            "settings": state.settings,
            "complete": sorted(found.complete),
            "is_whole": found.is_whole,
        }
        with contextlib.suppress(OSError):
            self._write(_pieces(head, sure=found.sure, doubtful=found.doubtful))
            cachedir.trim(self._folder, cachedir.FOUND, MOST)

    @cached_property
    def _file(self) -> Path:
        asked = (
            *cachedir.maker(),
            *(str(self._root), repr(self._config), repr(self._asked)),
        )
        return self._folder / f"{digest(repr(asked).encode())}{cachedir.FOUND}"

    def _is_unchanged(self, kept: Mapping[str, Any]) -> bool:
        listing = discover(self._root, self._config)
        stamps, digests = kept["stamps"], kept["digests"]
        if listing.problems or stamps.keys() != listing.files.keys():
            return False
        if kept["settings"] != {path: [*stamp(s)] for path, s in listing.settings.items()}:
            return False
        settled = kept["began"] - RACY
        if any(status.st_mtime_ns >= settled for status in listing.settings.values()):
            return False
        for path, status in listing.files.items():
            if stamps[path] != [*stamp(status)] or status.st_mtime_ns >= settled:
                if stamps[path][1] != status.st_size:
                    return False
                if digest(read(f"{self._root}/{path}")) != digests[path]:
                    return False
        return True

    def _write(self, pieces: Iterable[str]) -> None:
        cachedir.make(self._folder)
        part = cachedir.temporary(self._file)
        state = hasher()
        try:
            with part.open("wb") as stream:
                for piece in map(str.encode, pieces):
                    state.update(piece)
                    stream.write(piece)
                stream.write(f"\n{state.hexdigest()}".encode())
            part.replace(self._file)
        finally:
            part.unlink(missing_ok=True)


def _pieces(head: Mapping[str, object], **lists: Iterable[Finding]) -> Iterator[str]:
    """Give the text of a document bit by bit: as a whole it takes several times its length."""
    yield json.dumps(head, separators=(",", ":"))[:-1]
    for name, findings in lists.items():
        yield f',"{name}":['
        for number, each in enumerate(findings):
            yield ("," if number else "") + json.dumps(row(each), separators=(",", ":"))
        yield "]"
    yield "}"


def _parsed(content: bytes) -> dict[str, Any]:
    """Return the document whose digest stands after it.

    Raises:
        ValueError: it is not what was written.

    """
    document, _, proof = content.rpartition(b"\n")
    if proof != digest(document).encode():
        message = "damaged"
        raise ValueError(message)
    parsed: dict[str, Any] = json.loads(document)
    return parsed
