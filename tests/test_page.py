"""The report page: whole, closed to the network, and true to the project."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import pytest

from fastapi_bp_lint.cli.app import run
from fastapi_bp_lint.engine import Look, look
from fastapi_bp_lint.page import render
from fastapi_bp_lint.page.areas import Areas
from fastapi_bp_lint.page.graph import graph
from fastapi_bp_lint.page.markup import Markup, el, joined
from fastapi_bp_lint.page.prose import about, sentence
from fastapi_bp_lint.page.trails import Trails
from fastapi_bp_lint.plan import Request, prepare
from fastapi_bp_lint.rule import Preset, Rule, Severity
from tests.accuracy import PROJECTS

EMPTY = {"meta", "input", "rect", "path"}
EVIL = "<img src=x onerror=alert(1)>"
LAYERS = {
    "src/__init__.py": "",
    "src/main.py": (
        "from fastapi import FastAPI\n\nfrom src.posts.router import router\n\n"
        "app = FastAPI()\napp.include_router(router, prefix='/posts')\n"
    ),
    "src/posts/__init__.py": "",
    "src/posts/router.py": (
        "from fastapi import APIRouter, Depends\n\n"
        "from src.posts import service\nfrom src.posts.dependencies import checked\n\n"
        "router = APIRouter()\n\n\n"
        "@router.get('/{post_id}', dependencies=[Depends(checked)])\n"
        "async def read_post(post_id: int) -> int:\n    return await service.load(post_id)\n\n\n"
        "@router.get('/first')\n"
        "async def read_first() -> int:\n    return await service.load(1)\n"
    ),
    "src/posts/service.py": (
        "import requests\n\n\nasync def load(post_id: int) -> int:\n    return fetch(post_id)\n\n\n"
        "def fetch(post_id: int) -> int:\n    return requests.get('https://posts').json()\n"
    ),
    "src/posts/dependencies.py": (
        "from fastapi import Depends\n\n\n"
        "def token() -> str:\n    return 'token'\n\n\n"
        "async def checked(given: str = Depends(token)) -> str:\n    return given\n"
    ),
    "src/posts/schemas.py": (
        "from pydantic import BaseModel\n\n\nclass Post(BaseModel):\n    a: int\n"
    ),
}


class Element(NamedTuple):
    tag: str
    attributes: dict[str, str]


class Reader(HTMLParser):
    """Checks that elements are nested, and keeps them and the text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[Element] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}))
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in EMPTY
        self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        if self.open[-1:] not in (["script"], ["style"]):
            self.text.append(data)


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def write(root: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    return root


def seen(root: Path) -> Look:
    return look(prepare(Request(paths=(root,), isolated=True)))


@pytest.fixture(scope="module")
def bookshop() -> Look:
    return look(prepare(Request(paths=(PROJECTS / "bookshop",))))


@pytest.fixture(scope="module")
def page(bookshop: Look) -> str:
    return render(*bookshop)


def test_every_finding_stall_and_route_is_there(bookshop: Look, page: str) -> None:
    items = Counter(
        one.attributes["data-item"] + one.attributes.get("class", "")[:5]
        for one in read(page).elements
        if "data-item" in one.attributes
    )
    trails = list(Trails(bookshop.project).of(bookshop.report.findings))
    assert len(trails) > 20
    assert items == {
        "findingfindi": len(bookshop.report.findings),
        "findingstall": len(trails),
        "route": len(bookshop.project.routes),
    }
    text = "".join(read(page).text)
    assert [f for f in bookshop.report.findings if f.place.path not in text] == []
    assert [r.path for r in bookshop.project.routes if r.path not in text] == []


def test_every_link_leads_somewhere_on_the_page(page: str) -> None:
    elements = read(page).elements
    ids = Counter(one.attributes["id"] for one in elements if "id" in one.attributes)
    assert [name for name, count in ids.items() if count > 1] == []
    links = {one.attributes["href"] for one in elements if "href" in one.attributes}
    assert len(links) > 100
    assert {link for link in links if link.removeprefix("#") not in ids} == set()
    labels = {
        one.attributes[n] for one in elements for n in ("aria-labelledby",) if n in one.attributes
    }
    assert labels <= set(ids)


def test_nothing_is_loaded_and_nothing_else_may_run(page: str) -> None:
    elements = read(page).elements
    assert not [one for one in elements if {"src", "style", "onclick"} & set(one.attributes)]
    assert not [one for one in elements if one.tag in {"link", "img", "iframe", "base"}]
    policy = next(one.attributes["content"] for one in elements if "http-equiv" in one.attributes)
    assert policy.startswith("default-src 'none'; ")
    for tag in ("style", "script"):
        (text,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
        assert "http" not in text.replace("http-equiv", "")


def test_the_same_project_gives_the_same_page(page: str) -> None:
    assert render(*look(prepare(Request(paths=(PROJECTS / "bookshop",))))) == page


def test_a_stall_is_a_way_from_the_route_to_the_primitive(tmp_path: Path) -> None:
    report, project = seen(write(tmp_path, LAYERS))
    (trail,) = Trails(project).of(report.findings)
    assert trail.kind == "route"
    assert trail.top == ("GET /posts/{post_id}",)
    assert trail.more == 1
    assert [
        (hop.symbol.rpartition(".")[2], hop.then, hop.place.span.line) for hop in trail.hops
    ] == [
        ("read_post", "awaits", 11),
        ("load", "calls", 5),
        ("fetch", "blocks", 9),
    ]
    assert {function.name for function in trail.reached} == {"read_post", "read_first"}


def test_coroutines_that_end_at_one_call_share_a_way(tmp_path: Path) -> None:
    more = "\n\nasync def reload() -> None:\n    fetch(2)\n"
    files = LAYERS | {"src/posts/service.py": LAYERS["src/posts/service.py"] + more}
    report, project = seen(write(tmp_path, files))
    ways = list(Trails(project).of(report.findings))
    assert [(way.finding.code, len(way.others)) for way in ways] == [("FBP102", 0), ("FBP103", 0)]
    assert ways[1].top == ()
    again = files | {
        "src/posts/service.py": files["src/posts/service.py"] + more.replace("re", "ro")
    }
    report, project = seen(write(tmp_path, again))
    assert [len(way.others) for way in Trails(project).of(report.findings)] == [0, 1]
    assert "1 more coroutine leads to the same call" in "".join(read(render(report, project)).text)


def test_what_needs_what_stands_in_columns(tmp_path: Path) -> None:
    _, project = seen(write(tmp_path, LAYERS))
    found = graph(project.routes, Areas(project))
    assert [[node.title for node in column] for column in found.columns] == [
        ["src/posts"],
        ["checked"],
        ["token"],
    ]
    checked, token = found.columns[1][0], found.columns[2][0]
    assert (checked.on_loop, token.on_loop) == (True, False)
    assert (checked.routes, token.routes) == (1, 1)
    assert found.needs(checked.key) == [token.key]
    assert found.needed_by(checked.key) == ["area src/posts"]


def test_a_circle_of_dependencies_is_drawn(tmp_path: Path) -> None:
    text = (
        "from fastapi import Depends, FastAPI\n\napp = FastAPI()\n\n\n"
        "def one(a=Depends(two)): ...\n\n\ndef two(a=Depends(one)): ...\n\n\n"
        "@app.get('/')\ndef read(a=Depends(one)) -> int: ...\n"
    )
    report, project = seen(write(tmp_path, {"main.py": text}))
    assert "FBP205" in [finding.code for finding in report.findings]
    found = graph(project.routes, Areas(project))
    assert {node.title for column in found.columns for node in column} == {"(root)", "one", "two"}
    assert 2 <= len(found.columns) <= 3
    assert "needs itself" in "".join(read(render(report, project)).text)


def test_domains_name_the_parts(bookshop: Look) -> None:
    areas = Areas(bookshop.project)
    assert areas.of("src/posts/router.py") == "posts"
    assert areas.of("src/auth/utils/codes.py") == "auth"
    assert areas.of("src/database.py") == "src"
    assert areas.of("gone.py") == "(root)"
    assert areas.file("src/posts/router.py") == "posts"


def test_without_domains_the_folder_names_the_part(tmp_path: Path) -> None:
    areas = Areas(seen(write(tmp_path, {"a/b/c/d/main.py": "x = 1\n"})).project)
    assert areas.of("a/b/c/d/main.py") == "a/b/c"
    assert areas.file("a/b/c/d/main.py") == "a/b/c/d/main"


def test_names_are_never_markup(tmp_path: Path) -> None:
    folder = f"{EVIL}\"'&".replace("/", "")
    evil = (
        "import time\nfrom fastapi import Depends, FastAPI\n\napp = FastAPI()\n\n\n"
        f"def needed() -> str:\n    '''{EVIL}'''\n    return '</script>'\n\n\n"
        f"@app.get('/{EVIL}</script>', tags=['</style>'])\n"
        "async def read(a: str = Depends(needed)):\n"
        f"    time.sleep(1)  # {EVIL} </code> \u202e\x0c\n"
    )
    root = write(tmp_path / "<b>shop&amp;", {f"{folder}/<u>.py": evil})
    report, project = seen(root)
    assert len(report.findings) >= 2
    page = render(report, project)
    page.encode("utf-8")
    reader = read(page)
    assert not [one for one in reader.elements if one.tag in {"img", "u"}]
    assert [one.tag for one in reader.elements].count("script") == 1
    assert not [one for one in reader.elements if "onerror" in one.attributes]
    text = "".join(reader.text)
    assert EVIL in text
    assert "<b>shop&amp;" in text
    assert "\u202e" not in page
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", page)


def test_names_that_are_no_text_are_shown(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a\udcff.py").write_text(
        "import time\n\n\nasync def f():\n    time.sleep(1)\n"
    )
    report, project = seen(tmp_path)
    assert len(report.findings) == 1
    render(report, project).encode("utf-8")


def test_a_project_without_anything(tmp_path: Path) -> None:
    report, project = seen(tmp_path)
    text = "".join(read(render(report, project)).text)
    assert "Nothing was found, and there are no routes." in text
    assert "nothing to mend" in text


def test_a_file_that_cannot_be_read_is_a_finding_without_source(tmp_path: Path) -> None:
    write(tmp_path, {"main.py": "x = 1\n"})
    (tmp_path / "bad.py").write_bytes(b"\xff\xfe\x00")
    report, project = seen(tmp_path)
    text = "".join(read(render(report, project)).text)
    assert "bad.py:1:1" in text


def test_the_command_writes_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(write(tmp_path, LAYERS))
    assert run(["report", "--preset", "strict", "--certainty", "certain"]) == 0
    assert re.fullmatch(r"fbp-report.html: \d+ findings\n", capsys.readouterr().out)
    assert (tmp_path / "fbp-report.html").read_text("utf-8").startswith("<!doctype html>\n")


def test_the_command_writes_to_standard_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.chdir(write(tmp_path, LAYERS))
    assert run(["report", "--output", "-", "src/main.py"]) == 0
    out = capfdbinary.readouterr().out
    assert out.startswith(b"<!doctype html>\n")
    assert b"0</b><span>findings" in out


def test_the_command_says_what_it_cannot_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(write(tmp_path, LAYERS))
    assert run(["report", "gone.py"]) == 2
    assert "gone.py" in capsys.readouterr().err
    assert run(["report", "--output", "src/gone/report.html"]) == 2
    assert "src/gone/report.html: cannot be written" in capsys.readouterr().err


def test_markup_is_escaped_once() -> None:
    assert el("b", "<", Markup("&lt;"), 1, None, ["a", "&"]) == "<b>&lt;&lt;1a&amp;</b>"
    assert el("input", name='"', hidden=True, checked=False, value=None) == (
        '<input name="&quot;" hidden/>'
    )
    assert joined("a\nb\0", el("p", class_="x", data_area="y")) == (
        'a b\ufffd<p class="x" data-area="y"></p>'
    )


def test_backticks_are_code() -> None:
    assert sentence("a `<b>` and ``c`d`` `e") == (
        "a <code>&lt;b&gt;</code> and <code>c`d</code> `e"
    )


def test_the_page_of_a_rule_becomes_paragraphs_and_lists() -> None:
    doc = (
        "# T\n\n## What it does\nReports `x`.\n\n```python\nx\n```\n\n"
        "## Why is this bad?\n- one\n- two,\n  and <more>\n\n## Bad\nno\n"
    )
    rule = Rule(
        "rules.linter.fbp999_bad", doc, severity=Severity.ERROR, preset=Preset.STRICT, since="1"
    )
    assert about(rule) == (
        "<p>Reports <code>x</code>.</p><ul><li>one </li><li>two,   and &lt;more&gt;</li></ul>"
    )
