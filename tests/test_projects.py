"""The sample projects on disk: what each command prints there, and every break that they hold."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from fastapi_bp_lint.cli.app import run
from fastapi_bp_lint.finding import Preset
from fastapi_bp_lint.plan import Request
from fastapi_bp_lint.selection import Layer
from tests.accuracy import PROJECTS, judge
from tests.mdcase import lint

PROMPT = "$ fbp-lint"
TRANSCRIPTS = [
    file
    for file in sorted(PROJECTS.glob("*/expected/*.txt"))
    if file.read_text("utf-8").startswith(PROMPT)
]
BREAKS = sorted(PROJECTS.glob("*/expected/breaks.tsv"))


def _name(file: Path) -> str:
    return f"{file.parent.parent.name}-{file.stem}"


@pytest.mark.parametrize("file", TRANSCRIPTS, ids=_name)
def test_prints_what_is_expected(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command, _, expected = file.read_text("utf-8").partition("\n")
    monkeypatch.chdir(file.parent.parent)
    run(shlex.split(command.removeprefix(PROMPT)))
    assert capsys.readouterr().out == expected


@pytest.mark.parametrize("file", BREAKS, ids=_name)
def test_finds_every_break_and_nothing_else(file: Path) -> None:
    judged = judge(file)
    assert judged.wanted
    assert {"missed": judged.missed, "false": judged.false} == {"missed": [], "false": []}


def test_the_clean_project_is_clean_under_every_preset() -> None:
    request = Request(paths=(PROJECTS / "bookshop_clean",), layer=Layer(preset=Preset.STRICT))
    report = lint(request)
    assert report.files
    assert report.findings == ()
