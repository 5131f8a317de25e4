"""Locks that belong to a thread or process, by canonical dotted name."""

from __future__ import annotations

THREAD_LOCKS = frozenset(
    {
        "threading.Lock",
        "threading.RLock",
        "threading.Condition",
        "threading.Semaphore",
        "threading.BoundedSemaphore",
        "multiprocessing.synchronize.Lock",
        "multiprocessing.synchronize.RLock",
        "multiprocessing.synchronize.Semaphore",
    }
)
IMPATIENT = {"filelock.FileLock": 1, "filelock.BaseFileLock": 1, "filelock.SoftFileLock": 1}
"""Locks whose constructor takes a ``timeout``, by keyword or at that position."""
