"""What one file says: every kind of statement and expression, with places in characters."""

from __future__ import annotations

import sys
from textwrap import dedent

import pytest

from fastapi_bp_lint.facts.extract import extract
from fastapi_bp_lint.facts.model import (
    Awaited,
    Body,
    Call,
    Comprehension,
    Either,
    FileFacts,
    Group,
    Item,
    LambdaRef,
    Literal,
    Mapping,
    Operation,
    Star,
    Text,
    Yielded,
)


def read(code: str) -> FileFacts:
    facts = extract(dedent(code).encode(), "main.py")
    assert facts.problem is None
    return facts


def body(code: str) -> Body:
    return read(code).body


def bound(code: str) -> list[tuple[str, str]]:
    return [(b.target, b.kind) for b in body(code).bindings]


def value(code: str) -> object:
    return body(f"x = {code}\n").bindings[-1].value


def test_places_count_characters_and_not_bytes() -> None:
    facts = read("größe = 'ÄÖ'; öffne('日本', b)\nclass Ä: pass\n")
    (call,) = facts.body.calls
    assert call.func == "öffne"
    assert (call.span.line, call.span.column) == (1, 14)
    assert call.span.end_column == 14 + len("öffne('日本', b)")
    (cls,) = facts.classes
    assert (cls.name_span.column, cls.name_span.end_column) == (6, 7)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("a.b.c", "a.b.c"),
        ("1", Literal(1, "int")),
        ("True", Literal(value=True, kind="bool")),
        ("None", Literal(None, "None")),
        ("b'x'", Literal(None, "bytes")),
        ("2j", Literal(None, "complex")),
        ("...", Literal(None, "ellipsis")),
        ("(a, 1)", Group("tuple", ("a", Literal(1, "int")))),
        ("[a, *b]", Group("list", ("a", Star("b")))),
        ("{a}", Group("set", ("a",))),
        ("{a: b, **c}", Mapping((("a", "b"), (None, "c")))),
        ("a[b]", Item("a", "b")),
        ("f'{a}b'", Text(("a", Literal("b", "str")))),
        ("a or b", Either(("a", "b"), "Or")),
        ("(y := a)", "a"),
        ("[a for b in c]", Comprehension("list", "a", ("c",))),
        ("{a for b in c}", Comprehension("set", "a", ("c",))),
        ("{a: d for b in c}", Comprehension("dict", "d", ("c",))),
        ("(a for b in c)", Comprehension("generator", "a", ("c",))),
        ("lambda y: z", LambdaRef("<lambda:1>")),
    ],
)
def test_keeps_the_value_of_an_expression(code: str, expected: object) -> None:
    found = value(code)
    if isinstance(expected, LambdaRef):
        assert isinstance(found, LambdaRef)
    elif isinstance(expected, Either):
        assert isinstance(found, Either)
        assert (found.options, found.operator) == (expected.options, expected.operator)
    else:
        assert found == expected


@pytest.mark.parametrize(
    ("code", "operator", "operands"),
    [
        ("a + b", "Add", ("a", "b")),
        ("a < b", "Lt", ("a", "b")),
        ("a in b", "In", ("a", "b")),
        ("a[b]", "GetItem", ("a", "b")),
    ],
)
def test_keeps_operators_with_what_they_work_on(
    code: str, operator: str, operands: tuple[object, ...]
) -> None:
    made = [o for o in body(f"x = {code}\n").operations if o.operator == operator]
    assert [o.operands for o in made] == [operands]
    assert made[0].span.column == len("x = ")


def test_a_long_chain_of_operators_needs_no_stack() -> None:
    found = value(" + ".join(["a"] * 900))
    assert isinstance(found, Operation)
    assert found.operator == "Add"


def test_says_what_becomes_of_a_call() -> None:
    facts = read(
        """
        async def f():
            dropped()
            await awaited()
            x = used()
            g = (lazy() for _ in y)
            return [used_too() for _ in z]
        """
    )
    assert {c.func: c.use for c in facts.functions[0].body.calls} == {
        "dropped": "dropped",
        "awaited": "awaited",
        "used": "used",
        "lazy": "lazy",
        "used_too": "used",
    }


