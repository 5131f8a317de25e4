"""What stands in a file of the disk: its bytes, and what tells them from any others."""

from __future__ import annotations

import os
import stat
from functools import partial
from hashlib import blake2b

LIMIT = 5_000_000
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


def digest(source: bytes) -> str:
    """Return what tells *source* from any other content of a file."""
    return hasher(source).hexdigest()


hasher = partial(blake2b, digest_size=16)
"""Takes what `digest` is of piece by piece."""
