"""Watching: the real command, in a pipe and on a terminal, with and without watchfiles."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import watchfiles

from fastapi_bp_lint.cli import watching
from fastapi_bp_lint.cli.app import run
from fastapi_bp_lint.cli.watching import ALONE, CLEAR, is_watched
from fastapi_bp_lint.engine import run as run_plan
from fastapi_bp_lint.plan import Plan, Request
from fastapi_bp_lint.report import Report
from fastapi_bp_lint.standing import StandingPlan

PATIENCE = 120
WAITING = "waiting for changes, Ctrl-C ends."
SLOW = "import time\n\n\nasync def a():\n    time.sleep(1)\n"
START = "from fastapi_bp_lint.cli import main; main()"
HIDDEN = "import sys; sys.modules['watchfiles'] = None; "


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "fbp-lint.toml").write_text("")
    (tmp_path / "a.py").write_text(SLOW)
    return tmp_path


class Watch:
    """The running command, and what it has printed up to where it waits."""

    def __init__(self, root: Path, code: str = START, *args: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, "check", "--watch", "--quiet", *args],
            cwd=root,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.timer = threading.Timer(PATIENCE, self.process.kill)
        self.timer.start()

    def screen(self) -> str:
        lines = []
        assert self.process.stdout
        for line in self.process.stdout:
            lines.append(line)
            if WAITING in line:
                return "".join(lines)
        assert self.process.stderr
        raise AssertionError("".join(lines) + self.process.stderr.read())

    def until(self, part: str) -> str:
        while part not in (screen := self.screen()):
            pass
        return screen

    def end(self) -> tuple[int, str]:
        self.process.send_signal(signal.SIGINT)
        _, errors = self.process.communicate(timeout=PATIENCE)
        self.timer.cancel()
        return self.process.returncode, errors


@pytest.fixture(params=[START, HIDDEN + START], ids=["watchfiles", "polling"])
def watch(request: pytest.FixtureRequest, root: Path) -> Iterator[Watch]:
    started = Watch(root, request.param)
    yield started
    started.timer.cancel()
    started.process.kill()
    started.process.communicate()


def test_every_change_is_linted(watch: Watch, root: Path) -> None:
    first = watch.screen()
    assert "a.py:5:5: FBP103" in first
    assert "1 file in " in first
    (root / "b.py").write_text("import (\n")
    second = watch.until("b.py:1")
    assert "FBP001" in second
    assert "a.py:5:5: FBP103" in second
    (root / "b.py").unlink()
    (root / "fbp-lint.toml").write_text('select = ["FBP77"]\n')
    wrong = watch.until("error: ")
    assert 'no rule is called "FBP77"' in wrong
    assert "nothing was linted" in wrong
    (root / "fbp-lint.toml").write_text('ignore = ["FBP103"]\n')
    assert "FBP103" not in watch.until("1 file in ")
    (root / "fbp-lint.toml").unlink()
    watch.until("a.py:5:5: FBP103")
    code, errors = watch.end()
    assert code == 0
    without = "watchfiles is not installed" in errors
    assert errors.count("\n") == without
    assert "Traceback" not in errors


def test_a_terminal_shows_one_screen(root: Path) -> None:
    controller, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", START, "--watch"], cwd=root, stdout=terminal, stderr=terminal
    )
    os.close(terminal)
    timer = threading.Timer(PATIENCE, process.kill)
    timer.start()

    def screen() -> str:
        seen = b""
        while WAITING.encode() not in seen:
            seen += os.read(controller, 4096)
        return seen.decode()

    assert screen().startswith(CLEAR)
    (root / "a.py").write_text("\n" + SLOW)
    second = screen()
    assert second.strip().startswith(CLEAR.strip())
    assert "a.py:6:5" in second
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 0
    timer.cancel()
    os.close(controller)


def test_what_cannot_be_watched_is_looked_at(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object, **__: object) -> None:
        message = "too many files"
        raise OSError(message)

    monkeypatch.setattr(watchfiles, "watch", refuse)
    monkeypatch.setattr(watching, "PAUSE", 0.01)
    rounds: list[str] = []

    def show(plan: Plan) -> Report:
        rounds.append("".join(f.code for f in run_plan(plan).findings))
        if len(rounds) == 1:
            (root / "a.py").write_text("x = 1\n")
        else:
            raise KeyboardInterrupt
        return run_plan(plan)

    options = dict.fromkeys(["fix", "diff", "add_noqa", "write_baseline"])
    options |= dict.fromkeys(["show_files", "show_settings"])
    assert watching.watch(Request(paths=(root,)), show, options) == 0
    assert rounds == ["FBP103", ""]
    assert "the files are looked at once a second: too many files" in capsys.readouterr().err


def test_a_crash_is_one_message(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def show(_: Plan) -> Report:
        message = "broken"
        raise RuntimeError(message)

    watching._round(  # noqa: SLF001 - what is printed, without waiting
        StandingPlan(Request(paths=(root,))), show
    )
    shown = capsys.readouterr().out
    assert "fbp-lint crashed: RuntimeError: broken" in shown
    assert WAITING in shown


def test_what_is_watched() -> None:
    watched = ["/p/a.py", "/p/pyproject.toml", "/p/fbp-lint.toml", "/p/b/.gitignore"]
    assert [path for path in watched if not is_watched(path)] == []
    ignored = ["/p/a.pyc", "/p/.venv/a.py", "/p/node_modules/b/a.py", "/p/README.md"]
    assert [path for path in ignored if is_watched(path)] == []


@pytest.mark.parametrize("option", ALONE)
def test_only_lints(option: str, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    value = ["baseline.toml"] if option == "--write-baseline" else []
    assert run(["--watch", option, *value, str(root)]) == 2
    assert f"--watch does not go with {option}" in capsys.readouterr().err


def test_standard_input_is_read_once() -> None:
    command = [sys.executable, "-c", START, "--watch", "--stdin-filename", "a.py", "-"]
    done = subprocess.run(command, input="", text=True, capture_output=True, check=False)
    assert done.returncode == 2
    assert "--watch does not go with standard input" in done.stderr
