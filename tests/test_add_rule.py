"""A rule is two files: the module and its fixture. Everything else finds it by itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
RULE = "fastapi_bp_lint/rules/naming/fbp799_function_called_foo.py"
FIXTURE = "fixtures/rules/naming/fbp799_function_called_foo.md"

MODULE = '''\
"""
# Function called foo

## What it does
Reports functions called `foo`.

## Why is this bad?
The name says nothing.

## Bad
```python
def foo() -> None: ...
```

## Good
```python
def send_invoice() -> None: ...
```

## Limits
Only `foo`.

## Source
The test that adds this rule.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fastapi_bp_lint.rule import Finding, Option, Preset, Rule, Severity, Source

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.WARNING,
    preset=Preset.RECOMMENDED,
    since="0.1",
    options=(Option("loudly", default=False, help="Whether to shout."),),
)


@rule.on(ast.FunctionDef)
def check(node: ast.FunctionDef, source: Source) -> Iterator[Finding]:
    if node.name == "foo":
        yield rule.at(source.place(node), "`foo` says nothing: name what it does")
'''
PAGE = """\
# FBP799 function-called-foo

## The name

```python
def foo() -> None: ...  # error: FBP799 "says nothing"
```

## Another name

```python
def bar() -> None: ...
```
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the linter with its tests and add one rule to the copy."""
    root = tmp_path_factory.mktemp("copy")
    ignored = shutil.ignore_patterns("__pycache__")
    for folder in ("fastapi_bp_lint", "tests", "fixtures/rules"):
        shutil.copytree(ROOT / folder, root / folder, ignore=ignored)
    for path, text in ((RULE, MODULE), (FIXTURE, PAGE)):
        assert not (root / path).exists()
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    return root


def in_copy(copy: Path, *command: str, cwd: Path | None = None) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=cwd or copy,
        env={**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def test_it_runs_and_takes_its_option(copy: Path, tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("def foo(): ...\n")
    (tmp_path / "fbp-lint.toml").write_text("[rules.function-called-foo]\nloudly = true\n")
    output = in_copy(copy, "fastapi_bp_lint", "main.py", cwd=tmp_path)
    assert output == "main.py:1:1: FBP799 `foo` says nothing: name what it does\n"


def test_it_is_listed_and_explained(copy: Path) -> None:
    assert "FBP799" in in_copy(copy, "fastapi_bp_lint", "rules")
    page = in_copy(copy, "fastapi_bp_lint", "explain", "function-called-foo")
    assert "# Function called foo" in page
    assert "loudly" in page


def test_its_page_and_fixture_are_tested(copy: Path) -> None:
    output = in_copy(copy, "pytest", "tests/test_rules.py", "-k", "fbp799", "-v", "-o", "addopts=")
    assert " 7 passed" in output, output
    assert "fbp799_function_called_foo-The name" in output


def test_its_fixture_is_missed(copy: Path) -> None:
    hidden = (copy / FIXTURE).rename(copy / "hidden.md")
    try:
        output = in_copy(copy, "pytest", "tests/test_rules.py", "-k", "fbp799", "-o", "addopts=")
    finally:
        hidden.rename(copy / FIXTURE)
    assert " 1 failed" in output, output
