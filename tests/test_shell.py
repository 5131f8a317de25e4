"""What people have of the command line in their shell: completion, the manual, pages of rules."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import click
import pytest

from fastapi_bp_lint.cli.app import COMMANDS, app, run
from fastapi_bp_lint.cli.completion import SHELLS
from fastapi_bp_lint.cli.man import manual
from fastapi_bp_lint.output.markdown import shown
from fastapi_bp_lint.output.style import Style
from fastapi_bp_lint.rules import catalogue, load

ROOT = Path(__file__).parent.parent


def options() -> Iterable[tuple[str, str]]:
    for name in COMMANDS:
        command = app.get_command(click.Context(app), name)
        assert command
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                yield from ((name, option) for option in parameter.opts)


def completed(*words: str) -> list[str]:
    """Return what the shell is offered for the last of *words*."""
    env = {"COMP_WORDS": " ".join(("fbp-lint", *words)), "COMP_CWORD": str(len(words))}
    done = subprocess.run(
        [sys.executable, "-c", "from fastapi_bp_lint.cli import main; main()"],
        cwd=ROOT / "tests",
        env={**os.environ, **env, "_FBP_LINT_COMPLETE": "bash_complete", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return [line.partition(",")[2] for line in done.stdout.splitlines()]


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_is_there_for_every_shell(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert f"_FBP_LINT_COMPLETE={shell}_complete" in script
    if found := shutil.which(shell):
        subprocess.run([found, "-n"], input=script, text=True, check=True)


def test_bash_completes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", "bash"]) == 0
    program = tmp_path / "fbp-lint"
    program.write_text(f"#!/bin/sh\nexec '{sys.executable}' -m fastapi_bp_lint \"$@\"\n")
    program.chmod(0o755)
    ask = "COMP_WORDS=(fbp-lint rules --output-format m) COMP_CWORD=3\n"
    ask += "_fbp_lint_completion fbp-lint\n"
    done = subprocess.run(
        ["bash", "-c", f'{capsys.readouterr().out}\n{ask}printf "%s" "${{COMPREPLY[*]}}"'],
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("markdown", "")


def test_commands_options_values_and_rules_are_completed() -> None:
    offered = completed("")
    assert set(COMMANDS) <= set(offered)
    assert completed("--sel") == ["--select"]
    assert "--statistics" in completed("check", "--")
    assert completed("--preset", "con") == ["conventions"]
    assert completed("explain", "FBP10")[:2] == ["FBP101", "FBP102"]
    assert completed("explain", "blocking-call-in-h") == ["blocking-call-in-helper"]
    assert completed("--select", "FBP101,blocking-call-in-h") == ["FBP101,blocking-call-in-helper"]


def test_the_manual_is_complete() -> None:
    page = "\n".join(manual())
    named = page.replace("\\-", "-")
    missed = [(name, option) for name, option in options() if not _has(named, name, option)]
    assert missed == []
    assert [name for name in COMMANDS if f'.SS "fbp-lint {name}' not in named] == []
    for title in ("NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "EXIT STATUS", "FILES"):
        assert f"\n.SH {title}\n" in f"\n{page}\n"


def _has(page: str, name: str, option: str) -> bool:
    _, _, section = page.partition(f'.SS "fbp-lint {name}')
    section = section.partition("\n.SS ")[0].partition("\n.SH ")[0]
    return bool(re.search(rf"^\.B .*(?<![\w-]){re.escape(option)}(?![\w-])", section, re.MULTILINE))


def test_the_manual_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["man"]) == 0
    assert capsys.readouterr().out == "\n".join(manual()) + "\n"


@pytest.mark.skipif(not shutil.which("groff"), reason="there is no groff")
def test_the_manual_is_roff() -> None:
    page = "\n".join(manual())
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww", "-P-c"],
        input=page,
        capture_output=True,
        text=True,
        check=True,
    )
    warnings = [line for line in done.stderr.splitlines() if "can't break line" not in line]
    assert warnings == []
    assert "--unsafe-fixes" in re.sub(r".\x08", "", done.stdout)  # bold is struck twice


def test_a_page_is_wrapped_and_set_off() -> None:
    page = (
        "# Title\n\nOne `two three` and\nmore [here](https://x).\n- first\n  line\n- second\n\n"
        "```python\nx  =  1\n\ny\n```\nafter\n\n| a | b |\n|---|---|\n"
    )
    assert shown(page, 24, Style(color=False)) == (
        "Title\n\n"
        "  One `two three` and\n  more here (https://x).\n\n"
        "  - first line\n  - second\n\n"
        "    x  =  1\n\n    y\n\n"
        "  after\n\n"
        "  | a | b |\n  |---|---|\n"
    )
    colored = shown(page, 24, Style(color=True))
    assert "\x1b[1mTitle\x1b[0m" in colored
    assert "One \x1b[1;36mtwo three\x1b[0m and" in colored


@pytest.mark.parametrize("code", catalogue())
def test_every_page_of_a_rule_fits_a_terminal_and_keeps_its_words(code: str) -> None:
    doc = load([code])[code].doc
    text = shown(doc, 72, Style(color=False))
    prose = [line for line in text.splitlines() if not line.startswith(("    ", "  |"))]
    assert [line for line in prose if len(line) > 72 and " " in line.strip("- ")] == []
    assert text.count("```") == 0

    def words(source: str) -> list[str]:
        links = re.sub(r"\[([^\]]+)\]\(([^)]+)\)", r"\1 (\2)", source)
        return re.sub(r"^(#+|```\w*(?: .*)?|-|\*)(?: |$)", "", links, flags=re.MULTILINE).split()

    assert words(re.sub(r"^ {2,4}", "", text, flags=re.MULTILINE)) == words(doc)


def test_a_terminal_gets_the_page_in_its_width(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("NO_COLOR", "1")
    assert run(["explain", "FBP102"]) == 0
    page = capsys.readouterr().out
    assert page.startswith("Blocking call in a helper of a coroutine\n\nWhat it does\n\n  Looks")
    assert max(len(line) for line in page.splitlines() if not line.startswith("    ")) <= 60
    assert "\x1b" not in page
    monkeypatch.delenv("NO_COLOR")
    assert run(["explain", "FBP102"]) == 0
    assert "\x1b[1mWhat it does\x1b[0m" in capsys.readouterr().out
