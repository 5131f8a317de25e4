"""A copy of this process that does a part of the work and hands back what it has found."""

from __future__ import annotations

import os
import pickle
import threading
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

Result = TypeVar("Result")
MOST_SHARES = 1000
"""Every system's pipe holds the numbers of so many."""
_TICKET = 2


class ForkError(Exception):
    """The copy came to an end without a result."""


class Fork(Generic[Result]):
    """One copy, at work from the start; it shares what was in memory then and nothing after.

    Raises:
        OSError: the system gives no further process.

    """

    def __init__(self, work: Callable[[], Result]) -> None:
        self._receiver, sender = os.pipe()
        try:
            self._pid = os.fork()
        except OSError:
            os.close(self._receiver)
            os.close(sender)
            raise
        if self._pid == 0:
            _serve(work, sender)
        os.close(sender)

    def result(self) -> Result:
        """Wait for what the work returns.

        Raises:
            ForkError: it raised something, or the copy was killed.

        """
        with os.fdopen(self._receiver, "rb") as stream:
            sent = stream.read()
        try:
            result: Result = pickle.loads(sent)  # noqa: S301 - our own copy wrote it
        except (EOFError, pickle.UnpicklingError) as error:  # it had no time to
            raise ForkError from error
        finally:  # after the rest: what the system has to clear away takes its time
            status = os.waitpid(self._pid, 0)[1]
        if status != 0:
            raise ForkError
        return result


def _serve(work: Callable[[], Result], sender: int) -> None:
    """Do the work, send its result and end; nothing that was registered for the end runs twice."""
    status = 1
    try:
        with os.fdopen(sender, "wb") as stream:
            pickle.dump(work(), stream, pickle.HIGHEST_PROTOCOL)
        status = 0
    finally:
        os._exit(status)


class Shares:
    """So many numbers that this process and its copies take in turn, each number once."""

    def __init__(self, count: int) -> None:
        self._taken, dealer = os.pipe()
        with os.fdopen(dealer, "wb") as stream:
            stream.writelines(number.to_bytes(_TICKET, "little") for number in range(count))

    def __iter__(self) -> Iterator[int]:
        """Give the next number that nobody has taken, until all are."""
        while ticket := os.read(self._taken, _TICKET):
            yield int.from_bytes(ticket, "little")

    def close(self) -> None:
        """Take no more."""
        os.close(self._taken)


def spare_processes(jobs: int = 0) -> int:
    """Return how many copies may work beside this process: of *jobs*, or of the free cores.

    There are none where forking is unknown, or unsound because other threads run.
    """
    if not hasattr(os, "fork") or threading.active_count() > 1:
        return 0
    return (jobs or _cores()) - 1


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1
