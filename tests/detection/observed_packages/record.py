"""Records what holds the loop while an installed application answers requests.

    PYTHONPATH=. <python of the application's environment> \
        -m tests.detection.observed_packages.record NAME FOLDER

The requests are made from the application's own OpenAPI document. Writes
`blocking-NAME.json.gz` beside this file: per call of the package that held the thread of a running
loop a record, and as `negatives` the coroutines whose every statement ran and that never held it.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import gzip
import importlib
import importlib.metadata
import importlib.util
import json
import os
import re
import sys
import threading
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any, TypeAlias

from tests.detection.observed_packages.requesting import remember, requests
from tests.detection.recording import ASYNC, Recorder, Seen, plain

HERE = Path(__file__).parent
_ROUNDS = 3
_KINDS = (
    (("sqlite3.", "_sqlite3.", "psycopg"), "db"),
    (("_io.", "io.", "posix."), "file"),
    (("_socket.", "select."), "socket"),
    (("_posixsubprocess.",), "subprocess"),
    (("time.sleep",), "sleep"),
    (("_thread.", "_queue."), "wait"),
    (("zlib.", "_hashlib.", "bcrypt", "_bcrypt"), "cpu"),
)


def main() -> int:
    """Record one application."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    parser.add_argument("folder", type=Path, help="a working folder")
    options = parser.parse_args()
    recipe = tomllib.loads((HERE / "packages.toml").read_text("utf-8"))[options.name]
    options.folder.mkdir(parents=True, exist_ok=True)
    folder = options.folder.resolve()
    os.chdir(folder)
    filled = {key: value.replace("{cwd}", str(folder)) for key, value in recipe["env"].items()}
    os.environ.update(filled)
    packages = tuple(recipe["keep"])
    spec = importlib.util.find_spec(packages[0])
    assert spec is not None
    assert spec.origin is not None
    site = Path(spec.origin).parent.parent
    recorder = Recorder(site, packages)
    lines = Lines(tuple(f"{site}/{package}/" for package in packages), len(f"{site}/"))
    scope: dict[str, Any] = {"cwd": folder}
    exec(recipe["setup"], scope)  # noqa: S102 - the recipe is part of the repository
    _drive(scope, recorder, lines)
    told = {
        "versions": {d: importlib.metadata.version(d) for d in map(_name, recipe["install"])},
        "records": records(recorder.seen),
        "negatives": negatives(site, recorder, lines),
    }
    target = HERE / f"blocking-{options.name}.json.gz"
    target.write_bytes(gzip.compress(json.dumps(told, separators=(",", ":")).encode(), mtime=0))
    print(len(told["records"]), "records", len(told["negatives"]), "negatives")  # noqa: T201
    return 0


_Tracer: TypeAlias = "Callable[[FrameType, str, object], _Tracer | None]"


class Lines:
    """Which lines of the package's coroutines ran, and how often each was called."""

    def __init__(self, own: tuple[str, ...], cut: int) -> None:
        self._own = own
        self._cut = cut
        self.ran: dict[tuple[str, int, str], set[int]] = {}
        self.calls: dict[tuple[str, int, str], int] = {}

    def start(self) -> None:
        """Trace this thread and those that start from now on."""
        threading.settrace(self._call)
        sys.settrace(self._call)

    def stop(self) -> None:
        """Trace no longer."""
        sys.settrace(None)
        threading.settrace(None)

    def _call(self, frame: FrameType, _event: str, _arg: object) -> _Tracer | None:
        code = frame.f_code
        if not code.co_flags & ASYNC or not code.co_filename.startswith(self._own):
            return None
        key = code.co_filename[self._cut :], code.co_firstlineno, plain(code)
        ran = self.ran.setdefault(key, set())
        ran.add(frame.f_lineno)
        if frame.f_lasti <= 0 or frame.f_lineno == code.co_firstlineno:
            self.calls[key] = self.calls.get(key, 0) + 1

        def line(inner: FrameType, event: str, _arg: object) -> _Tracer:
            if event == "line":
                ran.add(inner.f_lineno)
            return line

        return line


