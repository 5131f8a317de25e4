"""A session without a client: what it lints when, what it tells, what it survives."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from fastapi_bp_lint import engine
from fastapi_bp_lint.lsp import cards, roots, session
from fastapi_bp_lint.lsp.diagnostics import of_configuration
from fastapi_bp_lint.lsp.roots import Root, project_of
from fastapi_bp_lint.lsp.session import Session
from fastapi_bp_lint.lsp.settings import Settings, read
from fastapi_bp_lint.plan import Request
from tests.lsp.client import PROJECT, write

SLOW = "import time\n\n\nasync def a():\n    time.sleep(1)\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write(tmp_path / "project", {"fbp-lint.toml": 'select = ["FBP103"]\n', "a.py": SLOW})


class Told:
    """What a session has told its client."""

    def __init__(self) -> None:
        self.codes: dict[str, list[object]] = {}
        self.changes = 0
        self.routes = 0
        self.complaints: list[str] = []

    def session(self) -> Session:
        return Session(self.tell, self.change, self.reroute, self.complaints.append)

    def tell(self, uri: str, diagnostics: Any) -> None:  # noqa: ANN401
        self.codes[Path(uri).name] = [one.code or one.message for one in diagnostics]

    def change(self) -> None:
        self.changes += 1

    def reroute(self) -> None:
        self.routes += 1


def run(work: Callable[[Session, Told], Coroutine[Any, Any, None]]) -> Told:
    told = Told()

    async def whole() -> None:
        one = told.session()
        await work(one, told)
        await one.settled()
        one.close()

    asyncio.run(whole())
    return told


def test_what_is_found_is_told_once(root: Path) -> None:
    async def work(one: Session, told: Told) -> None:
        one.opened(root)
        await one.settled()
        assert told.changes == 1
        one.touch(one.roots)

    told = run(work)
    assert (told.codes, told.changes) == ({"a.py": ["FBP103"]}, 1)


def test_a_crash_is_told_once_and_the_next_run_goes_on(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = engine.survey

    def crash(*_: object, **__: object) -> object:
        message = "broken"
        raise RuntimeError(message)

    async def work(one: Session, _: Told) -> None:
        monkeypatch.setattr(roots, "survey", crash)
        one.opened(root)
        await one.settled()
        one.touch(one.roots)
        await one.settled()
        monkeypatch.setattr(roots, "survey", look)
        one.touch(one.roots)

    told = run(work)
    assert told.complaints == ["fbp-lint crashed: RuntimeError: broken"]
    assert told.codes == {"a.py": ["FBP103"]}


def test_other_routes_are_told(root: Path) -> None:
    main = PROJECT["src/main.py"]
    write(root, {"src/main.py": main, "src/rates.py": PROJECT["src/rates.py"]})

    async def work(one: Session, told: Told) -> None:
        one.opened(root)
        await one.settled()
        assert told.routes == 1
        uri = (root / "src/main.py").as_uri()
        one.opened(one.documents.put(uri, 1, main + "\n").path or root)
        await one.settled()
        assert told.routes == 1
        one.changed(one.documents.put(uri, 2, main.replace("/rates", "/courses")).path)

    assert run(work).routes == 2


def test_what_runs_leave_behind_is_collected(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    collected: list[int] = []
    monkeypatch.setattr(gc, "collect", lambda: collected.append(1))
    monkeypatch.setattr(gc, "freeze", lambda: collected.append(2))
    monkeypatch.setattr(session, "IDLE", 0.0)
    monkeypatch.setattr(session, "LITTER", -1)

    async def work(one: Session, _: Told) -> None:
        one.opened(root)
        await one.settled()
        while len(collected) < 2:  # noqa: ASYNC110 - when nothing is going on
            await asyncio.sleep(0)
        monkeypatch.setattr(session, "HEAP", -1)
        one.touch(one.roots)
        await one.settled()  # when there is too much of it

    run(work)
    assert collected[:3] == [1, 2, 1]


def test_an_editor_may_open_what_is_broken(root: Path) -> None:
    uri = (root / "a.py").as_uri()

    async def work(one: Session, told: Told) -> None:
        one.opened(one.documents.put(uri, 1, "\n" + SLOW + "def (\n").path or root)
        await one.settled()
        # Nothing was known of it before.
        assert told.codes == {"a.py": ["FBP001"]}
        one.changed(one.documents.put(uri, 2, SLOW).path)
        await one.settled()
        one.changed(one.documents.put(uri, 3, "\n" + SLOW + "def (\n").path)
        await one.settled()
        assert sorted(map(str, told.codes["a.py"])) == ["FBP001", "FBP103"]
        note = one.board.of(root / "a.py")
        assert note is not None
        assert [d.range.start.line for d in note.diagnostics if d.code == "FBP103"] == [5]
        one.changed(one.documents.put(uri, 4, SLOW.replace("sleep", "slee(")).path)

    assert run(work).codes == {"a.py": ["FBP001"]}  # its line is being written


def test_what_was_on_the_disk_is_what_was_known(root: Path) -> None:
    uri = (root / "a.py").as_uri()

    async def work(one: Session, _: Told) -> None:
        one.opened(root)
        await one.settled()
        one.opened(one.documents.put(uri, 1, "\n\n" + SLOW + "def (\n").path or root)
        await one.settled()
        note = one.board.of(root / "a.py")
        assert note is not None
        assert [d.range.start.line for d in note.diagnostics if d.code == "FBP103"] == [6]

    run(work)


def test_a_pattern_that_is_none_is_told(root: Path) -> None:
    write(root, {"fbp-lint.toml": 'exclude = ["!"]\n'})

    async def work(one: Session, _: Told) -> None:
        one.opened(root)

    told = run(work)
    assert len(told.complaints) == 1
    assert "exclude" in told.complaints[0]


def test_settings_may_name_a_configuration(root: Path) -> None:
    write(root, {"other.toml": 'select = ["FBP2"]\n'})

    async def work(one: Session, told: Told) -> None:
        one.folders = {root: root}
        one.settings = read({"config": str(root / "other.toml")}).settings
        one.reload()
        await one.settled()
        assert told.codes == {}
        one.settings = Settings()
        one.reload()

    assert run(work).codes == {"a.py": ["FBP103"]}


def test_files_are_called_as_the_client_calls_them(root: Path) -> None:
    link = root.parent / "link"
    link.symlink_to(root)
    uris: list[str] = []

    async def work(one: Session, _: Told) -> None:
        one.folders = {root: link}
        one.opened(root)
        await one.settled()
        uris.extend(note.uri for _, note in one.board)
        # Opened by another way, it is called by that.
        one.opened(one.documents.put((root / "a.py").as_uri(), 1, SLOW).path or root)
        await one.settled()
        uris.extend(note.uri for _, note in one.board)

    run(work)
    assert uris == [(link / "a.py").as_uri(), (root / "a.py").as_uri()]


def test_a_file_belongs_to_the_innermost_folder(tmp_path: Path) -> None:
    ours = {"fbp-lint.toml": "", "a.py": ""}
    outer, inner = tmp_path / "outer", tmp_path / "outer" / "inner"
    write(outer, {"pyproject.toml": "", "a.py": "", "plain/pyproject.toml": "", "plain/a.py": ""})
    write(inner, ours)
    request = Request()
    assert project_of(outer / "a.py", [], request) == outer
    assert project_of(outer / "a.py", [outer], request) == outer
    assert project_of(inner / "a.py", [outer], request) == inner
    # For the folder around it, one without settings is a part of the whole.
    assert project_of(outer / "plain" / "a.py", [outer], request) == outer
    assert project_of(outer / "plain" / "a.py", [outer, outer / "plain"], request) == (
        outer / "plain"
    )
    # Whose settings cannot be read is the folder that they stand in.
    (outer / "plain" / "pyproject.toml").write_text("[broken")
    assert project_of(outer / "plain" / "a.py", [], request) == outer / "plain"


def test_only_a_file_can_have_the_error_of_a_configuration() -> None:
    assert of_configuration("") is None
    assert of_configuration("the project: is wrong") is None
    found = of_configuration("/p/fbp-lint.toml: does not exist")
    assert found is not None
    assert (found[0], found[1].message) == (Path("/p/fbp-lint.toml"), "does not exist")


def test_cards_of_all_kinds_of_routes(tmp_path: Path) -> None:
    text = (
        "from fastapi import APIRouter, Depends, FastAPI, WebSocket\n"
        "from fastapi.staticfiles import StaticFiles\n\n"
        "app = FastAPI()\nlonely = APIRouter()\n\n\n"
        "def made(): yield 1\n\n\n"
        "@app.websocket('/live')\nasync def live(socket: WebSocket) -> None: ...\n\n\n"
        "@app.get('/hidden', include_in_schema=False)\n"
        "def hidden(one=Depends(made, use_cache=False)): ...\n\n\n"
        "@lonely.delete('/alone', status_code=204)\ndef alone() -> None: ...\n\n\n"
        "app.mount('/static', StaticFiles(directory='static'))\n"
    )
    write(tmp_path, {"fbp-lint.toml": "", "main.py": text})
    seen = Root(tmp_path, Request()).run([])
    assert seen is not None
    found = {cards.title(route): route for route in seen.look.project.routes}
    shown = {title: cards.card(route) for title, route in found.items()}
    assert "**WEBSOCKET /live** in `main.app`" in shown["WEBSOCKET /live"]
    assert "not in the schema" in shown["GET /hidden"]
    assert "- `one`: `main.made` (worker thread, yields, not cached)" in shown["GET /hidden"]
    assert "in no application" in shown["DELETE /alone"]
    assert "answers 204" in shown["DELETE /alone"]
    lines = {title: cards.line(route) for title, route in found.items()}
    assert lines["MOUNT /static"] == "MOUNT /static"
    assert lines["DELETE /alone"] == "DELETE /alone · worker thread · in no application"
    assert lines["GET /hidden"] == "GET /hidden · worker thread · 1 dependency in a thread"
