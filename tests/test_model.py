"""What the project model tells of code that no single rule is about: entries, guards, proofs."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from fastapi_bp_lint.config import Config
from fastapi_bp_lint.facts.extract import extract
from fastapi_bp_lint.facts.model import Mark
from fastapi_bp_lint.facts.source import Source
from fastapi_bp_lint.finding import Certainty, Finding, Preset, Severity
from fastapi_bp_lint.project.closures import Closures
from fastapi_bp_lint.project.handling import (
    call_of,
    has_custom_class,
    is_written,
    returns_response,
)
from fastapi_bp_lint.project.lazy import is_loaded
from fastapi_bp_lint.project.project import Project
from fastapi_bp_lint.project.values import Class
from fastapi_bp_lint.rule import Rule
from tests.test_routes import linked, shown, single


def entries(text: str) -> set[tuple[str, str, bool]]:
    return {(e.function.name, e.kind, e.on_loop) for e in single(text).entries}


def test_entries_that_stand_in_the_constructor_of_an_application() -> None:
    assert entries(
        """
        from contextlib import asynccontextmanager
        from starlette.middleware import Middleware
        class Pure:
            def __init__(self, app): ...
            async def __call__(self, scope, receive, send): ...
        class Added:
            def __init__(self, app): ...
            async def __call__(self, scope, receive, send): ...
        async def missing(request, error): ...
        def broken(request, error): ...
        async def start(): ...
        def stop(): ...
        @asynccontextmanager
        async def lifespan(app):
            yield
        app = FastAPI(
            lifespan=lifespan,
            exception_handlers={404: missing, ValueError: broken},
            middleware=[Middleware(Pure)],
            on_startup=[start],
            on_shutdown=[stop],
        )
        router = APIRouter(on_startup=[start], lifespan=lifespan)
        app.add_middleware(Added)
        app.add_event_handler("shutdown", stop)
        app.add_exception_handler(KeyError, broken)
        """
    ) == {
        ("lifespan", "lifespan", True),
        ("missing", "exception-handler", True),
        ("broken", "exception-handler", False),
        ("start", "lifespan", True),
        ("stop", "lifespan", True),
        ("__call__", "middleware", True),
    }


def test_entries_of_route_classes_tasks_and_streams() -> None:
    assert entries(
        """
        from fastapi import BackgroundTasks
        from fastapi.responses import JSONResponse, StreamingResponse
        from fastapi.routing import APIRoute
        from starlette.background import BackgroundTask
        class Timed(APIRoute):
            def get_route_handler(self):
                original = super().get_route_handler()
                async def timed(request):
                    return await original(request)
                return timed
        class Silent:
            def get_route_handler(self):
                async def never(request): ...
                return never
        class Mailer:
            def send(self): ...
        def task(): ...
        async def rows():
            yield b""
        class Export:
            def lines(self):
                yield b""
        mailer = Mailer()
        export = Export()
        app = FastAPI()
        def background(tasks: BackgroundTasks):
            tasks.add_task(func=mailer.send)
            return JSONResponse({}, background=BackgroundTask(task))
        def stream(wanted: bool):
            found = rows()
            if wanted:
                found = export.lines()
            return StreamingResponse(content=found)
        """
    ) == {
        ("timed", "middleware", True),
        ("send", "background-task", False),
        ("task", "background-task", False),
        ("rows", "stream", True),
        ("lines", "stream", False),
    }


FREE = """
import abc, functools, threading, time
from collections import Counter, OrderedDict
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from pydantic import BaseModel, field_validator
from pydantic_settings import BaseSettings

NAMES = ["a"]
TABLE = OrderedDict()
LOCK = threading.Lock()

class Colour(Enum):
    RED = 1

class Plain:
    limit: int = 3
    def __init__(self, size=1):
        self.size = size
    def grow(self):
        return self.size + 1
    def __call__(self):
        return self.size

class Slow(Plain):
    def grow(self):
        time.sleep(1)

class Alone:
    def run(self):
        return 1

class Rows:
    def __iter__(self):
        return iter([1])
    def __next__(self):
        return 1

class SlowRows:
    def __iter__(self):
        time.sleep(1)
        return iter([1])

class Scope:
    def __enter__(self):
        return self
    def __exit__(self, *args): ...

class SlowScope:
    def __enter__(self):
        time.sleep(1)
    def __exit__(self, *args): ...

class Half:
    def __enter__(self): ...

def make_list():
    return []

def slow_list():
    time.sleep(1)
    return []

@dataclass
class Made:
    names: list[str] = field(default_factory=list)
    more: list[str] = field(default_factory=make_list)
    plain: Alone = field(default_factory=Alone)

