"""The folder of what is kept from run to run: who made what is in it, and how much may be."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TypeAlias

from fastapi_bp_lint import __version__

FOUND = ".found"
FACTS = ".facts"
_TEMPORARY = ".tmp"
_JOURNAL = f"{FACTS}-journal"  # of a run that was killed while it wrote
_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# fbp-lint made this, and makes it again.\n"

# A file that is written right after it was read can keep its stat: clocks of disks are coarse, and
# those of a network are another machine's.
RACY = 2_000_000_000

Stamp: TypeAlias = tuple[int, int, int]


def stamp(status: os.stat_result) -> Stamp:
    """Return what of a file's stat changes when somebody writes it."""
    return status.st_mtime_ns, status.st_size, status.st_ino


def make(folder: Path) -> None:
    """Make *folder*, which git ignores and backups pass over.

    Raises:
        OSError: it cannot be made.

    """
    if not folder.exists():
        folder.mkdir(parents=True)
        (folder / ".gitignore").write_text("*\n", "ascii")
        (folder / "CACHEDIR.TAG").write_text(_TAG, "ascii")


def temporary(file: Path) -> Path:
    """Return the name under which *file* is written before it takes its place."""
    return file.with_suffix(f".{os.getpid()}-{id(file)}{_TEMPORARY}")


def trim(folder: Path, suffix: str, most: int) -> None:
    """Remove, of the files with *suffix*, those that were not used for the longest.

    Raises:
        OSError: one cannot be removed.

    """
    kept = sorted(_with(folder, suffix), key=lambda entry: entry.stat().st_mtime_ns)
    for entry in kept[:-most]:
        Path(entry.path).unlink(missing_ok=True)


def clean(folder: Path) -> bool:
    """Remove what is kept in *folder*, and the folder with it; whether there was anything.

    What is not ours stays.

    Raises:
        OSError: a file cannot be removed.

    """
    if not (folder / "CACHEDIR.TAG").is_file():
        return False
    for entry in list(_with(folder, FOUND, FACTS, _JOURNAL, _TEMPORARY)):
        Path(entry.path).unlink(missing_ok=True)
    for name in (".gitignore", "CACHEDIR.TAG"):
        (folder / name).unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        folder.rmdir()
    return True


def _with(folder: Path, *suffixes: str) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        yield from (entry for entry in entries if entry.name.endswith(suffixes))


@cache
def maker() -> tuple[str, ...]:
    """Return what tells this linter, run by this Python, from any other."""
    return (__version__, str(sys.implementation.cache_tag), sys.version, _source())


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
