from __future__ import annotations

import ast
from collections.abc import Callable

import libcst as cst
import pytest

from fastapi_bp_lint.edits import Draft, Editor, RefusedError
from tests.fixing import one_round, unmark

Fixer = Callable[..., cst.CSTNode | None]


def fixed(marked: str, *fixers: Fixer, args: tuple[str, ...] = (), unsafe: bool = True) -> str:
    made = one_round(marked, *fixers, args=args, unsafe=unsafe)
    assert not made.refused, made.refused[0].reason
    return made.text


def reason(marked: str, fixer: Fixer, *, args: tuple[str, ...] = (), unsafe: bool = True) -> str:
    made = one_round(marked, fixer, args=args, unsafe=unsafe)
    assert made.text == unmark(marked)[0]
    return made.refused[0].reason


def sleep(call: cst.Call, edit: Editor) -> cst.BaseExpression:
    return edit.awaited(call.with_changes(func=edit.expr(f"{edit.need_import('asyncio')}.sleep")))


def pool(call: cst.Call, edit: Editor) -> cst.BaseExpression:
    offloader = edit.need_import("fastapi.concurrency", "run_in_threadpool")
    return edit.awaited(edit.prepend(call, call.func).with_changes(func=edit.expr(offloader)))


def imported(_name: cst.Name, edit: Editor) -> cst.BaseExpression:
    module, name, alias = (*edit.args, "", "")[:3]
    return edit.expr(edit.need_import(module, name, alias))


def status(_name: cst.Name, edit: Editor) -> cst.BaseExpression:
    return edit.expr(edit.need_import("fastapi", "status"))


# --- imports that the file has -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "local"),
    [
        ("from fastapi import status\n", "status"),
        ("from fastapi import status as codes\n", "codes"),
        ("import fastapi.status as codes\n", "codes"),
        ("import fastapi.status\n", "fastapi.status"),
        ("from fastapi import (\n    APIRouter,\n    status,\n)\n", "status"),
        ("import fastapi\nOK = fastapi.status.HTTP_200_OK\n", "fastapi.status"),
    ],
)
def test_what_is_imported_is_reused(head: str, local: str) -> None:
    assert fixed(f"{head}def f():\n    return «x»\n", status) == (
        f"{head}def f():\n    return {local}\n"
    )


def test_an_import_in_the_function_itself_is_reused() -> None:
    code = "def f():\n    from fastapi import status\n    return «x»\n"
    assert fixed(code, status) == "def f():\n    from fastapi import status\n    return status\n"


@pytest.mark.parametrize(
    ("code", "local"),
    [
        # Not there at run time, or not always; the same name may be bound to the same thing.
        ("import typing\nif typing.TYPE_CHECKING:\n    from fastapi import status\n", "status"),
        ("try:\n    from fastapi import status\nexcept ImportError:\n    pass\n", "status"),
        ("try:\n    from fastapi import status\nexcept E:\n    status = None\n", "fastapi_status"),
        ("def g():\n    from fastapi import status\n", "status"),
        ("def g():\n    status = 1\n", "status"),
        ("def g():\n    global status\n    status = 1\n", "fastapi_status"),
        ("status = 200\n", "fastapi_status"),
        ("def status(): ...\n", "fastapi_status"),
        ("class status: ...\n", "fastapi_status"),
        ("from http import status\n", "fastapi_status"),
        ("from here import *\n", "fastapi_status"),
        ("print(status)\n", "fastapi_status"),
        ("status = 1\nfastapi_status = 2\n", "fastapi_status_2"),
        ("for status in (): ...\n", "fastapi_status"),
        ("with a as (b, status): ...\n", "fastapi_status"),
        ("match a:\n    case {'k': status}: ...\n", "fastapi_status"),
        ("match a:\n    case {**status}: ...\n", "fastapi_status"),
        ("[status := 1 for a in b]\n", "fastapi_status"),
        ("[1 for status in b]\n", "status"),
        ("class A:\n    status = 1\n", "status"),
    ],
)
def test_a_name_is_taken_or_free(code: str, local: str) -> None:
    text = fixed(f"{code}def f():\n    return «x»\n", status)
    assert text.endswith(f"def f():\n    return {local}\n")
    asname = "" if local == "status" else f" as {local}"
    assert f"from fastapi import status{asname}\n" in text
    assert fixed(text.replace(f"return {local}", "return «x»"), status) == text


