"""What was found in a project the last time, for as long as nothing of it has changed.

One file for each way of asking, in a folder of its own. A file of the project is unchanged when its
stat is, or else its content. Whatever is broken, foreign or old counts as absent, and what goes
wrong in here is no error: the run can do without.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from fastapi_bp_lint import __version__
from fastapi_bp_lint.config import Config, ConfigError
from fastapi_bp_lint.discovery import discover
from fastapi_bp_lint.disk import digest, read
from fastapi_bp_lint.report import Found
from fastapi_bp_lint.rows import finding, row

MOST = 16
"""Ways of asking that are kept; the one that was not asked for the longest goes first."""
_SUFFIX = ".found"
_CRASHED = "FBP003"
# A file that is written right after it was read can keep its stat: clocks of disks are coarse, and
# those of a network are another machine's.
_RACY = 2_000_000_000
_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# fbp-lint made this, and makes it again.\n"

Stamp: TypeAlias = tuple[int, int, int]


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
        document = {
            "began": state.began,
            "stamps": state.stamps,
            "digests": state.digests,
            "settings": state.settings,
            "sure": [row(each) for each in found.sure],
            "doubtful": [row(each) for each in found.doubtful],
            "complete": sorted(found.complete),
            "is_whole": found.is_whole,
        }
        with contextlib.suppress(OSError):
            self._write(json.dumps(document, separators=(",", ":")).encode())
            self._tidy()

    @cached_property
    def _file(self) -> Path:
        asked = (
            *(__version__, sys.implementation.cache_tag, sys.version, _source()),
            *(str(self._root), repr(self._config), repr(self._asked)),
        )
        return self._folder / f"{digest(repr(asked).encode())}{_SUFFIX}"

    def _is_unchanged(self, kept: Mapping[str, Any]) -> bool:
        listing = discover(self._root, self._config)
        stamps, digests = kept["stamps"], kept["digests"]
        if listing.problems or stamps.keys() != listing.files.keys():
            return False
        if kept["settings"] != {path: [*stamp(s)] for path, s in listing.settings.items()}:
            return False
        settled = kept["began"] - _RACY
        if any(status.st_mtime_ns >= settled for status in listing.settings.values()):
            return False
        for path, status in listing.files.items():
            if stamps[path] != [*stamp(status)] or status.st_mtime_ns >= settled:
                if stamps[path][1] != status.st_size:
                    return False
                if digest(read(f"{self._root}/{path}")) != digests[path]:
                    return False
        return True

    def _write(self, content: bytes) -> None:
        if not self._folder.exists():
            self._folder.mkdir(parents=True)
            (self._folder / ".gitignore").write_text("*\n", "ascii")
            (self._folder / "CACHEDIR.TAG").write_text(_TAG, "ascii")
        temporary = self._file.with_suffix(f".{os.getpid()}-{id(self)}.tmp")
        try:
            temporary.write_bytes(digest(content).encode() + b"\n" + content)
            temporary.replace(self._file)
        finally:
            temporary.unlink(missing_ok=True)

    def _tidy(self) -> None:
        kept = sorted(_own(self._folder), key=lambda entry: entry.stat().st_mtime_ns)
        for entry in kept[:-MOST]:
            Path(entry.path).unlink(missing_ok=True)


def clean(folder: Path) -> bool:
    """Remove what is kept in *folder*, and the folder with it; whether there was anything.

    What is not ours stays.

    Raises:
        OSError: a file cannot be removed.

    """
    if not (folder / "CACHEDIR.TAG").is_file():
        return False
    for entry in list(_own(folder)):
        Path(entry.path).unlink(missing_ok=True)
    for name in (".gitignore", "CACHEDIR.TAG"):
        (folder / name).unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        folder.rmdir()
    return True


def stamp(status: os.stat_result) -> Stamp:
    """Return what of a file's stat changes when somebody writes it."""
    return status.st_mtime_ns, status.st_size, status.st_ino


def _own(folder: Path) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        yield from (e for e in entries if e.name.endswith((_SUFFIX, ".tmp")))


def _parsed(content: bytes) -> dict[str, Any]:
    """Return the document whose digest stands before it.

    Raises:
        ValueError: it is not what was written.

    """
    head, _, document = content.partition(b"\n")
    if head != digest(document).encode():
        message = "damaged"
        raise ValueError(message)
    parsed: dict[str, Any] = json.loads(document)
    return parsed


def _source() -> str:
    """Return what changes with the linter's own files, which its version does not tell."""
    state = blake2b(digest_size=16)
    pending = [str(Path(__file__).parent)]
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in sorted(entries, key=lambda each: each.name):
                if entry.name.endswith((".py", ".tsv")):
                    status = entry.stat()
                    state.update(f"{entry.name} {status.st_size} {status.st_mtime_ns}\n".encode())
                elif entry.name != "__pycache__" and entry.is_dir():
                    pending.append(entry.path)
    return state.hexdigest()
