"""Puts noqa comments into a text: which line can bear one, and what stands there already."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from fastapi_bp_lint.edits.text import Edit, Range, Text, apply, read
from fastapi_bp_lint.facts.model import Comment
from fastapi_bp_lint.finding import Finding
from fastapi_bp_lint.suppress import directive

# What a token of Python 3.12 and newer is called that an older one takes for one string.
_OPENING = frozenset({"FSTRING_START", "TSTRING_START"})
_CLOSING = frozenset({"FSTRING_END", "TSTRING_END"})


class Commented(NamedTuple):
    """A text with the comments that silence findings, and why some findings are not silenced."""

    text: str
    refused: dict[Finding, str]


class _Layout(NamedTuple):
    """The comments of a text by line, and the lines at whose end no comment can stand."""

    comments: dict[int, Comment]
    closed: frozenset[int]


def add(
    value: str,
    findings: Iterable[Finding],
    statements: Iterable[tuple[int, int]],
    rules: Mapping[str, str],
) -> Commented:
    """Silence *findings*, all of the file with the text *value*.

    *statements* are the first and last lines of those that cover several; *rules* maps code to
    slug. A code joins the noqa that its line has.
    """
    text = read(value)
    refused: dict[Finding, str] = {}
    try:
        layout = _layout(text)
    except (tokenize.TokenError, SyntaxError):
        return Commented(value, dict.fromkeys(findings, "the file cannot be read token by token"))
    statements = list(statements)
    codes: dict[int, list[str]] = {}
    for finding in findings:
        line = _line(finding.place.span.line, layout, statements)
        if line == 0:
            refused[finding] = "no comment can stand at its line"
        else:
            codes.setdefault(line, []).append(finding.code)
    edits = [_edit(text, line, sorted(set(new)), layout, rules) for line, new in codes.items()]
    return Commented(apply(value, edits), refused)


def _layout(text: Text) -> _Layout:
    comments: dict[int, Comment] = {}
    closed: set[int] = set()
    opened: list[int] = []
    plain = text.value.replace("\r\n", "\n").replace("\r", "\n")
    for token in tokenize.generate_tokens(io.StringIO(plain).readline):
        kind = tokenize.tok_name[token.type]
        (first, column), (last, _) = token.start, token.end
        if kind == "COMMENT":
            comments[first] = Comment(token.string, first, column)
        elif kind == "STRING":
            closed.update(range(first, last))
        elif kind in _OPENING:
            opened.append(first)
        elif kind in _CLOSING:
            closed.update(range(opened.pop(), last))
    closed |= {
        line
        for line in range(1, text.lines + 1)
        if line not in comments and text.line(line).endswith("\\")
    }
    return _Layout(comments, frozenset(closed))


def _line(line: int, layout: _Layout, statements: Iterable[tuple[int, int]]) -> int:
    """Return where a comment for *line* can stand: there, or at an end of its statement; else 0."""
    around = sorted(
        (last - first, last, first) for first, last in statements if first <= line <= last
    )
    places = [line, *(place for _, last, first in around for place in (last, first))]
    return next((place for place in places if place not in layout.closed), 0)


def _edit(
    text: Text, line: int, codes: list[str], layout: _Layout, rules: Mapping[str, str]
) -> Edit:
    start = text.offset(line)
    comment = layout.comments.get(line)
    if comment is not None:
        if line == 1 and comment.text.startswith("#!"):
            return _whole_file(text, layout, codes)
        there = directive(comment, rules)
        if there is not None and there.items:
            place = start + comment.column + there.items[-1].end
            return Edit(Range(place, place), "".join(f", {code}" for code in codes))
    whole = text.line(line)
    bare = whole.rstrip(" \t\f")
    gap = "  " if bare else ""
    return Edit(Range(start + len(bare), start + len(whole)), f"{gap}# noqa: {', '.join(codes)}")


def _whole_file(text: Text, layout: _Layout, codes: list[str]) -> Edit:
    """Silence the file, below the lines that must come first."""
    second = layout.comments.get(2)
    line = 3 if second is not None and "coding" in second.text else 2
    place = text.offset(line)
    newline = text.newline(line - 1)
    ended = text.value[:place].endswith(("\r", "\n"))
    comment = f"# fbp-lint: noqa: {', '.join(codes)}"
    return Edit(Range(place, place), comment + newline if ended else newline + comment)