@dataclass
class SlowlyMade:
    names: list[str] = field(default_factory=slow_list)

class Model(BaseModel):
    name: str
    @field_validator("name")
    @classmethod
    def check(cls, value):
        return value.strip()

class SlowModel(BaseModel):
    name: str
    @field_validator("name")
    @classmethod
    def check(cls, value):
        time.sleep(1)
        return value

class Settings(BaseSettings):
    name: str = ""

class Base(abc.ABC):
    @abc.abstractmethod
    def run(self): ...

@contextmanager
def scoped():
    yield 1

@contextmanager
def slow_scoped():
    time.sleep(1)
    yield 1

def numbers():
    yield 1

def slow_numbers():
    time.sleep(1)
    yield 1

def key(item):
    return item

def slow_key(item):
    time.sleep(1)

def recursive(n):
    return recursive(n - 1) if n else 0
"""


@pytest.mark.parametrize(
    ("body", "free"),
    [
        ("return len(NAMES) + int('1')", True),
        ("return unknown_thing()", False),
        ("time.sleep(1)", False),
        ("return recursive(3)", True),
        ("return Alone().run()", True),
        ("return Plain().grow()", False),
        ("return Plain()()", True),
        ("return partial(key, 1)()", True),
        ("return partial(slow_key, 1)()", False),
        ("return Colour(1).name", True),
        ("return sorted(NAMES, key=key)", True),
        ("return sorted(NAMES, key=slow_key)", False),
        ("return list(numbers())", True),
        ("return list(slow_numbers())", False),
        ("for n in numbers(): pass", True),
        ("for n in slow_numbers(): pass", False),
        ("for n in Rows(): pass", True),
        ("for n in SlowRows(): pass", False),
        ("for n in NAMES: pass", True),
        ("for n in TABLE: pass", True),
        ("for n in Counter('abc'): pass", True),
        ("for n in nobody: pass", False),
        ("for n in Colour: pass", True),
        ("with SlowScope(): pass", False),
        ("with Half(): pass", False),
        ("with scoped(): pass", True),
        ("with slow_scoped(): pass", False),
        ("with nobody: pass", False),
        ("return Made()", True),
        ("return SlowlyMade()", False),
        ("return SlowModel(name='a')", False),
        ("return Settings()", False),
        ("return a.strip().lower()", False),
        ("return 'a'.strip().lower()", True),
        ("text = 'a'\n    return text.strip()", True),
        ("text = f'{1}'.strip() + 'b'\n    return text.upper()", True),
        ("return {'a': 1}.get('a')", True),
        ("return [n for n in NAMES].copy()", True),
    ],
)
def test_what_is_proved_to_come_back_at_once(body: str, *, free: bool) -> None:
    project = single(f"{FREE}\ndef asked(a):\n    {body}\n")
    (asked,) = [f for f in project.names.functions if f.name == "asked"]
    assert (Closures(project).free(asked) is not None) is free


def test_what_an_async_function_or_an_abstract_method_does_is_not_proved() -> None:
    project = single(f"{FREE}\nasync def asked(): ...\ndef runs(base: Base):\n    base.run()\n")
    functions = {f.name: f for f in project.names.functions}
    closures = Closures(project)
    assert closures.free(functions["asked"]) is None
    assert closures.free(functions["runs"]) is None


GUARDED = """
import time
class Client:
    def __init__(self, dry=False, name="a", size=None):
        self.dry = dry
        self.name = name
        self.fixed = True
        self.size = size
    def send(self):
        if not self.dry:
            time.sleep(1)
    def named(self):
        if self.name == "b":
            time.sleep(1)
    def always(self):
        if self.fixed:
            time.sleep(1)
    def unfixed(self):
        if not self.fixed:
            time.sleep(1)
    def changed(self):
        if self.size:
            time.sleep(1)
    def change(self):
        self.size = 2
    def own(self):
        self.send()
class Dry(Client):
    def __init__(self):
        super().__init__(dry=True)
class Inner(Client): ...
class Holder:
    def __init__(self):
        self.client = Client(dry=True)
    async def via(self):
        self.client.send()
class Names:
    CLIENT = Client(dry=True)
