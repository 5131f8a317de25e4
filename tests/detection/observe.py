"""Runs every case on an event loop and compares what held it with the labels.

    python -m tests.detection.observe [--only WORDS] [--write]

Needs the real libraries (`requirements.txt` beside this file) and writes `observed.tsv`.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import contextlib
import importlib
import json
import os
import re
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tests.detection import labels, stubs
from tests.detection.labels import Case, Label
from tests.detection.recording import Hop, Recorder, Seen

HERE = Path(__file__).parent
TABLE = HERE / "observed.tsv"
COLUMNS = ("case", "file", "line", "function", "label", "observed", "depth", "seen", "note")
_PRELOADED = (
    "fastapi.testclient",
    "httpx",
    "requests",
    "sqlalchemy.orm",
    "sqlmodel",
    "redis",
    "pymongo",
    "psycopg",
    "psycopg2",
    "boto3",
    "pandas",
    "bcrypt",
    "aiofiles",
    "aiosqlite",
    "elasticsearch",
    "openai",
    "sqlalchemy.ext.asyncio",
    "redis.asyncio",
    "urllib3",
    "email.message",
    "zipfile",
)
_SECONDS = 90


class Row(NamedTuple):
    """What running a case said of one label."""

    label: Label
    observed: bool
    depth: int
    seen: str
    note: str


def main() -> int:
    """Observe, print what contradicts its label, write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    for name in _PRELOADED:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    lines = ["\t".join(COLUMNS)]
    wrong = 0
    with _postgres() as environment:
        os.environ.update(environment)
        for case in labels.cases():
            if options.only not in case.name:
                continue
            rows, problems = _observe(case)
            wrong += len(problems)
            for problem in problems:
                print(f"{case.name}: {problem}", flush=True)  # noqa: T201
            lines += ["\t".join(_cells(case, row)) for row in rows]
    if options.write:
        TABLE.write_text("\n".join(lines) + "\n", "utf-8")
    print(f"{len(lines) - 1} labels, {wrong} contradictions")  # noqa: T201
    return 1 if wrong else 0


def _cells(case: Case, row: Row) -> list[str]:
    label = row.label
    said = "yes" if row.observed else "no"
    place = [case.name, label.path, str(label.line), label.function]
    return [*place, label.primitive or "silent", said, str(row.depth or ""), row.seen, row.note]


@contextlib.contextmanager
def _postgres() -> Iterator[dict[str, str]]:
    """Run a database server for the drivers that need a real one, where it is installed."""
    try:
        pgserver: Any = importlib.import_module("pgserver")
    except ImportError:
        yield {}
        return
    with tempfile.TemporaryDirectory() as folder:
        server = pgserver.get_server(folder)
        try:
            host = str(server.get_uri()).partition("host=")[2]
            yield {"PGHOST": host, "PGUSER": "postgres", "PGDATABASE": "postgres"}
        finally:
            server.cleanup()


