"""Extract the facts of many files in several processes; the result does not show how many."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator

from fastapi_bp_lint.facts.extract import Checks
from fastapi_bp_lint.facts.model import FileFacts
from fastapi_bp_lint.fork import Fork, ForkError
from fastapi_bp_lint.packing import pack, unpack
from fastapi_bp_lint.reading import facts_of

Progress = Callable[[int, int], None]
Keep = Callable[[FileFacts, bytes], None]
# Handing over facts costs a copy a third of what extracting them does, and taking them in an
# eighth: more copies than these do not make a run any quicker.
MOST_COPIES = 7
# Every system's pipe takes so many tickets at once.
MOST_TICKETS = 1000
_TICKET = 2


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
    size = len(paths) // MOST_TICKETS + 1
    chunks = [paths[start : start + size] for start in range(0, len(paths), size)]
    tickets = _deal(len(chunks))

    def share(progress: Progress | None) -> Iterator[list[FileFacts]]:
        """Do what nobody has begun with, chunk by chunk, until nothing is left."""
        while ticket := os.read(tickets, _TICKET):
            number = int.from_bytes(ticket, "little")
            yield [facts_of(root, path, checks) for path in chunks[number]]
            if progress is not None:
                progress(min((number + 1) * size, len(paths)), len(paths))

    def packed() -> list[bytes]:
        """Pack each file when it is done: who has that to do as well takes fewer."""
        return [pack(facts) for chunk in share(None) for facts in chunk]

    helpers: list[Fork[list[bytes]]] = []
    found: dict[str, FileFacts] = {}
    try:
        with contextlib.suppress(OSError):
            helpers += (Fork(packed) for _ in range(min(copies, MOST_COPIES)))
        for chunk in share(progress):
            for facts in chunk:
                found[facts.path] = facts
                if keep is not None:
                    keep(facts, pack(facts))
    finally:
        os.close(tickets)
    for helper in helpers:
        # One that was killed, for want of memory most likely, leaves its share to us.
        with contextlib.suppress(ForkError):
            for each in helper.result():
                facts = unpack(each)
                found[facts.path] = facts
                if keep is not None:
                    keep(facts, each)
    if progress is not None:
        progress(len(paths), len(paths))
    return found | {path: facts_of(root, path, checks) for path in paths if path not in found}


def _deal(count: int) -> int:
    """Return a pipe from which every process takes the next number that nobody has taken."""
    tickets, dealer = os.pipe()
    with os.fdopen(dealer, "wb") as stream:
        stream.writelines(number.to_bytes(_TICKET, "little") for number in range(count))
    return tickets