wet = Client()
dry = Client(True)
second = Client(False, "b")
spread = Client(*[True])
mapped = Client(**{"dry": True})
inner = Inner(True)
alias = dry
assigned = Client(True)
assigned.dry = False
of_class = Names.CLIENT
"""


@pytest.mark.parametrize(
    ("call", "stalls"),
    [
        ("wet.send()", True),
        ("dry.send()", False),
        ("inner.send()", False),
        ("spread.send()", True),
        ("mapped.send()", True),
        ("assigned.send()", True),
        ("of_class.send()", False),
        ("wet.named()", False),
        ("second.named()", True),
        ("wet.always()", True),
        ("wet.unfixed()", False),
        ("wet.changed()", False),
        ("Client(True).send()", True),
        ("wet.own()", True),
    ],
)
def test_an_attribute_that_the_constructor_sets_rules_a_way_out(call: str, *, stalls: bool) -> None:
    project = single(f"{GUARDED}\nasync def asked():\n    {call}\n")
    assert bool(holding(project, "asked")) is stalls


def test_attributes_of_objects_in_attributes_and_of_other_modules() -> None:
    project = linked(
        {
            "clients": GUARDED,
            "main": """
            from clients import Holder, dry, wet as wetter
            async def of_import():
                dry.send()
            async def of_alias():
                wetter.send()
            async def of_local():
                dry = wetter
                dry.send()
            """,
        }
    )
    assert holding(project, "via") == []
    assert holding(project, "of_import") == []
    assert holding(project, "of_alias") != []
    assert holding(project, "of_local") != []


def holding(project: Project, name: str) -> list[str]:
    """Return what holds the loop in the coroutine *name*."""
    (coroutine,) = [f for f in project.names.functions if f.name == name]
    return [
        stall.primitive.name for stall in project.blocking.stalls if stall.coroutine is coroutine
    ]


def test_a_lazy_attribute_is_one_of_a_table_or_of_what_stands_above() -> None:
    project = single(
        """
        from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
        class Base(DeclarativeBase): ...
        class Timed:
            made: Mapped[int] = mapped_column()
        class User(Timed, Base):
            __tablename__ = "user"
            id: Mapped[int] = mapped_column(primary_key=True)
            orders: Mapped[list["Order"]] = relationship(back_populates="user")
        class Order(Base):
            __tablename__ = "order"
            id: Mapped[int] = mapped_column(primary_key=True)
        """
    )
    classes: dict[str, Class] = {c.name: c for c in project.names.classes}
    found = {
        name: is_loaded(project.types, classes["User"], name)
        for name in ("orders", "id", "made", "nothing")
    }
    assert found == dict.fromkeys(found, False) | {"orders": True}


def checked(text: str, rule: Rule) -> tuple[tuple[Finding, ...], list[Mark]]:
    checks = {
        kind: [(rule.code, check) for of, check in rule.checks if of is kind]
        for kind, _ in rule.checks
    }
    facts = extract(text.encode(), "pkg/a.py", checks)
    return facts.findings, [mark for _, mark in facts.marks]


def test_a_syntax_check_resolves_names_by_the_imports_of_its_file() -> None:
    rule = Rule(
        "tests.probe.fbp901_probe",
        "# A rule of the tests",
        severity=Severity.ERROR,
        preset=Preset.RECOMMENDED,
        since="0.1",
    )

    @rule.on(ast.Call)
    def call(node: ast.Call, source: Source) -> Iterator[Finding | Mark]:
        yield rule.at(source.place(node), source.resolve(node.func))

    @rule.on(ast.ExceptHandler)
    def handler(node: ast.ExceptHandler, source: Source) -> Iterator[Finding | Mark]:
        yield Mark(source.place(node), (source.text[:6], source.path))

    found, marks = checked(
        "import a.b\nimport c.d as e\nfrom f import g as h\nfrom ..x import y\n"
        "a.b.f()\ne.f()\nh.i()\ny()\nunknown.f()\nf()()\n'é'; h()\n"
        "try: pass\nexcept ValueError: pass\n",
        rule,
    )
    assert [f.message for f in found] == [
        "a.b.f",
        "c.d.f",
        "f.g.i",
        "..x.y",
        "unknown.f",
        "",
        "f",
        "f.g",
    ]
    assert found[-1].place.span == (11, 5, 11, 8)
    assert [mark.data for mark in marks] == [("import", "pkg/a.py")]
    assert found[0].certainty is Certainty.CERTAIN


RESPONSES = """
from fastapi import Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi.templating import Jinja2Templates
templates = Jinja2Templates("x")
class Mine(JSONResponse): ...
class Model: ...
class Service:
    def load(self):
        return {}
    def answer(self):
        return Response()
async def make():
    return Response()
def declared() -> Response: ...
def declared_dict() -> dict: ...
def deep(n):
    return deeper(n)
def deeper(n):
    return deep(n)
service = Service()
app = FastAPI()
@app.get("/")
async def handler(request: Request, a, b):
    {}
