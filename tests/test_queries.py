"""What sessions, statements and results give of mapped classes: the same that SQLAlchemy does."""

from __future__ import annotations

import pytest

from fastapi_bp_lint.finding import Certainty
from fastapi_bp_lint.project.project import Project
from fastapi_bp_lint.project.values import Class, External, Held, Instance, Several
from tests.test_routes import single

MODELS = """
import sqlmodel
from sqlalchemy import Select, select
from sqlalchemy.engine import Result
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import (
    DeclarativeBase, Mapped, Session, aliased, joinedload, mapped_column, relationship,
    scoped_session,
)
from sqlmodel.ext.asyncio.session import AsyncSession as Waiting
class Base(DeclarativeBase): ...
class A(Base):
    id: Mapped[int] = mapped_column(primary_key=True)
    @classmethod
    def newest(cls):
        return select(cls).order_by(cls.id.desc())
class C(Base):
    id: Mapped[int] = mapped_column(primary_key=True)
    others: Mapped[list[A]] = relationship()
class Below(C): ...
A2 = aliased(A)
def declared(key: int) -> Select:
    return select(A).where(A.id == key)
def told() -> "Select[tuple[A, C]]": ...
"""


def text(held: Held) -> str:
    """Return what is held in short: L for a list, + for what is loaded, () for a tuple."""
    return "|".join(_text(v) for v in held.values) or "?"


def _text(value: object) -> str:
    if isinstance(value, Several):
        return f"({','.join(text(held) for _, held in value.items)})"
    assert isinstance(value, Instance)
    if isinstance(value.of, Class):
        return value.of.name + "+" * value.is_loaded
    assert isinstance(value.of, External)
    last = value.of.name.rpartition(".")[2]
    return f"{last}[{','.join(text(held) for held in value.args)}]" if value.args else last


def value_of(code: str, *, is_async: bool) -> Held:
    """Return what the local ``found`` holds after *code*."""
    params = (
        "a: AsyncSession, w: Waiting"
        if is_async
        else "s: Session, q: scoped_session, m: sqlmodel.Session"
    )
    start = "async def" if is_async else "def"
    project: Project = single(f"{MODELS}\n{start} read({params}):\n    {code}\n    return found\n")
    (function,) = [f for f in project.names.functions if f.name == "read"]
    return project.types.infer("found", function, 99)


