"""The documents that are open in the editor, as they are there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

from lsprotocol.types import (
    TextDocumentContentChangeEvent,
    TextDocumentContentChangePartial,
)
from pygls.uris import to_fs_path

from fastapi_bp_lint.config import real
from fastapi_bp_lint.lsp.positions import lines_of, offset


class Document:
    """One version of an open document; *path* is None for what is no file."""

    def __init__(self, uri: str, version: int, text: str, path: Path | None) -> None:
        self.uri = uri
        self.version = version
        self.text = text
        self.path = path

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the text without their ends."""
        return lines_of(self.text)

    @property
    def is_python(self) -> bool:
        """Whether it may be a file of a project."""
        return self.path is not None and self.path.suffix == ".py"


class Documents:
    """All open documents by their URI as the client writes it."""

    def __init__(self) -> None:
        self._open: dict[str, Document] = {}
        self._files: dict[Path, Document] = {}

    def __iter__(self) -> Iterator[Document]:
        return iter(self._open.values())

    def get(self, uri: str) -> Document | None:
        """Return the document of *uri* as it is now, None when it is not open."""
        return self._open.get(uri)

    def put(self, uri: str, version: int, text: str) -> Document:
        """Open a document, or replace all of it."""
        last = self._open.get(uri)
        path = path_of(uri) if last is None else last.path
        document = self._open[uri] = Document(uri, version, text, path)
        if path is not None:
            self._files[path] = document
        return document

    def change(
        self,
        uri: str,
        version: int,
        changes: Iterable[TextDocumentContentChangeEvent],
        encoding: str,
    ) -> Document | None:
        """Make *changes* one after the other; None when the document is not open."""
        document = self._open.get(uri)
        if document is None:
            return None
        text = document.text
        for change in changes:
            text = changed(text, change, encoding)
        return self.put(uri, version, text)

    def close(self, uri: str) -> Document | None:
        """Forget a document, and return it if it was open."""
        document = self._open.pop(uri, None)
        if document is not None and document.path is not None:
            self._files.pop(document.path, None)
        return document

    def at(self, path: Path) -> Document | None:
        """Return the open document of the file *path*."""
        return self._files.get(path)


def changed(text: str, change: TextDocumentContentChangeEvent, encoding: str) -> str:
    """Return *text* after *change*."""
    if not isinstance(change, TextDocumentContentChangePartial):
        return change.text
    start = offset(text, change.range.start, encoding)
    end = offset(text, change.range.end, encoding)
    return text[:start] + change.text + text[max(start, end) :]


def written(uri: str) -> Path | None:
    """Return the path of *uri* as the client writes it, None when it is that of no file."""
    path = to_fs_path(uri)
    return Path(path) if path else None


def path_of(uri: str) -> Path | None:
    """Return where the file of *uri* stands, whatever links lead to it."""
    path = written(uri)
    return real(path) if path is not None else None
