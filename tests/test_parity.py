"""One project, one answer: whoever asks is told the same findings at the same places."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest
import yaml  # type: ignore[import-untyped]
from lsprotocol.types import WorkspaceSymbolParams
from pytest_lsp import LanguageClient

from fastapi_bp_lint import lint
from fastapi_bp_lint.finding import Certainty
from tests.accuracy import PROJECTS
from tests.lsp.client import CONFIG, PATIENCE, start
from tests.test_flake8 import flake8, site

__all__ = ["site"]  # a fixture
ROOT = Path(__file__).parent.parent
BOOKSHOP = PROJECTS / "bookshop"
Row = tuple[str, int, int, str]


def command_line(*args: str) -> list[Row]:
    done = subprocess.run(
        [sys.executable, "-m", "fastapi_bp_lint", *args, "--output-format", "json"],
        cwd=BOOKSHOP,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr, done.stderr
    findings = json.loads(done.stdout)["findings"]
    return sorted((f["path"], f["line"], f["column"], f["code"]) for f in findings)


@pytest.fixture(scope="module")
def expected() -> list[Row]:
    rows = command_line()
    assert len(rows) > 50
    return rows


def test_the_library_says_the_same(expected: list[Row]) -> None:
    findings = [f for f in lint(BOOKSHOP) if f.certainty is not Certainty.POSSIBLE]
    spots = [(*f.place, f.code) for f in findings]
    assert sorted((p, span.line, span.column + 1, code) for p, span, code in spots) == expected


def test_flake8_says_the_same(expected: list[Row], site: Path) -> None:
    assert flake8(BOOKSHOP, site) == expected


def test_the_hook_says_the_same_of_all_files_and_of_each(expected: list[Row]) -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    (entry,) = (hook["entry"] for hook in hooks if hook["id"] == "fbp-lint")
    program, *args = entry.split()
    assert program == "fbp-lint"
    files = sorted({row[0] for row in expected})
    assert command_line(*args, *files) == expected
    for path in files[::7]:
        assert command_line(*args, path) == [row for row in expected if row[0] == path]


async def told_by_the_language_server() -> list[Row]:
    client = await CONFIG.start()
    assert isinstance(client, LanguageClient)
    await start(client, BOOKSHOP)
    async with asyncio.timeout(PATIENCE):
        while not client.diagnostics:
            # What is asked later is answered when all that was found has been told.
            await client.workspace_symbol_async(WorkspaceSymbolParams("nothing"))
    await client.shutdown_session()
    await client.stop()  # type: ignore[no-untyped-call]
    rows = []
    for uri, found in client.diagnostics.items():
        path = Path(unquote(urlparse(uri).path)).relative_to(BOOKSHOP).as_posix()
        for one in found:
            where = one.range.start  # no line of the project has what UTF-16 counts twice
            rows.append((path, where.line + 1, where.character + 1, str(one.code)))
    return sorted(rows)


def test_the_language_server_says_the_same(expected: list[Row]) -> None:
    assert asyncio.run(told_by_the_language_server()) == expected
