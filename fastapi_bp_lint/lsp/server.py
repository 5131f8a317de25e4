"""The server itself: what it offers, how it starts and ends, what it does when things change."""

from __future__ import annotations

import gc
import logging
import shutil
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from fastapi_bp_lint import __version__
from fastapi_bp_lint.config import ConfigError, locate, real
from fastapi_bp_lint.lsp import answers
from fastapi_bp_lint.lsp.actions import EXPLAIN, FIX_ALL
from fastapi_bp_lint.lsp.documents import path_of, written
from fastapi_bp_lint.lsp.service import Service, abilities
from fastapi_bp_lint.lsp.settings import SECTION, read
from fastapi_bp_lint.standing import CONFIGURATION

WATCHED = ("**/*.py", "**/.gitignore", *(f"**/{name}" for name in CONFIGURATION))
_OURS = (
    types.TEXT_DOCUMENT_DID_OPEN,
    types.TEXT_DOCUMENT_DID_CHANGE,
    types.TEXT_DOCUMENT_DID_CLOSE,
)
_SWITCH = 0.001


def serve(*, verbose: bool = False) -> int:
    """Speak the protocol on standard input and output until the client ends it.

    Returns the exit code: 1 when the client ends it without having asked for the shutdown.
    """
    # What anything else prints must not get between the messages.
    stdout, sys.stdout = sys.stdout.buffer, sys.stderr
    logging.basicConfig(level=logging.INFO if verbose else logging.ERROR, stream=sys.stderr)
    logging.getLogger("pygls").setLevel(logging.ERROR)  # else it logs every message in full
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    gc.disable()  # it is done when nobody waits
    sys.setswitchinterval(_SWITCH)  # the next keystroke is read while the last one is linted
    pages = Path(tempfile.mkdtemp(prefix="fbp-lint-"))
    service = build(pages)
    try:
        service.server.start_io(sys.stdin.buffer, stdout)
    finally:
        service.session.close()
        shutil.rmtree(pages, ignore_errors=True)
    return 0 if service.ended else 1


def build(pages: Path) -> Service:
    """Return a server that is ready to be started; *pages* is a folder for what it shows."""
    server = LanguageServer(SECTION, __version__)
    service = Service(server, pages)
    for method in _OURS:
        # pygls' copy of a document takes more characters for line ends than the protocol does.
        del server.protocol.fm.builtin_features[method]
    for method, handler in FEATURES.items():
        server.feature(method, _OPTIONS.get(method))(partial(handler, service))
    for name, command in COMMANDS.items():
        server.command(name)(_command(command, service))
    return service


def _command(
    command: Callable[..., Awaitable[Any]], service: Service
) -> Callable[..., Awaitable[Any]]:
    # An annotation that the server fits would have pygls hand it over besides.
    async def execute(*arguments: Any) -> object:  # noqa: ANN401
        return await command(service, *arguments)

    return execute


def initialize(service: Service, params: types.InitializeParams) -> None:
    """Learn what the client can do, which folders it has open, and its settings."""
    session, server = service.session, service.server
    session.encoding = str(getattr(server.workspace.position_encoding, "value", "utf-16"))
    able = service.abilities = abilities(params.capabilities)
    session.related, session.versioned = able.relates, able.versions
    if able.pulls:
        options = types.DiagnosticOptions(
            inter_file_dependencies=True, workspace_diagnostics=True, identifier=SECTION
        )
        for method, handler in PULLED.items():
            server.feature(method, options)(partial(handler, service))
    root = params.root_uri or (Path(params.root_path).as_uri() if params.root_path else None)
    uris = [folder.uri for folder in params.workspace_folders or ()] or ([root] if root else [])
    session.folders = _folders(uris)
    _take(service, params.initialization_options)


def _folders(uris: Iterable[str]) -> dict[Path, Path]:
    paths = (path for uri in uris if (path := written(uri)) is not None)
    return {real(path): path for path in paths}


def _take(service: Service, given: object) -> None:
    taken = read(given)
    service.session.settings = taken.settings
    for problem in taken.problems:
        service.complain(f"fbp-lint: the setting {problem}")


async def initialized(service: Service, _params: types.InitializedParams) -> None:
    """Lint what is open, and have the client watch the files."""
    if service.abilities.configures:
        await _configure(service)
    if service.abilities.watches:
        watchers = [types.FileSystemWatcher(pattern) for pattern in WATCHED]
        options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
        method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
        registration = types.Registration("fbp-lint.watch", method, options)
        service.server.client_register_capability(types.RegistrationParams([registration]))
    _open(service, service.session.folders)


