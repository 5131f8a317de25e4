"""What holds for every fix of every file: only what a fix says changes, and it changes once.

FBP_EXAMPLES multiplies how many files are tried.
"""

from __future__ import annotations

import ast
import os
import random
import sysconfig
import tokenize
import warnings
from collections.abc import Iterable
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from fastapi_bp_lint.edits import read
from fastapi_bp_lint.edits.units import blocks
from fastapi_bp_lint.fixes.encoded import soundness
from tests.fixing import Finder, Found, Linter, node_span

if TYPE_CHECKING:
    import libcst as cst

    from fastapi_bp_lint.edits import Editor

COMPILES = 2
TIMES = int(os.environ.get("FBP_EXAMPLES", "1"))
STDLIB = Path(sysconfig.get_paths()["stdlib"])
MODULES = sorted(
    path.relative_to(STDLIB).as_posix()
    for pattern in ("*.py", "asyncio/*.py", "email/*.py", "importlib/*.py", "test/test_d*.py")
    for path in STDLIB.glob(pattern)
    if 500 < path.stat().st_size < 60_000
)


def add_keyword(call: cst.Call, edit: Editor) -> cst.Call:
    return edit.keyword(call, "mended", "True")


def make_async(node: cst.FunctionDef, _edit: Editor) -> cst.FunctionDef:
    import libcst  # noqa: PLC0415

    return node.with_changes(asynchronous=libcst.Asynchronous())


def import_it(name: cst.Name, edit: Editor) -> cst.BaseExpression:
    return edit.expr(edit.need_import("mended.names", f"new_{name.value}"))


def parsed(text: str) -> ast.Module | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def linter(source: bytes, names: frozenset[str]) -> Linter:
    """Return a linter that wants changes wherever one of *names* is called, defined or read."""

    def named(node: ast.AST) -> str:
        """Return what is wrong with *node*, if anything."""
        if isinstance(node, ast.Call) and called(node) in names:
            return "" if any(word.arg == "mended" for word in node.keywords) else "call"
        if isinstance(node, ast.FunctionDef) and node.name in names:
            return "function"
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
            return "name"
        return ""

    def finder(what: str) -> Finder:
        def find(tree: ast.Module, text: str) -> Iterable[Found]:
            for node in ast.walk(tree):
                if named(node) == what:
                    yield node_span(text, node), what, ()

        return find

    run = Linter({"a.py": source})
    run.add("fbp101_call", finder("call"), add_keyword)
    run.add("fbp102_function", finder("function"), make_async)
    run.add("fbp103_name", finder("name"), import_it)
    return run


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""


