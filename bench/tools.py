"""The commands that are compared: ours, the parser of Python alone, and other linters."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from bench.wheels import sources

PARSER = "`ast.parse` of the same files"
COLD, ALONE = "fbp-lint, cold", "fbp-lint, cold, in one process"
WARM, CHANGED = "fbp-lint, nothing changed", "fbp-lint, one file changed"
RUFF = "ruff `FAST,ASYNC`, no cache"
PEERS = ("ruff", "flake8", "flake8-async", "flake8-fastapi", "fastapi-lsp", "pylint")
_PARSE = """\
import ast, sys
for path in open(sys.argv[1], encoding="utf-8").read().splitlines():
    try:
        ast.parse(open(path, "rb").read())
    except (SyntaxError, ValueError):
        pass
"""


class Tool(NamedTuple):
    """A command; *prepare* runs before each time that it is measured.

    A *slow* one is measured once.
    """

    name: str
    command: list[str]
    prepare: Callable[[], None] = lambda: None
    slow: bool = False


def installed(folder: Path) -> Path:
    """Return the scripts of an environment with the other linters, below *folder*."""
    environment = folder / "environment"
    scripts = environment / ("Scripts" if sys.platform == "win32" else "bin")
    if not environment.is_dir():
        venv.create(environment, with_pip=True)
        subprocess.run([str(scripts / "pip"), "install", "--quiet", *PEERS], check=True)
    return scripts


def ours(project: Path, folder: Path) -> list[Tool]:
    """Return our own runs over *project*, whose copy and cache go below *folder*."""
    lint = [sys.executable, "-m", "fastapi_bp_lint", "--isolated", "--quiet"]
    names = folder / "files.txt"
    names.write_text("\n".join(sources(project)), "utf-8")
    edited = folder / "edited"
    shutil.copytree(project, edited, dirs_exist_ok=True)
    file = _typical(edited)
    text = file.read_text("utf-8")
    count = iter(range(10**6))

    def edit() -> None:
        file.write_text(f"{text}\nEDITED = {next(count)}\n", "utf-8")

    kept, other = ["--cache-dir", str(folder / "kept")], ["--cache-dir", str(folder / "other")]
    return [
        Tool(PARSER, [sys.executable, "-c", _PARSE, str(names)]),
        Tool(COLD, [*lint, "--no-cache", str(project)]),
        Tool(ALONE, [*lint, "--no-cache", "--jobs", "1", str(project)]),
        Tool(WARM, [*lint, *kept, str(project)]),
        Tool(CHANGED, [*lint, *other, str(edited)], edit),
    ]


def others(project: Path, folder: Path, scripts: Path) -> list[Tool]:
    """Return the other linters, installed in *scripts*, over *project*."""
    ruff = [str(scripts / "ruff"), "check", "--isolated", "--select", "FAST,ASYNC", "--quiet"]
    flake8 = [str(scripts / "flake8"), "--isolated", "--select", "ASYNC,CF"]
    pylint = [str(scripts / "pylint"), "--disable=all", "--enable=async", "--recursive=y"]
    return [
        Tool(RUFF, [*ruff, "--no-cache", str(project)]),
        Tool("ruff, with its cache", [*ruff, "--cache-dir", str(folder / "ruff"), str(project)]),
        Tool("flake8 with flake8-async and flake8-fastapi", [*flake8, str(project)], slow=True),
        Tool("fastapi-lsp check", [str(scripts / "fastapi-lsp"), "check", str(project)], slow=True),
        Tool("pylint, its checks of coroutines", [*pylint, "--jobs=0", str(project)], slow=True),
    ]


def _typical(project: Path) -> Path:
    """Return the file of median length."""
    files = sorted(project.rglob("*.py"), key=lambda path: (path.stat().st_size, str(path)))
    return files[len(files) // 2]
