"""Changed files as edits of the documents that the client has."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence

from lsprotocol.types import (
    OptionalVersionedTextDocumentIdentifier,
    Position,
    Range,
    TextDocumentEdit,
    TextEdit,
    WorkspaceEdit,
)

from fastapi_bp_lint.fixes import Change
from fastapi_bp_lint.fixes.encoded import decode
from fastapi_bp_lint.lsp.diagnostics import View
from fastapi_bp_lint.lsp.positions import lines_of, position_of
from fastapi_bp_lint.lsp.shifts import ends

Edits = tuple[str, list[TextEdit]]


def edits_of(change: Change, view: View) -> Edits:
    """Return the path of a changed file and the edits that change it.

    Raises:
        SyntaxError, ValueError: the file is not in the encoding that it declares.

    """
    document = view.seen.documents.get(change.path)
    before = decode(change.before).text if document is None else document.text
    old, new = lines_of(before), lines_of(decode(change.after).text)
    end = "\r\n" if "\r\n" in before else "\r" if "\r" in before else "\n"
    return change.path, list(_edits(old, new, end, view.encoding))


def _edits(old: Sequence[str], new: Sequence[str], end: str, encoding: str) -> Iterator[TextEdit]:
    """Give an edit for each run of lines that differs."""
    head, tail = ends(old, new)
    before, after = old[head : len(old) - tail], new[head : len(new) - tail]
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, first, last, start, stop in matcher.get_opcodes():
        if tag != "equal":
            yield _edit(old, head + first, head + last, after[start:stop], end, encoding)


def _edit(
    old: Sequence[str], first: int, last: int, lines: Sequence[str], end: str, encoding: str
) -> TextEdit:
    """Put *lines* in the place of those from *first* up to *last*."""

    def at(line: int, character: int) -> Position:
        return position_of(line + 1, character, old, encoding)

    if last < len(old):
        return TextEdit(Range(at(first, 0), at(last, 0)), "".join(line + end for line in lines))
    stop = at(last - 1, len(old[-1]))
    if first == 0:
        return TextEdit(Range(at(0, 0), stop), end.join(lines))
    # The last lines have no end of their own: it is that of the line before that comes or goes.
    return TextEdit(
        Range(at(first - 1, len(old[first - 1])), stop), "".join(end + line for line in lines)
    )


def workspace_edit(edits: Iterable[Edits], view: View) -> WorkspaceEdit:
    """Return *edits* of files as one edit, with versions where the client takes them."""
    by_uri = {view.uri(view.top / path): (path, made) for path, made in edits if made}
    if not view.versioned:
        return WorkspaceEdit(changes={uri: made for uri, (_, made) in by_uri.items()})
    return WorkspaceEdit(
        document_changes=[
            TextDocumentEdit(
                OptionalVersionedTextDocumentIdentifier(uri, _version(path, view)), list(made)
            )
            for uri, (path, made) in by_uri.items()
        ]
    )


def _version(path: str, view: View) -> int | None:
    document = view.seen.documents.get(path)
    return None if document is None else document.version
