from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from comparing import differences, unannounced
from mending import mend, uncompiled

from fastapi_bp_lint.fixes import Change


def route(**changes: object) -> dict[str, Any]:
    row = {"kind": "http", "path": "/a", "line": 3, "is_async": True, "status_code": None}
    return {**row, "default_status": 200, "dependencies": [], **changes}


def surface(*routes: dict[str, Any], **failed: str) -> dict[str, Any]:
    return {"routes": list(routes), "failed": failed}


def document(**paths: object) -> dict[str, Any]:
    return {"kind": "openapi", "app": "main.app", "document": {"paths": paths}}


def test_what_is_the_same_is_no_difference() -> None:
    before = surface(route(), document(a={"get": {"tags": ["x"]}}), broken="ImportError")
    after = surface(
        route(line=9, status_code=200), document(a={"get": {"tags": ["x"]}}), broken="ImportError"
    )
    assert differences(before, after) == {}


def test_whatever_differs_is_counted() -> None:
    inner = [route(name="db", dependencies=[route(name="url")])]
    before = surface(
        route(dependencies=inner), document(a={"get": {"x": 1, "parameters": ["p", "q"]}})
    )
    other = [route(name="db", is_async=False, dependencies=[])]
    after = surface(
        route(path="/b", status_code=201, dependencies=other),
        document(a={"get": {"x": 2, "parameters": ["q", "p"]}}),
        broken="SyntaxError",
    )
    assert differences(before, after) == {
        "status": 1,
        "route path": 1,
        "dependency is_async": 1,
        "number of dependencies": 1,
        "openapi x": 1,
        "openapi parameters order": 1,
        "not importable": 1,
    }
    assert differences(before, surface(route(dependencies=inner))) == {"number of routes": 1}


def test_safe_fixes_may_move_a_dependency_to_the_loop_and_nothing_else() -> None:
    found = Counter({"dependency is_async": 1, "route is_async": 2, "openapi 404": 1})
    assert unannounced(found, {"FBP202"}, unsafe=False) == {"route is_async": 2, "openapi 404": 1}


def test_unsafe_fixes_may_change_what_their_pages_announce() -> None:
    found = Counter({"dependency is_async": 1, "route is_async": 2, "openapi 404": 1, "status": 1})
    fixed = {"FBP201", "FBP202", "FBP408"}
    assert unannounced(found, fixed, unsafe=True) == {"status": 1}
    assert unannounced(found, {"FBP201", "FBP202"}, unsafe=True) == {"status": 1, "openapi 404": 1}


def test_a_project_is_fixed_and_looked_at(tmp_path: Path) -> None:
    code = (
        "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n"
        '@app.get("/", status_code=200)\nasync def read() -> None: ...\n'
    )
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "main.py").write_text(code)
    mended = mend(tmp_path, unsafe=False)
    assert (mended.files, mended.changed, mended.fixed, mended.broken) == (1, 1, {"FBP403": 1}, ())
    assert "status.HTTP_200_OK" in (tmp_path / "main.py").read_text()


def test_a_file_that_is_broken_is_told() -> None:
    changes = [
        Change("a.py", b"x\n", b"x = (\n"),
        Change("b.py", b"x = (\n", b"x = (\n"),
        Change("c.py", b"x\n", b"y\n"),
    ]
    assert [line.partition(":")[0] for line in uncompiled(changes)] == ["a.py"]
