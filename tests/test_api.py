"""The functions that other programs call."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import fastapi_bp_lint
from fastapi_bp_lint import Applicability, Finding, Severity, fix, lint

DIRTY = "x = 1  # noqa: FBP999\n"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "fbp-lint.toml").write_text("")
    (tmp_path / "a.py").write_text(DIRTY)
    (tmp_path / "b.py").write_text(DIRTY)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_lint(root: Path) -> None:
    findings = lint()
    assert [(f.place.path, f.code) for f in findings] == [("a.py", "FBP004"), ("b.py", "FBP004")]
    assert isinstance(findings[0], Finding)
    assert findings[0].severity is Severity.WARNING
    assert findings[0].fix is not None
    assert findings[0].fix.applicability is Applicability.SAFE
    assert lint("a.py") == lint(root / "a.py") == findings[:1]
    assert lint(select=["FBP1"]) == lint(ignore=["unused-suppression"]) == ()


def test_fix(root: Path) -> None:
    assert fix(root / "a.py") == ()
    assert (root / "a.py").read_text() == "x = 1\n"
    assert (root / "b.py").read_text() == DIRTY


def test_a_configuration_of_one_s_own(root: Path) -> None:
    (root / "other.toml").write_text('extend-unsafe-fixes = ["FBP004"]\nignore = ["FBP1"]\n')
    assert len(fix(config=root / "other.toml")) == 2
    assert fix(config="other.toml", unsafe=True) == ()


def test_what_cannot_be_written_is_raised(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(OSError, match=r"a\.py: not writable"):
        fix(root / "a.py")


@pytest.mark.usefixtures("root")
def test_wrong_use_is_raised(tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.raises(FileNotFoundError, match=r"none\.py: no such file or folder"):
        lint("none.py")
    with pytest.raises(ValueError, match='no rule is called "FBP99"'):
        lint(select=["FBP99"])
    with pytest.raises(ValueError, match="is not in the project"):
        lint("a.py", tmp_path_factory.mktemp("elsewhere"))
    Path("fbp-lint.toml").write_text("selct = 1\n")
    with pytest.raises(ValueError, match="selct: unknown key"):
        lint()
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        fastapi_bp_lint.nothing  # noqa: B018


def test_everything_public_is_there_and_imported_late() -> None:
    assert all(getattr(fastapi_bp_lint, name) for name in fastapi_bp_lint.__all__)
    code = "import sys, fastapi_bp_lint; print(len([m for m in sys.modules if 'fastapi_bp' in m]))"
    path = str(Path(fastapi_bp_lint.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": path},
    )
    assert done.stdout == "1\n"