def test_a_call_keeps_its_arguments() -> None:
    (call,) = body("f(a, *b, c=1, **d)\n").calls
    assert call.args == ("a", Star("b"))
    assert call.keywords == (("c", Literal(1, "int")), (None, "d"))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("a = b = 1\n", [("a", "assign"), ("b", "assign")]),
        ("a.b = 1\n", [("a.b", "assign")]),
        ("a, (b, *c) = d\n", [("a", "unpack"), ("b", "unpack"), ("c", "unpack-rest")]),
        ("a: int\n", [("a", "annotation")]),
        ("a: int = 1\n", [("a", "annotation")]),
        ("a += 1\n", [("a", "augment")]),
        ("for a in b: pass\nelse: c = 1\n", [("a", "for"), ("c", "assign")]),
        ("while a: b = 1\nelse: c = 1\n", [("b", "assign"), ("c", "assign")]),
        ("with a as b, c: pass\n", [("b", "with")]),
        ("try: pass\nexcept A as a: pass\nelse: b = 1\n", [("a", "except"), ("b", "assign")]),
        ("try: pass\nexcept* A as a: pass\nfinally: b = 1\n", [("a", "except"), ("b", "assign")]),
        ("if (a := f()): pass\n", [("a", "walrus")]),
        ("del a, b.c\n", [("a", "delete"), ("b.c", "delete")]),
        ("[a for b in c if (d := b)]\n", [("b", "comprehension"), ("d", "walrus")]),
        (
            "match a:\n case {'k': b, **c}: pass\n case D(e) | [*e]: pass\n case x.Y: pass\n",
            [("c", "case"), ("b", "case"), ("e", "case"), ("e", "case")],
        ),
    ],
)
def test_keeps_what_every_statement_binds(code: str, expected: list[tuple[str, str]]) -> None:
    assert bound(code) == expected


def test_what_a_pattern_names_is_read() -> None:
    facts = body("match a:\n case x.Y: pass\n case D(): pass\n case _ if g(): pass\n")
    assert "x.Y" in {load.name for load in facts.loads}
    assert [c.func for c in facts.calls] == ["g"]
    assert [(r.kind, r.subject) for r in facts.regions] == [("case", "a")] * 3


@pytest.mark.skipif(sys.version_info < (3, 12), reason="the statement is new in 3.12")
def test_a_type_statement_binds_its_name() -> None:
    assert bound("type A = int\n") == [("A", "type")]


def test_conditions_and_protections_are_regions() -> None:
    regions = body(
        """\
        if a:
            b = 1
        elif c:
            d = 1
        else:
            e = 1
        try:
            f = 1
        except (G, H):
            i = 1
        finally:
            j = 1
        """
    ).regions
    lines = {(r.kind, r.line, r.end_line) for r in regions}
    assert {("if", 1, 2), ("try", 7, 8), ("except", 9, 10)} <= lines
    assert ("finally", 12, 12) in lines
    (caught,) = [r.subject for r in regions if r.kind == "except"]
    assert caught == Group("tuple", ("G", "H"))


def test_blocks_that_never_run_are_told_apart() -> None:
    kinds = {
        r.kind: r.line
        for r in body(
            "if TYPE_CHECKING:\n    import a\nif __name__ == '__main__':\n    f()\n"
        ).regions
    }
    assert kinds["type-checking"] == 1
    assert kinds["main"] == 3


