"""What the server answers about code: hovers, lenses, symbols, actions, pulled diagnostics."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from fastapi_bp_lint.lsp import cards, pages
from fastapi_bp_lint.lsp.actions import Asked, Fixed, actions, fixed, wish_of
from fastapi_bp_lint.lsp.board import Note
from fastapi_bp_lint.lsp.diagnostics import View
from fastapi_bp_lint.lsp.documents import path_of
from fastapi_bp_lint.lsp.positions import column, position_of
from fastapi_bp_lint.lsp.service import Here, Service, at

ROUTE = "fbp-lint.route"
_REFUSED = -32803


async def hover(service: Service, params: types.HoverParams) -> types.Hover | None:
    """Show the page of the rule, or the card of the route, under the cursor."""
    uri, position = params.text_document.uri, params.position
    named = _rule_at(service, uri, position)
    if named is not None:
        return named

    def route(here: Here) -> types.Hover | None:
        shown = [
            (where, one)
            for place, one in cards.handled(here.project, here.path)
            if (where := here.view.range(place)) is not None
            and where.start <= position <= where.end
        ]
        if not shown:
            return None
        text = "\n\n---\n\n".join(dict.fromkeys(cards.card(one) for _, one in shown))
        return types.Hover(_markdown(text), shown[0][0])

    return await at(service, uri, route, None)


def _rule_at(service: Service, uri: str, position: types.Position) -> types.Hover | None:
    document = service.session.documents.get(uri)
    if document is None or position.line >= len(document.lines):
        return None
    line, encoding = document.lines[position.line], service.session.encoding
    cursor = column(line, position.character, encoding)
    rule = pages.named(line, cursor, anywhere=not document.is_python)
    if rule is None:
        return None
    start, end = (
        position_of(position.line + 1, one, document.lines, encoding)
        for one in (rule.start, rule.end)
    )
    return types.Hover(_markdown(pages.page(rule.code)), types.Range(start, end))


def _markdown(text: str) -> types.MarkupContent:
    return types.MarkupContent(types.MarkupKind.Markdown, text)


async def code_lens(service: Service, params: types.CodeLensParams) -> list[types.CodeLens]:
    """Show the full path of each route above its decorator."""
    uri = params.text_document.uri
    if not service.session.settings.code_lens:
        return []

    def lenses(here: Here) -> list[types.CodeLens]:
        found = []
        for route in cards.registered(here.project, here.path):
            where = here.view.range(route.place)
            if where is not None:
                command = types.Command(
                    cards.line(route), ROUTE, arguments=[uri, cards.title(route)]
                )
                found.append(types.CodeLens(where, command))
        return found

    return await at(service, uri, lenses, [])


async def show_route(service: Service, uri: str, title: str) -> str | None:
    """Return the card of a route, and show it."""

    def card(here: Here) -> str | None:
        found = (
            cards.card(route)
            for route in cards.registered(here.project, here.path)
            if cards.title(route) == title
        )
        return next(found, None)

    text = await at(service, uri, card, None)
    if text is not None:
        params = types.ShowMessageParams(types.MessageType.Info, text)
        service.server.window_show_message(params)
    return text


async def explain(service: Service, code: str) -> str:
    """Return the page of a rule, and show it: as a document where the client can."""
    text = pages.page(code)
    if service.abilities.shows:
        file = service.pages / f"{code}.md"
        file.write_text(text, "utf-8")
        service.server.window_show_document(types.ShowDocumentParams(file.as_uri()))
    else:
        params = types.ShowMessageParams(types.MessageType.Info, text)
        service.server.window_show_message(params)
    return text


async def document_symbol(
    service: Service, params: types.DocumentSymbolParams
) -> list[types.DocumentSymbol]:
    """List the routes of a file."""

    def symbols(here: Here) -> list[types.DocumentSymbol]:
        found = []
        for route in cards.registered(here.project, here.path):
            where = here.view.range(route.place)
            if where is None:
                continue
            whole, handler = where, route.handler
            if handler is not None and handler.module.path == here.path:
                span = here.view.range(route.place._replace(span=handler.facts.span))
                if span is not None and span.end > where.end:
                    whole = types.Range(where.start, span.end)
            found.append(
                types.DocumentSymbol(
                    cards.title(route),
                    types.SymbolKind.Method,
                    whole,
                    where,
                    detail=route.target.symbol,
                )
            )
        return found

    return await at(service, params.text_document.uri, symbols, [])


async def workspace_symbol(
    service: Service, params: types.WorkspaceSymbolParams
) -> list[types.SymbolInformation]:
    """List the routes of all projects whose path or handler has the letters of the query."""
    session = service.session

    def symbols() -> list[types.SymbolInformation]:
        found: list[types.SymbolInformation] = []
        for root in session.roots:
            if root.seen is not None:
                found += _symbols(session.view(root, root.seen), params.query)
        return found

    return await session.ask(symbols)


def _symbols(view: View, query: str) -> Iterator[types.SymbolInformation]:
    for route in view.seen.look.project.routes:
        title = cards.title(route)
        if _has(f"{title} {route.target.symbol}".lower(), query.lower()):
            location = view.location(route.place)
            if location is not None:
                yield types.SymbolInformation(
                    location, title, types.SymbolKind.Method, container_name=route.target.symbol
                )


def _has(text: str, query: str) -> bool:
    """Whether the letters of *query* stand in *text* in their order."""
    letters = iter(text)
    return all(letter in letters for letter in query if not letter.isspace())


async def code_action(service: Service, params: types.CodeActionParams) -> list[types.CodeAction]:
    """Offer what can be done about the findings at a place."""

    def offered(here: Here) -> list[types.CodeAction]:
        root = str(here.root.folder)
        found = actions(Asked(root, here.path, params.range, params.context), here.view)
        if service.abilities.resolves:
            return found
        return [one for action in found if (one := _at_once(service, action)) is not None]

    return await at(service, params.text_document.uri, offered, [])


def _at_once(service: Service, action: types.CodeAction) -> types.CodeAction | None:
    """Return *action* with its edit, for a client that will not ask for it; None without one."""
    if action.data is None:
        return action
    action.edit = _fixed(service, action.data).edit
    action.data = None
    return action if action.edit is not None else None


async def resolve_action(service: Service, action: types.CodeAction) -> types.CodeAction:
    """Work out the edit of the action that was chosen.

    Raises:
        JsonRpcException: nothing is changed, and its text says why.

    """
    data = action.data
    if data is not None:
        outcome = await service.session.ask(lambda: _fixed(service, data))
        if outcome.edit is None:
            message = f"not fixed: {outcome.reason}"
            raise JsonRpcException(message, _REFUSED)
        action.edit = outcome.edit
    return action


def _fixed(service: Service, data: Sequence[Any]) -> Fixed:
    session, wish = service.session, wish_of(data)
    root = next((one for one in session.roots if str(one.folder) == wish.root), None)
    if root is None or root.seen is None or root.plan is None:
        return Fixed(None, "its project is no longer open")
    documents = root.seen.documents
    root.overlay(root.plan, documents.values())
    try:
        return fixed(wish, root.plan, session.view(root, root.seen))
    finally:
        root.overlay(root.plan, documents.values())
        root.plan.workspace.refresh()


async def document_diagnostic(
    service: Service, params: types.DocumentDiagnosticParams
) -> types.DocumentDiagnosticReport:
    """Return what is wrong with a file, unless the client knows."""
    await service.session.settled()
    path = path_of(params.text_document.uri)
    note = service.session.board.of(path) if path is not None else None
    number = str(note.number if note is not None else 0)
    if params.previous_result_id == number:
        return types.RelatedUnchangedDocumentDiagnosticReport(number)
    items = list(note.diagnostics) if note is not None else []
    return types.RelatedFullDocumentDiagnosticReport(items, result_id=number)


async def workspace_diagnostic(
    service: Service, params: types.WorkspaceDiagnosticParams
) -> types.WorkspaceDiagnosticReport:
    """Return what is wrong with all files of which the client knows something else."""
    session = service.session
    await session.settled()
    service.workspace_is_pulled()
    known = {one.uri: one.value for one in params.previous_result_ids}
    reports: list[types.WorkspaceDocumentDiagnosticReport] = [
        _report(service, note, known.pop(note.uri, None)) for _, note in session.board
    ]
    reports += [types.WorkspaceFullDocumentDiagnosticReport(uri, []) for uri in known]
    return types.WorkspaceDiagnosticReport(reports)


def _report(
    service: Service, note: Note, known: str | None
) -> types.WorkspaceDocumentDiagnosticReport:
    document = service.session.documents.get(note.uri)
    version, number = document.version if document is not None else None, str(note.number)
    if known == number:
        return types.WorkspaceUnchangedDocumentDiagnosticReport(note.uri, number, version=version)
    items = list(note.diagnostics)
    return types.WorkspaceFullDocumentDiagnosticReport(
        note.uri, items, version=version, result_id=number
    )
