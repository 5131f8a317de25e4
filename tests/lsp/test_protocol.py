"""The corners of the protocol, asked by a client that speaks it to the real process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_lsp
from lsprotocol import types
from pytest_lsp import LanguageClient

from tests.lsp.client import (
    CALL,
    CONFIG,
    PROJECT,
    Editor,
    capabilities,
    changes,
    refused,
    start,
    write,
)

pytestmark = pytest.mark.asyncio
RATES, MAIN = "src/rates.py", "src/main.py"
HELPER = PROJECT[RATES]
BLOCKING = HELPER.replace("return 1", f"{CALL}\n    return 1")
INSERTED = types.TextDocumentContentChangePartial(
    types.Range(types.Position(4, 0), types.Position(4, 0)), f"    {CALL}\n"
)
START = types.Range(types.Position(0, 0), types.Position(0, 0))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write(tmp_path / "project", PROJECT)


@pytest_lsp.fixture(config=CONFIG)  # type: ignore[untyped-decorator]
async def client(lsp: LanguageClient) -> AsyncIterator[None]:
    yield
    await lsp.shutdown_session()


async def test_findings_follow_what_is_typed(client: LanguageClient, root: Path) -> None:
    result = await start(client, root)
    offered = result.capabilities
    assert offered.position_encoding == types.PositionEncodingKind.Utf16
    assert offered.diagnostic_provider is None
    editor = Editor(client, root)
    editor.open(RATES)
    editor.change(RATES, INSERTED)
    await editor.until(lambda: editor.codes(MAIN))  # of a file that is not open
    (found,) = editor.told(MAIN)
    assert (found.code, found.source) == ("FBP102", "fbp-lint")
    assert found.severity == types.DiagnosticSeverity.Error
    assert found.code_description is not None
    assert found.code_description.href.endswith("/FBP102/")
    # The emoji before it is two units of UTF-16.
    assert (found.range.start.line, found.range.start.character) == (16, 17)
    assert found.related_information is not None
    (step,) = found.related_information
    assert step.location.uri == editor.uri(RATES)
    assert step.location.range.start == types.Position(4, 4)
    # While it is broken, what was known of it stays.
    before = editor.told(MAIN)
    editor.change(RATES, "import (\n" + BLOCKING)
    await editor.until(lambda: editor.codes(RATES) == ["FBP001"])
    assert editor.told(MAIN)[0].message == before[0].message
    (step,) = editor.told(MAIN)[0].related_information or ()
    assert step.location.range.start.line == 5  # where the line is now
    editor.change(RATES, HELPER)
    await editor.until(lambda: not editor.codes(RATES) and not editor.codes(MAIN))
    editor.change(RATES, BLOCKING)
    await editor.until(lambda: editor.codes(MAIN))
    editor.close(RATES)  # the disk knows nothing of it
    await editor.until(lambda: not editor.codes(MAIN))


async def test_only_the_last_version_is_told(client: LanguageClient, root: Path) -> None:
    versions: list[int | None] = []
    await start(client, root)
    editor = Editor(client, root)
    handler = client.protocol.fm.features[types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS]

    def publish(params: types.PublishDiagnosticsParams) -> None:
        if params.uri == editor.uri(MAIN):
            versions.append(params.version)
        handler(params)

    client.protocol.fm.features[types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS] = publish
    editor.open(MAIN)
    body = "async def slow{n}() -> None:\n    import time\n    time.sleep({n})\n"
    for number in range(1, 9):
        editor.change(MAIN, "".join(body.format(n=n) for n in range(1, number + 1)))
    await editor.until(lambda: len(editor.codes(MAIN)) == 8)
    assert versions[-1] == 9
    told = [version for version in versions if version is not None]
    assert told == sorted(told)
    assert len(told) < 8  # eight at once are not eight runs


async def test_a_request_can_be_cancelled(client: LanguageClient, root: Path) -> None:
    await start(client, root)
    editor = Editor(client, root)
    editor.open(MAIN)
    params = types.HoverParams(editor.document(MAIN), types.Position(15, 12))
    waiting = client.protocol.send_request(types.TEXT_DOCUMENT_HOVER, params, msg_id="hover")
    client.cancel_request(types.CancelParams("hover"))
    error = await refused(asyncio.wrap_future(waiting))
    assert error.code == -32800
    assert await editor.hover(MAIN, 15, 12)


async def test_a_crash_costs_one_request(client: LanguageClient, root: Path) -> None:
    await start(client, root)
    editor = Editor(client, root)
    editor.open(MAIN)
    junk = types.CodeAction("x", data=["no", "wish"])
    await refused(client.code_action_resolve_async(junk))
    command = types.ExecuteCommandParams("fbp-lint.explain", arguments=["FBP999"])
    await refused(client.workspace_execute_command_async(command))
    await refused(
        client.workspace_execute_command_async(types.ExecuteCommandParams("fbp-lint.explain"))
    )
    unknown = client.protocol.send_request("textDocument/nothing", {})
    await refused(asyncio.wrap_future(unknown))
    nowhere = types.VersionedTextDocumentIdentifier(2, "file:///nowhere.py")
    change = types.DidChangeTextDocumentParams(nowhere, [INSERTED])
    client.text_document_did_change(change)
    writer = client.protocol.writer
    assert writer is not None
    broken = b"Content-Length: 9\r\n\r\n{broken}}"
    if (sent := writer.write(broken)) is not None:
        await sent
    card = await editor.hover(MAIN, 15, 12)
    assert card is not None
    assert "**GET /rates/{day}**" in card


async def test_routes_are_shown(client: LanguageClient, root: Path) -> None:
    await start(client, root)
    editor = Editor(client, root)
    editor.open(MAIN)
    card = await editor.hover(MAIN, 15, 12)
    assert card is not None
    assert "runs: event loop · answers 200 · `int`" in card
    assert "- `now`: `src.main.today` (worker thread)" in card
    assert await editor.hover(MAIN, 14, 3) == card  # on the decorator
    assert await editor.hover(MAIN, 10, 5) is None
    lenses = await client.text_document_code_lens_async(types.CodeLensParams(editor.document(MAIN)))
    assert lenses is not None
    (lens,) = lenses
    assert lens.command is not None
    assert lens.command.title == "GET /rates/{day} · event loop · 1 dependency in a thread"
    assert lens.range.start == types.Position(14, 1)
    shown = await client.workspace_execute_command_async(
        types.ExecuteCommandParams(lens.command.command, lens.command.arguments)
    )
    assert shown == card
    assert [one.message for one in client.messages] == [card]
    symbols = await client.text_document_document_symbol_async(
        types.DocumentSymbolParams(editor.document(MAIN))
    )
    assert symbols is not None
    (symbol,) = symbols
    assert isinstance(symbol, types.DocumentSymbol)
    assert (symbol.name, symbol.detail) == ("GET /rates/{day}", "src.main.read_rate")
    assert (symbol.range.start.line, symbol.range.end.line) == (14, 17)
    for query, count in {"rates": 1, "rd": 1, "drx": 0, "": 1}.items():
        found = await client.workspace_symbol_async(types.WorkspaceSymbolParams(query))
        assert len(found or ()) == count
    # The text that the facts are of is the one before: what stands in new lines is not known.
    editor.change(MAIN, PROJECT[MAIN].replace("'/{day}')", "'/{day"))
    params = types.CodeLensParams(editor.document(MAIN))
    assert not await client.text_document_code_lens_async(params)
    assert await editor.hover(MAIN, 15, 12) == card


async def test_a_rule_explains_itself(client: LanguageClient, root: Path) -> None:
    await start(client, root)
    editor = Editor(client, root)
    editor.open(MAIN, "x = 1  # noqa: FBP101, blocking-call\ny = 'FBP102 call'\n")
    for line, character, heading in (
        (0, 17, "# FBP101: "),
        (0, 25, "# FBP101: "),
        (1, 6, "# FBP102: "),
        (1, 13, None),
        (9, 0, None),
    ):
        page = await editor.hover(MAIN, line, character)
        assert (page or "").startswith(heading or "")
        assert bool(page) == bool(heading)
    editor.open("pyproject.toml")
    editor.change("pyproject.toml", '[tool.fbp-lint]\nignore = ["blocking-call"]\n')
    page = await editor.hover("pyproject.toml", 1, 14)
    assert page is not None
    command = types.ExecuteCommandParams("fbp-lint.explain", arguments=["FBP101"])
    assert await client.workspace_execute_command_async(command) == page
    await editor.until(lambda: client.shown_documents)
    shown = Path(client.shown_documents[0].uri.removeprefix("file://"))
    assert shown.read_text("utf-8") == page  # noqa: ASYNC240 - nothing else is going on


async def test_actions_fix_what_is_chosen(client: LanguageClient, root: Path) -> None:
    sleeping = "import time\n\n\nasync def a():\n    time.sleep(1)\n    time.sleep(2)\n"
    write(root, {"src/one.py": sleeping, "src/two.py": sleeping})
    await start(client, root)
    editor = Editor(client, root)
    editor.open("src/one.py")
    await editor.until(lambda: len(editor.codes("src/one.py")) == 2)
    first = editor.told("src/one.py")[0].range
    offered = {one.title: one for one in await editor.actions("src/one.py", first)}
    fix = next(title for title in offered if title.startswith("Fix FBP103: "))
    every = "Fix every FBP103 in this file"
    assert all(offered[title].edit is None for title in (fix, every))

    async def texts(title: str) -> dict[str, list[str]]:
        made = (await client.code_action_resolve_async(offered[title])).edit
        assert made is not None
        assert made.document_changes is not None
        found = {}
        for one in made.document_changes:
            assert isinstance(one, types.TextDocumentEdit)
            found[one.text_document.uri] = [changed.text for changed in changes(one)]
        return found

    mended = ["    await asyncio.sleep(1)\n", "    await asyncio.sleep(2)\n"]
    one, two = editor.uri("src/one.py"), editor.uri("src/two.py")
    assert (await texts(fix))[one][1:] == mended[:1]
    assert (await texts(every))[one][1:] == ["".join(mended)]
    assert set(await texts("Fix every FBP103 in the project")) == {one, two}
    # Nothing was written, and nothing stays behind of what was tried.
    assert len(editor.codes("src/one.py")) == 2
    (safe,) = await editor.actions("src/one.py", START, only=["source.fixAll"])
    assert (safe.kind, safe.edit) == ("source.fixAll.fbp-lint", None)
    offered["all"] = safe
    assert (await texts("all"))[one][1:] == ["".join(mended)]
    assert await editor.actions("src/one.py", START, only=["source.organizeImports"]) == []
    silence = await client.code_action_resolve_async(offered["Suppress FBP103 here"])
    assert silence.edit is not None
    assert silence.edit.document_changes is not None
    (edit,) = silence.edit.document_changes
    assert isinstance(edit, types.TextDocumentEdit)
    assert edit.text_document.version == 1
    assert [change.text for change in changes(edit)] == ["    time.sleep(1)  # noqa: FBP103\n"]
    editor.change("src/one.py", *changes(edit))
    await editor.until(lambda: len(editor.codes("src/one.py")) == 1)
    # An action of a finding that is no longer there says so.
    error = await refused(client.code_action_resolve_async(offered[fix]))
    assert "no longer there" in str(error)
    # In a file that is broken nothing is repaired.
    editor.change("src/one.py", sleeping + "def (\n")
    await editor.until(lambda: "FBP001" in editor.codes("src/one.py"))
    assert await editor.actions("src/one.py", first) == []
    assert await editor.actions("src/one.py", START, only=["source.fixAll"]) == []


async def test_a_client_that_resolves_nothing_gets_the_edits_at_once(
    client: LanguageClient, root: Path
) -> None:
    write(root, {"src/one.py": "import time\n\n\nasync def a():\n    time.sleep(1)\n"})
    able = capabilities()
    assert able.text_document
    assert able.workspace
    able.text_document.code_action = types.CodeActionClientCapabilities()
    able.workspace.workspace_edit = None
    able.text_document.publish_diagnostics = None
    await start(client, root, able=able)
    editor = Editor(client, root)
    editor.open("src/one.py")
    editor.open(RATES, BLOCKING)
    await editor.until(lambda: editor.codes("src/one.py") and editor.codes(MAIN))
    # A client that shows no related places reads the trail in the message.
    assert "\nsrc/rates.py:5: " in editor.told(MAIN)[0].message
    where = editor.told("src/one.py")[0].range
    found = await editor.actions("src/one.py", where, only=["quickfix"])
    edits = [one.edit for one in found if one.edit is not None]
    assert [list(edit.changes or ()) for edit in edits] == [[editor.uri("src/one.py")]] * 2
    assert all(one.data is None for one in found)


async def test_diagnostics_can_be_pulled(client: LanguageClient, root: Path) -> None:
    able = capabilities(pull=types.DiagnosticClientCapabilities())
    assert able.workspace
    able.workspace.diagnostics = types.DiagnosticWorkspaceClientCapabilities(refresh_support=True)
    result = await start(client, root, able=able)
    provider = result.capabilities.diagnostic_provider
    assert isinstance(provider, types.DiagnosticOptions)
    assert (provider.inter_file_dependencies, provider.workspace_diagnostics) == (True, True)
    editor = Editor(client, root)

    async def pull(path: str, known: str | None = None) -> types.DocumentDiagnosticReport:
        params = types.DocumentDiagnosticParams(editor.document(path), previous_result_id=known)
        return await client.text_document_diagnostic_async(params)

    async def pull_all(*known: types.PreviousResultId) -> types.WorkspaceDiagnosticReport:
        params = types.WorkspaceDiagnosticParams(known)
        return await client.workspace_diagnostic_async(params)

    editor.open(RATES)
    none = await pull(RATES)
    assert isinstance(none, types.RelatedFullDocumentDiagnosticReport)
    assert not none.items
    editor.change(RATES, BLOCKING)
    # What is not open is pushed as long as nobody pulls it, and what is open is not.
    await editor.until(lambda: editor.codes(MAIN) == ["FBP102"])
    await editor.until(lambda: client.diagnostic_refresh_count)
    editor.open(MAIN)
    await editor.until(lambda: not editor.codes(MAIN))
    full = await pull(MAIN)
    assert isinstance(full, types.RelatedFullDocumentDiagnosticReport)
    assert [one.code for one in full.items] == ["FBP102"]
    same = await pull(MAIN, full.result_id)
    assert isinstance(same, types.RelatedUnchangedDocumentDiagnosticReport)
    assert same.result_id == full.result_id
    editor.close(MAIN)
    await editor.until(lambda: editor.codes(MAIN) == ["FBP102"])
    report = await pull_all()
    await editor.until(lambda: not editor.codes(MAIN))
    (item,) = report.items
    assert isinstance(item, types.WorkspaceFullDocumentDiagnosticReport)
    assert (item.uri, item.result_id) == (editor.uri(MAIN), full.result_id)
    known = types.PreviousResultId(item.uri, item.result_id or "")
    gone = types.PreviousResultId("file:///gone.py", "3")
    first, second = (await pull_all(known, gone)).items
    assert isinstance(first, types.WorkspaceUnchangedDocumentDiagnosticReport)
    assert isinstance(second, types.WorkspaceFullDocumentDiagnosticReport)
    assert (second.uri, second.items) == (gone.uri, ())
    editor.close(RATES)
    (item,) = (await pull_all(known)).items
    assert isinstance(item, types.WorkspaceFullDocumentDiagnosticReport)
    assert not item.items


async def test_every_folder_is_a_project_of_its_own(
    client: LanguageClient, root: Path, tmp_path: Path
) -> None:
    slow = "import time\n\n\nasync def a():\n    time.sleep(1)\n"
    inner = '[tool.fbp-lint]\nselect = ["FBP2"]\n'
    other = write(tmp_path / "other", {"fbp-lint.toml": 'select = ["FBP103"]\n', "slow.py": slow})
    unmarked = write(tmp_path / "unmarked", {"slow.py": slow})
    write(root, {"inner/pyproject.toml": inner, "inner/slow.py": slow, "slow.py": slow})
    await start(client, root, other, unmarked)
    editor, second = Editor(client, root), Editor(client, other)
    await editor.until(lambda: editor.codes("inner/slow.py") and second.codes("slow.py"))
    # Once a file of it is open, a project inside the folder speaks for itself.
    editor.open("inner/slow.py")
    await editor.until(lambda: not editor.codes("inner/slow.py"))
    assert editor.codes("slow.py") == ["FBP103"]
    # What is no project is linted when a file of it is opened.
    third = Editor(client, unmarked)
    assert third.codes("slow.py") == []
    third.open("slow.py")
    await editor.until(lambda: third.codes("slow.py"))
    folder = types.WorkspaceFolder(other.as_uri(), "other")
    change = types.WorkspaceFoldersChangeEvent(added=[], removed=[folder])
    client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(change))
    await editor.until(lambda: not second.codes("slow.py"))
    change = types.WorkspaceFoldersChangeEvent(added=[folder], removed=[])
    client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(change))
    await editor.until(lambda: second.codes("slow.py"))


async def test_configuration_is_read_again(client: LanguageClient, root: Path) -> None:
    write(root, {RATES: BLOCKING})
    await start(client, root)
    editor = Editor(client, root)
    await editor.until(lambda: editor.codes(MAIN))
    write(root, {"pyproject.toml": '[tool.fbp-lint]\nselect = ["FBP201"]\n'})
    editor.touched("pyproject.toml")
    await editor.until(lambda: editor.codes(MAIN) == ["FBP201"])
    # A configuration that cannot be used says where, and the last one stays in force.
    write(root, {"pyproject.toml": '[tool.fbp-lint]\n\nselect = ["FBP77"]\n'})
    client.text_document_did_save(
        types.DidSaveTextDocumentParams(editor.document("pyproject.toml"))
    )
    await editor.until(lambda: editor.told("pyproject.toml"))
    (wrong,) = editor.told("pyproject.toml")
    assert wrong.range.start.line == 2
    assert 'no rule is called "FBP77"' in wrong.message
    assert len(client.messages) == 1
    assert editor.codes(MAIN) == ["FBP201"]
    write(root, {"pyproject.toml": '[tool.fbp-lint]\nselect = ["FBP102"]\n', RATES: BLOCKING})
    editor.touched("pyproject.toml", RATES)
    await editor.until(lambda: editor.codes(MAIN) == ["FBP102"])
    await editor.until(lambda: not editor.told("pyproject.toml"))
    client.set_configuration({"fbp-lint": {"ignore": ["FBP1"]}})
    client.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))
    await editor.until(lambda: not editor.codes(MAIN))
    client.workspace_did_change_configuration(
        types.DidChangeConfigurationParams({"fbp-lint": {"ignore": [], "codeLens": False}})
    )
    await editor.until(lambda: editor.codes(MAIN))
    params = types.CodeLensParams(editor.document(MAIN))
    assert not await client.text_document_code_lens_async(params)


async def test_settings_that_cannot_be_used_are_named(client: LanguageClient, root: Path) -> None:
    options = {"settings": {"colour": 1, "preset": "strict"}}
    able = capabilities(encodings=[types.PositionEncodingKind.Utf8])
    result = await start(client, root, options=options, able=able)
    assert result.capabilities.position_encoding == types.PositionEncodingKind.Utf8
    editor = Editor(client, root)
    await editor.until(lambda: client.messages)
    assert client.messages[0].message.startswith("fbp-lint: the setting colour: ")


@pytest.mark.parametrize(("asked", "code"), [(True, 0), (False, 1)])
async def test_it_ends_as_the_protocol_says(asked: bool, code: int) -> None:  # noqa: FBT001
    server = await CONFIG.start()
    assert isinstance(server, LanguageClient)
    await start(server)
    if asked:
        await server.shutdown_async(None)
    server.exit(None)
    process = server._server  # noqa: SLF001
    assert process is not None
    assert await asyncio.wait_for(process.wait(), 60) == code
    await server.stop()  # type: ignore[no-untyped-call]
