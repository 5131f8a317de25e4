"""Every way of `styles.md` to build an application: FastAPI imports it, the linter reads it."""

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="FastAPI is the judge")
pytest.importorskip("httpx", reason="some of FastAPI's modules ask for it")

from dump_names import Root
from dump_walk import rows
from judge import Rules, judge

from fastapi_bp_lint.cli.linking import routes_of
from fastapi_bp_lint.output.dependency_graph import render
from fastapi_bp_lint.output.routes import as_json, table
from tests.mdcase import Case, cases

STYLES = cases((Path(__file__).parent / "styles.md").read_text("utf-8"))


@pytest.fixture
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    case: Case = request.param
    for path, text in case.files.items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'style'\n")
    before = set(sys.modules)
    sys.path.insert(0, str(tmp_path))
    importlib.invalidate_caches()
    yield tmp_path
    sys.path.remove(str(tmp_path))
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(tmp_path)):
            del sys.modules[name]


def as_fastapi_says(project: Path) -> list[dict[str, Any]]:
    main = importlib.import_module("main")
    return rows(main.app, "main.app", Root(project, ()))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("project", STYLES, ids=lambda case: case.name, indirect=True)
def test_routes_are_those_of_fastapi(project: Path) -> None:
    truth = as_fastapi_says(project)
    ours = json.loads(as_json(routes_of((project,), None)))["routes"]
    verdict = judge(truth, ours, Rules())
    numbers = verdict.numbers
    assert truth
    assert verdict.differences == []
    assert numbers["exact"] == numbers["routes"] == len(truth) - numbers["outside"]
    assert numbers["edges found"] == numbers["edges"]
    assert numbers["run equal"] == numbers["run"]
    assert numbers["invented"] == numbers["edges invented"] == 0


@pytest.mark.parametrize("project", STYLES[:1], ids=lambda case: case.name, indirect=True)
def test_each_form_shows_the_whole_graph(project: Path) -> None:
    routes = routes_of((project,), None)
    assert table(routes).startswith("METHODS  PATH ")
    lines = {line.split()[1]: line for line in table(routes).splitlines()[1:-1]}
    assert "everywhere" in lines["/v2/inner/{item_id}"]
    assert "of_include" in lines["/api/outer/more/inner"]
    text = render(routes, "text")
    assert "GET /api/outer/more/inner/{item_id}  main.read_item [thread]  2 of its" in text
    assert "    key = main.everywhere [thread]\n" in text
    rows = json.loads(render(routes, "json"))["routes"]
    assert {row["handler"]: row["exec"] for row in rows} == {
        "main.read_item": "thread",
        "main.create_item": "loop",
        "main.delete_item": "thread",
    }
    dot, mermaid = render(routes, "dot"), render(routes, "mermaid")
    names = ("everywhere", "of_router", "of_include", "of_route")
    for name in names:
        assert dot.count(f'[label="main.{name}"') == mermaid.count(f'["main.{name}"]') == 1
    edges = [line for line in dot.splitlines() if "->" in line]
    assert len(edges) == mermaid.count(" --> ") == len(set(edges))
    colored = render(routes, "text", color=True)
    assert "\x1b[" in colored
    assert "\x1b[" not in text
