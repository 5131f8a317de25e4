"""Sentences with code in backticks, and sections of a rule's page, as HTML."""

from __future__ import annotations

import re

from fastapi_bp_lint.output.sarif import section
from fastapi_bp_lint.page.markup import Markup, el, joined
from fastapi_bp_lint.rule import Rule

_CODE = re.compile(r"(`+)(.+?)\1", re.DOTALL)
_BULLET = re.compile(r"^[-*] ", re.MULTILINE)


def sentence(text: str) -> Markup:
    """Return *text* with what stands in backticks as code."""
    pieces: list[str] = []
    at = 0
    for match in _CODE.finditer(text):
        pieces += [text[at : match.start()], el("code", match[2].strip())]
        at = match.end()
    return joined(*pieces, text[at:])


def about(rule: Rule) -> Markup:
    """Return what *rule* does and why, from its page."""
    page = rule.doc.strip()
    return joined(
        _paragraphs(section(page, "What it does")),
        _paragraphs(section(page, "Why is this bad?")),
    )


def _paragraphs(text: str) -> Markup:
    found = []
    for block in re.split(r"\n\s*\n", text):
        if not block.strip() or block.startswith(("```", "|")):
            continue
        parts = [part for part in _BULLET.split(block) if part.strip()]
        if _BULLET.match(block):
            found.append(el("ul", [el("li", sentence(part)) for part in parts]))
        else:
            found.append(el("p", sentence(block)))
    return joined(*found)
