from __future__ import annotations

import ast

import libcst as cst
import pytest

from fastapi_bp_lint.edits import Draft, Editor, RefusedError
from tests.fixing import fixed, make_async, unmark


def pool(call: cst.Call, edit: Editor) -> cst.BaseExpression:
    offloader = edit.need_import("fastapi.concurrency", "run_in_threadpool")
    return edit.awaited(edit.prepend(call, call.func).with_changes(func=edit.expr(offloader)))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("«g(1)»", "await run_in_threadpool(g, 1)"),
        ("«g()»", "await run_in_threadpool(g)"),
        ("«g(*a, k=1, **b)»", "await run_in_threadpool(g, *a, k=1, **b)"),
        ("«g(i for i in x)»", "await run_in_threadpool(g, (i for i in x))"),
        ("«g(1)».json()", "(await run_in_threadpool(g, 1)).json()"),
        ("«g(1)»[0]", "(await run_in_threadpool(g, 1))[0]"),
        ("«g(1)»(2)", "(await run_in_threadpool(g, 1))(2)"),
        ("(«g(1)»)", "(await run_in_threadpool(g, 1))"),
        ("-«g(1)» ** 2", "-await run_in_threadpool(g, 1) ** 2"),
        (
            "(  # why\n        «g(1)»\n    )",
            "(  # why\n        await run_in_threadpool(g, 1)\n    )",
        ),
        ("f'{«g(1)»}'", "f'{await run_in_threadpool(g, 1)}'"),
        (
            "«g(\n        1,  # one\n        2,\n    )»",
            "await run_in_threadpool(\n        g,\n        1,  # one\n        2,\n    )",
        ),
    ],
)
def test_a_call_moves_to_the_threadpool(before: str, after: str) -> None:
    head = "from fastapi.concurrency import run_in_threadpool\nasync def f():\n    "
    assert fixed(f"{head}y = {before}\n", pool) == f"{head}y = {after}\n"


@pytest.mark.parametrize(
    ("before", "code", "after"),
    [
        ("«x».a", "a + b", "(a + b).a"),
        ("«x» * 2", "a + b", "(a + b) * 2"),
        ("2 * «x»", "a or b", "2 * (a or b)"),
        ("not «x»", "a or b", "not (a or b)"),
        ("1 < «x»", "a if b else c", "1 < (a if b else c)"),
        ("f(«x»)", "a if b else c", "f(a if b else c)"),
        ("«x».a", "b.c", "b.c.a"),
        ("«x».a", "(b)", "(b).a"),
    ],
)
def test_an_expression_gets_the_parentheses_that_it_needs(
    before: str, code: str, after: str
) -> None:
    def put(_name: cst.Name, edit: Editor) -> cst.BaseExpression:
        return edit.expr(code)

    assert fixed(f"y = {before}\n", put) == f"y = {after}\n"


def test_await_keeps_parentheses_where_they_are() -> None:
    def wait(node: cst.BaseExpression, edit: Editor) -> cst.BaseExpression:
        return edit.awaited(node)

    assert fixed("y = (\n    «a»  # c\n).b\n", wait) == "y = (\n    await a  # c\n).b\n"
    assert fixed("y = «a + b»\n", wait) == "y = await (a + b)\n"
    assert fixed("y = «(a, b)»\n", wait) == "y = await (a, b)\n"


