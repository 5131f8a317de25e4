"""Names within strings: annotations in quotes, and what tests patch by its dotted name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from fastapi_bp_lint.edits.text import Edit, Range, Text, apply, read
from fastapi_bp_lint.edits.units import RefusedError
from fastapi_bp_lint.finding import Retarget

_LOOKED_UP = 2


def in_annotations(text: Text, tree: ast.Module, names: Mapping[str, str]) -> Iterator[Edit]:
    """Give the edits that write the plain names *names* anew in annotations that are strings."""
    expression = re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, names))})(?!\w)")
    for annotation in _annotations(tree):
        for node in _strings(annotation):
            place = text.node(node)
            old = text.value[place.start : place.end]
            new = expression.sub(lambda match: names[match[0]], old)
            if new != old:
                yield Edit(place, new)


def _annotations(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
            yield node.annotation
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns is not None:
            yield node.returns


def _strings(node: ast.expr) -> Iterator[ast.Constant]:
    """Give the strings of an annotation that are code: not what ``Literal`` or a call is given."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node
    elif isinstance(node, ast.Subscript):
        if ast.unparse(node.value).rpartition(".")[2] == "Literal":
            return
        first_only = ast.unparse(node.value).rpartition(".")[2] == "Annotated"
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        for one in inner[:1] if first_only else inner:
            yield from _strings(one)
    elif isinstance(node, ast.BinOp):
        yield from _strings(node.left)
        yield from _strings(node.right)


def retargeted(value: str, tree: ast.Module, target: Retarget) -> str:
    """Return the text *value* of a file, parsed as *tree*, with the name in its strings changed.

    Raises:
        RefusedError: the text does not have the name, or not in one plain string.

    """
    text = read(value)
    found = _lookups(text, tree, target) if target.receiver else _dotted(text, tree, target)
    edits = list(found)
    if not edits:
        message = f"{target.path} names it in another way"
        raise RefusedError(message)
    return apply(value, edits)


def _dotted(text: Text, tree: ast.Module, target: Retarget) -> Iterator[Edit]:
    formatted = {
        part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if f"{node.value}.".startswith(f"{target.old}.") and node not in formatted:
            yield _replaced(text, node, target.old, target.new, target)


def _lookups(text: Text, tree: ast.Module, target: Retarget) -> Iterator[Edit]:
    receiver, _, name = target.new.rpartition(".")
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or len(node.args) < _LOOKED_UP:
            continue
        owner, attribute = node.args[:_LOOKED_UP]
        if isinstance(attribute, ast.Constant) and attribute.value == target.old:
            if ast.unparse(owner) == target.receiver:
                yield Edit(text.node(owner), receiver)
                yield _replaced(text, attribute, target.old, name, target)


def _replaced(text: Text, node: ast.expr, old: str, new: str, target: Retarget) -> Edit:
    place = text.node(node)
    written = text.value[place.start : place.end]
    if written.count(old) != 1:
        message = f"{target.path} writes the name in parts"
        raise RefusedError(message)
    start = place.start + written.index(old)
    return Edit(Range(start, start + len(old)), new)
