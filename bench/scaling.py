"""Projects of one shape and many sizes: does a line cost the same in all of them?"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import NamedTuple

from bench.measure import Usage, cost

SIZES = (0, 100, 1_000, 5_000, 20_000)
"""The first is a project with next to nothing in it: what a run costs before it reads."""
_FILES = {
    "router": """\
from typing import Annotated

from fastapi import APIRouter, Depends, status
from sqlalchemy.orm import Session

from app.domain{n}.dependencies import valid_item
from app.domain{n}.schemas import ItemCreate, ItemResponse
from app.domain{n} import service
from app.domain{before} import service as domain{before}_service
from app.database import get_session

router = APIRouter(prefix="/domain{n}", tags=["domain{n}"])


@router.get("/{{item_id}}", response_model=ItemResponse)
async def read_item(item: Annotated[dict, Depends(valid_item)]) -> dict:
    return item


@router.post("", status_code=status.HTTP_201_CREATED, response_model=ItemResponse)
async def create_item(
    body: ItemCreate, session: Annotated[Session, Depends(get_session)]
) -> dict:
    domain{before}_service.count(session)
    return await service.create(session, body)
""",
    "service": """\
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain{n}.models import Item
from app.domain{n}.schemas import ItemCreate


async def create(session: Session, body: ItemCreate) -> dict:
    item = Item(**body.model_dump())
    session.add(item)
    save(session)
    return {{"id": item.id, "name": item.name}}


def save(session: Session) -> None:
    session.commit()


def count(session: Session) -> int:
    rows = session.execute(select(Item)).scalars().all()
    total = 0
    for row in rows:
        if row.name and row.id > {n}:
            total += 1
    return total
""",
    "dependencies": """\
from fastapi import HTTPException, status


async def valid_item(item_id: int) -> dict:
    if item_id < {n}:
        raise HTTPException(status.HTTP_404_NOT_FOUND)
    return {{"id": item_id, "name": "item"}}
""",
    "schemas": """\
from pydantic import BaseModel


class ItemCreate(BaseModel):
    name: str
    amount: int = {n}


class ItemResponse(BaseModel):
    id: int
    name: str
""",
    "models": """\
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base


class Item(Base):
    __tablename__ = "item{n}"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
""",
}
_DATABASE = """\
from collections.abc import Iterator

from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Session


class Base(DeclarativeBase):
    pass


engine = create_engine("sqlite://")


def get_session() -> Iterator[Session]:
    with Session(engine) as session:
        yield session
"""


class Size(NamedTuple):
    """What a cold run over *files* files with *lines* lines costs."""

    files: int
    lines: int
    usage: Usage


def write(folder: Path, files: int) -> int:
    """Write a project of about *files* files to *folder*; return how many lines it has."""
    app = folder / "app"
    app.mkdir(parents=True)
    domains = files // len(_FILES)
    texts = {app / "database.py": _DATABASE, app / "__init__.py": ""}
    main = ["from fastapi import FastAPI", ""]
    main += [f"from app.domain{n}.router import router as router{n}" for n in range(domains)]
    main += ["", "app = FastAPI()"]
    main += [f"app.include_router(router{n})" for n in range(domains)]
    texts[app / "main.py"] = "\n".join(main) + "\n"
    for n in range(domains):
        package = app / f"domain{n}"
        package.mkdir()
        for name, text in _FILES.items():
            texts[package / f"{name}.py"] = text.format(n=n, before=max(n - 1, 0))
    for path, text in texts.items():
        path.write_text(text, "utf-8")
    return sum(text.count("\n") for text in texts.values())


def measured(folder: Path, rounds: int) -> list[Size]:
    """Measure a cold run for each of `SIZES`; of *rounds* runs the one that cost least."""
    found = []
    for files in SIZES:
        project = folder / f"scaling-{files}"
        shutil.rmtree(project, ignore_errors=True)
        lines = write(project, files)
        command = [sys.executable, "-m", "fastapi_bp_lint", "--isolated", "--no-cache", "-q"]
        runs = [cost([*command, "--jobs", "1", str(project)], folder) for _ in range(rounds)]
        usages = [run for run in runs if run is not None]
        found.append(Size(files, lines, min(usages, key=lambda usage: usage.processor)))
        shutil.rmtree(project)
    return found
