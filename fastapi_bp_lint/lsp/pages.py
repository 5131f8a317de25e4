"""The page of a rule, and which rule a word of a document names."""

from __future__ import annotations

import re
from typing import NamedTuple

from fastapi_bp_lint.config import matching
from fastapi_bp_lint.rules import load, slugs

_WORD = re.compile(r"[A-Za-z][\w-]*")
_CODE = re.compile(r"FBP\d{3}")
_COMMENT = re.compile(r"#.*\bnoqa\b", re.IGNORECASE)


class Named(NamedTuple):
    """A rule that is named in a line, and the columns of its name."""

    code: str
    start: int
    end: int


def named(line: str, column: int, *, anywhere: bool) -> Named | None:
    """Return the rule that *line* names at *column*.

    A code is one wherever it stands; a slug, which may be any word, is one in a noqa comment, or
    *anywhere* in a configuration.
    """
    for word in _WORD.finditer(line):
        if not word.start() <= column <= word.end():
            continue
        text = word[0]
        if _CODE.fullmatch(text.upper()):
            codes = matching(text.upper(), slugs())
        elif anywhere or _COMMENT.search(line[: word.start()]):
            codes = tuple(code for code, slug in slugs().items() if slug == text)
        else:
            codes = ()
        if len(codes) == 1:
            return Named(codes[0], word.start(), word.end())
    return None


def page(code: str) -> str:
    """Return the page of the rule *code*, in Markdown.

    Raises:
        KeyError: there is no such rule.

    """
    rule = load([code])[code]
    heading, _, body = rule.doc.strip().partition("\n")
    facts = f"`{rule.slug}` · {rule.severity.value} · preset {rule.preset.value} · {rule.url}"
    return f"# {rule.code}: {heading.lstrip('# ')}\n\n{facts}\n{body.rstrip()}\n"
