"""Reads the cases of a Markdown fixture and runs them.

A heading ``##`` opens a case, a fence is a file of it. The path stands in backticks with a colon
on a line above the fence; Python without a path is ``main.py``, TOML without a path the
configuration. ``# error: FBP101 "words"`` at the end of a line says that a finding of that code
whose message has those words stands there; the mark is not part of the file. A fence ``fixed`` has
the text after ``--fix``, ``unsafe-fixed`` that after ``--fix --unsafe-fixes``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from fastapi_bp_lint.engine import repair, run
from fastapi_bp_lint.plan import Request, prepare
from fastapi_bp_lint.report import Report
from fastapi_bp_lint.selection import Layer

CONFIG = "fbp-lint.toml"
ROLES = ("", "fixed", "unsafe-fixed")

_FENCE = re.compile(r"(?P<ticks>`{3,})(?P<language>\S*)\s*(?P<role>.*)")
_PATH = re.compile(r"`(?P<path>[^`]+)`:")
_MARK = re.compile(r"[ \t]*#\s*error:\s*(?=FBP\d{3})(?P<wants>.*)$")
_WANT = re.compile(r"(?P<code>FBP\d{3})(?:\s+\"(?P<words>[^\"]*)\")?")
_CHOOSING = {"select", "extend-select", "preset"}


class Want(NamedTuple):
    """A finding that a mark asks for."""

    path: str
    line: int
    code: str
    words: str


class Case(NamedTuple):
    """One project: its files as they are, after safe fixes and after all fixes."""

    name: str
    files: dict[str, str]
    fixed: dict[str, str]
    unsafe_fixed: dict[str, str]
    wants: tuple[Want, ...]

    @property
    def expected(self) -> list[tuple[str, int, str]]:
        """The places and codes of the marks."""
        return sorted((want.path, want.line, want.code) for want in self.wants)


class Fence(NamedTuple):
    """A fence of a Markdown text; *line* is where it opens."""

    path: str
    role: str
    text: str
    line: int


def cases(text: str) -> list[Case]:
    """Return the cases of a fixture.

    Raises:
        ValueError: a fence has no path, a role that does not exist, or is not closed.

    """
    return [case(title.strip(), list(fences(body))) for title, body in _sections(text)]


def _sections(text: str) -> Iterator[tuple[str, str]]:
    """Give the headings ``##`` with what stands below; inside a fence there is no heading."""
    title, ticks = "", ""
    body: list[str] = []
    for line in text.splitlines(keepends=True):
        if ticks:
            ticks = "" if line.rstrip() == ticks else ticks
        elif match := _FENCE.match(line):
            ticks = match["ticks"]
        elif line.startswith("## "):
            if title:
                yield title, "".join(body)
            title, body = line[3:], []
            continue
        body.append(line)
    if title:
        yield title, "".join(body)


def fences(text: str) -> Iterator[Fence]:
    """Give the fences of a piece of Markdown."""
    path = ""
    lines = iter(enumerate(text.splitlines(), 1))
    for number, line in lines:
        if opening := _FENCE.match(line):
            inner: list[str] = []
            for _, row in lines:
                if row.rstrip() == opening["ticks"]:
                    break
                inner.append(f"{row}\n")
            else:
                message = f"the fence of line {number} is not closed"
                raise ValueError(message)
            role = opening["role"].strip()
            yield Fence(path or _default(opening["language"], number), role, "".join(inner), number)
            path = ""
        elif line.strip():
            match = _PATH.fullmatch(line.strip())
            path = match["path"] if match else ""


def _default(language: str, number: int) -> str:
    if language == "python":
        return "main.py"
    if language == "toml":
        return CONFIG
    message = f"the fence of line {number} needs a path: only Python and TOML have one by default"
    raise ValueError(message)


def case(name: str, parts: Iterable[Fence]) -> Case:
    """Put the fences of one case together."""
    by_role: dict[str, dict[str, str]] = {role: {} for role in ROLES}
    wants: list[Want] = []
    for path, role, text, number in parts:
        if role not in by_role or path in by_role[role]:
            message = f"{name}, line {number}: {path} {role} is there twice or has no meaning"
            raise ValueError(message)
        plain, marks = unmarked(text, path)
        by_role[role][path] = plain
        if not role:
            wants += marks
    return Case(name, by_role[""], by_role["fixed"], by_role["unsafe-fixed"], tuple(wants))


def unmarked(text: str, path: str) -> tuple[str, list[Want]]:
    """Return *text* without its marks, and the marks."""
    rows: list[str] = []
    wants: list[Want] = []
    for number, row in enumerate(text.split("\n"), 1):
        mark = _MARK.search(row)
        rows.append(row[: mark.start()] if mark else row)
        wants += [
            Want(path, number, want["code"], want["words"] or "")
            for want in (_WANT.finditer(mark["wants"]) if mark else ())
        ]
    return "\n".join(rows), wants


def write(files: Mapping[str, str], root: Path) -> None:
    """Write the files of a case, and an empty configuration where it has none."""
    settled = {"pyproject.toml", CONFIG} & files.keys()
    for path, text in (files if settled else {**files, CONFIG: ""}).items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8", newline="")


def request(root: Path, layer: Layer) -> Request:
    """Ask for *layer* unless the configuration in *root* chooses rules itself."""
    file = root / CONFIG
    chosen = tomllib.loads(file.read_text("utf-8")) if file.exists() else {}
    return Request(paths=(root,), layer=Layer() if _CHOOSING & chosen.keys() else layer)


def lint(asked: Request) -> Report:
    """Run the linter as it runs from the command line."""
    return run(prepare(asked))


def mend(asked: Request, *, unsafe: bool) -> dict[str, str]:
    """Return the text of each file that fixes change; nothing is written."""
    changes = repair(prepare(asked), unsafe=unsafe).changes
    return {change.path: change.after.decode() for change in changes}
