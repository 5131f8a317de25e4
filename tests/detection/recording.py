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

_ASYNC = inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
_HELD = 0.01
"""Seconds from which a wait for a lock, or a sleep, counts."""

_SOCKET = {
    "connect", "connect_ex", "recv", "recv_into", "recvfrom", "send", "sendall", "sendto", "accept",
    "recvfrom_into", "recvmsg",
}
_SQL = {
    "execute", "executemany", "executescript", "fetchone", "fetchall", "fetchmany", "commit",
    "rollback", "close", "backup", "iterdump", "copy_expert", "callproc",
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
        "open", "read", "write", "listdir", "scandir", "mkdir", "rmdir", "unlink", "remove",
        "rename", "replace", "sendfile", "system", "waitpid", "waitid", "wait", "wait4", "fsync",
        "posix_spawn", "link", "symlink", "truncate", "chmod", "utime",
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
_TIMED = {"sleep", "acquire", "get", "__enter__", "poll", "select", "wait"}
_PYTHON = {("psycopg/connection.py", "wait"), ("psycopg/connection.py", "_wait_conn")}
"""Functions written in Python that wait in code which no profiler sees."""
_OWN_FILES = (
    "/ssl.py", "/netrc.py", "/linecache.py", "/mimetypes.py", "importlib/metadata/__init__.py",
    "botocore/loaders.py", "botocore/configloader.py", "/certifi/core.py",
)
_STANDARD = {0, 1, 2}


class Seen(NamedTuple):
    """A primitive that ran on a loop's thread.

    *path*, *line* and *end_line* are those of the coroutine's statement, *depth* counts the
    functions of the project from the coroutine to the primitive, *weak* says why it may not count.
    """

    primitive: str
    path: str
    line: int
    end_line: int
    function: str
    depth: int
    weak: str


class Recorder:
    """Watches every thread from `start` to `stop`; *seen* and *executed* are the outcome."""

    def __init__(self, root: Path) -> None:
        self._root = f"{root}/"
        self.seen: set[Seen] = set()
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
        elif event == "c_call":
            if asyncio._get_running_loop() is not None:  # noqa: SLF001 - no loop is no answer here
                self._c_call(frame, arg)
        elif event == "c_return" and asyncio._get_running_loop() is not None:  # noqa: SLF001
            self._c_return(frame, arg)

    def _called(self, frame: FrameType) -> None:
        code = frame.f_code
        if code.co_flags & _ASYNC and code.co_filename.startswith(self._root):
            path = code.co_filename.removeprefix(self._root)
            self.executed.add((path, _plain(code)))
        elif code.co_name.endswith(("wait", "_conn")) and asyncio._get_running_loop() is not None:  # noqa: SLF001
            for suffix, name in _PYTHON:
                if code.co_name == name and code.co_filename.endswith(suffix):
                    self._record(frame, f"{suffix}:{name}")

    def _c_call(self, frame: FrameType, arg: object) -> None:
        name = getattr(arg, "__name__", "")
        if name in _TIMED:
            self._stack.append(time.perf_counter())
        primitive = _primitive(arg, name)
        if primitive:
            self._record(frame, primitive)

    def _c_return(self, frame: FrameType, arg: object) -> None:
        name = getattr(arg, "__name__", "")
        if name in _TIMED and self._stack:
            held = time.perf_counter() - self._stack.pop()
            if held > _HELD and not frame.f_code.co_filename.endswith("selectors.py"):
                self._record(frame, f"{_owner(arg)}.{name} for {held * 1000:.0f} ms")

    @property
    def _stack(self) -> list[float]:
        stack: list[float] | None = getattr(self._begun, "stack", None)
        if stack is None:
            stack = self._begun.stack = []
        return stack

    def _record(self, frame: FrameType, primitive: str) -> None:
        depth, weak = 0, _weakness(frame, primitive)
        at: FrameType | None = frame
        while at is not None:
            code = at.f_code
            if code.co_filename.startswith(self._root):
                if code.co_flags & _ASYNC:
                    self.seen.add(self._seen(at, primitive, depth + 1, weak))
                    return
                depth += not code.co_name.startswith("<")
            elif code.co_filename.startswith("<frozen importlib"):
                return
            elif "/asyncio/" in code.co_filename:
                weak = weak or "done by asyncio"
            at = at.f_back
        if depth and not weak:
            self.stray.add(f"{primitive} in {frame.f_code.co_qualname}")

    def _seen(self, frame: FrameType, primitive: str, depth: int, weak: str) -> Seen:
        code = frame.f_code
        places = list(code.co_positions())
        line, end_line, _, _ = places[frame.f_lasti // 2]
        first = line or frame.f_lineno
        path = code.co_filename.removeprefix(self._root)
        return Seen(primitive, path, first, end_line or first, _plain(code), depth, weak)


def _plain(code: CodeType) -> str:
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
    while (back := callers[-1].f_back) is not None and len(callers) < 12:
        callers.append(back)
    files = [f.f_code.co_filename for f in callers]
    if primitive.endswith((".rollback", ".close")) and any("sqlalchemy/pool" in f for f in files):
        return "the pool takes a connection back"
    if any(f.f_code.co_qualname == "Thread.start" for f in callers):
        return "a thread starts"
    if any(f.endswith(_OWN_FILES) for f in files):
        return "the library reads its own files"
    return ""