async def _configure(service: Service) -> None:
    """Ask the client for its settings."""
    item = types.ConfigurationItem(section=SECTION)
    answer = await service.server.workspace_configuration_async(types.ConfigurationParams([item]))
    if answer and isinstance(answer[0], dict) and answer[0]:
        _take(service, answer[0])


def _open(service: Service, folders: Iterable[Path]) -> None:
    for folder in folders:
        try:
            marked = locate(folder).marked
        except ConfigError:
            marked = True
        if marked:  # else it is anything, a home for example: a file in it has to be opened first
            service.session.opened(folder)


async def did_change_configuration(
    service: Service, params: types.DidChangeConfigurationParams
) -> None:
    """Take the client's new settings."""
    if params.settings:
        _take(service, params.settings)
    elif service.abilities.configures:
        await _configure(service)
    service.session.reload()


def did_change_workspace_folders(
    service: Service, params: types.DidChangeWorkspaceFoldersParams
) -> None:
    """Take up folders, and let go of others."""
    session = service.session
    gone = {path_of(folder.uri) for folder in params.event.removed}
    added = _folders(folder.uri for folder in params.event.added)
    left = {path: as_is for path, as_is in session.folders.items() if path not in gone}
    session.folders = left | added
    session.reload()


def did_change_watched_files(service: Service, params: types.DidChangeWatchedFilesParams) -> None:
    """Lint again what has changed on the disk."""
    paths = [path for event in params.changes if (path := path_of(event.uri)) is not None]
    if any(path.name in CONFIGURATION for path in paths):
        service.session.reload()
    for path in paths:
        if service.session.documents.at(path) is None:
            service.session.changed(path)


def did_open(service: Service, params: types.DidOpenTextDocumentParams) -> None:
    """Take a document from the editor instead of from the disk."""
    given = params.text_document
    document = service.session.documents.put(given.uri, given.version, given.text)
    if document.is_python and document.path is not None:
        service.push_again(given.uri, empty=True)
        service.session.opened(document.path)


def did_change(service: Service, params: types.DidChangeTextDocumentParams) -> None:
    """Change a document, and lint."""
    session, given = service.session, params.text_document
    document = session.documents.change(
        given.uri, given.version, params.content_changes, session.encoding
    )
    if document is not None and document.is_python:
        session.changed(document.path)


def did_save(service: Service, params: types.DidSaveTextDocumentParams) -> None:
    """Read a saved configuration."""
    path = path_of(params.text_document.uri)
    if path is not None and path.name in CONFIGURATION:
        service.session.reload()
    else:
        service.session.changed(path)


def did_close(service: Service, params: types.DidCloseTextDocumentParams) -> None:
    """Take a document from the disk again."""
    document = service.session.documents.close(params.text_document.uri)
    if document is not None and document.is_python:
        service.push_again(document.uri, empty=False)
        service.session.changed(document.path)


def shutdown(service: Service, _params: None) -> None:
    """Take no more work."""
    service.ended = True
    service.session.close()


FEATURES: dict[str, Callable[..., Any]] = {
    types.INITIALIZE: initialize,
    types.INITIALIZED: initialized,
    types.SHUTDOWN: shutdown,
    types.TEXT_DOCUMENT_DID_OPEN: did_open,
    types.TEXT_DOCUMENT_DID_CHANGE: did_change,
    types.TEXT_DOCUMENT_DID_SAVE: did_save,
    types.TEXT_DOCUMENT_DID_CLOSE: did_close,
    types.WORKSPACE_DID_CHANGE_CONFIGURATION: did_change_configuration,
    types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS: did_change_workspace_folders,
    types.WORKSPACE_DID_CHANGE_WATCHED_FILES: did_change_watched_files,
    types.TEXT_DOCUMENT_HOVER: answers.hover,
    types.TEXT_DOCUMENT_CODE_LENS: answers.code_lens,
    types.TEXT_DOCUMENT_CODE_ACTION: answers.code_action,
    types.CODE_ACTION_RESOLVE: answers.resolve_action,
    types.TEXT_DOCUMENT_DOCUMENT_SYMBOL: answers.document_symbol,
    types.WORKSPACE_SYMBOL: answers.workspace_symbol,
}
PULLED: dict[str, Callable[..., Any]] = {
    types.TEXT_DOCUMENT_DIAGNOSTIC: answers.document_diagnostic,
    types.WORKSPACE_DIAGNOSTIC: answers.workspace_diagnostic,
}
COMMANDS: dict[str, Callable[..., Awaitable[Any]]] = {
    EXPLAIN: answers.explain,
    answers.ROUTE: answers.show_route,
}
_OPTIONS: dict[str, Any] = {
    types.TEXT_DOCUMENT_CODE_ACTION: types.CodeActionOptions(
        code_action_kinds=[types.CodeActionKind.QuickFix, FIX_ALL], resolve_provider=True
    ),
}
