"""Writes `cases/composed.md`: chains of helpers of mixed kinds, one to eight calls deep.

    python -m tests.detection.compose

Which kind of helper follows which, and where a chain ends, is drawn with a fixed seed, so that kinds
meet that nobody thought of bringing together. Every third chain ends in something harmless.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).parent / "cases" / "composed.md"
_DEEPEST = 8
_PER_DEPTH = 15
_SEED = 20


class End(NamedTuple):
    """The last helper of a chain: what its module needs, its statement, the primitive."""

    needs: str
    code: str
    primitive: str


_ENDS = (
    End(
        "from db import SessionLocal\nfrom sqlalchemy import text",
        'SessionLocal().execute(text("select 1")).scalar()',
        "sqlalchemy.orm.Session.execute",
    ),
    End(
        "from db import shared\nfrom models import User",
        "shared.query(User).filter(User.id > 0).count()",
        "sqlalchemy.orm.Query.count",
    ),
    End(
        "from db import engine\nfrom sqlalchemy import text",
        'engine.connect().execute(text("select 1")).scalar()',
        "sqlalchemy.Connection.execute",
    ),
    End(
        "from models import User\nfrom db import shared",
        "shared.get(User, 1).id",
        "sqlalchemy.orm.Session.get",
    ),
    End(
        "from db import shared\nfrom models import User\nfrom sqlalchemy import select",
        "len(shared.scalars(select(User)).all())",
        "sqlalchemy.orm.Session.scalars",
    ),
    End("import requests", 'requests.get("http://rates.example/").status_code', "requests.get"),
    End(
        "from clients import client",
        'client.get("http://rates.example/").status_code',
        "httpx.Client.get",
    ),
    End("from time import sleep as pause", "pause(0.012) or 1", "time.sleep"),
    End("import pathlib", "len(pathlib.Path(__file__).read_text())", "pathlib.Path.read_text"),
    End(
        "import subprocess as sp", 'len(sp.check_output(["echo", "1"]))', "subprocess.check_output"
    ),
    End("from clients import cache", 'len(cache.get("a"))', "redis.Redis.get"),
)
_HARMLESS = (
    End("from models import User\nfrom sqlalchemy import select", "len(str(select(User)))", ""),
    End("from db import shared\nfrom models import User", "len(str(shared.query(User)))", ""),
    End("import pathlib", "len(pathlib.Path(__file__).name)", ""),
    End(
        "import threading\nfrom time import sleep",
        "len(threading.Thread(target=sleep, args=(1,)).name)",
        "",
    ),
    End(
        "import functools\nimport requests",
        'len(functools.partial(requests.get, "http://rates.example/").args)',
        "",
    ),
)

# A helper `{name}(x)` that runs {inner}, an expression, in its own way; {x} is its parameter.
_KINDS = {
    "function": "def {name}(x):\n    return {inner}\n",
    "steps": "def {name}(x):\n    value = {inner}\n    if value is None:\n        return x\n    return value\n",
    "method": (
        "class {cls}:\n    def __init__(self, n):\n        self.n = n\n\n"
        "    def run(self, x):\n        return {inner}\n\n\n"
        "def {name}(x):\n    return {cls}(x).run(x)\n"
    ),
    "inherited": (
        "class {cls}Base:\n    def run(self, x):\n        return self.inner(x)\n\n"
        "    def inner(self, x):\n        raise NotImplementedError\n\n\n"
        "class {cls}({cls}Base):\n    def inner(self, x):\n        return {inner}\n\n\n"
        "def {name}(x):\n    return {cls}().run(x)\n"
    ),
    "static": (
        "class {cls}:\n    @staticmethod\n    def run(x):\n        return {inner}\n\n\n"
        "{name} = {cls}.run\n"
    ),
    "property": (
        "class {cls}:\n    @property\n    def value(self):\n        x = 1\n        return {inner}\n\n\n"
        "def {name}(x):\n    found = {cls}()\n    return found.value\n"
    ),
    "constructor": (
        "class {cls}:\n    def __init__(self, x):\n        self.value = {inner}\n\n\n"
        "def {name}(x):\n    return {cls}(x).value\n"
    ),
    "callable": (
        "class {cls}:\n    def __call__(self, x):\n        return {inner}\n\n\n{name} = {cls}()\n"
    ),
    "manager": (
        "@contextmanager\ndef {name}_opened(x):\n    value = {inner}\n    yield value\n\n\n"
        "def {name}(x):\n    with {name}_opened(x) as value:\n        return value\n"
    ),
    "generator": (
        "def {name}_each(x):\n    for n in range(2):\n        yield {inner}\n\n\n"
        "def {name}(x):\n    found = 0\n    for value in {name}_each(x):\n        found += value\n"
        "    return found\n"
    ),
    "decorated": (
        "def {name}_checked(func):\n    @functools.wraps(func)\n"
        "    def wrapper(*args, **kwargs):\n        return func(*args, **kwargs)\n\n"
        "    return wrapper\n\n\n@{name}_checked\ndef {name}(x):\n    return {inner}\n"
    ),
    "lambda": "{name} = lambda x: {inner}\n",
    "partial": "def {name}_of(y, x):\n    return {inner}\n\n\n{name} = functools.partial({name}_of, 1)\n",
    "closure": (
        "def {name}_maker():\n    def inner(x):\n        return {inner}\n\n    return inner\n\n\n"
        "{name} = {name}_maker()\n"
    ),
    "dispatch": (
        "def {name}_one(x):\n    return {inner}\n\n\n{upper} = {{'one': {name}_one, 'length': len}}\n\n\n"
        "def {name}(x):\n    return {upper}['one'](x)\n"
    ),
    "comprehension": "def {name}(x):\n    return sum([{inner} for n in range(2)])\n",
    "held": (
        "class {cls}Inner:\n    def run(self, x):\n        return {inner}\n\n\n"
        "class {cls}:\n    def __init__(self):\n        self.inner = {cls}Inner()\n\n"
        "    def run(self, x):\n        return self.inner.run(x)\n\n\n"
        "{name}_held = {cls}()\n\n\ndef {name}(x):\n    return {name}_held.run(x)\n"
    ),
}
_IMPORTS = (
    ("from {module} import {name}", "{name}({x})"),
    ("from {module} import {name} as {name}_inner", "{name}_inner({x})"),
    ("import {module}", "{module}.{name}({x})"),
    ("import {module} as {module}_lib", "{module}_lib.{name}({x})"),
)
_COMMON = """# Composed: chains of helpers of mixed kinds (written by `compose.py`)

