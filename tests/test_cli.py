"""The command line: options, what is printed where, and how it ends."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import fastapi_bp_lint
from fastapi_bp_lint import cli
from fastapi_bp_lint.cli import app, check
from fastapi_bp_lint.cli.app import run
from fastapi_bp_lint.cli.progress import Progress
from fastapi_bp_lint.config import KEYS
from fastapi_bp_lint.output import FORMATS
from fastapi_bp_lint.rules import catalogue

Capture = pytest.CaptureFixture[str]
DIRTY = "x = 1  # noqa: FBP999\n"
FINDING = "a.py:1:8: FBP004 [*] no rule is called `FBP999`\n"
PYTHON = [sys.executable, "-m", "fastapi_bp_lint"]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "fbp-lint.toml").write_text("")
    (tmp_path / "a.py").write_text(DIRTY)
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg/b.py").write_text("y = 1\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(Path(fastapi_bp_lint.__file__).parents[1]))
    return tmp_path


def told(capsys: Capture, *args: str) -> tuple[int, str, str]:
    code = run(args)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ([], 1),
        (["check"], 1),
        (["."], 1),
        (["check", "a.py"], 1),
        (["pkg"], 0),
        (["--exit-zero"], 0),
        (["--ignore", "FBP004"], 0),
        (["--select", "FBP101"], 0),
        (["--select", "FBP101", "--extend-select", "unused-suppression,FBP1"], 1),
        (["--preset", "strict"], 1),
        (["--isolated", "--certainty", "certain"], 1),
    ],
)
def test_exit_code_says_whether_something_was_found(
    capsys: Capture, args: list[str], expected: int
) -> None:
    out = FINDING if expected or "--exit-zero" in args else ""
    assert told(capsys, *args) == (expected, out, "")


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--select", "FBP99"], 'no rule is called "FBP99"'),
        (["--ignore", "unused-supression"], 'did you mean "unused-suppression"?'),
        (["--preset", "all"], "'all' is not one of"),
        (["--output-format", "xml"], "'xml' is not one of"),
        (["--jobs", "0"], "0 is not in the range"),
        (["--unsafe-fixes"], "--unsafe-fixes goes with --fix or --diff"),
        (["-"], "fbp-lint --stdin-filename PATH -"),
        (["--stdin-filename", "a.py"], "fbp-lint --stdin-filename PATH -"),
        (["--stdin-filename", "a.py", "a.py", "-"], "fbp-lint --stdin-filename PATH -"),
        (["--config", "none.toml"], "none.toml: does not exist"),
        (["--baseline", "none.json"], "none.json: the baseline does not exist"),
        (["--since", ""], "--since needs a revision of git"),
        (["--output-file", "none/x.txt"], "cannot be written: No such file or directory"),
        (["none.py"], "error: none.py: no such file or folder"),
        (["/"], "error: /: not in the project"),
        (["explain", "FBP01"], 'no rule is called "FBP01"'),
        (["explain", "FBP0"], "FBP0 is more than one rule: FBP001, FBP002"),
        (["config", "scheme"], "'scheme' is not 'schema'"),
        # What is not built yet is not accepted either.
        (["--observe"], "No such option"),
    ],
)
def test_wrong_use_ends_with_2_and_says_why(capsys: Capture, args: list[str], message: str) -> None:
    paths = ["a.py", *args] if args == ["/"] else args
    code, _, err = told(capsys, *paths)
    assert code == 2
    assert message.lower() in err.lower()


def test_a_wrong_path_does_not_stop_the_others(root: Path, capsys: Capture) -> None:
    code, out, err = told(capsys, "none.py", "a.py")
    assert (code, out) == (2, FINDING)
    assert err == "error: none.py: no such file or folder\n"
    assert root.exists()


def test_a_broken_configuration_is_told_and_nothing_is_linted(root: Path, capsys: Capture) -> None:
    (root / "fbp-lint.toml").write_text("\nselct = 1\n")
    message = f'error: {root}/fbp-lint.toml:2: selct: unknown key; did you mean "select"?\n'
    assert told(capsys) == (2, "", message)
    assert told(capsys, "--isolated")[0] == 1


def test_no_python_file_is_worth_a_warning(root: Path, capsys: Capture) -> None:
    (root / "empty").mkdir()
    warning = "warning: no Python file of the project in empty\n"
    assert told(capsys, "empty") == (0, "", warning)
    assert told(capsys, "empty", "-q") == (0, "", "")


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_printed_and_written(capsys: Capture, name: str) -> None:
    code, out, err = told(capsys, "--output-format", name)
    assert code == 1
    assert "FBP004" in out
    assert err == ""
    assert told(capsys, "--output-format", name, "--output-file", "out.txt") == (1, "", "")
    assert Path("out.txt").read_text("utf-8") == out


def test_the_configuration_may_choose_the_format(root: Path, capsys: Capture) -> None:
    (root / "fbp-lint.toml").write_text('output-format = "jsonl"\n')
    assert json.loads(told(capsys)[1])["code"] == "FBP004"
    assert told(capsys, "--output-format", "concise")[1] == FINDING


@pytest.mark.usefixtures("root")
def test_colour_is_for_terminals(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert "\x1b[" not in told(capsys, "--output-format", "full")[1]
    assert "\x1b[" in told(capsys, "--output-format", "full", "--color", "always")[1]
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert "\x1b[" in told(capsys)[1]
    assert "\x1b[" not in told(capsys, "--color", "never")[1]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in told(capsys)[1]
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b[" not in told(capsys)[1]


@pytest.mark.usefixtures("root")
def test_what_can_be_shown_instead_of_findings(capsys: Capture) -> None:
    assert told(capsys, "--statistics") == (1, "     1  FBP004  unused-suppression\n", "")
    assert told(capsys, "--show-files") == (0, "a.py\npkg/b.py\n", "")
    assert told(capsys, "--show-files", "pkg") == (0, "pkg/b.py\n", "")
    code, out, _ = told(capsys, "--show-settings", "--select", "FBP101", "--certainty", "possible")
    assert code == 0
    assert out.startswith(
        f"project root: {Path.cwd()}\nconfiguration: {Path.cwd()}/fbp-lint.toml\n"
    )
    assert "\nrules: FBP001, FBP002, FBP003, FBP101\n" in out
    assert '\ncertainty = "possible"\n' in out
    assert '\nexclude = ["/build/", "/dist/", "venv/"]\n' in out


@pytest.mark.usefixtures("root")
def test_verbose_says_how_long_it_took(capsys: Capture) -> None:
    assert told(capsys, "-v")[2].startswith("2 files in 0.")


def stdin(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def test_standard_input_stands_for_a_file(
    root: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text, expected in (
        ("pkg/b.py", "\n" + DIRTY, "pkg/b.py:2:8: FBP004"),
        ("pkg/new.py", DIRTY, "pkg/new.py:1:8: FBP004"),
        ("a.py", "x = 1\n", ""),
    ):
        stdin(monkeypatch, text)
        code, out, _ = told(capsys, "--stdin-filename", name, "-")
        assert (code, out.partition(" [*]")[0]) == (1 if expected else 0, expected)
    assert (root / "a.py").read_text() == DIRTY


def test_standard_input_is_fixed_to_standard_output(
    root: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    for text in (DIRTY, "x = 1\n"):
        stdin(monkeypatch, text)
        assert run(["--fix", "-q", "--stdin-filename", "a.py", "-"]) == 0
        assert capfdbinary.readouterr().out == b"x = 1\n"
    assert (root / "a.py").read_text() == DIRTY


def test_fix_writes_and_says_what_it_did(root: Path, capsys: Capture) -> None:
    code, out, err = told(capsys, "--fix")
    assert (code, out) == (0, "")
    assert "Fixed 1 finding:\n  a.py: 1 x FBP004 unused-suppression\n" in err
    assert (root / "a.py").read_text() == "x = 1\n"
    assert told(capsys, "--fix", "-q") == (0, "", "")


def test_fix_may_end_with_1(root: Path, capsys: Capture) -> None:
    assert told(capsys, "--fix", "--exit-non-zero-on-fix")[0] == 1
    assert told(capsys, "--fix", "--exit-non-zero-on-fix")[0] == 0
    assert (root / "a.py").read_text() == "x = 1\n"


def test_what_cannot_be_written_is_left(
    root: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    code, _, err = told(capsys, "--fix")
    assert "Left as it was: a.py: cannot be written: not writable" in err
    assert "Fixed" not in err
    assert (root / "a.py").read_text() == DIRTY
    assert code == 1


def test_diff_prints_a_patch_and_writes_nothing(
    root: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run(["--diff"]) == 1
    captured = capfdbinary.readouterr()
    assert captured.out == (b"--- a.py\n+++ a.py\n@@ -1 +1 @@\n-x = 1  # noqa: FBP999\n+x = 1\n")
    assert captured.err == b"1 finding would be fixed in 1 file, 0 would be left.\n"
    assert (root / "a.py").read_text() == DIRTY
    assert run(["--diff", "pkg"]) == 0
    assert capfdbinary.readouterr().out == b""


def test_a_crash_of_ours_ends_with_3(
    root: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object, **__: object) -> None:
        message = "sad"
        raise ZeroDivisionError(message)

    monkeypatch.setattr(check, "prepare", crash)
    code, out, err = told(capsys, "a.py")
    assert (code, out) == (3, "")
    assert err.startswith("fbp-lint crashed: ZeroDivisionError: sad\n")
    assert "fbp-lint a.py --verbose" in err
    assert "Traceback" not in err
    assert "Traceback" in told(capsys, "--verbose")[2]
    assert root.exists()


def test_interrupted(root: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(check, "prepare", interrupt)
    assert told(capsys, "a.py")[0] == 130
    assert root.exists()


def test_a_reader_that_has_seen_enough(root: Path) -> None:
    for n in range(300):
        (root / f"m{n}.py").write_text(DIRTY * 30)
    command = f"{' '.join(PYTHON)} --jobs 1 | head -n 1"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stdout == FINDING
    assert done.stderr == ""


def test_rules_and_their_pages(capsys: Capture) -> None:
    code, out, _ = told(capsys, "rules")
    assert code == 0
    assert [line[:6] for line in out.splitlines()] == list(catalogue())
    document = json.loads(told(capsys, "rules", "--output-format", "json")[1])
    assert [rule["code"] for rule in document["rules"]] == list(catalogue())
    (row,) = [rule for rule in document["rules"] if rule["code"] == "FBP004"]
    assert row["slug"] == "unused-suppression"
    assert row["fix"] == "safe"
    table = told(capsys, "rules", "--output-format", "markdown")[1].splitlines()
    assert len(table) == len(catalogue()) + 2
    for name in ("FBP004", "fbp004", "unused-suppression"):
        code, page, _ = told(capsys, "explain", name)
        assert code == 0
        assert page.startswith("# Suppression that suppresses nothing\n")
        assert "fix: safe, since 0.1." in page


def test_settings_are_described(capsys: Capture) -> None:
    code, page, _ = told(capsys, "config")
    assert code == 0
    assert all(f"## `{key.name}`" in page for key in KEYS)
    assert json.loads(told(capsys, "config", "schema")[1])["title"] == "fastapi-bp-lint"


def test_help_lists_commands_and_options(capsys: Capture) -> None:
    for name in app.COMMANDS:
        assert f"\n  {name} " in told(capsys, "--help")[1]
        assert told(capsys, name, "--help")[0] == 0
    assert told(capsys, "--version") == (0, f"fbp-lint {fastapi_bp_lint.__version__}\n", "")


def alone(code: str) -> subprocess.CompletedProcess[str]:
    """Run *code* in a process that nothing measures, for what measures imports modules itself."""
    measured = {key: value for key, value in os.environ.items() if not key.startswith("COVERAGE_")}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=measured)


@pytest.mark.usefixtures("root")
def test_the_version_needs_no_import(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setattr(sys, "argv", ["fbp-lint", "--version"])
    cli.main()
    assert capsys.readouterr().out == f"fbp-lint {fastapi_bp_lint.__version__}\n"
    code = (
        "import sys; sys.argv = ['fbp-lint', '--version']\n"
        "from fastapi_bp_lint.cli import main; main()\n"
        "print(*sorted({'click', 'libcst', 'pathspec', 'ast'} & set(sys.modules)))"
    )
    done = alone(code)
    assert done.stdout == f"fbp-lint {fastapi_bp_lint.__version__}\n\n"


def test_a_plain_run_imports_nothing_that_it_does_not_need(root: Path) -> None:
    heavy = {"libcst", "asyncio", "multiprocessing", "concurrent", "rich", "astroid", "pygls"}
    code = (
        "import sys; from fastapi_bp_lint.cli.app import run\n"
        f"run(['.']); print(*sorted({heavy!r} & set(sys.modules)))"
    )
    done = alone(code)
    assert done.stdout == FINDING + "\n"
    assert root.exists()


def test_the_module_runs_as_the_command_does(root: Path) -> None:
    done = subprocess.run([*PYTHON, "a.py"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (1, FINDING, "")
    assert root.exists()


def test_the_bar_waits_and_leaves_no_trace(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    with Progress(enabled=True) as progress:
        for done, moment in enumerate((0.5, 1.1, 1.15, 1.3), 1):
            now[0] = moment
            progress(done, 4)
    assert capsys.readouterr().err == (
        "\r[###############...............] 2/4 files"
        "\r[##############################] 4/4 files"
        "\r\x1b[K"
    )
    with Progress(enabled=False) as progress:
        now[0] = 100
        progress(1, 4)
    assert capsys.readouterr().err == ""
