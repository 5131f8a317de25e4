"""Changes as a unified diff that ``patch -p0`` and ``git apply -p0`` accept."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from fastapi_bp_lint.fixes.outcome import Change

_NO_NEWLINE = b"\\ No newline at end of file\n"
_QUOTED = {'"': '\\"', "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}


def diff(changes: Iterable[Change]) -> bytes:
    """Return the unified diff of *changes*, each file in its own encoding and newlines."""
    return b"".join(line for change in changes for line in _lines(change))


def _lines(change: Change) -> Iterator[bytes]:
    # Latin-1 gives every byte a character and back; a line ends at LF only, as for patch.
    before, after = (
        [line + "\n" for line in side.decode("latin-1").split("\n")]
        for side in (change.before, change.after)
    )
    before[-1], after[-1] = before[-1][:-1], after[-1][:-1]
    old, new = [line for line in before if line], [line for line in after if line]
    name = _name(change.path).encode()
    for line in difflib.unified_diff(old, new, "OLD", "NEW"):
        if line == "--- OLD\n":
            yield b"--- " + name
        elif line == "+++ NEW\n":
            yield b"+++ " + name
        elif line.endswith("\n"):
            yield line.encode("latin-1")
        else:
            yield line.encode("latin-1") + b"\n" + _NO_NEWLINE


def _name(path: str) -> str:
    if any(character in path for character in _QUOTED):
        return '"' + "".join(_QUOTED.get(character, character) for character in path) + '"\n'
    # Without the tab, patch takes what follows a space for a date.
    return path + ("\t\n" if " " in path else "\n")