"""


@pytest.mark.parametrize(
    ("body", "may"),
    [
        ("return JSONResponse({})", True),
        ("return Mine({})", True),
        ("return {}", False),
        ("return Model()", False),
        ("return [1]", False),
        ("return await make()", True),
        ("return declared()", True),
        ("return declared_dict()", False),
        ("return {} if a else RedirectResponse('/')", True),
        ("return {} if a else []", False),
        ("found = Response()\n    return found", True),
        ("found = {}\n    return found", False),
        ("found = {}\n    if b:\n        found = Mine()\n    return found", True),
        ("return templates.TemplateResponse(request, 'x')", True),
        ("return unknown.render()", True),
        ("return unknown.get()", True),
        ("found = unknown.get()\n    return found.more()", True),
        ("found = service.load()\n    return found", False),
        ("return service.answer()", True),
        ("return service.load()", False),
        ("return service.load().get('a')", False),
        ("return request.app.state.maker.build()", True),
        ("await Mine({})(request.scope, request.receive, request._send)\n    return 1", True),
        ("return deep(1)", True),
        ("return 'a'.strip()", False),
    ],
)
def test_what_may_be_a_response(body: str, *, may: bool) -> None:
    project = single(filled(body))
    (route,) = project.routes
    assert route.handler is not None
    assert returns_response(route.handler, project) is may


def filled(body: str) -> str:
    head, _, _ = RESPONSES.rpartition("{}")
    return f"{head}{body}\n"


@pytest.mark.parametrize(
    ("text", "custom"),
    [
        ("router = APIRouter()", False),
        ("router = APIRouter(route_class=Timed)", True),
        ("router = APIRouter()\nrouter.route_class = Timed", True),
        ("router = Own()", True),
        ("router = Plain()", False),
        ("router = APIRouter()\napp.include_router(router, prefix='/x')", False),
    ],
)
def test_what_a_class_of_the_project_may_add_to_a_route(text: str, *, custom: bool) -> None:
    project = single(
        f"""
from fastapi.routing import APIRoute
class Timed(APIRoute): ...
class Plain(APIRouter): ...
class Own(APIRouter):
    def get(self, path, **options):
        return super().get(path, tags=["own"], **options)
app = FastAPI()
{text}
@router.get("/a")
def read(): ...
app.include_router(router)
"""
    )
    assert {has_custom_class(route, project) for route in project.routes} == {custom}
    for route in project.routes:
        call = call_of(route, project)
        assert is_written(call) is (call is not None)


UNFILLED = {
    "the lifespan of the application": (
        """
        router = APIRouter()
        @router.get("/x")
        def x(): ...
        async def lifespan(app: FastAPI):
            app.include_router(router, prefix="/late")
            yield
        other = FastAPI()
        app = FastAPI(lifespan=lifespan)
        """,
        ["GET /late/x"],
    ),
    "a function that nobody is seen to call": (
        """
        app = FastAPI()
        def register(target: FastAPI, router: APIRouter):
            @target.get("/x")
            def x(): ...
            @router.get("/y")
            def y(): ...
        """,
        ["GET /x"],
    ),
    "one of two applications": (
        """
        first = FastAPI()
        second = FastAPI()
        def register(target: FastAPI):
            @target.get("/x")
            def x(): ...
        """,
        [],
    ),
    "a router of the project's own class": (
        """
        class Own(APIRouter): ...
        app = FastAPI()
        def register(router: Own):
            @router.get("/x")
            def x(): ...
        """,
        [],
    ),
    "a router in a field of an object that is only known by its type": (
        """
        class Feature:
            def __init__(self):
                self.router = APIRouter(prefix="/feature")
                self.router.add_api_route("/x", self.read)
            def read(self): ...
        def features() -> Feature: ...
        app = FastAPI()
        app.include_router(features().router)
        """,
        [],
    ),
    "a router that a function makes and another registers on": (
        """
        def make() -> APIRouter:
            return APIRouter(prefix="/made")
        def fill(router: APIRouter) -> APIRouter:
            router.add_api_route("/x", read)
            return router
        def read(): ...
        app = FastAPI()
        app.include_router(fill(make()))
        """,
        ["GET /made/x"],
    ),
}


@pytest.mark.parametrize("name", UNFILLED)
def test_what_is_registered_on_what_nobody_is_seen_to_hand_in(name: str) -> None:
    text, routes = UNFILLED[name]
    project = single(text)
    assert shown(project) == routes
    # Nothing is lost: what has no application is there, and only possible.
    handlers = {route.handler.name for route in project.routes if route.handler is not None}
    assert handlers == {f.name for f in project.names.functions if f.name in {"x", "y", "read"}}


def test_a_project_without_any_file_has_nothing() -> None:
    project = Project({}, Config())
    assert project.routes == ()
    assert project.entries == ()
