"""What a project says of its own functions: in its configuration, and beside their `def`."""

from __future__ import annotations

from pathlib import Path

from fastapi_bp_lint.selection import Layer
from tests import mdcase
from tests.detection.score import STALLS

CONFIG = """
non-blocking = ["src.legacy.quick", "requests.options", "src.marks.fine"]
offloaders = ["src.threads.offload", "src.threads.offloaded", "foreign.offload", "foreign.deco"]

[blocking]
"my_sdk.Client.fetch" = "http"
"my_sdk.crunch" = "cpu"
"my_sdk.spool" = "file"
"other_sdk.Conn.*" = "db"
"src.legacy.read" = "db"
"src.marks.slow" = "db"
"""
FILES = {
    "src/marks.py": "def slow(f): return f\ndef fine(f): return f\n",
    "src/threads.py": """
from some_pool import pool

async def offload(fn, *args):
    fn(*args)
def offloaded(fn):
    return pool(fn)
""",
    "src/legacy.py": """
import time
import opaque
from .marks import fine, slow

def read(): return opaque.x()
def quick(): time.sleep(1)
# fbp: blocking
def above(): return opaque.x()
# fbp: blocking

def too_far_above(): return opaque.x()
def in_header(a,
              b): # fbp: blocking db
    return opaque.x()
def in_body():
    return opaque.x() # fbp: blocking
def not_a_kind(): # fbp: blocking because of the lock
    return opaque.x()
@slow
def decorated(): opaque.x()
@fine
def decorated_fine(): time.sleep(1)
def fine_in_header(): # fbp: non-blocking
    time.sleep(1)
class Legacy:
    def method(self): # fbp: blocking
        opaque.x()
    @property
    # fbp: blocking
    def prop(self): return 1
    def generator(self): # fbp: non-blocking
        yield time.sleep(1)
async def coroutine(): # fbp: non-blocking
    time.sleep(1)
""",
}
HEAD = """
import time

import foreign, my_sdk, other_sdk, requests
from src import legacy
from src.threads import offload, offloaded

client = my_sdk.Client()
connection = other_sdk.Conn()
class Mine(my_sdk.Client): ...
def helper(): legacy.read()
def wait(): time.sleep(1)
@offloaded
def waits(): time.sleep(1)
@foreign.deco
def waits_elsewhere(): time.sleep(1)
"""
BLOCK = {
    "client.fetch()": "FBP103",
    "Mine().fetch()": "FBP103",
    "connection.anything()": "FBP104",
    "my_sdk.crunch()": "FBP112",
    "my_sdk.spool()": "FBP111",
    "legacy.read()": "FBP104",
    "helper()": "FBP104",
    "legacy.above()": "FBP103",
    "legacy.in_header(1, 2)": "FBP104",
    "legacy.not_a_kind()": "FBP103",
    "legacy.decorated()": "FBP104",
    "legacy.Legacy().method()": "FBP103",
    "legacy.Legacy().prop": "FBP103",
    "await offload(wait())": "FBP105",
    "await foreign.offload(time.sleep(1))": "FBP105",
}
SILENT = (
    "client.other()",
    "legacy.quick()",
    "requests.options('x')",
    "legacy.too_far_above()",
    "legacy.in_body()",
    "legacy.decorated_fine()",
    "legacy.fine_in_header()",
    "[x for x in legacy.Legacy().generator()]",
    "await legacy.coroutine()",
    "await offload(wait)",
    "await foreign.offload(wait)",
    "await waits()",
    "await waits_elsewhere()",
)


def codes(calls: list[str], root: Path) -> list[set[str]]:
    """Return the codes of the findings in a coroutine for each of *calls*."""
    bodies = [f"async def runs_{n}():\n    {call}\n" for n, call in enumerate(calls)]
    mdcase.write(FILES | {"src/main.py": HEAD + "".join(bodies), "fbp-lint.toml": CONFIG}, root)
    found = mdcase.lint(mdcase.request(root, Layer(select=("FBP1",), extend_select=tuple(STALLS))))
    by_name: dict[str, set[str]] = {}
    for f in found.findings:
        if f.code in STALLS:
            by_name.setdefault(f.symbol, set()).add(f.code)
    return [by_name.pop(f"src.main.runs_{n}", set()) for n in range(len(calls))] + [
        {f"{name} {sorted(said)}"} for name, said in by_name.items()
    ]


def test_what_is_said_to_block(tmp_path: Path) -> None:
    found = codes(list(BLOCK), tmp_path)
    wrong = {
        c: said for (c, code), said in zip(BLOCK.items(), found, strict=False) if code not in said
    }
    assert wrong == {}


def test_what_is_said_not_to_block(tmp_path: Path) -> None:
    found = codes(list(SILENT), tmp_path)
    assert {c: said for c, said in zip(SILENT, found, strict=False) if said} == {}


def test_a_dependency_that_is_said_to_block_may_stay_sync(tmp_path: Path) -> None:
    text = """
from fastapi import Depends, FastAPI
app = FastAPI()
def fine(): return 1
def marked(): # fbp: blocking
    return 1
@app.get("/")
async def read(a=Depends(fine), b=Depends(marked)): ...
"""
    mdcase.write({"main.py": text}, tmp_path)
    found = mdcase.lint(mdcase.request(tmp_path, Layer(select=("FBP201",)))).findings
    assert [f.symbol for f in found] == ["main.fine"]
