"""On which line of a TOML file a key stands; the standard library's parser does not tell."""

from __future__ import annotations

import re
from collections.abc import Sequence

_PART = r"""(?:[\w-]+|"[^"\n]*"|'[^'\n]*')"""
_DOTTED = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"\s*\[\s*({_DOTTED})\s*\]")
_KEY = re.compile(rf"\s*({_DOTTED})\s*=")


def line_of(text: str, key: Sequence[str], value: str = "") -> int:
    """Return the line of *key*, or of *value* in a list that it begins; 0 when it is not found.

    A key inside an inline table has the line of the table.
    """
    table: list[str] = []
    best = depth = 0
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        if header := _HEADER.match(line):
            table = here = _parts(header[1])
        elif match := _KEY.match(line):
            here = [*table, *_parts(match[1])]
        else:
            continue
        if len(here) > depth and list(key[: len(here)]) == here:
            best, depth = number, len(here)
    if best and value:
        for number, line in enumerate(lines[best - 1 :], best):
            if f'"{value}"' in line or f"'{value}'" in line:
                return number
    return best


def _parts(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in re.findall(_PART, dotted)]
