from __future__ import annotations

import libcst as cst
import pytest

from fastapi_bp_lint.edits import Editor
from tests.fixing import fixed, make_async, one_round, reason, sleep, status, unmark


def pool(call: cst.Call, edit: Editor) -> cst.BaseExpression:
    offloader = edit.need_import("fastapi.concurrency", "run_in_threadpool")
    return edit.awaited(edit.prepend(call, call.func).with_changes(func=edit.expr(offloader)))


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
