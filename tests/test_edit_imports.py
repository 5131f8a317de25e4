from __future__ import annotations

import libcst as cst
import pytest

from fastapi_bp_lint.edits import Editor
from tests.fixing import fixed, one_round, reason, sleep, status, unmark


def imported(_name: cst.Name, edit: Editor) -> cst.BaseExpression:
    module, name, alias = (*edit.args, "", "")[:3]
    return edit.expr(edit.need_import(module, name, alias))


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


@pytest.mark.parametrize(
    ("head", "after"),
    [
        ('"""Doc."""; import time\n', '"""Doc."""; import time\nimport asyncio\n'),
        (
            "from __future__ import annotations; import time\nimport b\n",
            "from __future__ import annotations; import time\nimport asyncio\nimport b\n",
        ),
        ("x = (\n    1\n); import time\n", "x = (\n    1\n); import time\nimport asyncio\n"),
        ("import json; x = (\n    1\n)\n", "import asyncio\nimport json; x = (\n    1\n)\n"),
    ],
)
def test_an_import_goes_in_no_statement_and_before_no_docstring(head: str, after: str) -> None:
    tail = "\n\nasync def f():\n    {}\n"
    assert fixed(head + tail.format("«time.sleep(1)»"), sleep) == (
        after + tail.format("await asyncio.sleep(1)")
    )


def test_what_is_imported_can_be_asked_for() -> None:
    def known(_name: cst.Name, edit: Editor) -> cst.BaseExpression | None:
        name = edit.imported("starlette", "status")
        return edit.expr(name) if name else None

    assert fixed("from starlette import status\ny = «x»\n", known).endswith("y = status\n")
    assert reason("from fastapi import status\ny = «x»\n", known) == "the fix does not apply here"


@pytest.mark.parametrize(
    ("code", "refused"),
    [
        ("[«x» for a in b]\n", False),
        ("[a for a in [«x»]]\n", False),
        ("[[«x» for a in b] for b in c]\n", True),
        ("[a for a in b if {«x» for c in a}]\n", True),
        ("[lambda: [«x» for a in b] for b in c]\n", False),
    ],
)
def test_an_await_in_a_comprehension_within_another_is_refused(code: str, refused: bool) -> None:  # noqa: FBT001
    def wait(_name: cst.Name, edit: Editor) -> cst.BaseExpression:
        edit.refuse_nested_comprehension()
        return edit.expr("y")

    made = one_round(code, wait)
    assert bool(made.refused) is refused
    assert made.text == code.replace("«x»", "x" if refused else "y")


def test_only_a_loop_over_it_is_a_loop_over_it() -> None:
    def over(node: cst.BaseExpression, edit: Editor) -> cst.BaseExpression:
        loop = edit.loop_over(node)
        edit.swap(loop, loop.with_changes(asynchronous=cst.Asynchronous()))
        return node

    assert fixed("for a in «f()»: pass\n", over) == "async for a in f(): pass\n"
    assert reason("for a in b(«f()»): pass\n", over) == "no for statement iterates that"
