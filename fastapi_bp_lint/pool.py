"""Extract the facts of many files in several processes; the result does not show how many."""

from __future__ import annotations

import contextlib
import os
import pickle
from collections.abc import Callable, Iterator

from fastapi_bp_lint.facts.extract import Checks
from fastapi_bp_lint.facts.model import FileFacts
from fastapi_bp_lint.fork import Fork, ForkError
from fastapi_bp_lint.reading import facts_of

Progress = Callable[[int, int], None]
# Handing over facts costs a copy a third of what extracting them does, and taking them in an
# eighth: more copies than these do not make a run any quicker.
MOST_COPIES = 7
# Every system's pipe takes so many tickets at once.
MOST_TICKETS = 1000
_TICKET = 2


def facts_of_many(
    root: str, paths: list[str], checks: Checks, copies: int, progress: Progress | None = None
) -> dict[str, FileFacts]:
    """Return the facts of *paths* under *root*, with the help of so many copies of this process."""
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

    def pack() -> list[bytes]:
        """Pickle each chunk when it is done: who has that to do as well takes fewer."""
        return [pickle.dumps(chunk, pickle.HIGHEST_PROTOCOL) for chunk in share(None)]

    helpers: list[Fork[list[bytes]]] = []
    try:
        with contextlib.suppress(OSError):
            helpers += (Fork(pack) for _ in range(min(copies, MOST_COPIES)))
        found = [facts for chunk in share(progress) for facts in chunk]
    finally:
        os.close(tickets)
    for helper in helpers:
        # One that was killed, for want of memory most likely, leaves its share to us.
        with contextlib.suppress(ForkError):
            for packed in helper.result():
                found += pickle.loads(packed)  # noqa: S301 - our own copy packed it
    if progress is not None:
        progress(len(paths), len(paths))
    facts = {f.path: f for f in found}
    return facts | {path: facts_of(root, path, checks) for path in paths if path not in facts}


def _deal(count: int) -> int:
    """Return a pipe from which every process takes the next number that nobody has taken."""
    tickets, dealer = os.pipe()
    with os.fdopen(dealer, "wb") as stream:
        stream.writelines(number.to_bytes(_TICKET, "little") for number in range(count))
    return tickets