def test_functions_say_how_they_run_and_what_they_give() -> None:
    facts = read(
        """
        @decorated
        def f(a, /, b: int = 1, *c, d, **e) -> str:
            '''Text.'''
            global g
            assert isinstance(a, int), b
            yield a
            yield from b
            raise ValueError(b) from None

        class K(Base, metaclass=Meta):
            async def m(self):
                return await f(lambda: 1)
        """
    )
    (lambda_,) = [f for f in facts.functions if f.is_lambda]
    (method,) = [f for f in facts.functions if f.in_class and not f.is_lambda]
    assert [p.name for p in method.params] == ["self"]
    assert method.is_async
    assert isinstance(method.body.results[0].value, Awaited)
    assert method.body.awaits == 1
    assert lambda_.parent == method.qualname
    by_name = {f.qualname: f for f in facts.functions}
    function = by_name["f"]
    assert [(p.name, p.kind) for p in function.params] == [
        ("a", "positional"),
        ("b", "normal"),
        ("c", "star"),
        ("d", "keyword"),
        ("e", "double-star"),
    ]
    assert function.is_generator
    assert function.docstring == "Text."
    assert function.decorators == ("decorated",)
    assert (function.line, function.span.line) == (2, 3)
    assert function.body.outer == ("g",)
    kinds = [r.kind for r in function.body.results]
    assert kinds == ["assert", "yield", "yield-from", "raise"]
    (cls,) = facts.classes
    assert (cls.bases, cls.keywords) == (("Base",), (("metaclass", "Meta"),))


def test_a_yield_has_a_value_of_its_own() -> None:
    facts = read("def f():\n    x = yield 1\n")
    assert facts.functions[0].body.bindings[0].value == Yielded()


def test_annotations_in_quotes_are_read() -> None:
    facts = read("def f(a: 'x.Y[Z]', b: 'not code (') -> 'W': ...\n")
    (function,) = facts.functions
    assert function.params[0].annotation == Item("x.Y", "Z")
    assert function.params[1].annotation == Literal("not code (", "str")
    assert function.returns == "W"


def test_imports_say_what_is_bound_where() -> None:
    facts = read(
        """
        import a.b
        import c.d as e
        from . import f
        from ..g import h as i, j
        from k import *
        def l():
            from m import n
        """
    )
    found = [(i.kind, i.local, i.module, i.name, i.level, i.scope) for i in facts.imports]
    assert [(kind, local) for kind, local, *_ in found][:2] == [("module", "a"), ("module", "e")]
    assert [(local, module, name, level) for _, local, module, name, level, _ in found[2:5]] == [
        ("f", "", "f", 1),
        ("i", "g", "h", 2),
        ("j", "g", "j", 2),
    ]
    assert found[5][2:4] == ("k", "*")
    assert found[6][5] == "l"


@pytest.mark.parametrize(
    "code",
    [
        "__all__ = ['a', 'b']\n",
        "__all__ = ('a',) + ('b',)\n",
        "__all__ = ['a']\n__all__ += ['b']\n",
        "__all__ = ['a']\n__all__.append('b')\n",
        "__all__ = ['a']\n__all__.extend(['b'])\n",
    ],
)
def test_what_a_module_exports(code: str) -> None:
    assert read(code).exports == ("a", "b")


@pytest.mark.parametrize("code", ["__all__ = a.names\n", "__all__ = ['a']\n__all__ += b.__all__\n"])
def test_exports_that_cannot_be_read_are_not_guessed(code: str) -> None:
    assert read(code).exports is None


def test_a_module_without_a_list_exports_what_it_has() -> None:
    assert read("a = 1\n").exports is None


def test_comments_to_the_linter_are_found_outside_strings() -> None:
    facts = read("a = 1  # noqa: FBP101\nb = '# noqa'\nc = '''\n# noqa\n'''  # noqa\n")
    assert [(c.line, c.column) for c in facts.comments] == [(1, 7), (5, 5)]
    assert facts.statements == ((3, 5),)


def test_a_broken_file_is_a_problem_with_a_place() -> None:
    facts = extract(b"def f(:\n", "main.py")
    assert facts.problem is not None
    assert facts.problem.kind == "syntax"
    assert facts.problem.span.line == 1
    assert facts.functions == ()


def test_a_huge_text_is_not_kept() -> None:
    found = value(repr("x" * 100_000))
    assert found == Literal(None, "long")


def test_calls_of_calls_keep_their_order() -> None:
    calls = body("f(g(), h(i()))\n").calls
    assert [c.func for c in calls] == ["g", "i", "h", "f"]
    assert isinstance(calls[-1], Call)
