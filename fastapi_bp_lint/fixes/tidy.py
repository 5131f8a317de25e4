"""The lines that fixes have changed, formatted by the project's own ruff."""

from __future__ import annotations

import difflib
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

# Path, text before and after fixes; returns the text to keep.
Tidy = Callable[[str, str, str], str]


def changed_lines(before: str, after: str) -> list[tuple[int, int]]:
    """Return the runs of lines of *after*, first and last from 1, that *before* does not have."""
    old, new = before.split("\n"), after.split("\n")
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    return [
        (start + 1, end)
        for kind, _, _, start, end in matcher.get_opcodes()
        if kind in {"replace", "insert"}
    ]


def ruff_format(root: Path) -> Tidy | None:
    """Return what formats changed lines with ruff; None where it is not configured or installed.

    Installed means beside the running Python, or on the PATH. A file that ruff cannot format stays
    as it is, and so do the lines that no fix has touched.
    """
    beside = str(Path(sys.executable).parent)
    executable = shutil.which("ruff", path=beside) or shutil.which("ruff")
    if executable is None or not _configured(root):
        return None

    def formatted(path: str, text: str, options: Sequence[str] = ()) -> str | None:
        command = [executable, "format", "--quiet", "--stdin-filename", path, *options, "-"]
        done = subprocess.run(  # noqa: S603  # a fixed command, no shell
            command, input=text.encode(), capture_output=True, cwd=root, check=False
        )
        return None if done.returncode else done.stdout.decode()

    def tidy(path: str, before: str, after: str) -> str:
        if formatted(path, before) == before:  # what is not formatted now, fixes have changed
            return formatted(path, after) or after
        text = after
        # From the last run to the first, so that the numbers of those to come stay right.
        for first, last in reversed(changed_lines(before, after)):
            better = formatted(path, text, ["--range", f"{first}:1-{last + 1}:1"])
            if better is None:
                return after
            text = better
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