@pytest.mark.parametrize(
    ("code", "local"),
    [
        ("def f(status):\n    return «x»\n", "fastapi_status"),
        ("def f():\n    def g():\n        return «x»\n    status = 1\n", "fastapi_status"),
        ("f = lambda status: «x»\n", "fastapi_status"),
        ("[«x» for status in y]\n", "fastapi_status"),
        ("class A:\n    status = 1\n    y = «x»\n", "fastapi_status"),
        ("class A:\n    status = 1\n    def f(self):\n        return «x»\n", "status"),
        ("def f():\n    try: ...\n    except E as status: «x»\n", "fastapi_status"),
        ("def f():\n    «x»\n    from fastapi import status\n", "fastapi_status"),
        ("def f():\n    if y:\n        from fastapi import status\n    «x»\n", "fastapi_status"),
        ("def f(a=«x»):\n    return 1\n", "status"),
        ("def f(status=«x»):\n    return 1\n", "fastapi_status"),
    ],
)
def test_scopes_between_the_place_and_the_module_shadow(code: str, local: str) -> None:
    for head in ("from fastapi import status\n", "from fastapi import APIRouter\n"):
        text = fixed(head + code, status)
        assert text.endswith(code.replace("«x»", local))


def test_what_is_rewritten_as_a_whole_may_use_the_name_anywhere_within() -> None:
    def whole(node: cst.FunctionDef, edit: Editor) -> cst.FunctionDef:
        return node.with_changes(name=cst.Name(edit.need_import("fastapi", "status")))

    code = "«def f():\n    def g(status): ...»\n"
    assert "def fastapi_status():" in fixed(code, whole)


def test_the_name_must_be_free_at_every_place_that_will_use_it() -> None:
    def rename(_name: cst.Name, edit: Editor) -> cst.BaseExpression:
        other = edit.node(edit_span, cst.Name)
        local = edit.need_import("src.auth", "service", "auth_service", [edit_span])
        edit.swap(other, edit.expr(local))
        return edit.expr(local)

    text, spans = unmark("a = «x»\ndef f(auth_service):\n    return «y»\n")
    edit_span = spans[1]
    marked = text.replace("x", "«x»", 1)
    assert fixed(marked, rename) == (
        "from src.auth import service as auth_service_2\n\n"
        "a = auth_service_2\ndef f(auth_service):\n    return auth_service_2\n"
    )


def test_a_wanted_alias_is_not_given_up_for_what_is_imported() -> None:
    args = ("src.auth", "service", "auth_service")
    code = "from src.auth import service\nz = «x»\n"
    assert fixed(code, imported, args=args) == (
        "from src.auth import service, service as auth_service\nz = auth_service\n"
    )
    code = "from src.auth import service as auth_service\nz = «x»\n"
    assert fixed(code, imported, args=args) == (
        "from src.auth import service as auth_service\nz = auth_service\n"
    )


def test_an_import_below_the_place_does_not_count() -> None:
    code = "import b\nz = «x»\nfrom fastapi import status\n"
    assert fixed(code, status) == (
        "import b\nfrom fastapi import status\nz = status\nfrom fastapi import status\n"
    )


def test_an_import_that_cannot_come_before_its_use_is_refused() -> None:
    assert "no line before 1" in reason('"""Doc."""; z = «x»\n', status)


def test_two_fixes_share_an_import() -> None:
    code = "def f():\n    «x»\n    «x»\ndef g(status):\n    «x»\n"
    assert fixed(code, status) == (
        "from fastapi import status, status as fastapi_status\n\n"
        "def f():\n    status\n    status\ndef g(status):\n    fastapi_status\n"
    )


