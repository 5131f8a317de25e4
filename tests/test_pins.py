"""Versions that a project asks for, however it says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from fastapi_bp_lint.config.pins import ANY, UNPINNED, Pins, Range


def asked(folder: Path, name: str, text: str, package: str = "starlette") -> Range | None:
    """Return what a project asks for whose file *name* has *text*."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return Pins(folder).of(package, "src/main.py")


@pytest.mark.parametrize(
    ("clauses", "reaches", "begins"),
    [
        ("", True, False),
        ("==0.48.0", True, True),
        ("===0.48", True, True),
        ("==0.47.3", False, False),
        ("==0.48.*", True, True),
        ("==0.47.*", False, False),
        (">=0.40", True, False),
        (">=0.40,<0.48", False, False),
        ("<=0.48", True, False),
        (">0.50, !=0.51", True, True),
        ("~=0.47.1", False, False),
        ("~=0.47", True, False),
        ("^0.47.1", False, False),
        ("^1.2", True, True),
        ("^0", True, False),
        ("~0.47.1", False, False),
        ("0.48.1", True, True),
        ("v0.48.1", True, True),
        ("*", True, False),
    ],
)
def test_a_requirement_is_a_range(
    tmp_path: Path,
    clauses: str,
    reaches: bool,  # noqa: FBT001
    begins: bool,  # noqa: FBT001
) -> None:
    found = asked(tmp_path, "requirements.txt", f"starlette[full]{clauses}  # why\n")
    assert found is not None
    assert (found.reaches((0, 48)), found.begins_at((0, 48))) == (reaches, begins)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("uv.lock", '[[package]]\nname = "starlette"\nversion = "0.47.3"\nsource = {}\n'),
        ("pdm.lock", '[[package]]\r\nname = "starlette"\r\nversion = "0.47.3"\r\n'),
        ("pylock.toml", '[[packages]]\nname = "starlette"\nversion = "0.47.3"\n'),
        ("requirements-dev.txt", "--hash=x\n-e .\nStarlette (==0.47.3); python_version > '3'"),
        ("requirements/base.txt", "starlette==0.47.3"),
        ("pyproject.toml", '[project]\ndependencies = ["starlette==0.47.3"]'),
        ("pyproject.toml", '[project.optional-dependencies]\nweb = ["starlette==0.47.3"]'),
        ("pyproject.toml", '[dependency-groups]\nweb = [{x = 1}, "starlette==0.47.3"]'),
        ("pyproject.toml", '[tool.poetry.dependencies]\nstarlette = "0.47.3"'),
        ("pyproject.toml", '[tool.poetry.dependencies]\nstarlette = {version = "0.47.3"}'),
    ],
)
def test_reads_each_kind_of_file(tmp_path: Path, name: str, text: str) -> None:
    found = asked(tmp_path, name, text)
    assert found is not None
    assert found.least == (0, 47, 3)
    assert not found.reaches((0, 48))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("uv.lock", '[[package]]\nname = "starlette"\nversion = "git"\n'),
        ("requirements.txt", "# starlette==1\n\n-r missing.txt\n-r requirements.txt\n==1"),
        ("pyproject.toml", "[project\n"),
        ("pyproject.toml", 'project = 1\ntool = "x"\n[dependency-groups]\nweb = "starlette"'),
        ("pyproject.toml", "[tool.poetry.dependencies]\nstarlette = 1"),
        ("setup.txt", "starlette==1"),
    ],
)
def test_what_cannot_be_read_asks_for_nothing(tmp_path: Path, name: str, text: str) -> None:
    assert asked(tmp_path, name, text) is None


def test_what_has_no_version_allows_any(tmp_path: Path) -> None:
    assert asked(tmp_path, "requirements.txt", "starlette @ git+https://host/starlette") == ANY


def test_a_lock_comes_before_the_requirement_that_it_fixes(tmp_path: Path) -> None:
    asked(tmp_path, "uv.lock", '[[package]]\nname = "starlette"\nversion = "0.50.0"\n')
    found = asked(tmp_path, "pyproject.toml", '[project]\ndependencies = ["starlette>=0.40"]')
    assert found is not None
    assert found.least == (0, 50, 0)


def test_looks_upward_to_the_end_of_the_repository(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("starlette==0.47.3\nfast_api==1", "utf-8")
    (tmp_path / "shop" / "api" / "src").mkdir(parents=True)
    (tmp_path / "shop" / "requirements.txt").write_text("fastapi==0.100", "utf-8")
    (tmp_path / "requirements.in").mkdir()
    pins = Pins(tmp_path / "shop" / "api")
    assert pins.of("starlette", "src/main.py") is None
    (tmp_path / ".git").mkdir()
    pins = Pins(tmp_path / "shop" / "api")
    found = pins.of("starlette", "src/main.py")
    assert found is not None
    assert found.least == (0, 47, 3)
    assert pins.of("fast-api", "src/main.py") == Range((1,), (1, 0, 0, 1))
    assert pins.of("pydantic", "src/main.py") is None


def test_a_folder_that_is_not_there_asks_for_nothing(tmp_path: Path) -> None:
    assert Pins(tmp_path / "gone").of("starlette", "main.py") is None
    assert UNPINNED.of("starlette", "main.py") is None