def test_a_simple_statement_keeps_its_semicolon() -> None:
    def to_raise(node: cst.Return, _edit: Editor) -> cst.BaseSmallStatement:
        assert node.value is not None
        return cst.Raise(exc=node.value)

    code = "def f():\n    «return E(1)»; g()  # c\n"
    assert fixed(code, to_raise) == "def f():\n    raise E(1); g()  # c\n"

    def other(_node: cst.Return, edit: Editor) -> cst.BaseSmallStatement:
        return edit.small("raise E")

    assert fixed(code, other) == "def f():\n    raise E; g()  # c\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("«def f(): pass»", "async def f(): pass"),
        ("@a\n# c\n«def f():\n    pass»", "@a\n# c\nasync def f():\n    pass"),
        (
            "class A:\n    '''x\ny'''\n    @a\n    «def f(self):\n        pass»\n\n    x = 1",
            "class A:\n    '''x\ny'''\n    @a\n    async def f(self):\n        pass\n\n    x = 1",
        ),
        (
            "if a:\n\tif b:\n\t\t«def f():\n\t\t\treturn '''\nx'''»\n\telse: pass",
            "if a:\n\tif b:\n\t\tasync def f():\n\t\t\treturn '''\nx'''\n\telse: pass",
        ),
        (
            "try:\n  x\nexcept E:\n  «def f(): pass»\nelse:\n  y",
            "try:\n  x\nexcept E:\n  async def f(): pass\nelse:\n  y",
        ),
        (
            "match a:\n    case 1:\n        «def f(): pass»",
            "match a:\n    case 1:\n        async def f(): pass",
        ),
        ("if a: pass\nelif b:\n  «def f(): pass»", "if a: pass\nelif b:\n  async def f(): pass"),
    ],
)
def test_functions_anywhere_are_rewritten_in_place(before: str, after: str) -> None:
    for end in ("", "\n", "\n\n# the end\n"):
        assert fixed(before + end, make_async) == after + end


@pytest.mark.parametrize(
    "code",
    [
        "é = 'ü'; y = f('日本', «x»)  # ñ\n",
        "if a: y = «x»\n",
        "for a in b: c; y = «x»; d\n",
        "\ty = [\n  «x»]\n".lstrip("\t"),
        "y = '''\n''' + «x»\n",
        "y = «x» \\\n  + 1\n",
        "class A(B, metaclass=«x»): pass\n",
        "@d(«x»)\nclass A: pass\n",
        "if a:\n    b\nelif «x»:\n    c\n",
        "\x0c\ny = «x»\n",
        "y = '\x0c\x1c\u2028', «x»\n",
    ],
)
def test_only_the_node_changes(code: str) -> None:
    def put(_name: cst.Name, edit: Editor) -> cst.BaseExpression:
        return edit.expr("new")

    assert fixed(code, put) == code.replace("«x»", "new")


def test_nodes_are_found_by_exact_span_and_class() -> None:
    def seen(code: str, kind: type[cst.CSTNode]) -> str:
        text, spans = unmark(code)
        editor = Editor(Draft(text, ast.parse(text)), spans[0])
        try:
            return cst.Module([]).code_for_node(editor.node(spans[0], kind))
        except RefusedError:
            return ""

    assert seen("y = «(a, b)»\n", cst.Tuple) == "(a, b)"
    assert seen("y = («a, b»)\n", cst.Tuple) == "(a, b)"
    assert seen("def f(«a: int» = 1): pass\n", cst.Param) == "a: int = 1"
    assert seen("f(«a=1», b=2)\n", cst.Arg) == "a=1, "
    assert seen("«f(a)(b)»\n", cst.Call) == "f(a)(b)"
    assert seen("«f(a)»(b)\n", cst.Call) == "f(a)"
    assert seen("«f(a)»\n", cst.Name) == ""
    assert seen("from a import (b, «c as d»)\n", cst.ImportAlias) == "c as d"
    assert seen("x = 1  «# noqa»\n", cst.Comment) == "# noqa"
    assert seen("x = 1\n«# end»\n", cst.Comment) == "# end"


def test_an_import_comes_before_a_change_at_the_same_place() -> None:
    def both(node: cst.FunctionDef, edit: Editor) -> cst.FunctionDef:
        edit.need_import("asyncio")
        return node.with_changes(asynchronous=cst.Asynchronous())

    for head in ("", "import json\n", '"""Doc."""\n'):
        after = fixed(f"{head}«def f(): pass»\n", both)
        assert "import asyncio\n" in after
        assert after.endswith("async def f(): pass\n")
        assert ast.parse(after)