# --- imports that are added ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "args", "expected"),
    [
        ("", ("asyncio",), "import asyncio\n"),
        ("import os\n", ("asyncio",), "import asyncio\nimport os\n"),
        ("import abc\nimport os\n", ("asyncio",), "import abc\nimport asyncio\nimport os\n"),
        ("import os  # o\n\nx = 1\n", ("sys",), "import os  # o\nimport sys\n\nx = 1\n"),
        ("from os import sep\n", ("sys",), "import sys\nfrom os import sep\n"),
        ("import sys\n", ("os", "sep"), "import sys\nfrom os import sep\n"),
        (
            "from abc import ABC\nimport sys\n",
            ("os", "sep"),
            "from abc import ABC\nfrom os import sep\nimport sys\n",
        ),
        ("import httpx\n", ("asyncio",), "import asyncio\n\nimport httpx\n"),
        ("import os\n\n\nx = 1\n", ("fastapi",), "import os\n\nimport fastapi\n\n\nx = 1\n"),
        (
            "import os\n\nimport httpx\nimport orm\n\nimport src\n",
            ("fastapi", "Depends"),
            "import os\n\nimport httpx\nimport orm\nfrom fastapi import Depends\n\nimport src\n",
        ),
        (
            "import os\n\nimport httpx\n\nfrom src.a import b\n",
            ("src.auth", "service"),
            "import os\n\nimport httpx\n\nfrom src.a import b\nfrom src.auth import service\n",
        ),
        ("import os\n", (".a", "b"), "import os\n\nfrom .a import b\n"),
        ("from . import c\n", (".a", "b"), "from . import c\nfrom .a import b\n"),
        ("from . import c\n", (".", "b"), "from . import b, c\n"),
        ('"""Doc."""\n\nx = 1\n', ("os",), '"""Doc."""\n\nimport os\n\nx = 1\n'),
        ('"""Doc."""\nx = 1\n', ("os",), '"""Doc."""\n\nimport os\n\nx = 1\n'),
        (
            '"""Doc."""\nfrom __future__ import annotations\nx = 1\n',
            ("os",),
            '"""Doc."""\nfrom __future__ import annotations\n\nimport os\n\nx = 1\n',
        ),
        (
            "from __future__ import annotations\nimport sys\n",
            ("os",),
            "from __future__ import annotations\nimport os\nimport sys\n",
        ),
        ("#!/usr/bin/env python\nx = 1\n", ("os",), "#!/usr/bin/env python\nimport os\n\nx = 1\n"),
        (
            "# -*- coding: utf-8 -*-\n# on x\nx = 1\n",
            ("os",),
            "# -*- coding: utf-8 -*-\nimport os\n\n# on x\nx = 1\n",
        ),
        ("# Licence\n# more\n\nx = 1\n", ("os",), "# Licence\n# more\n\nimport os\n\nx = 1\n"),
        ("# on x\nx = 1\n", ("os",), "import os\n\n# on x\nx = 1\n"),
        ("x = 1\nimport sys\n", ("os",), "x = 1\nimport os\nimport sys\n"),
        ("import sys; x = [\n1]\n", ("abc", "ABC"), "import sys; x = [\n1]\nfrom abc import ABC\n"),
        ("import os.path\n", ("os.path",), "import os.path\n"),
        (
            "concurrent = 1\n",
            ("concurrent.futures",),
            "import concurrent.futures as futures_module",
        ),
    ],
)
def test_an_import_goes_where_it_belongs(head: str, args: tuple[str, ...], expected: str) -> None:
    text = fixed(f"{head}def f():\n    return «x»\n", imported, args=args)
    assert text.startswith(expected)
    assert text.count("import") == expected.count("import")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("from fastapi import APIRouter", "from fastapi import APIRouter, status"),
        ("from fastapi import APIRouter  # c", "from fastapi import APIRouter, status  # c"),
        ("from fastapi import z", "from fastapi import status, z"),
        ("from fastapi import b, a", "from fastapi import b, a, status"),
        ("from fastapi import (a)", "from fastapi import (a, status)"),
        ("from fastapi import (a,)", "from fastapi import (a, status,)"),
        ("from fastapi import (\n    a\n)", "from fastapi import (\n    a,\n    status\n)"),
        ("from fastapi import (\n    z,\n)", "from fastapi import (\n    status,\n    z,\n)"),
        (
            "from fastapi import (\n    A,  # a\n    z,  # z\n    # end\n)",
            "from fastapi import (\n    A,  # a\n    status,\n    z,  # z\n    # end\n)",
        ),
        (
            "from fastapi import (\n    A,\n    b,  # b\n    # end\n)",
            "from fastapi import (\n    A,\n    b,  # b\n    # end\n    status,\n)",
        ),
        ("from fastapi import a; y = 1", "from fastapi import a, status; y = 1"),
        (
            "from fastapi import A\nfrom fastapi import B\nfrom http import C",
            "from fastapi import A\nfrom fastapi import B\nfrom fastapi import status\nfrom http",
        ),
        (
            f"from fastapi import {'A' * 40}, {'B' * 26}",
            f"from fastapi import (\n    {'A' * 40},\n    {'B' * 26},\n    status,\n)",
        ),
        (
            f"from fastapi import {'A' * 40}, {'B' * 50}",
            f"from fastapi import (\n    {'A' * 40},\n    {'B' * 50},\n    status,\n)",
        ),
        ("from fastapi import *", "from fastapi import *\nfrom fastapi import status as"),
        ("from .fastapi import a", "from fastapi import status\n\nfrom .fastapi import a"),
    ],
)
def test_a_name_joins_the_import_of_its_module(before: str, after: str) -> None:
    assert fixed(f"{before}\nw = «x»\n", status).startswith(after)