class Undo(ast.NodeTransformer):
    """Takes the wanted changes back, so that what else has changed remains."""

    def __init__(self, tree: ast.Module, names: frozenset[str]) -> None:
        self.names = names
        self.known: dict[str, str] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == "mended.names":
                for alias in node.names:
                    self.known[alias.asname or alias.name] = alias.name.removeprefix("new_")

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        node.keywords = [keyword for keyword in node.keywords if keyword.arg != "mended"]
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        self.generic_visit(node)
        if node.name not in self.names:
            return node
        fields = {field: getattr(node, field) for field in node._fields}
        return ast.copy_location(ast.FunctionDef(**fields), node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.copy_location(ast.Name(self.known.get(node.id, node.id), node.ctx), node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | None:
        if node.module == "mended.names":
            node.names = [alias for alias in node.names if not alias.name.startswith("new_")]
        return node if node.names else None


def undone(tree: ast.Module, names: frozenset[str]) -> str:
    return ast.dump(Undo(tree, names).visit(tree))


def comments(text: str) -> list[str]:
    tokens = tokenize.generate_tokens(StringIO(text, newline="").readline)
    return [token.string for token in tokens if token.type == tokenize.COMMENT]


def statements(text: str) -> list[tuple[str, str]]:
    """Return the top-level statements as a dump of their trees and as they are written."""
    tree, lines = ast.parse(text), read(text)
    return [
        (
            "".join(map(ast.dump, block.statements)),
            lines.value[lines.offset(block.first) : lines.offset(block.last + 1)],
        )
        for block in blocks(tree.body)
        if not all(
            isinstance(s, ast.ImportFrom) and s.module == "mended.names" for s in block.statements
        )
    ]


def check(source: bytes, names: frozenset[str]) -> bool:
    """Fix what is wanted in *source*; tell whether anything was."""
    run = linter(source, names)
    mark = b"\xef\xbb\xbf" if source.startswith(b"\xef\xbb\xbf") else b""
    outcome = run.fix()
    if soundness(source.decode("utf-8-sig")) == COMPILES:
        assert not outcome.restored
    if not outcome.changes:
        return False
    after = outcome.changes[0].after
    assert after.startswith(mark)
    old, new = source.decode("utf-8-sig"), after.decode("utf-8-sig")
    assert soundness(new) >= soundness(old)
    before_tree, tree = ast.parse(old), ast.parse(new)
    assert ast.get_docstring(tree, clean=False) == ast.get_docstring(before_tree, clean=False)
    assert undone(tree, names) == undone(before_tree, names)
    assert comments(old) == comments(new)
    for (old_dump, old_text), (new_dump, new_text) in zip(
        statements(old), statements(new), strict=True
    ):
        assert old_dump != new_dump or old_text == new_text
    run.files["a.py"] = after
    assert run.fix().changes == ()
    return True


def stays_sync(function: ast.FunctionDef) -> bool:
    """Whether a coroutine may not do what it does: yield from others, or yield and return."""
    inside = list(ast.walk(function))
    gives = any(isinstance(n, ast.Return) and n.value is not None for n in inside)
    yields = any(isinstance(n, ast.Yield) for n in inside)
    return any(isinstance(n, ast.YieldFrom) for n in inside) or (gives and yields)


def some_names(tree: ast.Module, text: str, seed: random.Random) -> frozenset[str]:
    found = (
        {called(node) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        | {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        | {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    )
    stay = {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and stays_sync(n)}
    # Undoing knows no scopes, and so cannot tell a new name from one that the file has already.
    used = sorted(name for name in found - stay if f"new_{name}" not in text)
    return frozenset(seed.sample(used, min(len(used), 6)))


SLOW = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    database=None,
)


@settings(SLOW, max_examples=5 * TIMES)
@given(st.sampled_from(MODULES), st.randoms(use_true_random=False))
def test_fixes_of_the_standard_library(module: str, seed: random.Random) -> None:
    source = (STDLIB / module).read_bytes()
    try:
        tree = parsed(source.decode("utf-8-sig"))
    except UnicodeDecodeError:
        tree = None
    assume(tree is not None)
    assert tree is not None
    check(source, some_names(tree, source.decode("utf-8-sig"), seed))


HEADS = [
    '"""Doc."""',
    "#!/usr/bin/env python",
    "# on what follows",
    "",
    '"""Doc."""; import os',
    "from __future__ import annotations",
    "from __future__ import annotations; import os; x = (\n    1\n)",
    "import os",
    "import os, sys  # both",
    "from mended.names import other",
    "from mended.names import (\n    Other,\n    other,  # c\n)",
    "from mended.names import new_f as g",
    "from elsewhere import *",
    "try:\n    import json\nexcept ImportError:\n    json = None",
    "if TYPE_CHECKING:\n    from mended.names import new_f",
]
BODIES = [
    "f(1)  # é",
    "x = f(a, b=[f(y) for y in z])",
    "def f(a, b=f): return a.f(b)",
    "async def g(\n    f,\n):\n    return await f(\n        1,  # one\n    )",
    "class A:\n\tf = 1\n\t@f\n\tdef f(self):\n\t\t'''text\n\tmore'''\n\t\treturn self.f(f)",
    "if x:\n    f; x.f()\nelif f:\n    x.f(i for i in f)\nelse: pass",
    "new_f = lambda f: x.f(*f, **f)",
    "with x.f(  # open\n) as y, f as z:\n    pass",
    "'日本語'; x.f('ü', f)[0].f",
    "print(f'{x.f(f)!r:>{f}}')",
    "x = [\n    f,\n    x.f(),\n]  # end",
    "global_f = x.f(\\\n    f)",
    "match f:\n    case {'k': f}: x.f(f)",
    "\x0c",
    "",
    "    # odd comment",
]


@st.composite
def modules(draw: st.DrawFn) -> bytes:
    """Give modules made of such pieces as fixes find, with newlines of any kind."""
    parts = [*draw(st.lists(st.sampled_from(HEADS), max_size=5))]
    parts += draw(st.lists(st.sampled_from(BODIES), min_size=1, max_size=8))
    lines = "\n".join(parts).split("\n")
    ends = st.sampled_from(["\n", "\r\n", "\r"])
    kinds = draw(st.one_of(st.just(["\n"]), st.just(["\r\n"]), st.lists(ends, min_size=1)))
    text = "".join(line + kinds[i % len(kinds)] for i, line in enumerate(lines))
    if draw(st.booleans()):
        text = text.rstrip("\r\n")
    return (b"\xef\xbb\xbf" if draw(st.booleans()) else b"") + text.encode()


@settings(SLOW, max_examples=150 * TIMES)
@given(modules())
def test_fixes_of_generated_modules(source: bytes) -> None:
    assume(parsed(source.decode("utf-8-sig")) is not None)
    check(source, frozenset({"f"}))


def test_fixes_of_grammatical_nonsense() -> None:
    hypothesmith = pytest.importorskip("hypothesmith")

    @settings(SLOW, max_examples=25 * TIMES)
    @given(hypothesmith.from_grammar(), st.randoms(use_true_random=False))
    def holds(text: str, seed: random.Random) -> None:
        tree = parsed(text)
        assume(tree is not None and "\ufeff" not in text)
        assert tree is not None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            check(text.encode(), some_names(tree, text, seed))

    holds()
