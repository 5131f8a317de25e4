"""Files whose syntax the running interpreter does not read, and text in any encoding.

libcst's parser reads every syntax up to Python 3.14. What `ast` lacks is rewritten in place, line
by line and, but for a few characters, column by column: the facts of the file stay true.
"""

from __future__ import annotations

import ast
import importlib.util
import io
import re
import tokenize
import warnings
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import libcst as cst

    Position = tuple[int, int]
    Placing = Callable[[cst.CSTNode], tuple[Position, Position]]

_DEEPEST = 200
_PARAMETERS = re.compile(r"(?:async\s+)?(?:def|class)\s+\w+\s*\[")
_LONGEST = 5_000


def decode(source: bytes) -> str:
    """Return the text of a Python file, each newline a line feed.

    Raises:
        SyntaxError: the encoding that the file declares does not exist.
        UnicodeDecodeError: the bytes are not of that encoding.

    """
    if source.isascii() and b"coding" not in source[:500]:
        text = source.decode("ascii")
        return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    return importlib.util.decode_source(source)


def encode(text: str) -> bytes:
    """Return the bytes that *text* is read from, in the encoding it declares; else in UTF-8."""
    raw = text.encode("utf-8", "surrogateescape")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
        return text.encode(encoding)
    except (SyntaxError, UnicodeError):
        return raw


