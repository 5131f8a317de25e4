"""The `Depends` graph: every form in which FastAPI takes a dependency, and where each runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fastapi_bp_lint.cli.app import run
from fastapi_bp_lint.project.dependencies import Dependency
from tests.test_routes import HEAD, linked, single

SECURITY = "from fastapi import Security\nfrom typing import Annotated\n"


def tree(dependency: Dependency) -> str:
    """Return a dependency as text: name, callable, where it runs, and what it needs."""
    where = {True: "loop", False: "thread", None: "?"}[dependency.is_async]
    below = ", ".join(map(tree, dependency.children))
    name = f"{dependency.name}=" if dependency.name else ""
    symbol = dependency.target.symbol.removeprefix("main.")
    return f"{name}{symbol} {dependency.kind} {where}" + (f" ({below})" if below else "")


def trees(text: str) -> list[str]:
    """Return what the only route of a module depends on."""
    (route,) = single(SECURITY + text).routes
    return [tree(d) for d in route.dependencies]


FORMS = {
    "default": ("def d(): ...\n", "x=Depends(d)", "x=d function thread"),
    "annotated": ("async def d(): ...\n", "x: Annotated[int, Depends(d)]", "x=d function loop"),
    "alias": (
        "def d(): ...\nDep = Annotated[int, Depends(d)]\n",
        "x: Dep",
        "x=d function thread",
    ),
    "nested alias": (
        "def d(): ...\nInner = Annotated[int, Depends(d)]\nOuter = Annotated[Inner, 'note']\n",
        "x: Outer",
        "x=d function thread",
    ),
    "marker in a variable": ("def d(): ...\ndep = Depends(d)\n", "x=dep", "x=d function thread"),
    "security": ("def d(): ...\n", "x=Security(d, scopes=['a'])", "x=d function thread"),
    "generator": ("def d():\n    yield 1\n", "x=Depends(d)", "x=d generator thread"),
    "async generator": ("async def d():\n    yield 1\n", "x=Depends(d)", "x=d generator loop"),
    "class": (
        "def d(): ...\nclass C:\n    def __init__(self, y=Depends(d)): ...\n",
        "x=Depends(C)",
        "x=C class thread (y=d function thread)",
    ),
    "inherited init": (
        "def d(): ...\nclass B:\n    def __init__(self, y=Depends(d)): ...\nclass C(B): ...\n",
        "x=Depends(C)",
        "x=C class thread (y=d function thread)",
    ),
    "dataclass": (
        (
            "from dataclasses import dataclass\ndef d(): ...\n"
            "@dataclass\nclass C:\n    y: int = Depends(d)\n"
        ),
        "x: C = Depends()",
        "x=C class thread (y=d function thread)",
    ),
    "class of the annotation": ("class C: ...\n", "x: C = Depends()", "x=C class thread"),
    "class of an annotated one": (
        "class C: ...\n",
        "x: Annotated[C, Depends()]",
        "x=C class thread",
    ),
    "object": (
        "class C:\n    async def __call__(self): ...\nc = C()\n",
        "x=Depends(c)",
        "x=C instance loop",
    ),
    "object with a sync call": (
        "class C:\n    def __call__(self): ...\n",
        "x=Depends(C())",
        "x=C instance thread",
    ),
    "security scheme": (
        "from fastapi.security import OAuth2PasswordBearer\ns = OAuth2PasswordBearer('t')\n",
        "x=Depends(s)",
        "x=fastapi.security.OAuth2PasswordBearer instance loop",
    ),
    "security form": (
        "from fastapi.security import OAuth2PasswordRequestForm as Form\n",
        "x: Form = Depends()",
        "x=fastapi.security.OAuth2PasswordRequestForm class thread",
    ),
    "method": (
        "class C:\n    async def m(self): ...\nc = C()\n",
        "x=Depends(c.m)",
        "x=C.m method loop",
    ),
    "class method": (
        "class C:\n    @classmethod\n    def m(cls): ...\n",
        "x=Depends(C.m)",
        "x=C.m method thread",
    ),
    "partial": (
        "from functools import partial\ndef e(): ...\nasync def d(a, b=Depends(e)): ...\n",
        "x=Depends(partial(d, 1))",
        "x=d partial loop (b=e function thread)",
    ),
    "lambda": ("", "x=Depends(lambda: 1)", "x=<lambda> lambda thread"),
    "factory": (
        "def e(): ...\ndef role(name):\n    async def check(u=Depends(e)): ...\n    return check\n",
        "x=Depends(role('admin'))",
        "x=role.check function loop (u=e function thread)",
    ),
    "factory with a dependency as argument": (
        "def e(): ...\ndef need(what):\n    def check(u=Depends(what)): ...\n    return check\n",
        "x=Depends(need(e))",
        "x=need.check function thread (u=e function thread)",
    ),
    "of another library": (
        "from elsewhere import thing\n",
        "x=Depends(thing)",
        "x=elsewhere.thing unknown ?",
    ),
    "chain": (
        "async def a(): ...\ndef b(y=Depends(a)): ...\n",
        "x=Depends(b)",
        "x=b function thread (y=a function loop)",
    ),
}


@pytest.mark.parametrize("name", FORMS)
def test_reads(name: str) -> None:
    before, parameter, expected = FORMS[name]
    text = f"{before}app = FastAPI()\n@app.get('/x')\ndef h({parameter}): ...\n"
    assert trees(text) == [expected]


def test_depends_of_another_library_is_none() -> None:
    text = "from faststream import Depends\ndef d(): ...\napp = FastAPI()\n"
    assert trees(text + "@app.get('/x')\ndef h(x=Depends(d)): ...\n") == []


def test_keeps_the_order_of_fastapi() -> None:
    names = ["app", "top", "o", "inc", "r", "route", "one", "two"]
    functions = "".join(f"def {n}_dep(): ...\n" for n in names)
    found = trees(
        functions
        + """
