"""A probe: a small application that notes on which thread one kind of callable runs."""

import asyncio
import threading
from collections.abc import Callable, MutableMapping
from typing import Any, NamedTuple

from fastapi import FastAPI

Mark = Callable[[], None]
Build = Callable[[FastAPI, Mark], None]
Message = MutableMapping[str, Any]
NEVER = "never"


class Probe(NamedTuple):
    """What is asked, where it runs, and whether the design's table has the row."""

    name: str
    expected: str
    design: bool
    websocket: bool
    build: Build


PROBES: list[Probe] = []


def probe(
    name: str, expected: str, *, design: bool = False, websocket: bool = False
) -> Callable[[Build], Build]:
    """Register a builder of an application that has one thing to be asked about."""

    def register(build: Build) -> Build:
        PROBES.append(Probe(name, expected, design, websocket, build))
        return build

    return register


def observe(asked: Probe) -> str:
    """Run an application once from startup to shutdown: loop, thread, both or never."""
    places: set[str] = set()
    loop_thread = threading.get_ident()

    def mark() -> None:
        places.add("loop" if threading.get_ident() == loop_thread else "thread")

    app = FastAPI()
    asked.build(app, mark)
    # Each probe answers one request; what the application raises is part of some answers.
    asyncio.run(_serve(app, websocket=asked.websocket))
    return ", ".join(sorted(places)) or NEVER


async def _serve(app: FastAPI, *, websocket: bool) -> None:
    started, finish = asyncio.Event(), asyncio.Event()
    lifespan = asyncio.create_task(_lifespan(app, started, finish))
    await started.wait()
    try:
        await _request(app, websocket=websocket)
    except Exception as error:  # noqa: BLE001 - a server would log it and go on
        del error
    finish.set()
    await lifespan


async def _lifespan(app: FastAPI, started: asyncio.Event, finish: asyncio.Event) -> None:
    asked = False

    async def receive() -> Message:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "lifespan.startup"}
        await finish.wait()
        return {"type": "lifespan.shutdown"}

    async def send(message: Message) -> None:
        if message["type"].startswith("lifespan.startup"):
            started.set()

    await app({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, receive, send)


async def _request(app: FastAPI, *, websocket: bool) -> None:
    body = b'{"x": 1}'
    scope: Message = {
        "type": "websocket" if websocket else "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "scheme": "ws" if websocket else "http",
        "path": "/",
        "raw_path": b"/",
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"test"), (b"content-type", b"application/json")],
        "client": ("127.0.0.1", 1),
        "server": ("test", 80),
        "state": {},
    }
    scope["subprotocols" if websocket else "method"] = [] if websocket else "POST"
    sent = asyncio.Event()

    async def receive() -> Message:
        if websocket:
            return {"type": "websocket.connect"}
        if not sent.is_set():
            sent.set()
            return {"type": "http.request", "body": body, "more_body": False}
        await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        del message

    await app(scope, receive, send)
