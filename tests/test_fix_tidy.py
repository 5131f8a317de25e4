from __future__ import annotations

import sys
from pathlib import Path

import pytest

from fastapi_bp_lint.fixes.tidy import changed_lines, ruff_format
from tests.fixing import linter


def test_changed_lines_are_those_of_the_new_text() -> None:
    assert changed_lines("a\nb\nc\n", "a\nB\nc\nd\n") == [(2, 2), (4, 4)]
    assert changed_lines("a\nb\n", "a\n") == []


def test_changed_lines_are_tidied_where_that_changes_no_finding() -> None:
    run = linter(code="good  (1)", a="x =  1\nbad()\n", b="bad()\n", c="bad()\n")
    seen = []

    def tidy(path: str, text: str, lines: list[tuple[int, int]]) -> str:
        seen.append((path, lines))
        worse = {"b.py": "bad()\n", "c.py": "(\n"}
        return worse.get(path, text.replace("good  (1)", "good(1)"))

    outcome = run.fix(tidy=tidy)
    assert seen == [("a.py", [(2, 2)]), ("b.py", [(1, 1)]), ("c.py", [(1, 1)])]
    assert run.text(outcome) == "x =  1\ngood(1)\n"
    assert run.text(outcome, "b.py") == run.text(outcome, "c.py") == "good  (1)\n"


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
    return tools


def test_ruff_formats_from_the_last_changed_line_to_the_first(ruff: Path, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.ruff]\n")
    tidy = ruff_format(tmp_path)
    assert tidy is not None
    assert tidy("a.py", "é  =  1\n", [(1, 1), (3, 4)]) == "é = 1\n"
    assert tidy("b.py", "broken  = 1\n", [(1, 1)]) == "broken  = 1\n"
    assert (ruff / "log").read_text().splitlines() == [
        "format --quiet --stdin-filename a.py --range 3:1-5:1 -",
        "format --quiet --stdin-filename a.py --range 1:1-2:1 -",
        "format --quiet --stdin-filename b.py --range 1:1-2:1 -",
    ]


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
    assert ruff_format(tmp_path) is None