def test_lines_that_are_added_end_as_their_neighbours_do() -> None:
    code = "import os\r\nimport sys\n\rasync def f():\r    «a()»\r\n"
    assert fixed(code, sleep) == (
        "import asyncio\r\nimport os\r\nimport sys\n\rasync def f():\r    await asyncio.sleep()\r\n"
    )


def test_an_import_is_not_added_to_a_statement_that_another_fix_rewrites() -> None:
    def shorten(node: cst.ImportFrom, edit: Editor) -> cst.ImportFrom:
        return edit.drop(node, "b")

    assert fixed("«from fastapi import a, b»\nz = «x»\n", shorten, status) == (
        "from fastapi import a\nfrom fastapi import status\nz = status\n"
    )


def test_an_import_is_added_beside_lines_that_another_fix_takes_out() -> None:
    def remove(node: cst.ImportFrom, edit: Editor) -> cst.CSTNode:
        edit.remove(span)
        return node

    marked = "import os\n\n«from fastapi import a»\n\n\nz = «x»\n"
    span = unmark(marked)[1][0]
    assert fixed(marked, remove, status) == "import os\n\nfrom fastapi import status\nz = status\n"


def test_a_fix_waits_for_another_that_removes_what_it_rests_on() -> None:
    def remove(node: cst.ImportFrom, edit: Editor) -> cst.CSTNode:
        edit.remove(span)
        return node

    marked = "«from fastapi import status»\nz = «x»\n"
    span = unmark(marked)[1][0]
    made = one_round(marked, remove, status)
    assert made.text == "z = x\n"
    assert len(made.applied) == 1


# --- expressions and statements ------------------------------------------------------------------


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


def make_async(node: cst.FunctionDef, _edit: Editor) -> cst.FunctionDef:
    return node.with_changes(asynchronous=cst.Asynchronous())


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


