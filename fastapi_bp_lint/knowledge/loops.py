"""What has to do with the running event loop, and so works in the loop's own thread only."""

from __future__ import annotations

LOOP_PACKAGES = frozenset({"anyio", "asgiref", "asyncio", "trio", "uvloop"})

LOOP_METHODS = frozenset(
    {
        "call_at",
        "call_later",
        "call_soon",
        "create_task",
        "ensure_future",
        "get_event_loop",
        "get_running_loop",
        "run_in_executor",
        "run_until_complete",
        "start_soon",
    }
)

# The modules that have the same offloaders, the one that FastAPI documents first.
CONCURRENCY = ("fastapi.concurrency", "starlette.concurrency")
RUN_IN_THREADPOOL = "run_in_threadpool"
ITERATE_IN_THREADPOOL = "iterate_in_threadpool"
