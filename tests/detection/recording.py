"""Records what holds the thread of a running event loop, and which coroutine was on the stack."""

from __future__ import annotations

import asyncio
import inspect
import sys
import threading
import time
from pathlib import Path
from types import CodeType, FrameType
from typing import NamedTuple

from tests.detection.primitives import PYTHON, TIMED, owner_of, primitive_of, weakness

ASYNC = inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
_HELD = 0.01
"""Seconds from which a wait for a lock, or a sleep, counts."""


class Hop(NamedTuple):
    """A function of the project on the stack, and where it was."""

    path: str
    line: int
    end_line: int
    function: str
    is_async: bool
    first_line: int


class Seen(NamedTuple):
    """A primitive that ran on a loop's thread.

    *hops* lead there, outermost first; *api* is what the innermost one called, *weak* says why the
    primitive may not count.
    """

    primitive: str
    hops: tuple[Hop, ...]
    api: str
    weak: str

    @property
    def coroutine(self) -> Hop:
        """The innermost coroutine: it answers for what happens below."""
        return next(hop for hop in reversed(self.hops) if hop.is_async)

    @property
    def depth(self) -> int:
        """How many functions hold the loop, from the coroutine to the one with the primitive."""
        below = self.hops[self.hops.index(self.coroutine) + 1 :]
        return 1 + sum(not hop.function.rpartition(".")[2].startswith("<") for hop in below)


class Recorder:
    """Watches every thread from `start` to `stop`; *seen* and *executed* are the outcome.

    The project is what lies in the *packages* of *root*; no packages are all of it.
    """

    def __init__(self, root: Path, packages: tuple[str, ...] = ()) -> None:
        self._cut = len(f"{root}/")
        self._own = tuple(f"{root}/{package}/" for package in packages) or (f"{root}/",)
        self.seen: dict[Seen, int] = {}
        self.executed: set[tuple[str, str]] = set()
        self.stray: set[str] = set()
        self._begun = threading.local()

    def start(self) -> None:
        """Watch this thread and those that start from now on."""
        threading.setprofile(self._event)
        sys.setprofile(self._event)

    def stop(self) -> None:
        """Watch no longer."""
        sys.setprofile(None)
        threading.setprofile(None)

    def _event(self, frame: FrameType, event: str, arg: object) -> None:
        if event == "call":
            self._called(frame)
        elif event.startswith("c_") and asyncio._get_running_loop() is not None:  # noqa: SLF001
            if event == "c_call":
                self._c_call(frame, arg)
            else:
                self._c_end(frame, arg)

    def _called(self, frame: FrameType) -> None:
        code = frame.f_code
        if code.co_flags & ASYNC and code.co_filename.startswith(self._own):
            self.executed.add((code.co_filename[self._cut :], plain(code)))
        elif code.co_name.endswith(("wait", "_conn")) and asyncio._get_running_loop() is not None:  # noqa: SLF001
            for suffix, name in PYTHON:
                if code.co_name == name and code.co_filename.endswith(suffix):
                    self._record(frame, f"{suffix}:{name}")

    def _c_call(self, frame: FrameType, arg: object) -> None:
        name = getattr(arg, "__name__", "")
        if f"{owner_of(arg)}.{name}" in TIMED:
            self._stack.append(time.perf_counter())
        primitive = primitive_of(arg, name)
        if primitive:
            self._record(frame, primitive)

    def _c_end(self, frame: FrameType, arg: object) -> None:
        name = f"{owner_of(arg)}.{getattr(arg, '__name__', '')}"
        if name in TIMED and self._stack:
            held = time.perf_counter() - self._stack.pop()
            if held > _HELD and not frame.f_code.co_filename.endswith("selectors.py"):
                self._record(frame, name)

    @property
    def _stack(self) -> list[float]:
        stack: list[float] | None = getattr(self._begun, "stack", None)
        if stack is None:
            stack = self._begun.stack = []
        return stack

    def _record(self, frame: FrameType, primitive: str) -> None:
        weak = weakness(frame, primitive)
        hops: list[Hop] = []
        api = primitive
        at: FrameType | None = frame
        while at is not None:
            code = at.f_code
            if code.co_filename.startswith(self._own):
                hops.append(self._hop(at))
            elif code.co_filename.startswith("<frozen importlib"):
                return
            elif not hops:
                api = f"{'/'.join(code.co_filename.split('/')[-2:])}:{code.co_qualname}"
                if "/asyncio/" in code.co_filename:
                    weak = weak or "done by asyncio"
            at = at.f_back
        hops.reverse()
        while hops and not hops[0].is_async:
            del hops[0]
        if hops:
            seen = Seen(primitive, tuple(hops), api, weak)
            self.seen[seen] = self.seen.get(seen, 0) + 1
        elif api != primitive and not weak:
            self.stray.add(f"{primitive} in {frame.f_code.co_qualname}")

    def _hop(self, frame: FrameType) -> Hop:
        code = frame.f_code
        line, end_line, _, _ = list(code.co_positions())[frame.f_lasti // 2]
        first = line or frame.f_lineno
        return Hop(
            code.co_filename[self._cut :],
            first,
            end_line or first,
            plain(code),
            bool(code.co_flags & ASYNC),
            code.co_firstlineno,
        )


def plain(code: CodeType) -> str:
    """Return the dotted name of a function as it is written."""
    return code.co_qualname.replace("<locals>.", "")