# --- lists ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("f()", "f(k=v)"),
        ("f(  # c\n)", "f(  # c\nk=v)"),
        ("f(a)", "f(a, k=v)"),
        ("f(a,)", "f(a, k=v,)"),
        ("f(a, k=1)", "f(a, k=v)"),
        ("f(a, k = 1, b=2)", "f(a, k = v, b=2)"),
        ("f(\n    a,\n)", "f(\n    a,\n    k=v,\n)"),
        ("f(\n    a\n)", "f(\n    a,\n    k=v\n)"),
        ("f(\n    a,  # c\n    # d\n)", "f(\n    a,  # c\n    # d\n    k=v,\n)"),
        ("f(\n    a  # c\n)", "f(\n    a,  # c\n    k=v\n)"),
        ("f(a,\n  b)", "f(a,\n  b,\n  k=v)"),
        ("f(a, b,\n  c)", "f(a, b,\n  c,\n  k=v)"),
        ("f(i for i in x)", "f((i for i in x), k=v)"),
        ("f(*a, **b)", "f(*a, **b, k=v)"),
        ("f(\n    # first\n    a,\n)", "f(\n    # first\n    a,\n    k=v,\n)"),
    ],
)
def test_a_keyword_is_added_or_replaced(before: str, after: str) -> None:
    def add(call: cst.Call, edit: Editor) -> cst.Call:
        return edit.keyword(call, "k", "v")

    assert fixed(f"«{before}»\n", add, unsafe=False) == f"{after}\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("f(k=1)", "f()"),
        ("f(k=1,)", "f()"),
        ("f(\n    k=1,\n)", "f()"),
        ("f(  # c\n    k=1,\n)", "f(  # c\n    )"),
        ("f(\n    k=1,\n    # d\n)", "f(\n    # d\n)"),
        ("f(k=1, a=2)", "f(a=2)"),
        ("f(a, k=1, b=2)", "f(a, b=2)"),
        ("f(a, k=1)", "f(a)"),
        ("f(a, k=1,)", "f(a,)"),
        ("f(\n    k=1,\n    a=2,\n)", "f(\n    a=2,\n)"),
        ("f(\n    a,\n    k=1,\n)", "f(\n    a,\n)"),
        ("f(\n    a,\n    k=1\n)", "f(\n    a\n)"),
        ("f(\n    a,  # a\n    k=1,\n)", "f(\n    a,  # a\n)"),
        ("f(\n    a,  # a\n    k=1)", "f(\n    a  # a\n)"),
        ("f(\n    a,\n    # own\n    k=1,\n    b=2,\n)", "f(\n    a,\n    # own\n    b=2,\n)"),
        ("f(\n    a,\n    k=1,\n    # b\n    b=2,\n)", "f(\n    a,\n    # b\n    b=2,\n)"),
        ("f(a, k=1,\n  b=2)", "f(a,\n  b=2)"),
        ("f(k=1,\n  b=2)", "f(\n  b=2)"),
        ("f(a)", None),
    ],
)
def test_a_keyword_is_dropped_and_no_comment_with_it(before: str, after: str | None) -> None:
    def less(call: cst.Call, edit: Editor) -> cst.Call:
        return edit.drop(call, "k")

    if after is None:
        assert reason(f"«{before}»\n", less) == "the fix does not apply here"
    else:
        assert fixed(f"«{before}»\n", less, unsafe=False) == f"{after}\n"


def test_a_comment_on_the_line_of_what_goes_makes_a_fix_unsafe() -> None:
    def less(call: cst.Call, edit: Editor) -> cst.Call:
        return edit.drop(call, "k")

    code = "«f(\n    a,\n    k=1,  # why\n    b=2,\n)»\n"
    assert "delete a comment" in reason(code, less, unsafe=False)
    assert fixed(code, less) == "f(\n    a,\n    b=2,\n)\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("(x)", "()"),
        ("(a, x)", "(a)"),
        ("(x, a)", "(a)"),
        ("(a, *, x)", "(a)"),
        ("(a, *, x=1, b=2)", "(a, *, b=2)"),
        ("(a, *, x, **k)", "(a, **k)"),
        ("(x, /, a)", "(a)"),
        ("(a, x, /, b)", "(a, /, b)"),
        ("(*a, x=1)", "(*a)"),
        ("(*x, a)", None),
        ("(a, **x)", "(a)"),
        ("(\n    a: A,\n    x: X = 1,\n)", "(\n    a: A,\n)"),
        ("(\n    a: A,\n    *,\n    x: X = 1,\n)", "(\n    a: A,\n)"),
        ("(b)", None),
    ],
)
def test_a_parameter_is_dropped_with_a_marker_that_parts_nothing(
    before: str, after: str | None
) -> None:
    def less(node: cst.FunctionDef, edit: Editor) -> cst.FunctionDef:
        return edit.drop(node, "x")

    code = f"@d\n«def f{before}: pass»\n"
    if after is None and before == "(b)":
        assert reason(code, less) == "the fix does not apply here"
    elif after is not None:
        assert fixed(code, less) == f"@d\ndef f{after}: pass\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[]", "[n()]"),
        ("[a]", "[a, n()]"),
        ("[\n    a,  # c\n]", "[\n    a,  # c\n    n(),\n]"),
        ("[\n    a\n]", "[\n    a,\n    n()\n]"),
    ],
)
def test_an_element_is_appended(before: str, after: str) -> None:
    def more(items: cst.List, edit: Editor) -> cst.List:
        return edit.append(items, "n()")

    assert fixed(f"x = «{before}»\n", more) == f"x = {after}\n"


