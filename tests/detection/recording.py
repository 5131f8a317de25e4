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

ASYNC = inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
_HELD = 0.01
"""Seconds from which a wait for a lock, or a sleep, counts."""

_SOCKET = {
    "connect",
    "connect_ex",
    "recv",
    "recv_into",
    "recvfrom",
    "send",
    "sendall",
    "sendto",
    "accept",
    "recvfrom_into",
    "recvmsg",
}
_SQL = {
    "execute",
    "executemany",
    "executescript",
    "fetchone",
    "fetchall",
    "fetchmany",
    "commit",
    "rollback",
    "close",
    "backup",
    "iterdump",
    "copy_expert",
    "callproc",
}
_FILE = {"read", "readline", "readlines", "readinto", "write", "writelines", "read1"}
_METHODS = {
    "_socket.socket": _SOCKET,
    "sqlite3.Connection": _SQL,
    "sqlite3.Cursor": _SQL,
    "psycopg2.extensions.cursor": _SQL,
    "psycopg2.extensions.connection": _SQL,
    "_io.FileIO": _FILE,
    "_io.TextIOWrapper": _FILE,
    "_io.BufferedReader": _FILE,
    "_io.BufferedWriter": _FILE,
    "_io.BufferedRandom": _FILE,
}
_FUNCTIONS = {
    "_io": {"open", "open_code"},
    "io": {"open"},
    "posix": {
        "open",
        "read",
        "write",
        "listdir",
        "scandir",
        "mkdir",
        "rmdir",
        "unlink",
        "remove",
        "rename",
        "replace",
        "sendfile",
        "system",
        "waitpid",
        "waitid",
        "wait",
        "wait4",
        "fsync",
        "posix_spawn",
        "link",
        "symlink",
        "truncate",
        "chmod",
        "utime",
    },
    "_posixsubprocess": {"fork_exec"},
    "_socket": {"getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr", "getnameinfo"},
    "_sqlite3": {"connect"},
    "sqlite3": {"connect"},
    "psycopg2._psycopg": {"_connect"},
    "_hashlib": {"pbkdf2_hmac", "scrypt"},
    "zlib": {"compress", "decompress"},
    "bcrypt._bcrypt": {"hashpw", "checkpw", "kdf", "gensalt"},
    "_bcrypt": {"hashpw", "checkpw", "kdf"},
}
_TIMED = {
    "time.sleep",
    "_thread.lock.acquire",
    "_thread.RLock.acquire",
    "_thread.lock.__enter__",
    "_thread.RLock.__enter__",
    "_queue.SimpleQueue.get",
    "select.poll.poll",
    "select.select",
}
_PYTHON = {("psycopg/connection.py", "wait"), ("psycopg/connection.py", "_wait_conn")}
"""Functions written in Python that wait in code which no profiler sees."""
_OWN_FILES = (
    "/ssl.py",
    "/netrc.py",
    "/linecache.py",
    "/mimetypes.py",
    "importlib/metadata/__init__.py",
    "botocore/loaders.py",
    "botocore/configloader.py",
    "/certifi/core.py",
)
_STANDARD = {0, 1, 2}


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
            for suffix, name in _PYTHON:
                if code.co_name == name and code.co_filename.endswith(suffix):
                    self._record(frame, f"{suffix}:{name}")

    def _c_call(self, frame: FrameType, arg: object) -> None:
        name = getattr(arg, "__name__", "")
        if f"{_owner(arg)}.{name}" in _TIMED:
            self._stack.append(time.perf_counter())
        primitive = _primitive(arg, name)
        if primitive:
            self._record(frame, primitive)

    def _c_end(self, frame: FrameType, arg: object) -> None:
        name = f"{_owner(arg)}.{getattr(arg, '__name__', '')}"
        if name in _TIMED and self._stack:
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
        weak = _weakness(frame, primitive)
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


def _owner(arg: object) -> str:
    owner = getattr(arg, "__self__", None)
    if owner is None or inspect.ismodule(owner):
        return str(getattr(arg, "__module__", None) or getattr(owner, "__name__", ""))
    return f"{type(owner).__module__}.{type(owner).__qualname__}"


def _primitive(arg: object, name: str) -> str:
    owner = getattr(arg, "__self__", None)
    if owner is None or inspect.ismodule(owner):
        module = str(getattr(arg, "__module__", None) or getattr(owner, "__name__", ""))
        return f"{module}.{name}" if name in _FUNCTIONS.get(module, ()) else ""
    for cls in type(owner).__mro__:
        full = f"{cls.__module__}.{cls.__qualname__}"
        if name in _METHODS.get(full, ()):
            return f"{full}.{name}" if _waits(owner) else ""
    return ""


def _waits(owner: object) -> bool:
    """Whether a socket is a blocking one, and a file none of the standard streams."""
    timeout = getattr(owner, "gettimeout", None)
    if timeout is not None:
        return bool(timeout() != 0)
    number = getattr(owner, "fileno", None)
    if number is None:
        return True
    try:
        return number() not in _STANDARD
    except (OSError, ValueError):
        return False


def _weakness(frame: FrameType, primitive: str) -> str:
    """Return why something that ran on the loop may not be held against the code."""
    callers = [frame]
    while (back := callers[-1].f_back) is not None and len(callers) < 16:
        callers.append(back)
    files = [f.f_code.co_filename for f in callers]
    if primitive.endswith((".rollback", ".close")) and any(
        "sqlalchemy/pool" in f.f_code.co_filename or f.f_code.co_qualname == "Session.close"
        for f in callers
    ):
        return "a connection goes back"
    if any(f.f_code.co_qualname == "Thread.start" for f in callers):
        return "a thread starts"
    if any(f.endswith(_OWN_FILES) for f in files):
        return "the library reads its own files"
    return ""
