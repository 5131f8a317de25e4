"""Extract the facts of many files in several processes; the result does not show how many."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from fastapi_bp_lint.facts.extract import Checks
from fastapi_bp_lint.facts.model import FileFacts
from fastapi_bp_lint.fork import MOST_SHARES, Fork, ForkError, Shares
from fastapi_bp_lint.packing import pack, unpack
from fastapi_bp_lint.reading import facts_of

Progress = Callable[[int, int], None]
Keep = Callable[[FileFacts, bytes], None]
# Handing over facts costs a copy a third of what extracting them does, and taking them in an
# eighth: more copies than these do not make a run any quicker.
MOST_COPIES = 7


def facts_of_many(
    root: str,
    paths: list[str],
    checks: Checks,
    copies: int,
    progress: Progress | None = None,
    keep: Keep | None = None,
) -> dict[str, FileFacts]:
    """Return the facts of *paths* under *root*, with the help of so many copies of this process.

    *keep* takes the facts of each file, packed as well.
    """
    size = len(paths) // MOST_SHARES + 1
    chunks = [paths[start : start + size] for start in range(0, len(paths), size)]
    shares = Shares(len(chunks))

    def share(progress: Progress | None) -> Iterator[list[FileFacts]]:
        """Do what nobody has begun with, chunk by chunk, until nothing is left."""
        for number in shares:
            yield [facts_of(root, path, checks) for path in chunks[number]]
            if progress is not None:
                progress(min((number + 1) * size, len(paths)), len(paths))

    def packed() -> list[bytes]:
        """Pack each chunk when it is done: who has that to do as well takes fewer.

        Names that several files have in common come back as one, unless each file is kept alone.
        """
        chunks = share(None)
        return [pack(some) for chunk in chunks for some in (_alone(chunk) if keep else [chunk])]

    helpers: list[Fork[list[bytes]]] = []
    found: dict[str, FileFacts] = {}
    try:
        with contextlib.suppress(OSError):
            helpers += (Fork(packed) for _ in range(min(copies, MOST_COPIES)))
        for chunk in share(progress):
            for facts in chunk:
                found[facts.path] = facts
                if keep is not None:
                    keep(facts, pack([facts]))
    finally:
        shares.close()
    for helper in helpers:
        # One that was killed, for want of memory most likely, leaves its share to us.
        with contextlib.suppress(ForkError):
            for some in helper.result():
                for facts in unpack(some):
                    found[facts.path] = facts
                    if keep is not None:
                        keep(facts, some)
    if progress is not None:
        progress(len(paths), len(paths))
    return found | {path: facts_of(root, path, checks) for path in paths if path not in found}


def _alone(chunk: list[FileFacts]) -> list[list[FileFacts]]:
    return [[facts] for facts in chunk]
