"""The facts of a project's files from one run to the next: only what has changed is read again.

A database with one row for each file, for one set of rules whose syntax checks have run. Whatever
is broken, foreign or old counts as absent, and what goes wrong in here is no error: the run can do
without.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from fastapi_bp_lint import cachedir
from fastapi_bp_lint.cachedir import RACY, stamp
from fastapi_bp_lint.disk import digest, read
from fastapi_bp_lint.facts.model import FileFacts
from fastapi_bp_lint.packing import unpack

MOST = 2
"""Sets of rules whose facts are kept."""
_AT_ONCE = 200
_WAIT = 1.0  # seconds for another run to finish writing
_QUERY = "SELECT path, began, stamp, digest, proof, packed FROM facts"
# Names of files need not be text, and numbers of theirs can be longer than those of the database.
_TABLE = (
    "CREATE TABLE IF NOT EXISTS facts (path BLOB PRIMARY KEY, began INTEGER, stamp TEXT,"
    " digest TEXT, proof TEXT, packed BLOB) WITHOUT ROWID"
)


class Row(NamedTuple):
    """What is kept of one file, which a run that *began* then has read; *proof* is of *packed*."""

    path: bytes
    began: int
    stamp: str
    digest: str
    proof: str
    packed: bytes


class Archive:
    """What is kept in *folder* of the files under *root*, with what the rules *codes* found."""

    def __init__(self, folder: Path, root: Path, codes: Iterable[str]) -> None:
        asked = (*cachedir.maker(), str(root), *sorted(codes))
        self._root = root
        self._file = folder / f"{digest(repr(asked).encode())}{cachedir.FACTS}"
        self._kept: set[bytes] = set()
        self._new: list[Row] = []

    def recall(self, files: Mapping[str, os.stat_result]) -> dict[str, FileFacts]:
        """Return the facts of those *files* that are as they were when these were kept."""
        found: dict[str, FileFacts] = {}
        if self._file.exists():
            with self._database() as database:
                for row in map(Row._make, database.execute(_QUERY)):
                    self._kept.add(row.path)
                    path = os.fsdecode(row.path)
                    status = files.get(path)
                    if status is not None and (facts := self._facts(row, path, status)) is not None:
                        found[path] = facts
        return found

    def add(self, facts: FileFacts, packed: bytes, began: int, status: os.stat_result) -> None:
        """Keep *facts*, as which a run that *began* then has read the file of that *status*."""
        if packed and (facts.problem is None or facts.problem.kind == "syntax"):
            path, proof = os.fsencode(facts.path), digest(packed)
            self._new.append(Row(path, began, _text(status), facts.digest, proof, packed))
            if len(self._new) == _AT_ONCE:
                self._write()

    def finish(self, files: Iterable[str]) -> None:
        """Write what was added and drop what is no longer among *files*."""
        gone = self._kept.difference(map(os.fsencode, files))
        if self._new or gone:
            self._write(gone)
            with contextlib.suppress(OSError):
                cachedir.trim(self._file.parent, cachedir.FACTS, MOST)

    def _facts(self, row: Row, path: str, status: os.stat_result) -> FileFacts | None:
        """Return what a row has of the file with that *status*, None when it is another now."""
        with contextlib.suppress(OSError, ValueError, TypeError, IndexError):
            if digest(row.packed) == row.proof:
                is_old = status.st_mtime_ns < row.began - RACY
                if (is_old and row.stamp == _text(status)) or self._digest(path) == row.digest:
                    return unpack(row.packed)[0]
        return None

    def _digest(self, path: str) -> str:
        return digest(read(f"{self._root}/{path}"))

    def _write(self, gone: Iterable[bytes] = ()) -> None:
        with contextlib.suppress(OSError):
            cachedir.make(self._file.parent)
        with self._database() as database:
            database.execute("PRAGMA synchronous = OFF")  # what is lost is read again
            database.execute("BEGIN IMMEDIATE")
            database.execute(_TABLE)
            database.executemany("DELETE FROM facts WHERE path = ?", ((path,) for path in gone))
            database.executemany(
                "INSERT OR REPLACE INTO facts VALUES (?, ?, ?, ?, ?, ?)", self._new
            )
            database.execute("COMMIT")
        self._kept |= {row.path for row in self._new}
        self._new.clear()

    @contextlib.contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        """Give the database; what fails in the block ends it, and what is no database goes."""
        try:
            with contextlib.closing(
                sqlite3.connect(self._file, timeout=_WAIT, isolation_level=None)
            ) as database:
                yield database
        except sqlite3.OperationalError:
            pass  # another run writes, or the disk is full
        except sqlite3.DatabaseError:
            with contextlib.suppress(OSError):
                self._file.unlink(missing_ok=True)


def _text(status: os.stat_result) -> str:
    return " ".join(map(str, stamp(status)))
