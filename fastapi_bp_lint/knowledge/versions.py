"""Since which versions of FastAPI and Starlette something is so; each was installed and tried.

A row has the version of each package from which on it holds. Starlette's counts where a project
names Starlette; otherwise it is the first FastAPI that takes that Starlette.
"""

from __future__ import annotations

FASTAPI = "fastapi"
STARLETTE = "starlette"

STATUS_RENAMED = {STARLETTE: (0, 48), FASTAPI: (0, 116, 2)}
"""Old constants of `starlette.status` warn, and those in their place exist."""
ON_EVENT_DEPRECATED = {FASTAPI: (0, 104)}
"""`on_event` warns; `lifespan` is there since FastAPI 0.93."""
ADD_EVENT_HANDLER_GONE = {STARLETTE: (1,), FASTAPI: (0, 133)}
"""Applications have no `add_event_handler` any more; routers of FastAPI have."""
