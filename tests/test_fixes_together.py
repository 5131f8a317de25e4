"""Fixes that change other files with their own: all of them or none."""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fastapi_bp_lint.cli.app import run
from fastapi_bp_lint.edits import Editor
from fastapi_bp_lint.finding import Applicability, Finding, Place, Retarget, Span
from fastapi_bp_lint.fixes import Outcome, Policy, fix_files
from fastapi_bp_lint.selection import Layer
from tests import mdcase
from tests.fixing import make_rule

if TYPE_CHECKING:
    import libcst as cst

PATCH = 'patch("app.a.load")\n'
PATCHED = 'patch("app.a.service.load")\n'


def mended(
    spoilt: str = "", *, sources: dict[str, str] | None = None, elsewhere: str = "t.py"
) -> tuple[Outcome, dict[str, str]]:
    """Fix ``load`` in a.py, which t.py patches; *spoilt* is a file where that raises a finding."""

    def qualify(node: cst.Name, edit: Editor) -> cst.BaseExpression:
        del node
        return edit.expr("service.load")

    rule = make_rule("fbp901_probe", qualify, level=Applicability.UNSAFE)
    files = sources or {"a.py": "load\n", "t.py": PATCH, "b.py": "load\n"}

    def found(path: str, fix: bool) -> Finding:  # noqa: FBT001
        span = Span(1, 0, 1, 4)
        target = Retarget(elsewhere, "app.a.load", "app.a.service.load")
        targets = (target,) if path == "a.py" else ()
        made = rule.repair("qualify", "qualify it", span, (), None, targets) if fix else None
        return rule.at(Place(path, span), "probe" if fix else "spoilt", fix=made)

    def relint(changed: Mapping[str, bytes]) -> list[Finding]:
        texts = {**files, **{p: t.decode() for p, t in changed.items()}}
        every = [
            found(p, fix=True) for p in ("a.py", "b.py") if texts.get(p, "").startswith("load\n")
        ]
        return every + [found(spoilt, fix=False)] * (spoilt in changed)

    outcome = fix_files(
        relint({}),
        {path: text.encode() for path, text in files.items()},
        relint,
        Policy({rule.code: rule}, unsafe=True),
    )
    return outcome, {change.path: change.after.decode() for change in outcome.changes}


def test_both_files_change() -> None:
    _, changes = mended()
    assert changes == {"a.py": "service.load\n", "t.py": PATCHED, "b.py": "service.load\n"}


def test_its_own_strings_change_too() -> None:
    _, changes = mended(sources={"a.py": f"load\n{PATCH}"}, elsewhere="a.py")
    assert changes == {"a.py": f"service.load\n{PATCHED}"}


@pytest.mark.parametrize("spoilt", ["a.py", "t.py"])
def test_what_one_spoils_puts_back_both(spoilt: str) -> None:
    outcome, changes = mended(spoilt)
    assert changes == {"b.py": "service.load\n"}
    other = {"a.py": "t.py", "t.py": "a.py"}[spoilt]
    assert "raised FBP901" in outcome.restored[spoilt]
    assert outcome.restored[other] == f"it changes with {spoilt} or not at all"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('patch("app.a" ".load")\n', "t.py writes the name in parts"),
        ("load\n", "t.py names it in another way"),
        ("(\n", "t.py has to change too, and is not to be changed"),
    ],
)
def test_without_the_other_there_is_no_fix(text: str, reason: str) -> None:
    outcome, changes = mended(sources={"a.py": "load\n", "t.py": text})
    assert changes == {}
    assert [left.reason for left in outcome.left] == [reason]


def test_a_file_that_is_not_given_cannot_follow() -> None:
    outcome, changes = mended(sources={"a.py": "load\n"})
    assert changes == {}
    assert [left.reason for left in outcome.left] == [
        "t.py has to change too, and is not to be changed"
    ]


SHOP = {
    "src/auth/service.py": "def load() -> int:\n    return 1\n",
    "src/auth/constants.py": "X = 1\n",
    "src/posts/constants.py": "X = 1\n",
    "src/posts/service.py": "from src.auth.service import load\n\nprint(load())\n",
    "tests/test_posts.py": 'TARGET = "src.posts.service.load"\n',
}


def test_what_stands_outside_of_the_paths_follows(tmp_path: Path) -> None:
    mdcase.write(SHOP, tmp_path)
    folder = str(tmp_path / "src" / "posts")
    run(["--select", "FBP301", "--fix", "--unsafe-fixes", "--quiet", folder])
    text = (tmp_path / "tests" / "test_posts.py").read_text("utf-8")
    assert text == 'TARGET = "src.posts.service.auth_service.load"\n'


def test_standard_input_changes_no_other_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    mdcase.write(SHOP, tmp_path)
    text = SHOP["src/posts/service.py"]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    name = str(tmp_path / "src" / "posts" / "service.py")
    run(["--select", "FBP301", "--fix", "--unsafe-fixes", "--stdin-filename", name, "-"])
    assert capfd.readouterr().out == text
    assert mdcase.lint(mdcase.request(tmp_path, Layer(select=("FBP301",)))).findings
