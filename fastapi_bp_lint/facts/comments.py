"""The comments that speak to the linter, found without tokenizing the files that have none."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator

from fastapi_bp_lint.facts.model import Comment

_SPEAKS = re.compile(r"#[^\n]*?\b(?:noqa|fbp)\b", re.IGNORECASE)


def comments(text: str, tree: ast.Module) -> tuple[Comment, ...]:
    """Return every comment that names noqa or fbp; *column* is where its ``#`` stands."""
    candidates = list(_candidates(text))
    if not candidates:
        return ()
    quoted = [
        (node.lineno, node.end_lineno or node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        or (isinstance(node, ast.Constant) and isinstance(node.value, str | bytes))
    ]
    if any(first <= c.line <= last for c in candidates for first, last in quoted):
        return tuple(_tokenized(text))
    return tuple(candidates)


def _candidates(text: str) -> Iterator[Comment]:
    if "noqa" not in text.lower() and "fbp" not in text.lower():
        return
    for number, line in enumerate(text.split("\n"), 1):
        if "#" in line and _SPEAKS.search(line):
            column = line.index("#")
            yield Comment(line[column:].rstrip("\r\n"), number, column)


def _tokenized(text: str) -> Iterator[Comment]:
    """Return the same from the tokens: some ``#`` may stand inside a string."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT and _SPEAKS.search(token.string):
                yield Comment(token.string, *token.start)
    except (tokenize.TokenError, SyntaxError):
        return
