"""The verbs that a fix speaks: what it asks of the file, and what it wants changed there."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeVar

import libcst as cst

from fastapi_bp_lint.edits import fitting, layout
from fastapi_bp_lint.edits.imports import Imports, Need
from fastapi_bp_lint.edits.removal import removal
from fastapi_bp_lint.edits.strings import in_annotations
from fastapi_bp_lint.edits.text import Edit, Range, Text, read
from fastapi_bp_lint.edits.units import Lines, RefusedError, Unit, enclosing, find, parse, rewrite
from fastapi_bp_lint.finding import Span

Node = TypeVar("Node", bound=cst.CSTNode)


class Proposal(NamedTuple):
    """What one fix does to a file: all of it or nothing.

    *writes* is what no other fix of the round may touch, *reads* what none may write to.
    """

    edits: tuple[Edit, ...]
    writes: tuple[Range, ...]
    reads: tuple[Range, ...]
    needs: tuple[Need, ...]

    def clashes(self, other: Proposal) -> bool:
        """Tell whether the two cannot be made in one round."""
        # Not by the edits alone: taking out the outer or the inner of two f() is the same edit.
        if (self.edits, self.writes) == (other.edits, other.writes):
            return False
        ours, theirs = (*self.writes, *self.reads), (*other.writes, *other.reads)
        return any(w.touches(r) for w in self.writes for r in theirs) or any(
            w.touches(r) for w in other.writes for r in ours
        )


class Draft:
    """One file during one round: its text, its tree, the statements parsed and names given."""

    def __init__(self, value: str, tree: ast.Module) -> None:
        self.text: Text = read(value)
        self.tree = tree
        self._units: dict[Lines, Unit] = {}
        self._imports: Imports | None = None

    @property
    def imports(self) -> Imports:
        """The imports of the file, with those that fixes of this round have asked for."""
        if self._imports is None:
            self._imports = Imports(self.text, self.tree)
        return self._imports

    @property
    def units(self) -> Iterable[Unit]:
        """The statements parsed so far."""
        return self._units.values()

    def unit(self, span: Span) -> Unit:
        """Return the statement around *span*, parsed once a round."""
        lines = enclosing(self.text, self.tree, (span.line, span.end_line))
        lines = lines or Lines(1, self.text.lines)
        if lines not in self._units:
            self._units[lines] = parse(self.text, lines)
        return self._units[lines]


class Editor:
    """What a fixer is given: the arguments of its fix, and verbs that change the file."""

    def __init__(self, draft: Draft, span: Span, args: tuple[str, ...] = ()) -> None:
        self.args = args
        self._draft = draft
        self._span = span
        self._edits: list[Edit] = []
        self._swaps: list[tuple[Unit, cst.CSTNode, cst.CSTNode]] = []
        self._reads: list[Range] = []
        self._needs: list[Need] = []

    def need_import(
        self, module: str, name: str = "", alias: str = "", at: Iterable[Span] = ()
    ) -> str:
        """Return how to write *name* of *module*, or the module, where the fix and *at* stand.

        What the file imports is reused; otherwise an import is added, under *alias* if that is
        given, and under another name where that one is taken or shadowed.

        Raises:
            RefusedError: no import can come before the place.

        """
        places = [self._draft.text.at(span) for span in (self._span, *at)]
        use = self._draft.imports.use(module, name, alias, places)
        self._reads += [use.rests_on] if use.rests_on else []
        self._needs += [use.need] if use.need else []
        return use.local

    def imported(self, module: str, name: str = "") -> str:
        """Return how *name* of *module* is written with what the file imports, "" if it is not."""
        use = self._draft.imports.known(module, name, [self._draft.text.at(self._span)])
        if use is None:
            return ""
        self._reads += [use.rests_on] if use.rests_on else []
        return use.local

    def refuse_nested_comprehension(self) -> None:
        """Refuse to put an ``await`` where Python takes it from 3.11 on only.

        Raises:
            RefusedError: the fix stands in a comprehension within another.

        """
        if self._draft.imports.comprehensions(self._draft.text.at(self._span)) > 1:
            message = "before Python 3.11 a comprehension within another cannot await"
            raise RefusedError(message)

    def node(self, span: Span, kind: type[Node]) -> Node:
        """Return the node of class *kind* at *span*, which `swap` can replace.

        Raises:
            RefusedError: there is none.

        """
        return find(self._draft.unit(span), span, kind)

    def loop_over(self, iterated: cst.BaseExpression) -> cst.For:
        """Return the ``for`` statement that iterates *iterated*, a node of `node`.

        Raises:
            RefusedError: there is none.

        """
        for unit in self._draft.units:
            for node in unit.positions:
                if isinstance(node, cst.For) and node.iter is iterated:
                    return node
        message = "no for statement iterates that"
        raise RefusedError(message)

    def swap(self, old: cst.CSTNode, new: cst.CSTNode) -> None:
        """Put *new* in the place of *old*, a node of `node` or one within."""
        unit = next((u for u in self._draft.units if old in u.positions), None)
        if unit is None:
            message = "the fix replaces a node that the file does not have"
            raise RefusedError(message)
        if new is not old:
            self._swaps.append((unit, old, fitting.fitting(unit, old, new)))

    def replace(self, span: Span, text: str) -> None:
        """Put *text* in the place of whatever stands at *span*."""
        self._edits.append(Edit(self._draft.text.at(span), text))

    def rename_in_annotations(self, names: Mapping[str, str]) -> None:
        """Write plain names anew where an annotation of the file has them in quotes."""
        self._edits += in_annotations(self._draft.text, self._draft.tree, names)

    def put_before(self, span: Span, code: str) -> None:
        """Put *code* on a line of its own above the statement at *span*, indented as it is.

        Raises:
            RefusedError: something else stands before the statement on its line.

        """
        text = self._draft.text
        start = text.offset(span.line)
        indent = text.value[start : start + span.column]
        if indent.strip():
            message = "the statement shares its line with another"
            raise RefusedError(message)
        self._edits.append(Edit(Range(start, start), indent + code + text.newline(span.line)))

    def remove(self, span: Span) -> None:
        """Take out the statement or comment at *span*, with the line where it stood alone.

        Raises:
            RefusedError: neither spans exactly that.

        """
        place = self._draft.text.at(span)
        self._edits.append(removal(self._draft.text, self._draft.tree, place))

    def expr(self, code: str) -> cst.BaseExpression:
        """Return *code* as an expression."""
        return cst.parse_expression(code)

    def small(self, code: str) -> cst.BaseSmallStatement:
        """Return *code* as a simple statement, such as a raise or an import."""
        line = cst.ensure_type(cst.parse_statement(code), cst.SimpleStatementLine)
        return line.body[0]

    def awaited(self, node: cst.BaseExpression) -> cst.Await:
        """Return ``await node``; parentheses around the node go around the whole."""
        return fitting.awaited(node)

    def keyword(self, call: cst.Call, name: str, code: str) -> cst.Call:
        """Return *call* with the argument ``name=code``, in place of the one it has, or last."""
        value = cst.parse_expression(code)
        for index, arg in enumerate(call.args):
            if arg.keyword and arg.keyword.value == name:
                args = [*call.args]
                args[index] = arg.with_changes(value=value)
                return call.with_changes(args=args)
        tight = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
        row = layout.row_of(fitting.spread(call))
        new = cst.Arg(value, cst.Name(name), tight)
        return layout.with_row(call, layout.insert(row, len(row.items), new))

    def prepend(self, call: cst.Call, argument: cst.BaseExpression) -> cst.Call:
        """Return *call* with *argument* before its others."""
        row = layout.row_of(fitting.spread(call))
        return layout.with_row(call, layout.insert(row, 0, cst.Arg(argument)))

    def append(self, items: cst.List, code: str) -> cst.List:
        """Return the list *items* with one more element."""
        row = layout.row_of(items)
        new = cst.Element(cst.parse_expression(code))
        return layout.with_row(items, layout.insert(row, len(row.items), new))

    def entry(self, mapping: cst.Dict, key: str, value: str) -> cst.Dict:
        """Return the dict *mapping* with one more entry."""
        row = layout.row_of(mapping)
        new = cst.DictElement(cst.parse_expression(key), cst.parse_expression(value))
        return layout.with_row(mapping, layout.insert(row, len(row.items), new))

    def drop(self, parent: layout.Listed, child: str | cst.CSTNode) -> layout.Listed:
        """Return *parent* without *child*: an argument, imported name, parameter or element.

        A string names the keyword argument, the imported name as written, or the parameter.
        A call, import or function that does not have it stays as it is.

        Raises:
            RefusedError: an import would have no names left.

        """
        for index, item in enumerate(layout.items_of(parent)):
            if item is child or (isinstance(child, str) and layout.named(item) == child):
                row = layout.drop(layout.row_of(parent), index)
                if isinstance(parent, cst.ImportFrom) and not row.items:
                    message = "an import without names: remove the statement"
                    raise RefusedError(message)
                return layout.with_row(parent, row)
        return parent

    def finish(self) -> Proposal | None:
        """Return all that was asked for; None when it changes nothing.

        Raises:
            RefusedError: the fix changes one place twice.

        """
        value = self._draft.text.value
        edits = [e for e in dict.fromkeys(self._edits) if value[slice(*e.range)] != e.text]
        writes = [edit.range for edit in edits]
        for unit in {id(unit): unit for unit, _, _ in self._swaps}.values():
            swaps = [(old, new) for of, old, new in self._swaps if of is unit]
            edit = rewrite(unit, swaps)
            edits += [edit] if edit else []
            writes += [edit.range] if edit else []
            writes += [_place(self._draft.text, unit, old) for old, _ in swaps]
        if not edits:
            return None
        for index, edit in enumerate(edits):
            if any(edit.range.touches(other.range) for other in edits[:index]):
                message = "the fix changes one place twice"
                raise RefusedError(message)
        return Proposal(tuple(edits), tuple(writes), tuple(self._reads), tuple(self._needs))


def _place(text: Text, unit: Unit, node: cst.CSTNode) -> Range:
    start, end = unit.place(node, node)
    return Range(text.offset(*start), text.offset(*end))
