"""Files replaced whole: at every moment each is what it was or what it shall be."""

from __future__ import annotations

import os
import secrets
import stat
import sys
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path

from fastapi_bp_lint.fixes.outcome import Change

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


def write(root: Path, changes: Iterable[Change]) -> dict[str, str]:
    """Write *changes* below *root*; return why, for each path that is as it was.

    A file keeps mode, owner, extended attributes, and the links that lead to it. One that is no
    longer what was linted stays. A temporary file that a killed run leaves behind is not Python.
    """
    failures = {}
    for change in changes:
        try:
            _replace(root / change.path, change)
        except (OSError, RuntimeError) as error:  # a circular link is either
            failures[change.path] = getattr(error, "strerror", None) or str(error)
    return failures


def put(path: Path, content: bytes) -> None:
    """Write *content* to the file at *path*, which need not exist, as `write` does.

    Raises:
        OSError: it cannot be written.

    """
    target = path.resolve()
    status = target.stat() if target.exists() else None
    if status is not None:
        _check(target, status)
    _put(target, content, status)


def _replace(path: Path, change: Change) -> None:
    target = path.resolve(strict=True)
    status = target.stat()
    _check(target, status)
    _put(target, change.after, status, {change.before, change.after})


def _check(target: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        message = "not a regular file"
        raise OSError(message)
    # The mode as well, for root may write to anything.
    if not status.st_mode & _WRITABLE or not os.access(target, os.W_OK):
        message = "not writable"
        raise OSError(message)


def _put(
    target: Path,
    content: bytes,
    status: os.stat_result | None,
    expected: Collection[bytes] | None = None,
) -> None:
    temporary = target.parent / f".fbp-lint-{secrets.token_hex(8)}.tmp"
    mode = 0o600 if status else 0o666  # less what the umask takes
    try:
        with os.fdopen(os.open(temporary, _NEW, mode), "wb") as file:
            file.write(content)
            file.flush()
            if status is not None:
                _keep(file.fileno(), target, status)
            os.fsync(file.fileno())
        if expected is not None:
            _check_content(target, expected)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync(target.parent)


def _check_content(target: Path, expected: Collection[bytes]) -> None:
    """Refuse to replace what somebody else has written meanwhile; asked as late as can be."""
    if target.read_bytes() not in expected:
        message = "changed on disk since it was linted"
        raise OSError(message)


def _keep(descriptor: int, target: Path, status: os.stat_result) -> None:
    """Give the open file the owner, extended attributes and mode of *target*."""
    if sys.platform == "win32":
        return
    mine = os.fstat(descriptor)
    if (mine.st_uid, mine.st_gid) != (status.st_uid, status.st_gid):
        os.fchown(descriptor, status.st_uid, status.st_gid)
    if sys.platform == "linux":
        for attribute in _attributes(target):
            with suppress(OSError):  # the system keeps some to itself
                os.setxattr(descriptor, attribute, os.getxattr(target, attribute))
    # Last: a change of owner takes the set-user-id bits away.
    os.fchmod(descriptor, stat.S_IMODE(status.st_mode))


def _attributes(target: Path) -> list[str]:
    try:
        return os.listxattr(target) if sys.platform == "linux" else []
    except OSError:  # the file system has none
        return []


def _sync(folder: Path) -> None:
    """Let the rename survive a power cut, where the system can open a folder."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
