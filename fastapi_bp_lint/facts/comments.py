"""The comments that speak to the linter, found without tokenizing the files that have none."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator, Sequence

from fastapi_bp_lint.facts.model import Comment

_SPEAKS = re.compile(r"#[^\n]*?\b(?:noqa|fbp)\b", re.IGNORECASE)
_STRING = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""")


def comments(text: str, strings: Sequence[tuple[int, int]]) -> tuple[Comment, ...]:
    """Return every comment that names noqa or fbp; *column* is where its ``#`` stands.

    *strings* are the first and last lines of the strings that go over several.
    """
    candidates = list(_candidates(text))
    if any(first <= c.line <= last for c in candidates for first, last in strings):
        return tuple(_tokenized(text))
    return tuple(candidates)


def _candidates(text: str) -> Iterator[Comment]:
    """Give what is a comment unless a string of several lines holds it."""
    lower = text.lower()
    if "noqa" not in lower and "fbp" not in lower:
        return
    for found in _SPEAKS.finditer(text):
        start = text.rfind("\n", 0, found.start()) + 1
        end = text.find("\n", found.start())
        line = text[start : end if end >= 0 else len(text)]
        bare = _STRING.sub(lambda quoted: " " * len(quoted[0]), line)
        column = bare.find("#")
        if column >= 0 and _SPEAKS.search(line, column):
            yield Comment(line[column:].rstrip(), text.count("\n", 0, start) + 1, column)


def _tokenized(text: str) -> Iterator[Comment]:
    """Give the same from the tokens: some ``#`` may stand inside a string."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT and _SPEAKS.search(token.string):
                yield Comment(token.string, *token.start)
    except (tokenize.TokenError, SyntaxError):
        return
