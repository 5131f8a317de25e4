"""Other names for what a file imports: the import statement and every use of it change together.

A rule hands over where they stand as the arguments of its fix: a string for each place has its
four numbers and what is to stand there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import libcst as cst

from fastapi_bp_lint.edits.editor import Editor
from fastapi_bp_lint.finding import Span


def rename(edit: Editor) -> None:
    """Write an imported name and its uses anew.

    The arguments are ``old>new``, the name in the import and the uses.

    Raises:
        RefusedError: a use is not the plain name that it should be.

    """
    edit.rename_in_annotations(_names(edit.args[0]))
    imported, *uses = _places(edit.args[1:])
    edit.replace(*imported)
    for span, text in uses:
        edit.node(span, cst.Name)
        edit.replace(span, text)


def rename_uses(edit: Editor) -> str:
    """Write the new name, the first of the arguments, at the places of the others; return it.

    Raises:
        RefusedError: a use is not the plain name that it should be.

    """
    name, *uses = edit.args
    for span, _ in _places(f"{use} " for use in uses):
        edit.node(span, cst.Name)
        edit.replace(span, name)
    return name


def qualify(edit: Editor) -> None:
    """Import a module in the place of names out of it, and write the names as its attributes.

    The arguments are package, module and alias, ``new`` or ``known`` (where the file imports it
    already), ``old>new`` for each name, the number of statements, these with the names that leave
    them, and the uses.

    Raises:
        RefusedError: a use is not the plain name that it should be.

    """
    package, module, alias, state, names, count, *places = edit.args
    edit.rename_in_annotations(_names(names))
    statements, uses = places[: int(count)], places[int(count) :]
    is_known = state == "known"
    for span, left in _places(statements):
        is_known = _leave(edit, span, left.split(), None if is_known else (package, module, alias))
    for span, text in _places(uses):
        edit.node(span, cst.Name)
        edit.replace(span, text)


def _leave(edit: Editor, span: Span, names: list[str], new: tuple[str, str, str] | None) -> bool:
    """Take *names* out of an import statement and put *new* there; return that it is imported."""
    statement = edit.node(span, cst.ImportFrom)
    assert not isinstance(statement.names, cst.ImportStar)
    line = "from {} import {} as {}".format(*new) if new else ""
    if len(statement.names) > len(names):
        rest = statement
        for name in names:
            rest = edit.drop(rest, name)
        edit.swap(statement, rest)
        if line:
            edit.put_before(span, line)
    elif line:
        edit.replace(span, line)
    else:
        edit.remove(span)
    return True


def _names(arg: str) -> dict[str, str]:
    pairs = (pair.partition(">") for pair in arg.split())
    return {old: new for old, _, new in pairs}


def _places(args: Iterable[str]) -> Iterator[tuple[Span, str]]:
    for arg in args:
        line, column, end_line, end_column, text = arg.split(" ", 4)
        yield Span(int(line), int(column), int(end_line), int(end_column)), text
