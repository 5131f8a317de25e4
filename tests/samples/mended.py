"""The bookshop after all fixes: it still works, and its schema differs where a rule says so.

Wants the interpreter that can run the sample applications in ``FBP_SAMPLES_PYTHON``.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

PROJECTS = Path(__file__).parents[2] / "fixtures" / "projects"
EXPECTED = PROJECTS / "bookshop" / "expected" / "openapi.tsv"
SCHEMA = "import json; from src.main import app; print(json.dumps(app.openapi()))"
LINT = (sys.executable, "-m", "fastapi_bp_lint", "--fix", "--unsafe-fixes", "--exit-zero")


def call(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done


def python(folder: Path, *arguments: str) -> str:
    """Run the interpreter of the samples in *folder*."""
    return call(folder, os.environ["FBP_SAMPLES_PYTHON"], *arguments).stdout


def texts(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*.py")
        if "__pycache__" not in file.parts
    }


@pytest.fixture(
    scope="module",
    params=[pytest.param(p, marks=pytest.mark.xdist_group(p)) for p in ("conventions", "strict")],
)
def preset(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def mended(preset: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the bookshop with every fix made."""
    folder = tmp_path_factory.mktemp(preset) / "bookshop"
    shutil.copytree(PROJECTS / "bookshop", folder)
    done = call(folder, *LINT, "--preset", preset)
    assert "Left as it was" not in done.stderr
    assert int(re.findall(r"Fixed (\d+) findings", done.stderr)[0]) > 60
    return folder


def test_its_own_tests_pass(mended: Path) -> None:
    assert python(mended, "-m", "pytest", "-q", "-p", "no:cacheprovider")


def test_a_second_run_changes_nothing(mended: Path, preset: str) -> None:
    before = texts(mended)
    done = call(mended, *LINT, "--preset", preset)
    assert "Fixed" not in done.stderr
    assert texts(mended) == before


def test_the_schema_differs_where_a_rule_says_so(mended: Path) -> None:
    schemas = [json.loads(python(f, "-c", SCHEMA)) for f in (PROJECTS / "bookshop", mended)]
    expected = [line.rpartition("\t")[0] for line in EXPECTED.read_text("utf-8").splitlines()]
    assert sorted(differences(*schemas)) == expected


def differences(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    """Give each part of an operation, or of the rest, that is not the same."""
    one, other = operations(before), operations(after)
    for name in one.keys() | other.keys():
        mine, theirs = one.get(name, {}), other.get(name, {})
        for key in mine.keys() | theirs.keys():
            if mine.get(key) != theirs.get(key):
                yield f"{name}\t{key}"


def operations(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = {
        f"{method.upper()} {path}": {
            **operation,
            "parameters": sorted(operation.get("parameters", ()), key=str),
        }
        for path, methods in schema.pop("paths").items()
        for method, operation in methods.items()
    }
    components = schema.pop("components")
    return (
        found | {f"components {name}": parts for name, parts in components.items()} | {"": schema}
    )


def test_the_clean_one_stays_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "bookshop_clean"
    shutil.copytree(PROJECTS / "bookshop_clean", folder)
    before = texts(folder)
    call(folder, *LINT, "--preset", "strict")
    assert texts(folder) == before
