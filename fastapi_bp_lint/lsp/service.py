"""One connection: the server that speaks the protocol, and the session that knows the code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from lsprotocol import types

from fastapi_bp_lint.lsp.diagnostics import View
from fastapi_bp_lint.lsp.documents import path_of
from fastapi_bp_lint.lsp.positions import column
from fastapi_bp_lint.lsp.roots import Root
from fastapi_bp_lint.lsp.session import Session
from fastapi_bp_lint.plan import under
from fastapi_bp_lint.project.project import Project

if TYPE_CHECKING:
    from pygls.lsp.server import LanguageServer

Answer = TypeVar("Answer")


class Abilities(NamedTuple):
    """What the client can do, as far as it matters here.

    *pulls* is whether it asks for diagnostics, *relates* whether it shows places beside one;
    *resolves* is whether it asks for the edit of an action when that is chosen, *versions* whether
    it checks of which version that is.
    """

    pulls: bool = False
    relates: bool = False
    versions: bool = False
    resolves: bool = False
    configures: bool = False
    watches: bool = False
    shows: bool = False
    refreshes_lenses: bool = False


def abilities(client: types.ClientCapabilities) -> Abilities:
    """Read what the client says of itself."""
    document = client.text_document or types.TextDocumentClientCapabilities()
    workspace = client.workspace or types.WorkspaceClientCapabilities()
    window = client.window or types.WindowClientCapabilities()
    published, action = document.publish_diagnostics, document.code_action
    refresh, edit = workspace.diagnostics, workspace.workspace_edit
    watch, lens, show = (
        workspace.did_change_watched_files,
        workspace.code_lens,
        window.show_document,
    )
    resolve = action.resolve_support if action and action.data_support else None
    return Abilities(
        # Without a way to say that another file has changed, what is pulled would be old.
        pulls=bool(document.diagnostic and refresh and refresh.refresh_support),
        relates=bool(published and published.related_information),
        versions=bool(edit and edit.document_changes),
        resolves=bool(resolve and "edit" in resolve.properties),
        configures=bool(workspace.configuration),
        watches=bool(watch and watch.dynamic_registration),
        shows=bool(show and show.support),
        refreshes_lenses=bool(lens and lens.refresh_support),
    )


class Service:
    """What every handler gets."""

    def __init__(self, server: LanguageServer, pages: Path) -> None:
        self.server = server
        self.session = Session(self._tell, self._changed, self._rerouted, self.complain)
        self.abilities = Abilities()
        self.pages = pages
        self.ended = False
        self._pulled = False

    def complain(self, message: str) -> None:
        """Show what the user has to know."""
        params = types.ShowMessageParams(types.MessageType.Error, message)
        self.server.window_show_message(params)

    def workspace_is_pulled(self) -> None:
        """From now on the client asks for the diagnostics of all files, open or not."""
        if not self._pulled:
            for _, note in self.session.board:
                if self._pushes(note.uri) and note.diagnostics:
                    self._push(note.uri, ())
            self._pulled = True

    def push_again(self, uri: str, *, empty: bool) -> None:
        """Push what a client that pulls open files knows of one that it opens or closes."""
        if self.abilities.pulls and not self._pulled:
            path = path_of(uri)
            note = self.session.board.of(path) if path is not None else None
            if note is not None and note.diagnostics:
                self._push(uri, () if empty else note.diagnostics)

    def _tell(self, uri: str, diagnostics: Sequence[types.Diagnostic]) -> None:
        if self._pushes(uri):
            self._push(uri, diagnostics)

    def _pushes(self, uri: str) -> bool:
        if not self.abilities.pulls:
            return True
        return not self._pulled and self.session.documents.get(uri) is None

    def _push(self, uri: str, diagnostics: Sequence[types.Diagnostic]) -> None:
        document = self.session.documents.get(uri)
        version = None if document is None else document.version
        self.server.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri, list(diagnostics), version)
        )

    def _changed(self) -> None:
        if self.abilities.pulls:
            self.server.workspace_diagnostic_refresh(None)

    def _rerouted(self) -> None:
        if self.abilities.refreshes_lenses:
            self.server.workspace_code_lens_refresh(None)


class Here(NamedTuple):
    """A file of a project as a run has seen it; *path* is relative to the project's root."""

    root: Root
    view: View
    path: str

    @property
    def project(self) -> Project:
        """The linked project."""
        return self.view.seen.look.project

    def character(self, position: types.Position) -> int:
        """Return the column in characters that *position* means."""
        lines = self.view.seen.lines(self.path)
        line = lines[position.line] if position.line < len(lines) else ""
        return column(line, position.character, self.view.encoding)


async def at(
    service: Service, uri: str, question: Callable[[Here], Answer], default: Answer
) -> Answer:
    """Ask about the file of *uri*; *default* is the answer for one that is in no project."""
    session = service.session

    def answer() -> Answer:
        path = path_of(uri)
        root = session.root_of(path) if path is not None else None
        seen = root.seen if root is not None else None
        if path is None or root is None or seen is None:
            return default
        for name in under(root.top, path):
            if name in seen.look.project.files:
                return question(Here(root, session.view(root, seen), name))
        return default

    return await session.ask(answer)
