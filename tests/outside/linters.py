"""The linters that people run beside ours: what they find on the same lines, and how they meet."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "ruff.md").read_text("utf-8")
ROW = re.compile(r"^\| (FBP[\w, ]+) \| ([A-Z][\w, ]+) \|", re.MULTILINE)
# A line ends with what is found on it: by us, and by the others.
PROJECT = {
    "src/__init__.py": "",
    "src/main.py": """\
import os
import subprocess
import time

import requests
from fastapi import Depends, FastAPI

from src.posts.router import router

app = FastAPI()
app.include_router(router)


@app.get("/calls")
async def calls() -> None:
    time.sleep(1)  #: FBP101 ASYNC251
    requests.get("https://shop")  #: FBP101 ASYNC210
    subprocess.Popen(["ls"])  #: FBP101 ASYNC220
    subprocess.run(["ls"])  #: FBP101 ASYNC221
    os.waitpid(1, 0)  #: FBP101 ASYNC222
    input()  #: FBP101 ASYNC250
    open("shelf")  #: FBP111 ASYNC230
    os.path.exists("shelf")  #: FBP111 ASYNC240


async def work() -> None:
    time.sleep(1)  #: FBP103 ASYNC251
    requests.get("https://shop")  #: FBP103 ASYNC210
    subprocess.Popen(["ls"])  #: FBP103 ASYNC220
    subprocess.run(["ls"])  #: FBP103 ASYNC221
    os.waitpid(1, 0)  #: FBP103 ASYNC222


async def given() -> int:
    return 1


@app.get("/items/{item_id}")  #: FBP409 FAST003
async def read_item(a: int = Depends(given)) -> int:  #: FBP204 FAST002
    return a


@app.get("/again", response_model=int)  #: FBP404 FAST001
async def read_again() -> int:
    try:
        return 1
    except Exception:  #: FBP422 BLE001
        return 0
