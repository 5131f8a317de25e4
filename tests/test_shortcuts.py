"""What is answered without looking again is what looking again would answer."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from functools import partial

import pytest

from fastapi_bp_lint.config import Config
from fastapi_bp_lint.facts.extract import extract
from fastapi_bp_lint.project.calls import Calls
from fastapi_bp_lint.project.edges import Edge
from fastapi_bp_lint.project.handover import give, take
from fastapi_bp_lint.project.project import Project
from fastapi_bp_lint.project.types import Types
from fastapi_bp_lint.project.values import NOTHING, Function, Held, Where, one
from tests.detection import labels

AGAIN = """\
import httpx
import requests


async def turns() -> None:
    client = requests.Session()
    client.get("/")
    client = httpx.AsyncClient()
    client.get("/")
    client = httpx.Client()
    client.get("/")


pool = httpx.Client()


async def inside(many: list[requests.Session]) -> None:
    [pool.get("/") for pool in many]
    pool.get("/")


async def tested(client: object) -> None:
    client.get("/")
    if isinstance(client, httpx.Client):
        client.get("/")
    elif isinstance(client, requests.Session):
        client.get("/")
"""
CASES = {case.name: case.files for case in labels.cases()} | {"again": {"main.py": AGAIN}}


class Everything(frozenset[str]):
    """Every name there is."""

    def __contains__(self, _: object) -> bool:
        return True

    def isdisjoint(self, _: object) -> bool:
        return False


class Forgetful(dict[Where, dict[str, Held]]):
    """Keeps nothing."""

    def get(self, *_: object) -> None:  # type: ignore[override]
        return None


def linked(name: str) -> Project:
    files = {p: t.encode() for p, t in CASES[name].items() if p.endswith(".py")}
    return Project({path: extract(source, path) for path, source in files.items()}, Config())


def told(project: Project) -> Iterator[tuple[object, ...]]:
    """Give all that the bodies of a project run."""
    for function in project.names.functions:
        for edge in project.calls.edges(function):
            target = getattr(edge.target, "symbol", getattr(edge.target, "name", ""))
            yield function.symbol, target, edge.how, edge.span, edge.written, edge.certainty
    for stall in project.blocking.stalls:
        yield stall.coroutine.symbol, stall.question, stall.end, stall.certainty


@pytest.mark.parametrize("name", CASES)
def test_answers_are_the_same_without_any(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = list(told(linked(name)))
    monkeypatch.setattr(Types, "_is_settled", lambda *_: False)
    monkeypatch.setattr(Calls, "_is_inert", lambda *_: False)
    project = linked(name)
    project.types.declared = Forgetful()
    project.calls.methods = Everything()
    assert list(told(project)) == quick


@pytest.mark.parametrize("name", CASES)
def test_answers_are_the_same_with_little_room(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def ended() -> list[object]:
        return [(s.coroutine.symbol, s.question, s.end) for s in linked(name).blocking.stalls]

    roomy = ended()
    monkeypatch.setattr("fastapi_bp_lint.project.types._MOST_INSIDE", -1)
    assert ended() == roomy


@pytest.mark.parametrize("name", CASES)
def test_answers_are_the_same_from_another_process(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone, other, asking = linked(name), linked(name), linked(name)
    seen: set[Function] = set()
    other.blocking.explore(other.blocking.coroutines[::2], seen)
    assert set(other.blocking.coroutines[::2]) <= seen
    sheet = pickle.loads(pickle.dumps(give(other, seen)))  # noqa: S301 - made here
    assert len(sheet) == len(seen)
    take(asking, sheet)
    known = {asking.names.functions[number] for number in sheet}
    real = asking.calls._all  # noqa: SLF001

    def ask(function: Function) -> Iterator[Edge]:
        assert function not in known
        return real(function)

    monkeypatch.setattr(asking.calls, "_all", ask)
    assert list(told(asking)) == list(told(alone))
    for function in known:
        own = {id(call) for call in function.facts.body.calls}
        assert all(e.call is None or id(e.call) in own for e in asking.calls.edges(function))


def test_what_runs_something_without_a_number_is_not_handed_over() -> None:
    project = linked("again")
    tested, other = project.names.functions[-1], project.names.functions[0]
    edge = project.calls.edges(other)[0]
    assert edge.call is not None
    strange = edge._replace(call=edge.call._replace(use="lazy"))
    project.calls.forget([other])
    project.calls.learn(other, (strange,))
    assert list(give(project, [other, tested])) == [len(project.names.functions) - 1]


def test_room_is_made_where_much_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fastapi_bp_lint.project.types._MOST_INSIDE", 3)
    project = linked("again")
    asked: list[int] = []

    def answer(key: int) -> Held:
        asked.append(key)
        return one(NOTHING)

    def ask(*keys: int) -> None:
        for key in keys:
            project.types.keep(key, partial(answer, key))

    ask(1, 2, 3)
    assert list(project.each(Function)) == project.names.functions
    ask(1)
    assert asked == [1, 2, 3]
    ask(4)
    assert list(project.each(Function)) == project.names.functions
    ask(1)
    assert asked == [1, 2, 3, 4, 1]
    project.is_asked_again = True
    ask(2, 3, 4)
    assert list(project.each(Function)) == project.names.functions
    ask(1)
    assert asked == [1, 2, 3, 4, 1, 2, 3, 4]


def test_there_is_something_to_answer() -> None:
    assert sum(1 for name in CASES for _ in told(linked(name))) > len(CASES)
