"""One file of the disk to its facts, or to what is wrong with it."""

from __future__ import annotations

from fastapi_bp_lint.disk import digest, read
from fastapi_bp_lint.facts.extract import Checks, extract, unread
from fastapi_bp_lint.facts.model import FileFacts, Problem
from fastapi_bp_lint.finding import Span

_START = Span(1, 0, 1, 0)


def facts_of(root: str, path: str, checks: Checks) -> FileFacts:
    """Return the facts of the file *path* under *root*."""
    try:
        source = read(f"{root}/{path}")
    except OSError as error:
        return unreadable(path, error.strerror or str(error))
    return facts_of_text(source, path, checks)._replace(digest=digest(source))


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