""",
    "src/auth/__init__.py": "",
    "src/auth/router.py": "from fastapi import APIRouter\n\nrouter = APIRouter()\n",
    "src/auth/schemas.py": (
        "from pydantic import BaseModel\n\n\nclass User(BaseModel):\n    a: int\n"
    ),
    "src/auth/service.py": "def load() -> int:\n    return 1\n",
    "src/auth/utils.py": "",
    "src/posts/__init__.py": "",
    "src/posts/schemas.py": (
        "from pydantic import BaseModel\n\n\n"
        "class post_out(BaseModel):  #: FBP702 N801\n    a: int\n"
    ),
    "src/posts/service.py": (
        "from src.auth.service import *  #: FBP303 F403\n"
        "from ..auth import utils as auth_utils  #: FBP305 TID252\n"
    ),
    "src/posts/emailClient.py": "KEY = 1  #: FBP704 N999\n",
    "src/posts/router.py": (
        "from fastapi import APIRouter\n\nrouter = APIRouter()\n\n\n"
        "@router.get('/posts')\n"
        "async def listPosts() -> int:  #: FBP701 N802\n    return 1\n"
    ),
}
Found = dict[tuple[str, int], set[str]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for path, text in PROJECT.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    (tmp_path / "fbp-lint.toml").write_text(
        'preset = "strict"\n[rules.dependency-style]\nstyle = "annotated"\n'
    )
    return tmp_path


def marks() -> Iterator[tuple[str, int, str, str]]:
    """Give path, line, our code and theirs."""
    for path, text in PROJECT.items():
        for number, line in enumerate(text.splitlines(), 1):
            if match := re.search(r"#: (FBP\d+) (\w+)$", line):
                yield path, number, match[1], match[2]


def execute(cwd: Path, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert not done.stderr, done.stderr
    return done.stdout


def ours(project: Path) -> Found:
    document = json.loads(execute(project, "fastapi_bp_lint", "--output-format", "json"))
    found: Found = {}
    for one in document["findings"]:
        found.setdefault((one["path"], one["line"]), set()).add(one["code"])
    return found


def ruff(project: Path) -> Found:
    text = execute(
        project, "ruff", "check", "--isolated", "--preview", "--output-format", "json",
        "--config", 'lint.flake8-tidy-imports.ban-relative-imports = "all"',
        "--select", "ASYNC,FAST,N,BLE,F403,TID252",
    )  # fmt: skip
    found: Found = {}
    for one in json.loads(text):
        path = Path(one["filename"]).relative_to(project).as_posix()
        found.setdefault((path, one["location"]["row"]), set()).add(one["code"])
    return found


def flake8(project: Path, *args: str) -> Found:
    form = "--format=%(path)s|%(row)d|%(code)s"
    found: Found = {}
    for row in execute(project, "flake8", form, *args).splitlines():
        path, line, code = row.split("|")
        found.setdefault((path.removeprefix("./"), int(line)), set()).add(code)
    return found


def pairs(table: str) -> set[tuple[str, str]]:
    return {
        (one, other)
        for row in ROW.finditer(table)
        for one in row[1].split(", ")
        for other in row[2].split(", ")
    }


def test_the_tables_name_just_what_is_found_twice() -> None:
    assert pairs(PAGE) == {(one, other) for _, _, one, other in marks()}


def test_we_and_ruff_find_it_on_the_same_lines(project: Path) -> None:
    us, them = ours(project), ruff(project)
    missed = [
        (path, line, one, other)
        for path, line, one, other in marks()
        if one not in us.get((path, line), ()) or other not in them.get((path, line), ())
    ]
    assert missed == []


def test_the_plugin_works_beside_flake8_async(project: Path) -> None:
    found = flake8(project, "--select=ASYNC2,FBP", "src")
    both = pairs(PAGE.partition("| ours | ruff | ")[0])
    asked = [mark for mark in marks() if mark[2:] in both]
    assert len(asked) == 13
    missed = [mark for mark in asked if not set(mark[2:]) <= found[mark[0], mark[1]]]
    assert missed == []
    mine = {place: {c for c in codes if c[0] == "F"} for place, codes in found.items()}
    assert {place: codes for place, codes in mine.items() if codes} == ours(project)


def test_the_settings_of_the_page_leave_each_line_one_finding(project: Path) -> None:
    blocks = re.findall(r"```toml\n# pyproject.toml\n(.*?)```", PAGE, re.DOTALL)
    (text,) = (block for block in blocks if "extend-select" in block)
    (project / "fbp-lint.toml").unlink()
    (project / "pyproject.toml").write_text(f'[project]\nname = "shop"\n\n{text}')
    assert tomllib.loads(text)["tool"]["ruff"]["lint"]["external"] == ["FBP"]
    us = ours(project)
    out = execute(project, "ruff", "check", "--preview", "--output-format", "json")
    them = {
        (Path(one["filename"]).relative_to(project).as_posix(), one["location"]["row"], one["code"])
        for one in json.loads(out)
    }
    for path, line, one, other in marks():
        said = [one in us.get((path, line), ()), (path, line, other) in them]
        assert said.count(True) <= 1, (path, line, one, other)
        if other != "TID252":  # which the page does not switch on
            assert said.count(True) == 1, (path, line, one, other)


def test_ruff_leaves_our_comments_alone_when_it_is_told(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("import time\n\ntime.sleep(1)  # noqa: FBP101\n")
    (text,) = re.findall(
        r"```toml\n# pyproject.toml\n(\[tool.ruff.lint\]\nexternal.*?)```", PAGE, re.DOTALL
    )
    check = ("ruff", "check", "--preview", "--select", "RUF100,RUF102", "--output-format", "json")
    assert [one["code"] for one in json.loads(execute(tmp_path, *check))] == ["RUF102"]
    (tmp_path / "pyproject.toml").write_text(text)
    assert json.loads(execute(tmp_path, *check)) == []


def test_pylsp_shows_our_findings(project: Path) -> None:
    page = (ROOT / "docs" / "pylsp.md").read_text("utf-8")
    (settings,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    file = project / "src" / "posts" / "router.py"
    text = file.read_text().replace("    return 1\n", "    time.sleep(1)\n    return 1\n")
    with Client([sys.executable, "-m", "pylsp"], project) as client:
        client.ask("initialize", processId=None, rootUri=project.as_uri(), capabilities={})
        client.tell("initialized")
        client.tell("workspace/didChangeConfiguration", settings=json.loads(settings))
        document = {"uri": file.as_uri(), "languageId": "python", "version": 1}
        client.tell(
            "textDocument/didOpen", textDocument={**document, "text": "import time\n" + text}
        )
        found = client.wait_for("textDocument/publishDiagnostics", file.as_uri())
        client.ask("shutdown")
        client.tell("exit")
    ours = {(one["code"], one["range"]["start"]["line"]) for one in found if "FBP" in one["code"]}
    assert {("FBP101", 8), ("FBP701", 7)} <= ours


class Client:
    """As much of a client of the language server protocol as a question and a notice need."""

    def __init__(self, command: list[str], cwd: Path) -> None:
        self._process = subprocess.Popen(
            command, cwd=cwd, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._number = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def tell(self, method: str, **params: Any) -> None:  # noqa: ANN401 - any JSON
        self._send({"method": method, "params": params})

    def ask(self, method: str, **params: Any) -> Any:  # noqa: ANN401
        self._number += 1
        self._send({"id": self._number, "method": method, "params": params})
        while (message := self._receive()).get("id") != self._number:
            pass
        return message["result"]

    def wait_for(self, method: str, uri: str) -> list[dict[str, Any]]:
        while (message := self._receive()).get("method") != method or (
            message["params"]["uri"] != uri
        ):
            pass
        found: list[dict[str, Any]] = message["params"]["diagnostics"]
        return found

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._process.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        assert self._process.stdout
        length = 0
        while (line := self._process.stdout.readline()) != b"\r\n":
            assert line, "the server has ended"
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        message: dict[str, Any] = json.loads(self._process.stdout.read(length))
        return message