app = FastAPI(dependencies=[Depends(app_dep)])
outer = APIRouter(dependencies=[Depends(o_dep)])
router = APIRouter(dependencies=[Depends(r_dep)])
@router.get("/x", dependencies=[Depends(route_dep)])
def h(a=Depends(one_dep), b: int = 1, c=Depends(two_dep)): ...
outer.include_router(router, dependencies=[Depends(inc_dep)])
app.include_router(outer, dependencies=[Depends(top_dep)])
"""
    )
    assert [t.partition(" ")[0].rpartition("=")[2] for t in found] == [f"{n}_dep" for n in names]


def test_mounted_applications_have_their_own() -> None:
    project = single(
        """
        def d(): ...
        app = FastAPI(dependencies=[Depends(d)])
        sub = FastAPI()
        @sub.get("/x")
        def x(): ...
        @app.websocket("/ws")
        async def ws(socket): ...
        app.mount("/sub", sub)
        """
    )
    found = {r.path: [d.target.symbol for d in r.dependencies] for r in project.routes}
    assert found == {"/ws": ["main.d"], "/sub": [], "/sub/x": []}


def test_reads_cache_scope_and_scopes() -> None:
    (route,) = single(
        SECURITY
        + """
def d(): ...
app = FastAPI()
@app.get("/x", dependencies=[Depends(d, use_cache=False)])
def h(a=Depends(d, use_cache=False), b=Depends(d, scope="function"), c=Security(d, scopes=["s"])):
    ...
"""
    ).routes
    assert [d.use_cache for d in route.dependencies] == [True, False, True, True]
    assert [d.scope for d in route.dependencies] == [None, None, "function", None]
    assert route.dependencies[3].scopes == ("s",)


def test_a_cycle_ends() -> None:
    project = linked(
        {
            "one": "import two\ndef a(x=Depends(two.b)): ...\n",
            "two": "import one\ndef b(x=Depends(one.a)): ...\n",
            "main": "from one import a\napp = FastAPI()\n"
            "@app.get('/x')\ndef h(x=Depends(a)): ...\n",
        }
    )
    cycles = [d.cycle for d in project.dependencies if d.cycle]
    assert [[f.symbol for f in cycle] for cycle in cycles] == [["one.a", "two.b"]]


def test_dependencies_as_attributes_of_a_factory() -> None:
    (route,) = single(
        """
        from dataclasses import dataclass, field
        def reader(): ...
        @dataclass
        class Factory:
            router: APIRouter = field(default_factory=APIRouter)
            read: object = reader
            def __post_init__(self):
                self.register()
            def register(self):
                @self.router.get("/x")
                def x(r=Depends(self.read)): ...
        app = FastAPI()
        app.include_router(Factory().router)
        """
    ).routes
    assert [tree(d) for d in route.dependencies] == ["r=reader function thread"]


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n", "utf-8")
    text = (
        "app = FastAPI()\nasync def a(): ...\ndef b(y=Depends(a)): ...\n"
        "@app.get('/x')\nasync def h(x=Depends(b)): ...\n"
    )
    (tmp_path / "main.py").write_text(HEAD + text, "utf-8")
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("sample")
def test_prints_the_tree(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["dependencies"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "GET /x  main.h [loop]  1 of its dependencies hold a thread",
        "  x = main.b [thread]",
        "    y = main.a [loop]",
    ]


@pytest.mark.usefixtures("sample")
def test_draws_the_graph(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["dependencies", "--output-format", "dot"]) == 0
    dot = capsys.readouterr().out
    assert '  n1 [label="main.b", fillcolor="#f6d5b5"];' in dot
    assert dot.splitlines()[-3:] == ["  n0 -> n1;", "  n1 -> n2;", "}"]
    assert run(["dependencies", "--output-format", "mermaid"]) == 0
    mermaid = capsys.readouterr().out.splitlines()
    assert mermaid[0] == "flowchart LR"
    assert '  n1["main.b"]:::thread' in mermaid
    assert "  n1 --> n2" in mermaid


@pytest.mark.usefixtures("sample")
def test_prints_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["dependencies", "--output-format", "json"]) == 0
    (route,) = json.loads(capsys.readouterr().out)["routes"]
    (b,) = route["dependencies"]
    assert (b["call"], b["exec"], b["dependencies"][0]["call"]) == ("main.b", "thread", "main.a")
