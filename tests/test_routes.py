"""Routes as the project model finds them: every way in which applications register them."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

import pytest

from fastapi_bp_lint.cli.app import run
from fastapi_bp_lint.config import Config
from fastapi_bp_lint.facts.extract import extract
from fastapi_bp_lint.finding import Certainty
from fastapi_bp_lint.project.project import Project

HEAD = "from fastapi import APIRouter, Depends, FastAPI, status\n"


def linked(files: dict[str, str]) -> Project:
    """Return a project of modules by their paths without the ending."""
    facts = {
        f"{name}.py": extract((HEAD + dedent(text)).encode(), f"{name}.py")
        for name, text in files.items()
    }
    return Project(facts, Config())


def single(text: str) -> Project:
    """Return a project of one module, main."""
    return linked({"main": text})


def shown(project: Project) -> list[str]:
    """Return method and full path of every route that is certain or likely."""
    return [
        f"{','.join(r.methods) or r.kind} {r.path}"
        for r in project.routes
        if r.app is not None and r.certainty is not Certainty.POSSIBLE
    ]


class Case(NamedTuple):
    """Modules, and the routes that FastAPI makes of them."""

    files: dict[str, str]
    routes: list[str]


MAIN = "main"
CASES = {
    "verbs": Case(
        {
            MAIN: """
            app = FastAPI()
            @app.get("/a")
            @app.post("/b")
            def both(): ...
            @app.api_route("/c", methods=["put", "GET"])
            def c(): ...
            @app.websocket("/ws")
            async def ws(websocket): ...
            """
        },
        ["POST /b", "GET /a", "GET,PUT /c", "websocket /ws"],
    ),
    "nested prefixes": Case(
        {
            MAIN: """
            app = FastAPI()
            outer = APIRouter(prefix="/o")
            inner = APIRouter(prefix="/r")
            @inner.get("/x")
            def x(): ...
            outer.include_router(inner, prefix="/inc")
            app.include_router(outer, prefix="/top")
            app.include_router(outer)
            """
        },
        ["GET /top/o/inc/r/x", "GET /o/inc/r/x"],
    ),
    "added after the include": Case(
        {
            MAIN: """
            app = FastAPI()
            router = APIRouter()
            app.include_router(router, prefix="/v1")
            @router.get("/late")
            def late(): ...
            """
        },
        ["GET /v1/late"],
    ),
    "constants, f-strings and settings": Case(
        {
            "config": """
            from pydantic_settings import BaseSettings
            VERSION = "v2"
            class Settings(BaseSettings):
                prefix: str = "/api"
            settings = Settings()
            """,
            MAIN: """
            from config import VERSION, settings
            app = FastAPI()
            router = APIRouter(prefix=f"/{VERSION}")
            @router.get("/" + "x")
            def x(): ...
            app.include_router(router, prefix=settings.prefix)
            """,
        },
        ["GET /api/v2/x"],
    ),
    "factory": Case(
        {
            MAIN: """
            def create_app():
                app = FastAPI()
                add_routes(app, "/v1")
                @app.get("/health")
                def health(): ...
                return app
            def add_routes(app, prefix):
                @app.get(prefix + "/x")
                def x(): ...
            app = create_app()
            """
        },
        ["GET /v1/x", "GET /health"],
    ),
    "factory that nobody calls": Case(
        {
            MAIN: """
            def create_app():
                app = FastAPI()
                @app.get("/x")
                def x(): ...
                return app
            """
        },
        ["GET /x"],
    ),
    "router factory with arguments": Case(
        {
            MAIN: """
            def crud(name):
                router = APIRouter(prefix=f"/{name}")
                @router.get("")
                def list_all(): ...
                return router
            app = FastAPI()
            app.include_router(crud("users"))
            app.include_router(crud(name="posts"))
            """
        },
        ["GET /users", "GET /posts"],
    ),
    "loop over pairs": Case(
        {
            "routes/a": "router = APIRouter()\n@router.get('/a')\ndef a(): ...\n",
            "routes/b": "router = APIRouter()\n@router.get('/b')\ndef b(): ...\n",
            MAIN: """
            from routes import a, b
            app = FastAPI()
            for module, prefix in [(a, "/one"), (b, "/two")]:
                app.include_router(module.router, prefix=prefix)
            """,
        },
        ["GET /one/a", "GET /two/b"],
    ),
    "list that grows": Case(
        {
            MAIN: """
            routers = []
            first_router = APIRouter()
            @first_router.get("/a")
            def a(): ...
            routers.append(first_router)
            app = FastAPI()
            for router in routers:
                app.include_router(router)
            """
        },
        ["GET /a"],
    ),
    "re-exporting package": Case(
        {
            "api/__init__": "from api.users import router as users_router\n",
            "api/users": "router = APIRouter()\n@router.get('/u')\ndef u(): ...\n",
            MAIN: "import api\napp = FastAPI()\napp.include_router(api.users_router)\n",
        },
        ["GET /u"],
    ),
    "decorator called as a function": Case(
        {
            MAIN: """
            app = FastAPI()
            def h(): ...
            app.get("/a")(h)
            getattr(app, "post")("/b")(h)
            app.add_api_route("/c", h, methods=["DELETE"])
            """
        },
        ["GET /a", "POST /b", "DELETE /c"],
    ),
    "decorator of the project": Case(
        {
            MAIN: """
            app = FastAPI()
            def protected(method, path, **options):
                def decorator(handler):
                    method(path, **options)(handler)
                    return handler
                return decorator
            @protected(app.put, "/x", tags=["t"])
            def x(): ...
            """
        },
        ["PUT /x"],
    ),
    "controller": Case(
        {
            MAIN: """
            class Controller:
                def __init__(self, prefix):
                    self.router = APIRouter(prefix=prefix)
                    self.router.add_api_route("/x", self.read)
                    self.register()
                def register(self):
                    @self.router.get("/y")
                    def y(): ...
                def read(self): ...
            app = FastAPI()
            app.include_router(Controller("/one").router)
            app.include_router(Controller("/two").router)
            """
        },
        ["GET /one/x", "GET /one/y", "GET /two/x", "GET /two/y"],
    ),
    "router class of the project": Case(
        {
            MAIN: """
            class Versioned(APIRouter):
                def __init__(self, version, **options):
                    super().__init__(prefix=f"/v{version}", **options)
            router = Versioned(2, tags=["x"])
            @router.get("/x")
            def x(): ...
            app = FastAPI()
            app.include_router(router)
            """
        },
        ["GET /v2/x"],
    ),
    "mounted application": Case(
        {
            MAIN: """
            app = FastAPI()
            sub = FastAPI()
            @sub.get("/x")
            def x(): ...
            app.mount("/sub/", sub)
            """
        },
        ["mount /sub", "GET /sub/x"],
    ),
    "included while it starts": Case(
        {
            MAIN: """
            from contextlib import asynccontextmanager
            router = APIRouter()
            @router.get("/x")
            def x(): ...
            @asynccontextmanager
            async def lifespan(app: FastAPI):
                app.include_router(router, prefix="/late")
                yield
            app = FastAPI(lifespan=lifespan)
            """
        },
        ["GET /late/x"],
    ),
    "plain route of Starlette": Case(
        {
            MAIN: """
            app = FastAPI(dependencies=[Depends(lambda: 1)])
            def page(request): ...
            app.add_route("/page", page)
            """
        },
        ["GET,HEAD /page"],
    ),
    "never seen on a condition": Case(
        {
            MAIN: """
            import os
            app = FastAPI()
            router = APIRouter()
            @router.get("/x")
            def x(): ...
            if os.environ["DEBUG"]:
                app.include_router(router)
            """
        },
        [],
    ),
    "unknown prefix": Case(
        {
            MAIN: """
            from elsewhere import PREFIX
            app = FastAPI()
            router = APIRouter(prefix=PREFIX)
            @router.get("/x")
            def x(): ...
            app.include_router(router)
            """
        },
        [],
    ),
    "only for type checkers": Case(
        {
            MAIN: """
            from typing import TYPE_CHECKING
            app = FastAPI()
            if TYPE_CHECKING:
                @app.get("/x")
                def x(): ...
            """
        },
        [],
    ),
    "modules that import each other": Case(
        {
            MAIN: "app = FastAPI()\nimport views\n",
            "views": "from main import app\n@app.get('/x')\ndef x(): ...\n",
        },
        ["GET /x"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_finds(name: str) -> None:
    case = CASES[name]
    assert shown(linked(case.files)) == case.routes


def test_what_cannot_be_resolved_is_possible() -> None:
    project = linked(CASES["unknown prefix"].files)
    (route,) = project.routes
    assert route.certainty is Certainty.POSSIBLE
    assert route.sure is Certainty.CERTAIN
    assert [f.name for f in project.handlers] == ["x"]


def test_router_without_application_keeps_its_handlers() -> None:
    project = single("router = APIRouter(prefix='/p')\n@router.get('/x')\ndef x(): ...\n")
    (route,) = project.routes
    assert (route.app, route.path, route.certainty) == (None, "/p/x", Certainty.CERTAIN)


def test_reads_the_options_of_every_level() -> None:
    project = single(
        """
        from http import HTTPStatus
        from pydantic import BaseModel
        class Out(BaseModel): ...
        app = FastAPI()
        outer = APIRouter(tags=["outer"])
        router = APIRouter(tags=["own"], include_in_schema=False)
        @router.post("/a", status_code=status.HTTP_201_CREATED, tags=["route"])
        def a() -> list[Out]: ...
        @router.get("/b", status_code=HTTPStatus.ACCEPTED, response_model=Out | None, name="bee")
        async def b(): ...
        outer.include_router(router, tags=["include"])
        app.include_router(outer)
        """
    )
    a, b = project.routes
    assert a.tags == ("outer", "include", "own", "route")
    assert (a.status_code, a.response_model, a.include_in_schema) == (201, "list[main.Out]", False)
    assert (b.status_code, b.response_model, b.name) == (202, "main.Out | None", "bee")
    assert (a.on_loop, b.on_loop) == (False, True)


def test_status_is_that_of_the_response_class_or_unknown() -> None:
    project = single(
        """
        from fastapi.responses import RedirectResponse
        from elsewhere import CODE
        app = FastAPI()
        @app.get("/a", response_class=RedirectResponse)
        def a(): ...
        @app.get("/b")
        def b(): ...
        @app.get("/c", status_code=CODE)
        def c(): ...
        """
    )
    assert [r.effective_status for r in project.routes] == [307, 200, None]


@pytest.mark.parametrize(
    ("decorator", "function", "on_loop"),
    [
        ("@wraps(f)\n    def inner(*a): return f(*a)", "async def", True),
        ("@wraps(f)\n    async def inner(*a): return f(*a)", "def", True),
        ("@wraps(f)\n    def inner(*a): return f(*a)", "def", False),
        ("def inner(*a): return f(*a)", "async def", False),
    ],
)
def test_sees_handlers_through_wrappers(decorator: str, function: str, *, on_loop: bool) -> None:
    source = (
        f"from functools import wraps\napp = FastAPI()\ndef deco(f):\n    {decorator}\n"
        f"    return inner\n@app.get('/x')\n@deco\n{function} x(): ...\n"
    )
    (route,) = single(source).routes
    assert route.on_loop is on_loop


def test_entries_know_where_they_run() -> None:
    project = single(
        """
        from fastapi import BackgroundTasks
        from fastapi.responses import StreamingResponse
        from starlette.middleware.base import BaseHTTPMiddleware
        app = FastAPI()
        class Middle(BaseHTTPMiddleware):
            async def dispatch(self, request, call_next): ...
        def task(): ...
        def chunks(): yield b""
        def dep(): ...
        @app.exception_handler(ValueError)
        def oops(request, error): ...
        @app.on_event("startup")
        def start(): ...
        @app.middleware("http")
        async def timing(request, call_next): ...
        @app.get("/x")
        async def x(tasks: BackgroundTasks, d=Depends(dep)):
            tasks.add_task(task)
            return StreamingResponse(chunks())
        """
    )
    found = {(e.function.name, e.kind, e.on_loop) for e in project.entries}
    assert found == {
        ("x", "route", True),
        ("dep", "dependency", False),
        ("task", "background-task", False),
        ("chunks", "stream", False),
        ("oops", "exception-handler", False),
        ("start", "lifespan", True),
        ("timing", "middleware", True),
        ("dispatch", "middleware", True),
    }


def test_prints_json_and_a_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n", "utf-8")
    (tmp_path / "main.py").write_text(
        HEAD + "app = FastAPI()\ndef dep(): ...\n"
        "@app.get('/x')\nasync def x(d=Depends(dep)): ...\n",
        "utf-8",
    )
    monkeypatch.chdir(tmp_path)
    assert run(["routes", "--output-format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["version"] == 1
    (row,) = document["routes"]
    (dependency,) = row.pop("dependencies")
    assert row == {
        "kind": "http",
        "methods": ["GET"],
        "path": "/x",
        "name": "x",
        "app": "main.app",
        "handler": "main.x",
        "file": "main.py",
        "line": 5,
        "is_async": True,
        "exec": "loop",
        "status_code": 200,
        "response_model": None,
        "tags": [],
        "include_in_schema": True,
        "certainty": "certain",
    }
    assert (dependency["name"], dependency["call"], dependency["exec"]) == (
        "d",
        "main.dep",
        "thread",
    )
    assert run(["routes"]) == 0
    table = capsys.readouterr().out
    assert table.splitlines()[1].split() == ["GET", "/x", "main.x", "loop", "dep"]
    assert "1 routes; 0 run in a worker thread, 1 need one" in table


def test_a_function_that_calls_itself_in_loops_is_followed_some_levels_deep() -> None:
    project = single("""
        app = FastAPI()
        def add(prefix, tree):
            for name in ("a", "b"):
                for other in ("c", "d"):
                    add(f"{prefix}/{name}{other}", tree)
            app.add_api_route(prefix, lambda: 1)
        add("", None)
        @app.get("/last")
        def last(): ...
    """)
    paths = shown(project)
    assert "GET /ac/bd" in paths
    assert "GET /last" in paths
    assert project.web.replay.frames < 10_000


def test_a_state_that_is_made_of_itself_ends() -> None:
    project = single("""
        from dataclasses import dataclass
        @dataclass
        class Failed:
            context: object = None
        class Server:
            def __init__(self):
                self.app = FastAPI()
                self.state = Failed()
                self.app.get("/a")(self.read)
            def reload(self):
                context = self.state.context if hasattr(self.state, "context") else None
                self.state = Failed(context=context)
                context.include_router(APIRouter())
            def read(self): ...
        server = Server()
        server.reload()
    """)
    assert shown(project) == ["GET /a"]