def parse(text: str) -> ast.Module:
    """Return the tree of a file, or of its rewrite when only a newer Python reads it.

    Raises:
        SyntaxError: no Python version that is known reads it.
        ValueError: it holds null bytes.

    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except SyntaxError as error:
            older = rewritten(text)
            if older is None:
                raise
            try:
                tree = ast.parse(older)
            except SyntaxError:
                raise error from None
            _give_back_type_parameters(tree, text)
            return tree


def _give_back_type_parameters(tree: ast.Module, text: str) -> None:
    """Give the functions and classes of *tree* the parameters that were blanked, as arguments."""
    lines = text.split("\n")
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            row = "\n".join([lines[node.lineno - 1][node.col_offset :], *lines[node.lineno :]])
            found = _PARAMETERS.match(row)
            if found is not None:
                start = node.lineno, node.col_offset + found.end()
                vars(node)["type_params"] = _arguments(row[found.end() :], start)


def _arguments(text: str, start: Position) -> list[ast.arg]:
    """Return what stands before the bracket that closes, read as a list of arguments."""
    depth, end = 1, 0
    while depth and end < len(text):
        depth += (text[end] in "([{") - (text[end] in ")]}")
        end += 1
    head = "def _("
    try:
        made = ast.parse(f"{head}{text[: end - 1]}): ...").body[0]
    except (SyntaxError, ValueError):
        return []
    assert isinstance(made, ast.FunctionDef)
    for node in ast.walk(made):
        if isinstance(node, ast.expr | ast.arg):
            if node.lineno == 1:
                node.col_offset += start[1] - len(head)
            node.lineno += start[0] - 1
            node.end_lineno = (node.end_lineno or 1) + start[0] - 1
    return made.args.args


class Patch(NamedTuple):
    """Text for a range; lines from 1, columns from 0."""

    start: Position
    end: Position
    text: str


def rewritten(text: str) -> str | None:
    """Return *text* without what only newer Pythons read; None when libcst cannot either."""
    if not _bearable(text):
        return None
    import libcst as cst  # noqa: PLC0415 - hardly any file needs it
    from libcst.metadata import MetadataWrapper, PositionProvider  # noqa: PLC0415

    try:
        wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
    except Exception:  # noqa: BLE001 - libcst raises more than its ParserSyntaxError
        return None
    positions = wrapper.resolve(PositionProvider)
    lines = text.split("\n")

    def place(node: cst.CSTNode) -> tuple[Position, Position]:
        where = positions[node]
        return (where.start.line, where.start.column), (where.end.line, where.end.column)

    patches: list[Patch] = []
    waiting: list[cst.CSTNode] = [wrapper.module]
    while waiting:
        node = waiting.pop()
        made = list(_patches(node, lines, place))
        patches += made
        if not (made and isinstance(node, cst.FormattedString)):
            waiting.extend(node.children)
    for patch in sorted(patches, reverse=True):
        _apply(lines, patch)
    return "\n".join(lines)


def _bearable(text: str) -> bool:
    """Whether libcst survives *text*: it overflows the stack of the process where CPython refuses.

    No Python reads brackets nested more than 200 deep, and a chain of thousands of operators takes
    libcst minutes. A bracket in a string counts too: at worst the file is not rewritten.
    """
    depth = 0
    for bracket in re.findall(r"[(\[{)\]}]", text):
        depth = depth + 1 if bracket in "([{" else max(depth - 1, 0)
        if depth > _DEEPEST:
            return False
    return max(map(len, text.split("\n"))) <= _LONGEST


def _patches(node: cst.CSTNode, lines: list[str], place: Placing) -> Iterator[Patch]:
    import libcst as cst  # noqa: PLC0415 - imported by the caller

    if isinstance(node, cst.TypeParameters):
        start, end = place(node)
        yield Patch(start, end, _blank(_text(lines, start, end)))
    elif isinstance(node, cst.TypeAlias):
        start, _ = place(node)
        yield Patch(start, (start[0], start[1] + len("type ")), "if 1:")
    elif isinstance(node, cst.TemplatedString):
        start, _ = place(node)
        prefix = node.start.rstrip("'\"")
        new = prefix.replace("t", "f").replace("T", "f")
        yield Patch(start, (start[0], start[1] + len(prefix)), new)
    elif isinstance(node, cst.ExceptHandler | cst.ExceptStarHandler):
        caught = node.type
        if isinstance(caught, cst.Tuple) and not caught.lpar:
            start, end = place(caught)
            yield Patch(start, end, f"({_text(lines, start, end)})")
    elif isinstance(node, cst.FormattedString):
        start, end = place(node)
        old = _text(lines, start, end)
        if not _is_read(old):
            yield Patch(start, end, _as_tuple(node, old, lines, place))


def _is_read(code: str) -> bool:
    try:
        ast.parse(f"({code})", mode="eval")
    except (SyntaxError, ValueError):
        return False
    return True


def _as_tuple(node: cst.FormattedString, old: str, lines: list[str], place: Placing) -> str:
    """Return the expressions of an f-string as a tuple as long as it, over as many lines."""
    import libcst as cst  # noqa: PLC0415 - imported by the caller

    parts: list[str] = []
    waiting = list(node.parts)
    while waiting:
        part = waiting.pop(0)
        if isinstance(part, cst.FormattedStringExpression):
            parts.append(_text(lines, *place(part.expression)))
            waiting = [*(part.format_spec or ()), *waiting]
    new = "(" + "".join(f"({p})," for p in parts)
    missing = old.count("\n") - new.count("\n")
    return new + "\n" * max(missing, 0) + ")"


def _blank(old: str) -> str:
    """Return spaces in the place of *old*, its line breaks escaped."""
    return "\\\n".join(" " * max(len(line) - 1, 0) for line in old.split("\n"))


def _text(lines: list[str], start: Position, end: Position) -> str:
    if start[0] == end[0]:
        return lines[start[0] - 1][start[1] : end[1]]
    middle = lines[start[0] : end[0] - 1]
    return "\n".join([lines[start[0] - 1][start[1] :], *middle, lines[end[0] - 1][: end[1]]])


def _apply(lines: list[str], patch: Patch) -> None:
    """Put a patch into *lines*; it has as many line breaks as what it replaces."""
    first, last = patch.start[0] - 1, patch.end[0] - 1
    before, after = lines[first][: patch.start[1]], lines[last][patch.end[1] :]
    width = patch.end[1] - patch.start[1]
    text = patch.text.ljust(width) if first == last else patch.text
    lines[first : last + 1] = (before + text + after).split("\n")
