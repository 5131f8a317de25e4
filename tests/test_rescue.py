"""Newer syntax than the running Python's is read all the same, line by line."""

from __future__ import annotations

import ast

import pytest

from fastapi_bp_lint.facts.extract import extract
from fastapi_bp_lint.facts.model import Body, FileFacts
from fastapi_bp_lint.facts.rescue import rewritten

NEWER = {
    "type parameters of a function": "def f[T: int, *Ts](x: T) -> T:\n    return g(x)\n",
    "type parameters over lines": "def f[\n    T,\n    U,\n](x: T) -> T:\n    return g(x)\n",
    "type parameters of a class": "class A[T, **P](B):\n    x = g(1)\n",
    "default of a type parameter": "class A[T = int]:\n    x = g(1)\n",
    "type alias": "type X[T] = list[T]\nx = g(1)\n",
    "type alias in a class": "class A:\n    type X = int\n    x = g(1)\n",
    "quotes in an f-string": "x = f'{a['b']} and {f'{c}'}' + g(1)\n",
    "format spec in an f-string": "x = f'{a['b']:{w['x']}}' + g(1)\n",
    "comment in an f-string": "x = f'{\n    a  # comment\n}'\ny = g(1)\n",
    "f-string over lines": "x = f'''{\n    a['''b''']\n}\n'''\ny = g(1)\n",
    "template string": "x = t'hello {name}' + rt'{g(1)}'\n",
    "except without parentheses": "try:\n    g(1)\nexcept A, B:\n    pass\n",
    "except star without parentheses": "try:\n    g(1)\nexcept* A, B, C:\n    pass\n",
}


@pytest.mark.parametrize("code", NEWER.values(), ids=NEWER)
def test_newer_syntax_gives_facts_in_their_lines(code: str) -> None:
    facts = extract(code.encode(), "main.py")
    assert facts.problem is None
    calls = [c for body in _bodies(facts) for c in body.calls]
    assert "g" in [c.func for c in calls]
    line = code[: code.index("g(")].count("\n") + 1
    assert [c.span.line for c in calls if c.func == "g"] == [line]


@pytest.mark.parametrize("code", NEWER.values(), ids=NEWER)
def test_rewrite_is_plain_python_of_the_same_length(code: str) -> None:
    older = rewritten(code)
    assert older is not None
    ast.parse(older)
    assert older.count("\n") == code.count("\n")


def test_expressions_inside_a_rewritten_string_are_read() -> None:
    facts = extract(b"x = f'{load('a')}'\n", "main.py")
    assert [c.func for c in facts.body.calls] == ["load"]


BOUND = """import db
from db import Session
class A[T: Session, *Ts]:
    x: T
    def f[
        U: db.Repo
    ](self, y: 'U', z: T) -> V: ...
"""


def test_a_type_parameter_stands_for_its_bound() -> None:
    facts = extract(BOUND.encode(), "main.py")
    (function,), (cls,) = facts.functions, facts.classes
    assert [p.annotation for p in function.params] == [None, "db.Repo", "Session"]
    assert [b.annotation for b in cls.body.bindings] == ["Session"]
    assert function.returns == "V"
    assert dict(facts.body.reads) == {"Session": (3, 11)}
    assert dict(cls.body.reads) == {"db": (6, 11)}


def test_what_no_python_reads_is_a_problem_with_its_line() -> None:
    facts = extract(b"x = 1\ndef f(:\n    pass\n", "main.py")
    assert facts.problem is not None
    assert facts.problem.span.line == 2
    assert rewritten("def f(:\n") is None


@pytest.mark.parametrize("text", ["(" * 5000 + ")" * 5000, "x" + ".y" * 5000, "["], ids=len)
def test_what_would_overflow_the_stack_is_not_tried(text: str) -> None:
    assert rewritten(f"type X = int\nx = {text}\n") is None


def _bodies(facts: FileFacts) -> list[Body]:
    return [facts.body, *[f.body for f in facts.functions], *[c.body for c in facts.classes]]