def _drive(scope: dict[str, Any], recorder: Recorder, lines: Lines) -> None:
    testclient: Any = importlib.import_module("fastapi.testclient")
    recorder.start()
    lines.start()
    try:
        with testclient.TestClient(scope["app"], raise_server_exceptions=False) as client:
            recorder.start()
            lines.start()
            client.headers.update(scope["login"](client) if "login" in scope else {})
            pool: dict[str, list[object]] = {}
            for call in scope.get("first", []):
                remember(call(client), pool)
            documents = scope.get("documents") or [("", scope["app"].openapi())]
            for _ in range(_ROUNDS):
                for prefix, document in documents:
                    for request in requests(document, pool):
                        method, path, options = request
                        with contextlib.suppress(Exception):
                            answer = client.request(method, prefix + path, **options)
                            print(answer.status_code, method, prefix + path)  # noqa: T201
                            if answer.status_code < 400:
                                remember(answer.json(), pool)
    finally:
        lines.stop()
        recorder.stop()


def records(seen: dict[Seen, int]) -> list[dict[str, Any]]:
    """Return one record per place and primitive, the shortest way there."""
    found: dict[tuple[object, ...], dict[str, Any]] = {}
    for s in sorted(seen, key=lambda s: (len(s.hops), s.hops, s.primitive)):
        site, entry = s.hops[-1], s.hops[0]
        key = (site.path, site.line, site.function, s.coroutine.function, s.primitive)
        found.setdefault(
            key,
            {
                "file": site.path,
                "line": site.line,
                "end_line": site.end_line,
                "kind": _kind(s.primitive),
                "primitive": s.primitive,
                "api": s.api,
                "strong": not s.weak,
                "direct": site == s.coroutine,
                "sync_depth": len(s.hops) - 1 - s.hops.index(s.coroutine),
                "entry": [entry.path, entry.first_line, entry.function, _role(s), entry.line],
                "chain": [[h.path, h.line, h.function] for h in s.hops],
                "doubt": [s.weak] if s.weak else [],
            },
        )
    return list(found.values())


def _role(seen: Seen) -> str:
    """Return "lifespan" for what ran before the first request or after the last."""
    names = [hop.function.rpartition(".")[2] for hop in seen.hops if hop.is_async]
    return "lifespan" if any("lifespan" in n or n in {"startup", "shutdown"} for n in names) else ""


def _name(requirement: str) -> str:
    return re.split(r"[\[=<>]", requirement)[0]


def _kind(primitive: str) -> str:
    return next((kind for starts, kind in _KINDS if primitive.startswith(starts)), "other")


def negatives(site: Path, recorder: Recorder, lines: Lines) -> list[list[object]]:
    """Return the coroutines that ran whole and never held the loop, with their calls."""
    held = {(hop.path, hop.function) for s in recorder.seen for hop in s.hops}
    found: list[list[object]] = []
    trees: dict[str, dict[int, set[int]]] = {}
    for (path, first, name), ran in sorted(lines.ran.items()):
        if (path, name) in held:
            continue
        if path not in trees:
            trees[path] = _needed((site / path).read_text("utf-8"))
        needed = trees[path].get(first)
        if needed is not None and needed <= ran:
            found.append([path, first, name, lines.calls.get((path, first, name), 1)])
    return found


def _needed(text: str) -> dict[int, set[int]]:
    """First line of each coroutine -> the first lines of all statements of its own."""
    found: dict[int, set[int]] = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.AsyncFunctionDef):
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            found[first] = set(_own_lines(node))
    return found


def _own_lines(node: ast.AST) -> Iterator[int]:
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, ast.stmt):
            is_text = isinstance(inner, ast.Expr) and isinstance(inner.value, ast.Constant)
            silent = isinstance(inner, ast.Global | ast.Nonlocal | ast.Try)
            if not is_text and not silent:
                yield inner.lineno
            if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                continue
        yield from _own_lines(inner)


if __name__ == "__main__":
    sys.exit(main())
