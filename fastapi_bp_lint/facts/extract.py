"""The single pass over one file: source bytes in, facts out.

Two tables are dispatched on a node's class: what an expression is as an `Expr`, and what a
statement adds to the body around it. Python frames live on the heap since 3.11, so plain recursion
with a raised limit serves as the stack; nothing here refers to itself, so the tree dies by
reference counting when the pass ends.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fastapi_bp_lint.facts import expressions, statements
from fastapi_bp_lint.facts.builder import Builder, column_reader
from fastapi_bp_lint.facts.comments import comments
from fastapi_bp_lint.facts.model import EMPTY_BODY, FileFacts, Mark, Problem
from fastapi_bp_lint.facts.rescue import decode, parse
from fastapi_bp_lint.facts.source import Source
from fastapi_bp_lint.finding import Finding, Span

Checks = Mapping[type[ast.AST], Sequence[tuple[str, Callable[..., Any]]]]
_DEPTH = 50_000


def extract(source: bytes, path: str, checks: Checks | None = None) -> FileFacts:
    """Return the facts of one file; a file that cannot be read has a `Problem` and nothing else.

    *checks* are the syntax checks of all rules, by the node class that they look for; what they
    yield is kept in the facts.
    """
    try:
        text = decode(source)
        tree = parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return unread(path, problem(error), source.count(b"\n") + 1)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _DEPTH))
    try:
        return _facts(tree, text, path, checks or {})
    finally:
        sys.setrecursionlimit(limit)


def unread(path: str, why: Problem, lines: int = 0) -> FileFacts:
    """Return the facts of a file of which nothing but *why* is known."""
    return FileFacts(path, lines, (), (), (), EMPTY_BODY, None, (), (), (), "", why)


def problem(error: Exception) -> Problem:
    """Say in one line why a file could not be parsed."""
    if isinstance(error, SyntaxError):
        line, column = error.lineno or 1, max((error.offset or 1) - 1, 0)
        kind = "unreadable" if error.lineno is None else "syntax"
        return Problem(kind, error.msg, Span(line, column, line, column))
    if isinstance(error, UnicodeDecodeError):
        message = f"byte {error.start} is not {error.encoding.upper()} text: {error.reason}"
        return Problem("unreadable", message, Span(1, 0, 1, 0))
    if isinstance(error, RecursionError | MemoryError):
        return Problem("syntax", "nested too deeply for Python's parser", Span(1, 0, 1, 0))
    return Problem("syntax", str(error), Span(1, 0, 1, 0))


def _facts(tree: ast.Module, text: str, path: str, checks: Checks) -> FileFacts:
    pending: list[tuple[str, Callable[..., Any], ast.AST]] = []
    builder = Builder(column_reader(text), *_tables(checks, pending))
    docstring = builder.module(tree)
    _collect_rest(tree, checks, pending)
    found, marks = _run(pending, Source(path, builder.import_table(), builder.span, text))
    return FileFacts(
        path=path,
        lines=text.count("\n") + 1,
        imports=tuple(builder.imports),
        functions=tuple(builder.functions),
        classes=tuple(builder.classes),
        body=builder.finish(),
        exports=builder.exports,
        comments=comments(text, builder.long_strings),
        statements=tuple(builder.statements),
        strings=tuple(sorted(builder.strings)),
        docstring=docstring,
        findings=found,
        marks=marks,
    )


def _tables(checks: Checks, pending: list[Any]) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """Wrap the handlers of the node classes that a check looks for; the others cost nothing."""
    tables = dict(expressions.TABLE), dict(statements.TABLE)
    for kind, wanted in checks.items():
        for table in tables:
            if kind in table:
                table[kind] = _noting(table[kind], wanted, pending)
    return tables


def _noting(
    handler: Callable[..., Any],
    wanted: Sequence[tuple[str, Callable[..., Any]]],
    pending: list[Any],
) -> Callable[..., Any]:
    def note(builder: Builder, node: ast.AST) -> Any:  # noqa: ANN401 - as the handler's
        pending.extend((code, check, node) for code, check in wanted)
        return handler(builder, node)

    return note


def _collect_rest(tree: ast.Module, checks: Checks, pending: list[Any]) -> None:
    """Find the nodes that have no handler of their own, such as ``ast.ExceptHandler``."""
    rest = [k for k in checks if k not in expressions.TABLE and k not in statements.TABLE]
    if rest:
        for node in ast.walk(tree):
            for code, check in checks.get(type(node), ()) if type(node) in rest else ():
                pending.append((code, check, node))


def _run(
    pending: Sequence[tuple[str, Callable[..., Any], ast.AST]], source: Source
) -> tuple[tuple[Finding, ...], tuple[tuple[str, Mark], ...]]:
    """Run the syntax checks, now that every import of the file is known."""
    findings: list[Finding] = []
    marks: list[tuple[str, Mark]] = []
    for code, check, node in pending:
        for found in check(node, source):
            if isinstance(found, Mark):
                marks.append((code, found))
            else:
                findings.append(found)
    return tuple(findings), tuple(marks)