def test_an_element_is_dropped_by_itself() -> None:
    def less(items: cst.List, edit: Editor) -> cst.List:
        return edit.drop(items, items.elements[1])

    assert fixed("x = «[a, b, c]»\n", less) == "x = [a, c]\n"


def test_the_last_name_of_an_import_is_not_dropped() -> None:
    def less(node: cst.ImportFrom, edit: Editor) -> cst.ImportFrom:
        return edit.drop(node, "b")

    assert "remove the statement" in reason("«from a import b»\n", less)
    assert fixed("«from a import (b, c)»\n", less) == "from a import (c)\n"


def test_what_is_no_list_has_no_items() -> None:
    def less(node: cst.Name, edit: Editor) -> cst.CSTNode:
        return edit.drop(node, "b")  # type: ignore[type-var]

    assert "TypeError: Name is no list" in reason("«b»\n", less)


# --- other places --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\n«b»\nc\n", "a\nc\n"),
        ("a\n«b»  # c\nc\n", "a\nc\n"),
        ("a; «b»; c\n", "a; c\n"),
        ("«a»; b\n", "b\n"),
        ("a; «b»  # c\n", "a  # c\n"),
        ("if x:\n    «a»  # c\n", "if x:\n    pass  # c\n"),
        ("if x: «a»\n", "if x: pass\n"),
        ("if x:\n    a\n    «b»\n", "if x:\n    a\n"),
        ("«a»", ""),
        ("a\n\n\n«def f():\n    pass»\n\n\nb\n", "a\n\n\nb\n"),
        ("a\n\n\n@d\n«def f():\n    pass»\n\n\nb\n", "a\n\n\nb\n"),
        ("x = 1  «# noqa»\n", "x = 1\n"),
        ("x = 1\n«# noqa»\ny = 2\n", "x = 1\ny = 2\n"),
        ("x = 1  «# noqa»", "x = 1"),
    ],
)
def test_a_statement_or_comment_is_removed(before: str, after: str) -> None:
    def drop(node: cst.CSTNode, edit: Editor) -> cst.CSTNode:
        edit.remove(span)
        return node

    span = unmark(before)[1][0]
    assert fixed(before, drop) == after


def test_only_a_whole_statement_is_removed() -> None:
    def drop(node: cst.Name, edit: Editor) -> cst.CSTNode:
        edit.remove(unmark("f(«a»)\n")[1][0])
        return node

    assert "no statement" in reason("f(«a»)\n", drop)


def test_text_elsewhere_is_replaced_with_the_node() -> None:
    def rename(_node: cst.ImportFrom, edit: Editor) -> cst.CSTNode:
        for span in spans[1:]:
            edit.replace(span, "auth_service.get_user")
        return edit.small("from src.auth import service as auth_service")

    marked = (
        "«from src.auth.service import get_user»\n\ndef f():\n    é = '日', «get_user»(1)\n"
        "    return [«get_user» for x in y]\n"
    )
    text, spans = unmark(marked)
    start = text[: text.index("\n")]
    assert fixed(f"«{start}»" + text[len(start) :], rename) == (
        "from src.auth import service as auth_service\n\ndef f():\n"
        "    é = '日', auth_service.get_user(1)\n"
        "    return [auth_service.get_user for x in y]\n"
    )


