"""One file of the disk to its facts, or to what is wrong with it."""

from __future__ import annotations

import os
import stat

from fastapi_bp_lint.facts.extract import Checks, extract, unread
from fastapi_bp_lint.facts.model import FileFacts, Problem
from fastapi_bp_lint.finding import Span

LIMIT = 5_000_000
_START = Span(1, 0, 1, 0)
# Opening a pipe that has taken the place of a file must not wait for somebody to write to it.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read(file: str) -> bytes:
    """Return the content of *file*.

    Raises:
        OSError: it cannot be read, is no regular file, or too long; the text says which.

    """
    descriptor = os.open(file, _FLAGS)
    with os.fdopen(descriptor, "rb") as stream:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            message = "not a regular file"
            raise OSError(0, message)
        if status.st_size >= LIMIT:
            message = (
                f"it is {status.st_size / 1e6:.1f} MB long, and nobody writes files of "
                f"{LIMIT / 1e6:.0f} MB by hand; exclude it"
            )
            raise OSError(0, message)
        return stream.read()


def facts_of(root: str, path: str, checks: Checks) -> FileFacts:
    """Return the facts of the file *path* under *root*."""
    try:
        source = read(f"{root}/{path}")
    except OSError as error:
        return unreadable(path, error.strerror or str(error))
    return facts_of_text(source, path, checks)


def facts_of_text(source: bytes, path: str, checks: Checks) -> FileFacts:
    """Return the facts of *source*, the content of *path*."""
    try:
        return extract(source, path, checks)
    except Exception as error:  # noqa: BLE001 - our own defect must not cost the other files
        text = " ".join(f"{type(error).__name__}: {error}".split())
        return unread(path, Problem("crash", text, _START))


def unreadable(path: str, why: str) -> FileFacts:
    """Return the facts of a file that cannot be read."""
    return unread(path, Problem("unreadable", why, _START))
