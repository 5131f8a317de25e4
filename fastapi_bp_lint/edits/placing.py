"""Where a new import belongs among those that a file has."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from fastapi_bp_lint.edits.text import Text
from fastapi_bp_lint.edits.units import first_line, last_line

# A shebang, and the encoding declaration of PEP 263.
_MUST_STAY = re.compile(r"#!|[ \t\f]*#.*?coding[:=]")

Import = ast.Import | ast.ImportFrom


class Spot(NamedTuple):
    """The number of the line before which a new line goes, and the blank lines around it."""

    line: int
    blank_before: bool = False
    blank_after: bool = False


class Layout(NamedTuple):
    """How a module begins: the last line of docstring and future imports, then import groups."""

    head: int
    groups: tuple[tuple[Import, ...], ...]


def layout(text: Text, tree: ast.Module) -> Layout:
    """Read how the module begins; only the first run of imports counts."""
    head, rest = 0, list(tree.body)
    while rest and (_is_future(rest[0]) or (not head and _is_docstring(rest[0]))):
        head = line_after(tree, rest.pop(0)) - 1
    groups: list[list[Import]] = []
    for statement in _first_run(rest):
        if groups and not _blank_between(text, groups[-1][-1], statement):
            groups[-1].append(statement)
        else:
            groups.append([statement])
    return Layout(head, tuple(tuple(group) for group in groups))


def line_after(tree: ast.Module, statement: ast.stmt) -> int:
    """Return the first line after *statement* on which no other statement goes on."""
    line = last_line(statement)
    for other in tree.body:
        if other.lineno <= line < last_line(other):
            line = last_line(other)
    return line + 1


def spot(text: Text, tree: ast.Module, module: str, *, names: bool, before: int) -> Spot | None:
    """Return where an import of *module*, or of *names* from it, goes to be in force at *before*.

    None when the line *before* comes before any place for it.
    """
    head, groups = layout(text, tree)
    usable = [tuple(s for s in group if last_line(s) < before) for group in groups]
    found = _among(tree, [group for group in usable if group], module, names=names)
    found = found or _at_top(text, tree, head)
    found = found._replace(line=_between(tree, max(found.line, head + 1)))
    return found if found.line <= before else None


def _between(tree: ast.Module, line: int) -> int:
    """Return *line*, or the first one after it that is not in the midst of a statement."""
    for statement in tree.body:
        if first_line(statement) < line <= last_line(statement):
            line = line_after(tree, statement)
    return line


def _among(
    tree: ast.Module, groups: Sequence[Sequence[Import]], module: str, *, names: bool
) -> Spot | None:
    if not groups:
        return None
    mine, root = section(module), _root(module)
    same_root = [g for g in groups if any(_root(name(s)) == root for s in g)]
    same_section = [g for g in groups if any(section(name(s)) == mine for s in g)]
    chosen = [*same_root, *same_section]
    if chosen:
        return Spot(_in_group(tree, chosen[0], module, names=names))
    earlier = [g for g in groups if all(section(name(s)) < mine for s in g)]
    if earlier:
        return Spot(line_after(tree, earlier[-1][-1]), blank_before=True)
    return Spot(groups[0][0].lineno, blank_after=True)


def _in_group(tree: ast.Module, group: Sequence[Import], module: str, *, names: bool) -> int:
    own = [s for s in group if section(name(s)) == section(module)] or group
    mixed = any(
        isinstance(one, ast.ImportFrom) and isinstance(two, ast.Import)
        for one, two in pairwise(own)
    )

    def key(statement: Import) -> tuple[int, bool, str]:
        is_from = isinstance(statement, ast.ImportFrom) and not mixed
        return section(name(statement)), is_from, name(statement).lower()

    mine = section(module), names and not mixed, module.lower()
    smaller = [statement for statement in own if key(statement) <= mine]
    return line_after(tree, smaller[-1]) if smaller else own[0].lineno


def _at_top(text: Text, tree: ast.Module, head: int) -> Spot:
    if head:
        return Spot(head + 1, blank_before=True, blank_after=bool(text.line(head + 1).strip()))
    first = min(map(first_line, tree.body), default=text.lines + 1)
    line = 1
    while line < first and text.line(line).startswith("#"):
        line += 1
    if line < first and not text.line(line).strip():
        return Spot(line, blank_before=line > 1)
    # The comment belongs to the statement below it, but for what must stay on top.
    line = 1
    while _MUST_STAY.match(text.line(line)):
        line += 1
    return Spot(line, blank_after=bool(text.line(line).strip()))


def name(statement: Import) -> str:
    """Return the module that *statement* imports or imports from, with its leading dots."""
    if isinstance(statement, ast.ImportFrom):
        return "." * statement.level + (statement.module or "")
    return statement.names[0].name


def section(module: str) -> int:
    """Return 0 for the standard library, 1 for what is installed or local, 2 for relative."""
    if module.startswith("."):
        return 2
    return 0 if _root(module) in sys.stdlib_module_names else 1


def _root(module: str) -> str:
    return module.partition(".")[0] if not module.startswith(".") else "."


def _is_future(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"


def _is_docstring(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def _first_run(statements: Sequence[ast.stmt]) -> list[Import]:
    found: list[Import] = []
    for statement in statements:
        if isinstance(statement, Import):
            found.append(statement)
        elif found:
            break
    return found


def _blank_between(text: Text, one: ast.stmt, two: ast.stmt) -> bool:
    between = range(last_line(one) + 1, two.lineno)
    return any(not text.line(number).strip() for number in between)
