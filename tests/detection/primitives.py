"""Which calls into C hold their thread, and when that is no fault of the code that makes them."""

from __future__ import annotations

import inspect
from types import FrameType

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
TIMED = {
    "time.sleep",
    "_thread.lock.acquire",
    "_thread.RLock.acquire",
    "_thread.lock.__enter__",
    "_thread.RLock.__enter__",
    "_queue.SimpleQueue.get",
    "select.poll.poll",
    "select.select",
}
PYTHON = {("psycopg/connection.py", "wait"), ("psycopg/connection.py", "_wait_conn")}
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


def owner_of(arg: object) -> str:
    """Return the module of a function, or the class of a method's receiver."""
    owner = getattr(arg, "__self__", None)
    if owner is None or inspect.ismodule(owner):
        return str(getattr(arg, "__module__", None) or getattr(owner, "__name__", ""))
    return f"{type(owner).__module__}.{type(owner).__qualname__}"


def primitive_of(arg: object, name: str) -> str:
    """Return the primitive that a call into C is, "" when it is none."""
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


def weakness(frame: FrameType, primitive: str) -> str:
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
