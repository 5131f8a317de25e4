"""Reads the labelled cases: small FastAPI projects that hide a call, or have none.

A heading ``##`` is a way to hide; its fences are the files of one project, and the fences above the
first heading belong to every project of the file. ``# must-find: requests.get`` stands on the line
of a coroutine that makes the call which leads to that primitive; ``# silent`` on the ``def`` line
of a coroutine whose body makes none. ``# also: why`` excuses a line that holds the loop, too, but
need not be reported again. Every coroutine has a label. ``-- why`` after a label says why running
the case cannot show it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests import mdcase

CASES = Path(__file__).parent / "cases"
_LABEL = re.compile(
    r"#\s*(?P<kind>must-find:|silent\b|also:)\s*(?P<primitive>.*?)\s*(?:-- (?P<unseen>.+))?$"
)


class Label(NamedTuple):
    """What must be said of a line: that it leads to *primitive*, or nothing when that is empty.

    *function* is the coroutine, *line* that of the call, or of the ``def`` of a silent one,
    *unseen* why it could not be observed.
    """

    path: str
    line: int
    function: str
    primitive: str
    unseen: str

    @property
    def library(self) -> str:
        """The top package of the primitive."""
        return re.split(r"[.(]", self.primitive)[0]


class Case(NamedTuple):
    """One project: *topic* is the file it stands in, *way* its heading."""

    topic: str
    way: str
    files: dict[str, str]
    labels: tuple[Label, ...]
    excused: frozenset[tuple[str, int]]

    @property
    def name(self) -> str:
        """A name that is good for a folder."""
        return f"{self.topic}-{re.sub(r'[^a-z0-9]+', '-', self.way.lower()).strip('-')}"


def cases(folder: Path = CASES) -> Iterator[Case]:
    """Give every case, in the order of files and headings.

    Raises:
        ValueError: a coroutine has no label, or a label stands where it says nothing.

    """
    for file in sorted(folder.glob("*.md")):
        text = file.read_text("utf-8")
        head, *parts = re.split(r"^## (?=\S)", text, flags=re.MULTILINE)
        common = {fence.path: fence.text for fence in mdcase.fences(head)}
        for part in parts:
            way, _, body = part.partition("\n")
            files = common | {fence.path: fence.text for fence in mdcase.fences(body)}
            yield _case(file.stem, way.strip(), files)


def _case(topic: str, way: str, files: dict[str, str]) -> Case:
    labels: list[Label] = []
    excused: set[tuple[str, int]] = set()
    for path, text in files.items():
        if path.endswith(".py"):
            for kind, label in _labels(path, text):
                if kind == "also:":
                    excused.add((path, label.line))
                else:
                    labels.append(label)
    return Case(topic, way, files, tuple(labels), frozenset(excused))


def _labels(path: str, text: str) -> Iterator[tuple[str, Label]]:
    marked: dict[int, re.Match[str]] = {}
    for number, row in enumerate(text.split("\n"), 1):
        if match := _LABEL.search(row):
            marked[number] = match
    told: set[int] = set()
    for name, node in coroutines(ast.parse(text)):
        own = [n for n in range(node.lineno, (node.end_lineno or node.lineno) + 1) if n in marked]
        inner = {
            n
            for other in ast.walk(node)
            if isinstance(other, ast.AsyncFunctionDef) and other is not node
            for n in range(other.lineno, (other.end_lineno or other.lineno) + 1)
        }
        own = [n for n in own if n not in inner]
        if not own and _is_empty(node):
            continue
        if not any(marked[n]["kind"] != "also:" for n in own):
            message = f"{path}:{node.lineno}: `{name}` has no label"
            raise ValueError(message)
        for n in own:
            kind = marked[n]["kind"]
            if (kind == "silent") is not (n == node.lineno):
                message = f"{path}:{n}: a label that says nothing here"
                raise ValueError(message)
            told.add(n)
            primitive = marked[n]["primitive"] if kind != "silent" else ""
            yield kind, Label(path, n, name, primitive, marked[n]["unseen"] or "")
    if lost := marked.keys() - told:
        message = f"{path}: labels outside of coroutines on lines {sorted(lost)}"
        raise ValueError(message)


def _is_empty(node: ast.AsyncFunctionDef) -> bool:
    """Whether a body is nothing but a docstring, ``...`` or ``pass``."""
    return all(
        isinstance(s, ast.Pass) or (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))
        for s in node.body
    )


def coroutines(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, ast.AsyncFunctionDef]]:
    """Give the async functions of a tree with their dotted names, outer ones first."""
    for node in ast.iter_child_nodes(tree):
        name = prefix
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = f"{prefix}.{node.name}" if prefix else node.name
            if isinstance(node, ast.AsyncFunctionDef):
                yield name, node
        yield from coroutines(node, name)


def write(case: Case, root: Path) -> None:
    """Write the files of a case, and a configuration that makes *root* the project's root."""
    mdcase.write(case.files, root)