def test_two_nodes_of_a_file_are_swapped_in_one_fix() -> None:
    def both(_node: cst.Name, edit: Editor) -> cst.CSTNode:
        other = edit.node(spans[1], cst.Call)
        edit.swap(other, edit.keyword(other, "lifespan", "lifespan"))
        return edit.expr("new")

    text, spans = unmark("a = «x»\napp = «FastAPI()»\n")
    assert fixed(text.replace("x", "«x»", 1), both) == "a = new\napp = FastAPI(lifespan=lifespan)\n"


def test_a_line_is_put_before_a_statement() -> None:
    def before(node: cst.ImportFrom, edit: Editor) -> cst.CSTNode:
        edit.put_before(spans[0], "import z")
        return node

    code = "def f():\r\n    «from a import b»\r\n"
    spans = unmark(code)[1]
    assert fixed(code, before) == "def f():\r\n    import z\r\n    from a import b\r\n"
    code = "x; «from a import b»\n"
    spans = unmark(code)[1]
    assert "shares its line" in reason(code, before)


def test_syntax_of_a_newer_python_is_fixed_too() -> None:
    head = (
        "type Pair[T] = tuple[T, T]\nimport os\n\n\n"
        "class Box[T]:\n    é = f'{os.environ['日']}'\n    x = «x»\n"
    )
    after = "type Pair[T] = tuple[T, T]\nimport os\n\nfrom fastapi import status\n\n\n"
    text = fixed(head, status)
    assert text == after + head.partition("\n\n\n")[2].replace("«x»", "status")


def test_a_statement_that_libcst_cannot_read_stays() -> None:
    assert "libcst cannot parse" in reason("if a:\n    b\n«x»; \\\nc\n", status)


def test_what_a_fix_may_not_do_is_refused() -> None:
    def alien(name: cst.Name, edit: Editor) -> cst.CSTNode:
        edit.swap(cst.Name("alien"), cst.Name("x"))
        return name

    assert "does not have" in reason("«x»\n", alien)

    def twice(_name: cst.Name, edit: Editor) -> cst.CSTNode:
        edit.replace(spans[0], "y")
        return cst.Name("z")

    spans = unmark("«x»\n")[1]
    assert "one place twice" in reason("«x»\n", twice)

    def nested(call: cst.Call, edit: Editor) -> cst.CSTNode:
        edit.swap(call.args[0].value, cst.Name("z"))
        return call.with_changes(func=cst.Name("g"))

    assert "within another" in reason("«f(x)»\n", nested)

    def nothing(_name: cst.Name, edit: Editor) -> None:
        edit.replace(spans[0], "y")

    assert reason("«x»\n", nothing) == "the fix does not apply here"

    def same(name: cst.Name, edit: Editor) -> cst.CSTNode:
        edit.replace(spans[0], "x")
        return name

    assert reason("«x»\n", same) == "the fix does not apply here"

    def crash(_name: cst.Name, _edit: Editor) -> cst.CSTNode:
        raise KeyError(1)

    assert reason("«x»\n", crash) == "the fixer crash raised KeyError: 1"

    def untold(name: int) -> None: ...

    assert "which libcst class" in reason("«x»\n", untold)


def test_edits_that_overlap_wait() -> None:
    made = one_round("async def f():\n    «a(«b()»)»\n", pool)
    assert made.text.endswith("    await run_in_threadpool(a, b())\n")
    assert (len(made.applied), made.refused) == (1, ())


def test_what_stands_within_a_function_that_is_rewritten_waits() -> None:
    made = one_round("«def f():\n    «time.sleep(1)»»\n", make_async, sleep)
    assert made.text == "async def f():\n    time.sleep(1)\n"


def test_a_statement_that_libcst_does_not_write_as_it_is_stays() -> None:
    assert "libcst would change more" in reason("\x0cy = «x»\n", status)
