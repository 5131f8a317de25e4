"""The lines that fixes have changed, formatted by the project's own ruff."""

from __future__ import annotations

import difflib
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path


def changed_lines(before: str, after: str) -> list[tuple[int, int]]:
    """Return the runs of lines of *after*, first and last from 1, that *before* does not have."""
    old, new = before.split("\n"), after.split("\n")
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    return [
        (start + 1, end)
        for kind, _, _, start, end in matcher.get_opcodes()
        if kind in {"replace", "insert"}
    ]


def ruff_format(root: Path) -> Callable[[str, str, list[tuple[int, int]]], str] | None:
    """Return what formats changed lines with ruff; None where it is not configured or installed.

    A file that ruff cannot format stays as it is.
    """
    executable = shutil.which("ruff")
    if executable is None or not _configured(root):
        return None

    def tidy(path: str, text: str, lines: list[tuple[int, int]]) -> str:
        # From the last run to the first, so that the numbers of those to come stay right.
        for first, last in reversed(lines):
            span = f"{first}:1-{last + 1}:1"
            command = [executable, "format", "--quiet", "--stdin-filename", path, "--range", span]
            done = subprocess.run(  # noqa: S603  # a fixed command, no shell
                [*command, "-"], input=text.encode(), capture_output=True, cwd=root, check=False
            )
            if done.returncode != 0:
                return text
            text = done.stdout.decode()
        return text

    return tidy


def _configured(root: Path) -> bool:
    for folder in (root, *root.parents):
        if (folder / "ruff.toml").is_file() or (folder / ".ruff.toml").is_file():
            return True
        pyproject = folder / "pyproject.toml"
        if pyproject.is_file():
            try:
                return "ruff" in tomllib.loads(pyproject.read_text("utf-8")).get("tool", {})
            except (OSError, ValueError):
                return False
    return False
