"""The state of one pass: the body that is being filled, and where the pass stands in the file."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, NamedTuple

from fastapi_bp_lint.facts.model import (
    Binding,
    Body,
    Call,
    ClassFacts,
    Expr,
    FunctionFacts,
    Group,
    Import,
    Literal,
    Load,
    Operation,
    Region,
    Result,
)
from fastapi_bp_lint.finding import Span, same_line

# Half of what making a named tuple costs is its own `__new__`, a function in Python.
new = tuple.__new__
SpanReader = Callable[[Any], Span]
Handler = Callable[["Builder", Any], Any]


class Column(NamedTuple):
    """Turns (line, byte) into a character; *wide* are the lines where these differ."""

    wide: dict[int, str]

    def __call__(self, line: int, offset: int) -> int:
        """Return the column of the character that begins at byte *offset* of *line*."""
        if line not in self.wide:
            return offset
        return len(self.wide[line].encode()[:offset].decode(errors="replace"))


def column_reader(text: str) -> Column | None:
    """Return what turns bytes into characters; None where every byte is a character."""
    if text.isascii():
        return None
    return Column({n: line for n, line in enumerate(text.split("\n"), 1) if not line.isascii()})


def span_reader(column: Column | None, share: Callable[[int, int], int]) -> SpanReader:
    """Return a function that gives a node's span in characters; ``ast`` counts UTF-8 bytes.

    *share* gives the same object for the same number.
    """
    wide = {} if column is None else column.wide

    def read(node: Any) -> Span:  # noqa: ANN401 - any node with a position
        first, last = node.lineno, node.end_lineno
        start, end = node.col_offset, node.end_col_offset
        if column and (first in wide or last in wide):
            start, end = column(first, start), column(last, end)
        first = share(first, first)
        return new(Span, (first, start, first if first == last else share(last, last), end))

    return read


class BodyBuilder:
    """A body while its statements are read."""

    __slots__ = (
        "awaits",
        "bindings",
        "calls",
        "is_generator",
        "loads",
        "operations",
        "outer",
        "reads",
        "regions",
        "results",
    )

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.bindings: list[Binding] = []
        self.loads: list[Load] = []
        self.operations: list[Operation] = []
        self.results: list[Result] = []
        self.regions: list[Region] = []
        self.reads: list[ast.Name] = []
        self.outer: list[str] = []
        self.awaits = 0
        self.is_generator = False

    def freeze(self, reads: dict[str, tuple[int, ...]]) -> Body:
        """Return what was read, with *reads* in place of the raw ones."""
        return Body(
            tuple(self.calls),
            tuple(self.bindings),
            tuple(self.loads),
            tuple(self.operations),
            tuple(self.results),
            tuple(self.regions),
            reads,
            tuple(self.outer),
            self.awaits,
        )


class Builder:
    """The pass over one file."""

    def __init__(
        self,
        column: Column | None,
        expressions: dict[type[ast.AST], Handler],
        statements: dict[type[ast.AST], Handler],
    ) -> None:
        self.column = column
        self.line = same_line
        self.span = span_reader(column, self.line)
        self.texts: dict[str, Literal] = {}
        self.expressions = expressions
        self.handlers = statements
        self.body = BodyBuilder()
        self.scope = ""
        self.in_class = False
        self.in_annotation = False
        self.in_generator = False
        self.bounds: dict[str, Expr] = {}
        self.use = ""
        self.imports: list[Import] = []
        self.functions: list[FunctionFacts] = []
        self.classes: list[ClassFacts] = []
        self.statements: list[tuple[int, int]] = []
        self.strings: set[str] = set()
        self.long_strings: list[tuple[int, int]] = []
        self._reads: list[tuple[list[ast.Name], dict[str, Any]]] = []

    def module(self, tree: ast.Module) -> str:
        """Read the whole module; return the first line of its docstring."""
        self.read(tree.body)
        return docstring(tree)

    def read(self, body: list[ast.stmt]) -> None:
        """Read statements into the present body."""
        handlers = self.handlers
        for node in body:
            handlers[node.__class__](self, node)

    def long_string(self, node: ast.expr) -> None:
        """Note the lines of a string that goes over several."""
        if node.end_lineno != node.lineno:
            self.long_strings.append((node.lineno, node.end_lineno or node.lineno))

    def expr(self, node: ast.AST) -> Expr:
        """Read an expression into the present body and return what it is."""
        result: Expr = self.expressions[node.__class__](self, node)
        return result

    def optional(self, node: ast.AST | None) -> Expr:
        """Read an expression that may be missing."""
        return None if node is None else self.expr(node)

    def annotation(self, node: ast.AST | None) -> Expr:
        """Read an annotation, in which strings are forward references."""
        if node is None:
            return None
        before, self.in_annotation = self.in_annotation, True
        try:
            return self.expr(node)
        finally:
            self.in_annotation = before

    def enter(self, name: str) -> tuple[BodyBuilder, str, bool]:
        """Begin the body of *name*; give the returned state to `leave`."""
        state = self.body, self.scope, self.in_class
        self.body = BodyBuilder()
        self.scope = f"{self.scope}.{name}" if self.scope else name
        return state

    def leave(self, state: tuple[BodyBuilder, str, bool]) -> Body:
        """End the present body and go back to the one around it."""
        reads: dict[str, tuple[int, ...]] = {}
        self._reads.append((self.body.reads, reads))
        body = self.body.freeze(reads)
        self.body, self.scope, self.in_class = state
        return body

    def finish(self) -> Body:
        """Return the module's body, once every import and parameter of the file is known."""
        reads: dict[str, tuple[int, ...]] = {}
        self._reads.append((self.body.reads, reads))
        wanted = {i.local for i in self.imports}
        wanted.update(p.name for f in self.functions for p in f.params)
        wanted.update(f.qualname for f in self.functions)
        wanted.update(b.target for b in self.body.bindings if _is_router(b))
        of = self.column
        for raw, grouped in self._reads:
            places: dict[str, list[int]] = {}
            for node in raw:
                if node.id in wanted:
                    line, column = node.lineno, node.col_offset
                    place = self.line(line, line), of(line, column) if of else column
                    places.setdefault(node.id, []).extend(place)
            grouped.update((name, tuple(found)) for name, found in places.items())
        return self.body.freeze(reads)

    def import_table(self) -> dict[str, str]:
        """Return local name -> dotted name as imported, with leading dots if relative."""
        return {
            i.local: "." * i.level + ".".join(filter(None, (i.module, i.name)))
            if i.kind == "name" or i.has_alias
            else i.local
            for i in self.imports
        }

    @property
    def exports(self) -> tuple[str, ...] | None:
        """The names in ``__all__``; None when the module has none that can be read."""
        said = [b.value for b in self.body.bindings if b.target == "__all__"]
        for call in self.body.calls if said else ():
            if call.func == "__all__.append":
                said.append(Group("list", call.args))
            elif call.func == "__all__.extend":
                said += call.args
        parts = [_texts(value) for value in said]
        if not parts or None in parts:
            return None
        return tuple(dict.fromkeys(name for part in parts for name in part or ()))


def _texts(value: Expr) -> tuple[str, ...] | None:
    """Return the literal strings of a display or of a sum of displays."""
    if isinstance(value, Operation) and value.operator == "Add":
        left, right = (_texts(operand) for operand in value.operands)
        return None if left is None or right is None else (*left, *right)
    if not isinstance(value, Group):
        return None
    items = [i for i in value.items if isinstance(i, Literal) and isinstance(i.value, str)]
    return tuple([str(i.value) for i in items])


def _is_router(binding: Binding) -> bool:
    func = binding.value.func if isinstance(binding.value, Call) else None
    return isinstance(func, str) and func.endswith("Router")


def docstring(node: ast.AST) -> str:
    """Return the first line of the docstring of a module, class or function, "" without one."""
    body = getattr(node, "body", None)
    if body and isinstance(body, list) and body[0].__class__ is ast.Expr:
        value = body[0].value
        if value.__class__ is ast.Constant and value.value.__class__ is str:
            return str(value.value).strip().partition("\n")[0].strip() or "-"
    return ""