def _observe(case: Case) -> tuple[list[Row], list[str]]:
    """Run a case in a child process; return its rows and what contradicts a label."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        labels.write(case, root)
        answer = root.parent / f"{root.name}.json"
        child = os.fork()
        if not child:
            _child(case, root, answer)
        os.waitpid(child, 0)
        if not answer.exists():
            return [], ["did not end"]
        told = json.loads(answer.read_text())
        answer.unlink()
    seen = [
        Seen(name, tuple(Hop(*hop) for hop in hops), api, weak)
        for name, hops, api, weak in told["seen"]
    ]
    executed = {tuple(row) for row in told["executed"]}
    rows, problems = judge(case, seen, executed)
    problems += told["problems"]
    problems += [f"on the loop outside of any coroutine: {s}" for s in told["stray"]]
    return rows, problems


def _child(case: Case, root: Path, answer: Path) -> None:
    signal.alarm(_SECONDS)
    stubs.redirect(stubs.start())
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ENDPOINT_URL": "http://s3.example",
        "OPENAI_API_KEY": "k",
        "AWS_MAX_ATTEMPTS": "1",
    }
    os.chdir(root)
    sys.path.insert(0, str(root))
    recorder = Recorder(root)
    problems: list[str] = []
    try:
        _drive(case, recorder, problems)
    except BaseException as error:  # noqa: BLE001 - whatever it is, the parent tells
        import traceback  # noqa: PLC0415

        problems.append("".join(traceback.format_exception(error)[-3:]))
    finally:
        recorder.stop()
    told = {
        "seen": sorted(recorder.seen),
        "executed": sorted(recorder.executed),
        "stray": sorted(recorder.stray),
        "problems": problems,
    }
    answer.write_text(json.dumps(told))
    os._exit(0)


def _drive(case: Case, recorder: Recorder, problems: list[str]) -> None:
    testclient: Any = importlib.import_module("fastapi.testclient")
    main: Any = importlib.import_module("main")
    recorder.start()
    with testclient.TestClient(main.app, raise_server_exceptions=False) as client:
        recorder.start()  # the client may have taken the profiler with it
        for path, methods in main.app.openapi()["paths"].items():
            for method, operation in methods.items():
                address = re.sub(r"\{[^}]*\}", "1", path)
                files = {"upload": b"12345\n"} if "requestBody" in operation else None
                answer = client.request(method.upper(), address, files=files)
                expected = getattr(main, "EXPECTED", {}).get(path, 200)
                if answer.status_code != expected:
                    problems.append(
                        f"{method} {path} said {answer.status_code}: {answer.text[:300]}"
                    )
        for text in case.files.values():
            for path in re.findall(r"\.websocket\(\"([^\"]+)\"", text):
                with contextlib.suppress(Exception), client.websocket_connect(path) as socket:
                    socket.send_text("x")
                    socket.receive_text()
    if hasattr(main, "main"):
        asyncio.run(main.main())


def judge(
    case: Case, seen: list[Seen], executed: set[tuple[str, ...]]
) -> tuple[list[Row], list[str]]:
    """Compare what was seen with the labels."""
    statements = {p: _statements(text) for p, text in case.files.items() if p.endswith(".py")}
    rows: list[Row] = []
    problems: list[str] = []
    explained: set[Seen] = set()
    for label in case.labels:
        here = [s for s in seen if _is_at(s, label, statements[label.path])]
        explained.update(here)
        ran = (label.path, label.function) in executed
        strong = sorted((s for s in here if not s.weak), key=lambda s: s.depth)
        note = label.unseen
        if not ran:
            problems.append(f"{label.path}:{label.line} {label.function} was not executed")
            note = note or "not executed"
        elif label.primitive and not strong and not label.unseen:
            problems.append(f"{label.path}:{label.line} {label.function}: nothing held the loop")
            note = "nothing held the loop"
        observed = ran and (bool(strong) if label.primitive else not label.unseen)
        names = " ".join(dict.fromkeys(s.primitive for s in strong))
        rows.append(Row(label, observed, strong[0].depth if strong else 0, names, note))
    for s in seen:
        hop = s.coroutine
        starts = statements[hop.path]
        lines = (*range(hop.line, hop.end_line + 1), starts.get(hop.line, 0))
        if s not in explained and not s.weak and not {(hop.path, n) for n in lines} & case.excused:
            problems.append(f"{hop.path}:{hop.line} {hop.function}: {s.primitive} has no label")
    return rows, problems


def _is_at(seen: Seen, label: Label, starts: dict[int, int]) -> bool:
    hop = seen.coroutine
    if (hop.path, hop.function) != (label.path, label.function) or not label.primitive:
        return False
    return hop.line <= label.line <= hop.end_line or starts.get(hop.line) == starts[label.line]


def _statements(text: str) -> dict[int, int]:
    """Line -> first line of the innermost statement that it belongs to."""
    starts: dict[int, int] = {}
    for node in ast.walk(ast.parse(text)):  # breadth first: inner ones come later and win
        if isinstance(node, ast.stmt):
            for n in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                starts[n] = node.lineno
    return starts


if __name__ == "__main__":
    sys.exit(main())
