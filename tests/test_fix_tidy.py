from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from fastapi_bp_lint.cli.app import run
from fastapi_bp_lint.finding import Finding, Place, Span
from fastapi_bp_lint.fixes import Policy, fix_files
from fastapi_bp_lint.fixes.tidy import changed_lines, ruff_format
from tests.fixing import linter


def test_changed_lines_are_those_of_the_new_text() -> None:
    assert changed_lines("a\nb\nc\n", "a\nB\nc\nd\n") == [(2, 2), (4, 4)]
    assert changed_lines("a\nb\n", "a\n") == []


def test_changed_lines_are_tidied_where_that_changes_no_finding() -> None:
    project = linter(code="good  (1)", a="x =  1\nbad()\n", b="bad()\n", c="bad()\n")
    seen = []

    def tidy(path: str, before: str, after: str) -> str:
        seen.append((path, before, after))
        worse = {"b.py": "bad()\n", "c.py": "(\n"}
        return worse.get(path, after.replace("good  (1)", "good(1)"))

    outcome = project.fix(tidy=tidy)
    assert seen == [
        ("a.py", "x =  1\nbad()\n", "x =  1\ngood  (1)\n"),
        ("b.py", "bad()\n", "good  (1)\n"),
        ("c.py", "bad()\n", "good  (1)\n"),
    ]
    assert project.text(outcome) == "x =  1\ngood(1)\n"
    assert project.text(outcome, "b.py") == project.text(outcome, "c.py") == "good  (1)\n"


def test_formatting_that_breaks_another_file_is_dropped() -> None:
    project = linter(code="good  (1)", a="bad()\n", b="bad()\n")
    far = project.add("fbp102_far", lambda _tree, _text: (), None)

    def relint(overlays: Mapping[str, bytes]) -> list[Finding]:
        found = project.lint(overlays)
        if b"(1)" in overlays.get("a.py", b"") and b"  (" not in overlays["a.py"]:
            found.append(far.at(Place("z.py", Span(1, 0, 1, 0)), "broken from afar"))
        return found

    policy = Policy(project.rules, tidy=lambda _path, _before, after: after.replace("  (", "("))
    outcome = fix_files(project.lint(), project.files, relint, policy)
    assert project.text(outcome) == project.text(outcome, "b.py") == "good  (1)\n"


@pytest.fixture
def ruff(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a stand-in for ruff on the path that notes how it is called."""
    tools = tmp_path / "tools"
    tools.mkdir()
    tool = tools / "ruff"
    tool.write_text(
        f"#!{sys.executable}\nimport sys\ntext = sys.stdin.read()\n"
        f"open({str(tools / 'log')!r}, 'a').write(' '.join(sys.argv[1:]) + '\\n')\n"
        "sys.exit('broken' in text or sys.stdout.write(text.replace('  ', ' ')) < 0)\n"
    )
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tools))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    return tools


def test_ruff_formats_from_the_last_changed_line_to_the_first(ruff: Path, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.ruff]\n")
    tidy = ruff_format(tmp_path)
    assert tidy is not None
    before = "a  = 1\nb\nc\nd\n"
    assert tidy("a.py", before, "\u00e9  =  1\nb\nc  = 1\nd  = 1\n") == (
        "\u00e9 = 1\nb\nc = 1\nd = 1\n"
    )
    assert tidy("b.py", "broken\n", "broken  = 1\n") == "broken  = 1\n"
    assert tidy("c.py", "a = 1\n", "a  = 1\n") == "a = 1\n"
    assert tidy("d.py", "a = 1\n", "broken  = 1\n") == "broken  = 1\n"
    whole = "format --quiet --stdin-filename {} -"
    part = "format --quiet --stdin-filename {} --range {} -"
    assert (ruff / "log").read_text().splitlines() == [
        whole.format("a.py"),
        part.format("a.py", "3:1-5:1"),
        part.format("a.py", "1:1-2:1"),
        whole.format("b.py"),
        part.format("b.py", "1:1-2:1"),
        *[whole.format("c.py")] * 2,
        *[whole.format("d.py")] * 2,
    ]


def test_only_what_fixes_have_changed_is_formatted(tmp_path: Path) -> None:
    pytest.importorskip("ruff")
    (tmp_path / "ruff.toml").write_text("")
    tidy = ruff_format(tmp_path)
    assert tidy is not None
    before = "x = {'a' :1}\r\ny = f( 1)\r\nz = {'b' :2}\r\n"
    after = before.replace("f( 1)", "await g(f, 1,**{} )")
    wanted = before.replace("f( 1)", "await g(f, 1, **{})")
    assert tidy("a.py", before, after) == wanted


def test_the_command_formats_where_the_configuration_says_so(
    ruff: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = "x  = 1  # noqa: FBP999\n"
    monkeypatch.chdir(tmp_path)
    for config, fixed in (("", "x  = 1\n"), ("format-fixes = true\n", "x = 1\n")):
        (tmp_path / "fbp-lint.toml").write_text(config)
        (tmp_path / "ruff.toml").write_text("")
        (tmp_path / "a.py").write_text(code)
        assert run(["--fix"]) == 0
        assert (tmp_path / "a.py").read_text() == fixed
        assert "warning" not in capsys.readouterr().err
    (ruff / "ruff").unlink()
    (tmp_path / "a.py").write_text(code)
    assert run(["--fix"]) == 0
    assert (tmp_path / "a.py").read_text() == "x  = 1\n"
    message = "warning: format-fixes: nothing is formatted: ruff is not installed, or the project"
    assert message in capsys.readouterr().err


@pytest.mark.usefixtures("ruff")
@pytest.mark.parametrize(
    ("name", "text", "configured"),
    [
        ("ruff.toml", "", True),
        (".ruff.toml", "", True),
        ("pyproject.toml", "[tool.ruff.lint]\n", True),
        ("pyproject.toml", "[project]\nname = 'x'\n", False),
        ("pyproject.toml", "[", False),
    ],
)
def test_ruff_is_used_where_the_project_has_configured_it(
    name: str,
    text: str,
    configured: bool,  # noqa: FBT001
    tmp_path: Path,
) -> None:
    (tmp_path / name).write_text(text)
    assert (ruff_format(tmp_path) is not None) is configured


def test_without_ruff_nothing_is_formatted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ruff.toml").write_text("")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert ruff_format(tmp_path) is None
