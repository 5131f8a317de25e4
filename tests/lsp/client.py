"""A client for tests, and a small project of which it has the files open."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pytest_lsp import (
    ClientServerConfig,
    LanguageClient,
    client_capabilities,
    make_test_lsp_client,
)

PATIENCE = 120
PROJECT = {
    "pyproject.toml": '[tool.fbp-lint]\nselect = ["FBP1"]\n',
    "src/__init__.py": "",
    "src/rates.py": "import time\n\n\ndef load() -> int:\n    return 1\n",
    "src/main.py": (
        "from typing import Annotated\n\n"
        "from fastapi import APIRouter, Depends, FastAPI\n\nfrom src import rates\n\n"
        "app = FastAPI()\nrouter = APIRouter(prefix='/rates')\n\n\n"
        "def today() -> str:\n    return 'today'\n\n\n"
        "@router.get('/{day}')\n"
        "async def read_rate(day: str, now: Annotated[str, Depends(today)]) -> int:\n"
        "    '😀'; rate = rates.load()\n"
        "    return rate\n\n\n"
        "app.include_router(router)\n"
    ),
}
CALL = "time.sleep(1)"


def make_client() -> LanguageClient:
    """Make a client that also answers what editors answer and pytest-lsp does not."""
    client = make_test_lsp_client()
    for method in (types.CLIENT_REGISTER_CAPABILITY, types.WORKSPACE_CODE_LENS_REFRESH):
        client.feature(method)(lambda _params: None)
    return client


CONFIG = ClientServerConfig(
    server_command=[sys.executable, "-m", "fastapi_bp_lint", "server"], client_factory=make_client
)


def write(root: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8", newline="")
    return root


def capabilities(**changes: Any) -> types.ClientCapabilities:  # noqa: ANN401
    """Return what an editor can do that can do most things but pull diagnostics."""
    found = client_capabilities("visual-studio-code")
    assert found.text_document
    assert found.workspace
    assert found.window
    found.text_document.diagnostic = changes.get("pull")
    found.general = types.GeneralClientCapabilities(
        position_encodings=changes.get("encodings", [types.PositionEncodingKind.Utf16])
    )
    return found


async def start(
    client: LanguageClient,
    *folders: Path,
    options: object = None,
    able: types.ClientCapabilities | None = None,
) -> types.InitializeResult:
    return await client.initialize_session(
        types.InitializeParams(
            capabilities=able or capabilities(),
            workspace_folders=[types.WorkspaceFolder(one.as_uri(), one.name) for one in folders],
            initialization_options=options,
        )
    )


class Editor:
    """The open documents of a client, and what it was told about files."""

    def __init__(self, client: LanguageClient, root: Path) -> None:
        self.client = client
        self.root = root
        self.versions: dict[str, int] = {}

    def uri(self, path: str) -> str:
        return (self.root / path).as_uri()

    def document(self, path: str) -> types.TextDocumentIdentifier:
        return types.TextDocumentIdentifier(self.uri(path))

    def open(self, path: str, text: str | None = None) -> None:
        self.versions[path] = 1
        found = (self.root / path).read_text("utf-8") if text is None else text
        item = types.TextDocumentItem(self.uri(path), "python", 1, found)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def change(self, path: str, *changes: types.TextDocumentContentChangeEvent | str) -> None:
        self.versions[path] += 1
        document = types.VersionedTextDocumentIdentifier(self.versions[path], self.uri(path))
        made = [
            types.TextDocumentContentChangeWholeDocument(one) if isinstance(one, str) else one
            for one in changes
        ]
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, made))

    def close(self, path: str) -> None:
        params = types.DidCloseTextDocumentParams(self.document(path))
        self.client.text_document_did_close(params)

    def touched(self, *paths: str) -> None:
        events = [types.FileEvent(self.uri(p), types.FileChangeType.Changed) for p in paths]
        params = types.DidChangeWatchedFilesParams(events)
        self.client.workspace_did_change_watched_files(params)

    def told(self, path: str) -> Sequence[types.Diagnostic]:
        return self.client.diagnostics.get(self.uri(path), ())

    def codes(self, path: str) -> list[str | int | None]:
        return [one.code for one in self.told(path)]

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for a notification after which *condition* holds."""
        async with asyncio.timeout(PATIENCE):
            while not condition():  # noqa: ASYNC110 - what it waits for has no event
                await asyncio.sleep(0.01)

    async def actions(
        self, path: str, where: types.Range, only: Sequence[str] | None = None
    ) -> list[types.CodeAction]:
        context = types.CodeActionContext([], only=only)
        params = types.CodeActionParams(self.document(path), where, context)
        found = await self.client.text_document_code_action_async(params)
        return [one for one in found or () if isinstance(one, types.CodeAction)]

    async def hover(self, path: str, line: int, character: int) -> str | None:
        params = types.HoverParams(self.document(path), types.Position(line, character))
        found = await self.client.text_document_hover_async(params)
        return found.contents.value if found else None  # type: ignore[union-attr]


def changes(edit: types.TextDocumentEdit) -> list[types.TextDocumentContentChangePartial]:
    """Return what an editor that makes *edit* tells the server."""
    plain = [one for one in edit.edits if isinstance(one, types.TextEdit)]
    assert len(plain) == len(edit.edits)
    return [types.TextDocumentContentChangePartial(one.range, one.new_text) for one in plain]


async def refused(answer: Any) -> JsonRpcException:  # noqa: ANN401
    """Return the error that a request is answered with."""
    try:
        await answer
    except JsonRpcException as error:
        return error
    message = "the request was answered"
    raise AssertionError(message)
