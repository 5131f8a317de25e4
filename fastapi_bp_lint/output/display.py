"""How text looks in a terminal: what is shown of a character, and how many cells it takes."""

from __future__ import annotations

import unicodedata

TAB = 4
_UNSAFE = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
# These reorder the text around them, so that source can look like what it is not.
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
REPLACEMENT = "\ufffd"


def shown(character: str) -> str:
    """Return what is printed for a *character* that is no tab: itself unless it moves others."""
    if character in _BIDI or unicodedata.category(character) in _UNSAFE:
        return REPLACEMENT
    return character


def cells(character: str) -> int:
    """Return how many terminal columns a printed *character* takes."""
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def expand(line: str) -> list[str]:
    """Return what is printed for each character of *line*; tabs become spaces."""
    if line.isascii() and line.isprintable():
        return list(line)
    pieces: list[str] = []
    at = 0
    for character in line:
        piece = " " * (TAB - at % TAB) if character == "\t" else shown(character)
        pieces.append(piece)
        at += width(piece)
    return pieces


def width(text: str) -> int:
    """Return how many terminal columns *text* takes."""
    return len(text) if text.isascii() else sum(map(cells, text))


def one_line(text: str) -> str:
    """Return *text* without anything that ends a line or steers a terminal."""
    if text.isprintable():
        return text
    return "".join(" " if character in "\t\r\n" else shown(character) for character in text)
