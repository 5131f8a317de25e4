from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fastapi_bp_lint.edits import Editor
from tests.fixing import fixed, reason

if TYPE_CHECKING:
    import libcst as cst


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


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{}", "{m: n}"),
        ("{a: b}", "{a: b, m: n}"),
        ("{**a,}", "{**a, m: n,}"),
        ("{\n    a: b,  # first\n}", "{\n    a: b,  # first\n    m: n,\n}"),
    ],
)
def test_an_entry_is_added(before: str, after: str) -> None:
    def more(mapping: cst.Dict, edit: Editor) -> cst.Dict:
        return edit.entry(mapping, "m", "n")

    assert fixed(f"x = «{before}»\n", more) == f"x = {after}\n"
