"""HTML that is written as calls: whatever is no markup already is escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import TypeAlias

from fastapi_bp_lint.output.display import expand, one_line
from fastapi_bp_lint.output.storable import storable

_EMPTY = frozenset({"meta", "input", "rect", "path"})


class Markup(str):
    """Text that is HTML and needs no escaping."""

    __slots__ = ()


Content: TypeAlias = str | int | Iterable["Content"] | None
Attribute: TypeAlias = str | int | bool | None


def el(tag: str, *content: Content, **attributes: Attribute) -> Markup:
    """Return an element; of an attribute's name the last underscore goes, the others become "-".

    An attribute that is None or False is left out, one that is True has no value.
    """
    given = "".join(_attribute(name, value) for name, value in attributes.items())
    if tag in _EMPTY:
        return Markup(f"<{tag}{given}/>")
    return Markup(f"<{tag}{given}>{joined(*content)}</{tag}>")


def joined(*content: Content) -> Markup:
    """Return *content* as one piece of HTML."""
    return Markup("".join(map(_piece, content)))


def source(line: str) -> Markup:
    """Return a line of source as it is, but for what would steer or hide what is around it."""
    return Markup(html.escape("".join(expand(line.rstrip("\r\n")))))


def raw(text: str) -> Markup:
    """Return *text*, which is HTML that this package wrote itself."""
    return Markup(text)


def _piece(content: Content) -> str:
    if content is None:
        return ""
    if isinstance(content, Markup):
        return content
    if isinstance(content, str | int):
        return html.escape(one_line(storable(str(content))))
    return "".join(map(_piece, content))


def _attribute(name: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    name = name.removesuffix("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{_piece(str(value))}"'
