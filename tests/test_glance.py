from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fastapi_bp_lint.engine import Survey, glance, survey
from fastapi_bp_lint.facts.model import FileFacts
from fastapi_bp_lint.finding import Span
from fastapi_bp_lint.plan import Plan, Request, prepare

SERVICE = """\
import time

import requests


class Client:
    def __init__(self) -> None:
        self.session = requests.Session()

    def load(self) -> str:
        return self.session.get("https://example.com").text


def pause(seconds: int) -> None:
    time.ctime(seconds)


def unused() -> int:
    return 1  # noqa: FBP101
"""
ROUTER = """\
from fastapi import APIRouter, FastAPI

from service import Client, pause

router = APIRouter()
app = FastAPI()
app.include_router(router)


@router.get("/pause")
async def read() -> None:
    pause(1)


@router.post("/load")
async def load():
    return Client().load()
"""


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    (tmp_path / "service.py").write_text(SERVICE)
    (tmp_path / "router.py").write_text(ROUTER)
    return prepare(Request(paths=(tmp_path,), isolated=True))


def moved_by(lines: int, after: int = 0) -> Callable[[str, FileFacts], Callable[[Span], Span]]:
    def there(span: Span) -> Span:
        down = lines if span.line > after else 0
        return span._replace(line=span.line + down, end_line=span.end_line + down)

    return lambda _path, _facts: there


def glanced(
    plan: Plan, last: Survey, path: str, text: str, lines: int = 0, after: int = 0
) -> Survey:
    plan.workspace.overlays = {path: text.encode()}
    found = glance(plan, last, moved_by(lines, after))
    assert found is not None
    return found


def codes(seen: Survey) -> list[tuple[str, int, str]]:
    return [(f.place.path, f.place.span.line, f.code) for f in seen.report.findings]


@pytest.mark.parametrize(
    ("path", "old", "new", "lines", "after"),
    [
        ("service.py", "time.ctime(seconds)", "time.sleep(seconds)", 0, 0),
        ("service.py", "time.ctime(seconds)", "time.sleep(0)", 0, 0),
        ("service.py", "    time.ctime", "    print()\n    time.sleep(1)\n    time.ctime", 2, 13),
        ("service.py", "import time\n", "import time  # of day\n\n", 1, 1),
        ("service.py", "return self.session.get", "return self.session.close or self.get", 0, 0),
        ("router.py", "    pause(1)\n", "    pause(1)\n    open('x').read()\n", 1, 12),
        ("router.py", "    pause(1)\n", "    pass\n", 0, 0),
        ("router.py", "Client().load()", "{'a': Client().load()}", 0, 0),
    ],
)
def test_a_glance_finds_what_a_survey_finds(
    plan: Plan, path: str, old: str, new: str, lines: int, after: int
) -> None:
    last = survey(plan)
    text = (plan.location.root / path).read_text()
    assert text.count(old) == 1
    seen = glanced(plan, last, path, text.replace(old, new), lines, after)
    fresh = survey(plan)
    assert codes(seen) == codes(fresh)
    assert [f.trail for f in seen.report.findings] == [f.trail for f in fresh.report.findings]


def test_glances_go_on_from_each_other(plan: Plan) -> None:
    seen = survey(plan)
    before = codes(seen)
    for body in ("time.sleep(1)", "time.ctime(1)", "time.sleep(2)", "time.ctime(seconds)"):
        text = SERVICE.replace("time.ctime(seconds)", body)
        seen = glanced(plan, seen, "service.py", text)
        found = [row for row in codes(seen) if row not in before]
        assert found == ([("router.py", 12, "FBP102")] if "sleep" in body else [])
    assert codes(seen) == before


def test_nothing_has_changed(plan: Plan) -> None:
    seen = survey(plan)
    again = glance(plan, seen, moved_by(0))
    assert again is not None
    assert again.report.findings == seen.report.findings


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("import requests", "import httpx"),
        ("def pause(seconds: int)", "def pause(seconds: int = 1)"),
        ("def pause(", "async def pause("),
        ("def unused() -> int:", "def used() -> int:"),
        ("class Client:", "class Client(dict):"),
        ("def unused", "LIMIT = 3\n\n\ndef unused"),
        ("def unused", "def another() -> None:\n    pass\n\n\ndef unused"),
        ("    def load", "    @property\n    def load"),
        ("import time\n", "import time\n)\n"),
    ],
)
def test_more_than_bodies_wants_a_survey(plan: Plan, old: str, new: str) -> None:
    last = survey(plan)
    plan.workspace.overlays = {"service.py": SERVICE.replace(old, new).encode()}
    assert glance(plan, last, moved_by(0)) is None


def test_several_files_or_other_files_want_a_survey(plan: Plan) -> None:
    last = survey(plan)
    plan.workspace.overlays = {
        "service.py": SERVICE.replace("time.ctime", "time.sleep").encode(),
        "router.py": ROUTER.replace("pause(1)", "pause(2)").encode(),
    }
    assert glance(plan, last, moved_by(0)) is None
    plan.workspace.overlays = {"new.py": b"x = 1\n"}
    assert glance(plan, last, moved_by(0)) is None


def test_a_broken_text_keeps_what_was_known(plan: Plan) -> None:
    plan.workspace.patient = True
    last = survey(plan)
    broken = ROUTER.replace("pause(1)", "pause(")
    seen = glanced(plan, last, "router.py", broken)
    assert [row for row in codes(seen) if row not in codes(last)] == [("router.py", 12, "FBP001")]
    mended = glanced(plan, seen, "router.py", ROUTER)
    assert codes(mended) == codes(last)


def test_what_stands_on_a_line_that_is_gone_goes(plan: Plan) -> None:
    last = survey(plan)
    assert ("router.py", 16, "FBP401") in codes(last)
    plan.workspace.overlays = {"router.py": ROUTER.replace("pause(1)", "pause(3)").encode()}
    seen = glance(plan, last, lambda _path, _facts: lambda _span: None)
    assert seen is not None
    assert ("router.py", 16, "FBP401") not in codes(seen)
    assert ("router.py", 17, "FBP102") in codes(seen)