SYNC = [
    ("s.get(A, 1)", "A"),
    ("s.get(C, 1)", "C+"),
    ("s.get(Below, 1)", "Below+"),
    ("s.get(entity=A, ident=1)", "A"),
    ("s.get_one(A, 1)", "A"),
    ("q.get(A, 1)", "A"),
    ("m.get(A, 1)", "A"),
    ("s.merge(C())", "C+"),
    ("s.scalar(select(A))", "A"),
    ("s.scalar(select(A, C))", "A"),
    ("s.scalar(select(A2))", "A"),
    ("s.scalar(select(A.id))", "?"),
    ("s.scalar(select(A.id, C))", "?"),
    ("s.scalar(select(C).options(joinedload(C.others)))", "C"),
    ("s.scalars(select(A)).first()", "A"),
    ("s.scalars(select(A)).unique().all()", "list[A]"),
    ("s.scalars(A.newest()).one()", "A"),
    ("s.scalars(declared(1)).one()", "A"),
    ("s.scalar(told())", "A"),
    ("s.scalars(select(A).add_columns(C.id)).one()", "A"),
    ("s.scalars(select(A).with_only_columns(A.id)).one()", "?"),
    ("s.scalars(select(A.id).with_only_columns(A)).one()", "?"),
    ("s.scalars(select(A).union(select(A))).one()", "?"),
    ("s.execute(select(A)).first()", "(A)"),
    ("s.execute(select(A)).fetchone()[0]", "A"),
    ("s.execute(select(A, A.id)).all()", "list[(A,?)]"),
    ("s.execute(select(A)).scalar_one()", "A"),
    ("s.execute(select(A)).scalars().all()", "list[A]"),
    ("s.execute(select(A, C)).scalars(1).one()", "C+"),
    ("s.execute(select(A, C)).scalars(7).one()", "?"),
    ("s.execute(select(A, C)).scalars(A.id).one()", "?"),
    ("s.execute(select(A).where(A.id == 1).limit(1)).scalar_one_or_none()", "A"),
    ("s.execute(select(*[A])).scalar()", "?"),
    ("s.execute(select(A)).mappings().all()", "?"),
    ("s.query(A).filter(A.id == 1).first()", "A"),
    ("s.query(A, C).all()", "list[(A,C+)]"),
    ("s.query(A.id).first()", "?"),
    ("s.query(A).count()", "?"),
    ("s.query(A).get(1)", "A"),
    ("s.query(A).with_entities(A.id).first()", "?"),
    ("s.query(C).join(A).with_entities(A).one()", "A"),
    ("s.query(A).add_entity(C).first()", "(A,C+)"),
    ("s.query(A).add_columns(C.id).first()", "(A,?)"),
    ("s.query(A).union(s.query(A)).one()", "A"),
    ("q.query(A).one_or_none()", "A"),
    ("m.exec(sqlmodel.select(A)).first()", "A"),
    ("m.exec(sqlmodel.select(A, C)).first()", "(A,C+)"),
    ("m.execute(sqlmodel.select(A)).first()", "(A)"),
    ("list(s.scalars(select(A)))", "list[A]"),
]
ASYNC = [
    ("await a.get(C, 1)", "C"),
    ("await a.scalar(select(A))", "A"),
    ("await a.scalar(select(A.id))", "?"),
    ("await a.merge(A())", "A"),
    ("(await a.scalars(select(C))).all()", "list[C]"),
    ("(await a.execute(select(A, C))).one()", "(A,C)"),
    ("(await a.execute(select(A))).scalars().first()", "A"),
    ("(await a.execute(A.newest())).scalar_one_or_none()", "A"),
    ("await (await a.stream_scalars(select(A))).first()", "A"),
    ("await (await a.stream(select(A))).all()", "list[(A)]"),
    ("await (await a.stream(select(A))).scalars().all()", "list[A]"),
    ("(await w.exec(sqlmodel.select(A))).first()", "A"),
    ("(await w.exec(sqlmodel.select(A, C))).one()", "(A,C)"),
]


@pytest.mark.parametrize(("code", "wanted"), SYNC)
def test_a_session_gives_objects_of_the_classes_that_are_selected(code: str, wanted: str) -> None:
    held = value_of(f"found = {code}", is_async=False)
    assert text(held) == wanted
    assert held.certainty is Certainty.CERTAIN


@pytest.mark.parametrize(("code", "wanted"), ASYNC)
def test_an_async_session_gives_the_same_when_it_is_awaited(code: str, wanted: str) -> None:
    held = value_of(f"found = {code}", is_async=True)
    assert text(held) == wanted
    assert held.certainty is Certainty.CERTAIN


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("for found in s.scalars(select(A)): pass", "A"),
        ("for found in s.query(A): pass", "A"),
        ("for found in s.execute(select(A)): pass", "(A)"),
        ("for _, found in s.execute(select(A, C)): pass", "C+"),
        ("for found in select(A): pass", "?"),
        ("stmt: Select = select(A); found = s.scalar(stmt)", "A"),
        ("result: Result = s.execute(select(A)); found = result.scalar_one()", "A"),
    ],
)
def test_rows_are_told_in_loops_and_behind_bare_annotations(code: str, wanted: str) -> None:
    assert text(value_of(code, is_async=False)) == wanted


def test_rows_of_a_stream_are_told_in_an_async_loop() -> None:
    code = "async for found in await a.stream_scalars(select(A)): pass"
    assert text(value_of(code, is_async=True)) == "A"


def test_a_statement_of_one_of_two_classes_is_no_more_than_likely() -> None:
    code = "stmt = select(A) if s else select(C); found = s.scalar(stmt)"
    held = value_of(code, is_async=False)
    assert text(held) == "A|C+"
    assert held.certainty is Certainty.LIKELY
