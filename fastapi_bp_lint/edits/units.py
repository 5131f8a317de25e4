"""The statement around a span, alone under libcst: nodes by their spans, rewritten text."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeVar

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from fastapi_bp_lint.edits.text import Edit, Range, Text, narrow
from fastapi_bp_lint.finding import Span

Position = tuple[int, int]
Node = TypeVar("Node", bound=cst.CSTNode)

# These begin where nothing else of their kind does, so the start alone says which is meant: ast
# ends a parameter before its default, libcst after it.
_KNOWN_BY_START = (cst.BaseCompoundStatement, cst.Param)


class RefusedError(Exception):
    """A fix cannot be made here; the text says why."""


class Lines(NamedTuple):
    """The first and last line of what can be parsed alone, or of what *decorates* a function."""

    first: int
    last: int
    decorates: bool = False


class Unit(NamedTuple):
    """A run of whole lines that libcst has parsed, as *code* between a head and a tail."""

    range: Range
    head: str
    code: str
    tail: str
    shift: int
    module: cst.Module
    positions: Mapping[cst.CSTNode, CodeRange]

    def place(self, first: cst.CSTNode, last: cst.CSTNode) -> tuple[Position, Position]:
        """Return where *first* starts and *last* ends, as line of the file and column."""
        start, end = self.positions[first].start, self.positions[last].end
        return (start.line + self.shift, start.column), (end.line + self.shift, end.column)

    def parenthesized(self, node: cst.CSTNode) -> list[tuple[Position, Position]]:
        """Return where the outer parentheses of *node* stand, which ast counts to a tuple."""
        if not isinstance(node, cst.BaseExpression) or not node.lpar or not node.rpar:
            return []
        return [self.place(node.lpar[0], node.rpar[-1])]


class Block(NamedTuple):
    """Statements of one body that share lines: the least that can be parsed alone."""

    first: int
    last: int
    statements: tuple[ast.stmt, ...]


def first_line(statement: ast.stmt) -> int:
    """Return the line where *statement* begins, its decorators included."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(each.lineno for each in decorators)])


def last_line(statement: ast.stmt) -> int:
    """Return the line where *statement* ends."""
    return statement.end_lineno or statement.lineno


def blocks(body: list[ast.stmt]) -> list[Block]:
    """Group the statements of *body* that stand on common lines."""
    found: list[Block] = []
    for statement in body:
        if found and first_line(statement) <= found[-1].last:
            last = found.pop()
            both = (*last.statements, statement)
            found.append(Block(last.first, last_line(statement), both))
        else:
            found.append(Block(first_line(statement), last_line(statement), (statement,)))
    return found


def bodies(statement: ast.AST) -> Iterator[list[ast.stmt]]:
    """Yield the lists of statements that stand directly within *statement*."""
    owners = (statement, *getattr(statement, "handlers", ()), *getattr(statement, "cases", ()))
    for owner in owners:
        for field in ("body", "orelse", "finalbody"):
            body = getattr(owner, field, None)
            if isinstance(body, list) and body:
                yield body


def enclosing(text: Text, tree: ast.Module, lines: tuple[int, int]) -> Lines | None:
    """Return the smallest statement around all of *lines*, or the decorators if they hold them."""
    best = None
    body: list[ast.stmt] | None = tree.body
    while body:
        block = _block_around(body, lines)
        if block is None:
            break
        if _stands_alone(text, block):
            best = Lines(block.first, block.last)
        if len(block.statements) > 1:
            break
        if lines[1] < block.statements[0].lineno:
            return best and Lines(best.first, block.statements[0].lineno - 1, decorates=True)
        body = next((b for b in bodies(block.statements[0]) if _block_around(b, lines)), None)
    return best


def _block_around(body: list[ast.stmt], lines: tuple[int, int]) -> Block | None:
    holding = (b for b in blocks(body) if b.first <= lines[0] and lines[1] <= b.last)
    return next(holding, None)


def _stands_alone(text: Text, block: Block) -> bool:
    statement = block.statements[0]
    line = text.line(block.first)
    decorated = bool(getattr(statement, "decorator_list", ()))
    start = len(line) - len(line.lstrip()) if decorated else _column(text, statement)
    return not line[:start].strip() and not line[start:].startswith("elif")


def _column(text: Text, statement: ast.stmt) -> int:
    return text.node(statement).start - text.offset(statement.lineno)


def parse(text: Text, lines: Lines) -> Unit:
    """Parse *lines*, which may be indented.

    Raises:
        RefusedError: libcst cannot parse them, or would not write them as they are.

    """
    range_ = Range(text.offset(lines.first), text.offset(lines.last + 1))
    code = text.value[range_.start : range_.end]
    indent = code[: len(code) - len(code.lstrip(" \t"))]
    newline = text.newline(lines.first)
    head = f"if True:{newline}" if indent else ""
    tail = f"{indent}def _(): ...{newline}" if lines.decorates else ""
    try:
        module = cst.parse_module(head + code + tail)
    except (cst.ParserSyntaxError, RecursionError) as error:
        message = "libcst cannot parse the statement"
        raise RefusedError(message) from error
    if module.code != head + code + tail:
        message = "libcst would change more of the statement than the fix does"
        raise RefusedError(message)
    wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
    positions: Mapping[cst.CSTNode, CodeRange] = wrapper.resolve(PositionProvider)
    return Unit(range_, head, code, tail, lines.first - (2 if head else 1), module, positions)


def find(unit: Unit, span: Span, kind: type[Node]) -> Node:
    """Return the node of class *kind* that spans *span*.

    Raises:
        RefusedError: there is none.

    """
    start, end = (span.line, span.column), (span.end_line, span.end_column)
    nearly: Node | None = None
    for node in unit.positions:
        if not isinstance(node, kind):
            continue
        places = [unit.place(node, node), *unit.parenthesized(node)]
        if (start, end) in places:
            return node
        if nearly is None and issubclass(kind, _KNOWN_BY_START) and places[0][0] == start:
            nearly = node
    if nearly is None:
        message = f"no {kind.__name__} spans the place of the fix"
        raise RefusedError(message)
    return nearly


class _Swap(cst.CSTTransformer):
    """Puts new nodes in the place of old ones, which are told by identity."""

    def __init__(self, swaps: Mapping[int, cst.CSTNode]) -> None:
        super().__init__()
        self.swaps = swaps
        self.done = 0

    def on_visit(self, node: cst.CSTNode) -> bool:
        return id(node) not in self.swaps

    def on_leave(  # type: ignore[override]  # libcst wants the same class, a fix changes it
        self, original_node: cst.CSTNode, updated_node: cst.CSTNode
    ) -> cst.CSTNode:
        if id(original_node) not in self.swaps:
            return updated_node
        self.done += 1
        return self.swaps[id(original_node)]


def rewrite(unit: Unit, swaps: list[tuple[cst.CSTNode, cst.CSTNode]]) -> Edit | None:
    """Return the least edit that puts each new node in the place of its old one.

    Raises:
        RefusedError: one of the old nodes lies within another.

    """
    visitor = _Swap({id(old): new for old, new in swaps})
    new = unit.module.visit(visitor)
    if visitor.done != len(swaps):
        message = "the fix rewrites a node within another that it rewrites"
        raise RefusedError(message)
    code = new.code
    assert code.startswith(unit.head)
    assert code.endswith(unit.tail)
    end = len(code) - len(unit.tail)
    return narrow(unit.code, code[len(unit.head) : end], unit.range.start)