`db.py`:
```python
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import StaticPool

engine = create_engine("sqlite://", connect_args={"check_same_thread": False}, poolclass=StaticPool)
SessionLocal = sessionmaker(bind=engine)
shared: Session = SessionLocal()
```

`models.py`:
```python
from db import engine, shared
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)


Base.metadata.create_all(engine)
shared.add(User(id=1))
shared.commit()
```

`clients.py`:
```python
import httpx
import redis

client = httpx.Client()
cache = redis.Redis(host="cache.example")
```
"""


def main() -> int:
    """Write the file."""
    FILE.write_text(composed(), "utf-8")
    return 0


def composed() -> str:
    """Return the text of the cases."""
    draw = random.Random(_SEED)
    return _COMMON + "".join(_case(depth, draw) for depth in range(1, _DEEPEST + 1))


def _case(depth: int, draw: random.Random) -> str:
    modules: dict[str, list[str]] = {}
    routes = []
    for number in range(_PER_DEPTH):
        end = draw.choice(_HARMLESS if number % 3 == 2 else _ENDS)
        call, needs = end.code, end.needs
        for level in range(depth, 1, -1):
            module, name = f"m{level}", f"f{number}_{level}"
            kind = draw.choice(list(_KINDS))
            body = _KINDS[kind].format(
                name=name, cls=f"C{number}_{level}", upper=f"T{number}_{level}", inner=call
            )
            modules.setdefault(module, []).append(f"{needs}\n\n\n{body}")
            written, called = draw.choice(_IMPORTS)
            needs, call = (
                written.format(module=module, name=name),
                called.format(module=module, name=name, x="x"),
            )
        mark = f"  # must-find: {end.primitive}" if end.primitive else ""
        silent = "" if end.primitive else "  # silent"
        routes.append(
            f'{needs}\n\n\n@app.get("/{number}")\nasync def route_{number}(x: int = 2):{silent}\n'
            f"    return {call}{mark}\n"
        )
    text = f"\n## {depth} {'call' if depth == 1 else 'calls'}\n"
    for module, bodies in sorted(modules.items()):
        head = "import functools\nfrom contextlib import contextmanager\n\n"
        text += f"\n`{module}.py`:\n```python\n{head}" + "\n\n".join(bodies) + "```\n"
    head = "from fastapi import FastAPI\n\napp = FastAPI()\n"
    return text + f"\n```python\n{head}" + "\n\n".join(routes) + "```\n"


if __name__ == "__main__":
    sys.exit(main())
