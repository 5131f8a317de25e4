"""How long a keystroke takes to its diagnostics: a client of the language server, end to end.

``python bench/keystrokes.py FOLDER [--files N] [--keys N] [--pause SECONDS]`` opens files of the
project in FOLDER, small ones and the largest, writes a blocking helper and its caller to the end
of each (in the editor, never on the disk), and then types one digit after the other that makes the
call block and not block. Measured is the time from writing the change to the server's input to
having read the diagnostics of that version from its output; what the server itself says about the
time of linting stands beside it.
"""

from __future__ import annotations

import argparse
import json
import queue
import re
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

TYPED = """


import time as _typed_time


def _typed_helper() -> None:
    _typed_time.sleep(%d)


async def _typed_caller() -> None:
    _typed_helper()
"""
PATIENCE = 300.0
_LINTED = re.compile(rb"linted .* in ([\d.]+) s")


class Keystroke(NamedTuple):
    """Seconds from a keystroke to its diagnostics, and of them in the server's linting."""

    total: float
    linting: float


class Server:
    """The process, with threads that note when what it says has been read."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "fastapi_bp_lint", "server", "--verbose"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.messages: queue.Queue[tuple[float, dict[str, Any]]] = queue.Queue()
        self.linted: list[float] = []
        for work in (self._read, self._log):
            threading.Thread(target=work, daemon=True).start()

    def send(self, **message: Any) -> float:  # noqa: ANN401 - what JSON holds
        """Send a message, and return when."""
        assert self.process.stdin
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        now = time.perf_counter()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()
        return now

    def published(self, uri: str, version: int) -> float:
        """Return when the diagnostics of that version had been read."""
        while True:
            when, message = self.messages.get(timeout=PATIENCE)
            if message.get("method") == "textDocument/publishDiagnostics":
                found = message["params"]
                if found["uri"] == uri and found.get("version") == version:
                    return when

    def answered(self, number: int) -> None:
        """Wait for the answer to a request."""
        while self.messages.get(timeout=PATIENCE)[1].get("id") != number:
            pass

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream
        length = 0
        while header := stream.readline():
            name, _, value = header.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
            elif not header.strip():
                message = json.loads(stream.read(length))
                self.messages.put((time.perf_counter(), message))

    def _log(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            if found := _LINTED.search(line):
                self.linted.append(float(found[1]))


def chosen(root: Path, number: int) -> list[Path]:
    """Return files of the project from the median size up to the largest."""
    files = sorted(root.rglob("*.py"), key=lambda file: file.stat().st_size)
    half = files[len(files) // 2 :]
    return [half[(len(half) - 1) * n // max(number - 1, 1)] for n in range(number)]


def typed(server: Server, file: Path, keys: int, pause: float) -> list[Keystroke]:
    """Type into *file*, and return how long each keystroke took."""
    uri = file.as_uri()
    text = file.read_text("utf-8") + TYPED % 0
    document = {"uri": uri, "languageId": "python", "version": 1, "text": text}
    server.send(method="textDocument/didOpen", params={"textDocument": document})
    server.send(id=uri, method="textDocument/documentSymbol", params={"textDocument": {"uri": uri}})
    server.answered(uri)  # type: ignore[arg-type]
    before, _, _ = text.partition("_typed_time.sleep(")
    line = before.count("\n")
    column = len("    _typed_time.sleep(")
    where = {
        "start": {"line": line, "character": column},
        "end": {"line": line, "character": column + 1},
    }
    found = []
    for key in range(keys):
        time.sleep(pause)
        version, digit = key + 2, str((key + 1) % 2)
        started = server.send(
            method="textDocument/didChange",
            params={
                "textDocument": {"uri": uri, "version": version},
                "contentChanges": [{"range": where, "text": digit}],
            },
        )
        total = server.published(uri, version) - started
        time.sleep(0.02)  # the log comes by another way
        found.append(Keystroke(total, server.linted[-1]))
    server.send(method="textDocument/didClose", params={"textDocument": {"uri": uri}})
    return found


def row(name: str, lines: int, found: list[Keystroke]) -> str:
    """Return the line of a table, in milliseconds."""
    totals = sorted(1000 * one.total for one in found)
    linting = 1000 * statistics.median(one.linting for one in found)
    middle = statistics.median(totals)
    high = (
        statistics.quantiles(totals, n=20, method="inclusive")[-1] if len(totals) > 1 else totals[0]
    )
    return (
        f"| {name} | {lines or ''} | {middle:.0f} | {high:.0f} | {totals[-1]:.0f} | {linting:.0f} |"
    )


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=5)
    parser.add_argument("--keys", type=int, default=20)
    parser.add_argument("--pause", type=float, default=0.2)
    asked = parser.parse_args()
    root: Path = asked.folder.resolve()
    server = Server()
    started = server.send(
        id=1,
        method="initialize",
        params={"processId": None, "rootUri": root.as_uri(), "capabilities": {}},
    )
    server.answered(1)
    server.send(method="initialized", params={})
    server.send(id=2, method="workspace/symbol", params={"query": "-"})
    server.answered(2)
    say(f"ready after {time.perf_counter() - started:.2f} s")
    say("| file | lines | p50 ms | p95 ms | most ms | of which linting, p50 |")
    say("|---|---|---|---|---|---|")
    every: list[Keystroke] = []
    for file in chosen(root, asked.files):
        found = typed(server, file, asked.keys, asked.pause)
        every += found
        lines = len(file.read_text("utf-8").splitlines())
        say(row(file.relative_to(root).as_posix(), lines, found))
    say(row("all", 0, every))
    server.send(id=3, method="shutdown", params=None)
    server.answered(3)
    server.send(method="exit", params=None)
    server.process.wait(10)


if __name__ == "__main__":
    main()
