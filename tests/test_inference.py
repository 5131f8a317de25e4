"""`--infer`: what astroid tells of receivers that the project does not tell of."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from fastapi_bp_lint import inference
from fastapi_bp_lint.cli.check import command
from fastapi_bp_lint.engine import Request, prepare, run
from fastapi_bp_lint.selection import Layer
from tests import mdcase

PACKAGES = ".venv/lib/python3.11/site-packages"
FILES = {
    f"{PACKAGES}/requests/__init__.py": "from .sessions import Session\n",
    f"{PACKAGES}/requests/sessions.py": "class Session:\n    def get(self, url): ...\n",
    f"{PACKAGES}/vendor.py": (
        "import requests\n"
        "raise SystemExit('imported')\n"
        "class Mine(requests.Session): ...\n"
        "class Sdk:\n"
        "    def __init__(self):\n"
        "        self.http = requests.Session()\n"
        "        self.mine = Mine()\n"
        "        self.names = {}\n"
        "        self.maybe = requests.Session() if self.names else {}\n"
        "def make():\n"
        "    return Sdk()\n"
    ),
    "app/__init__.py": "",
    "app/sdk.py": "from vendor import make\nsdk = make()\n",
    "app/main.py": """
import logging

import vendor
from app.sdk import sdk

log = logging.getLogger()


class Service:
    def __init__(self):
        self.sdk = vendor.make()

    async def ask(self):
        self.sdk.http.get("x")


async def found():
    é = "é"; sdk.http.get("x")
    vendor.make().mine.get("x")
    local = vendor.Sdk()
    local.http.get("x")


async def silent(param):
    sdk.names.get("x")
    sdk.maybe.get("x")
    sdk.other.get("x")
    await sdk.http.get("x")
    param.get("x")
    log.get("x")


def sync():
    sdk.http.get("x")
""",
    "fbp-lint.toml": 'exclude = [".venv"]\n',
}
WANTED = ["ask 15", "found 19", "found 20", "found 22"]


def found(root: Path, *, infer: bool = True) -> list[str]:
    """Return the function and the line of each finding."""
    request = Request(paths=(root,), layer=Layer(select=("FBP1",)), infer=infer)
    findings = run(prepare(request)).findings
    assert {f.certainty.value for f in findings} <= {"likely"}
    return [f"{f.symbol.rpartition('.')[2]} {f.place.span.line}" for f in findings]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    mdcase.write(FILES, tmp_path)
    inference._astroid().clear_cache()  # noqa: SLF001 - what other tests have made it read
    return tmp_path


def test_follows_receivers_through_packages_without_importing_them(root: Path) -> None:
    assert found(root, infer=False) == []
    before = sys.path[:]
    assert found(root) == WANTED
    assert sys.path == before
    assert "vendor" not in sys.modules


def test_answers_are_kept_until_what_was_read_for_them_changes(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found(root) == WANTED
    kept = root / ".fbp_cache" / "inferred.json"
    assert (root / ".fbp_cache" / ".gitignore").read_text("utf-8") == "*\n"
    asked: list[int] = []
    real = inference.Inference._names  # noqa: SLF001 - counts what is worked out

    def counting(self: inference.Inference, call: object, module: object) -> list[str]:
        asked.append(1)
        return real(self, call, module)  # type: ignore[arg-type]

    monkeypatch.setattr(inference.Inference, "_names", counting)
    assert found(root) == WANTED
    assert asked == []
    (root / "app/sdk.py").write_text("from vendor import make\nsdk = make().names\n")
    inference._astroid().clear_cache()  # noqa: SLF001 - a run of its own
    assert found(root) == ["ask 15", "found 20", "found 22"]
    assert asked
    for broken in ("", "[]", "{", json.dumps({"version": 1, "packages": [], "calls": {"a": 1}})):
        kept.write_text(broken, "utf-8")
        assert found(root) == ["ask 15", "found 20", "found 22"]


def test_goes_on_where_nothing_can_be_kept(root: Path) -> None:
    (root / ".fbp_cache").write_text("in the way")
    assert found(root) == WANTED


def test_the_environment_of_the_folder_comes_before_the_active_one(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    active = tmp_path / "active/lib/python3.11/site-packages"
    active.mkdir(parents=True)
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "active"))
    assert inference.packages(root) == (str(root / PACKAGES),)
    assert inference.packages(tmp_path / "elsewhere") == (str(active),)
    monkeypatch.delenv("VIRTUAL_ENV")
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    assert inference.packages(tmp_path / "elsewhere")[0].startswith(sys.prefix)


def test_says_what_it_needs(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    outcome = CliRunner().invoke(command, ["--infer", str(root)])
    assert outcome.exit_code == 2
    assert 'pip install "fastapi-bp-lint[infer]"' in outcome.output


def test_the_command_line_asks_it(root: Path) -> None:
    outcome = CliRunner().invoke(command, ["--infer", "--select", "FBP1", str(root)])
    assert "requests.Session.get" in outcome.output
