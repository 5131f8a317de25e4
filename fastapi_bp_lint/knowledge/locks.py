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
DONE = frozenset({"concurrent.futures.Future.result", "concurrent.futures.Future.exception"})
"""What waits for a future until it is done, and never after that."""
LOOP_FUTURES = ("asyncio.Future.", "asyncio.Task.")
"""Futures whose methods never wait: they raise when it is too early."""
QUEUES = frozenset({"queue.Queue", "queue.LifoQueue", "queue.PriorityQueue"})
"""Queues that take without waiting unless their first argument, ``maxsize``, is above zero."""
