"""Pages in Markdown as a terminal shows them: wrapped, indented, headings and code set off."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator

from fastapi_bp_lint.output.display import width
from fastapi_bp_lint.output.style import Style

_CODE = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")
_ITEM = re.compile(r"[-*] ")
_FENCE = "```"
# A blank in code is no place to break a line; this stands in for it until the lines are broken.
_TIED = "\N{NO-BREAK SPACE}"


def shown(page: str, columns: int, style: Style) -> str:
    """Return *page* for a terminal of *columns*; the last line is ended, too."""
    blocks = ("\n".join(_block(block, columns, style)) for block in _blocks(page))
    return "\n\n".join(blocks) + "\n"


def _blocks(page: str) -> Iterator[list[str]]:
    """Give the headings, fences, items and paragraphs of *page*, each as its lines."""
    block: list[str] = []
    fenced = False
    for line in page.strip().splitlines():
        if fenced:
            block.append(line)
            fenced = not line.startswith(_FENCE)
            if not fenced:
                yield block
                block = []
            continue
        alone = line.startswith(("#", _FENCE))
        item = bool(_ITEM.match(line)) and not (block and _ITEM.match(block[0]))
        if (not line.strip() or alone or item) and block:
            yield block
            block = []
        if line.strip():
            block.append(line)
            fenced = line.startswith(_FENCE)
        if line.startswith("#"):
            yield block
            block = []
    if block:
        yield block


def _block(block: list[str], columns: int, style: Style) -> Iterable[str]:
    first = block[0]
    if first.startswith("#"):
        return [style.strong(first.lstrip("# "))]
    if first.startswith(_FENCE):
        inner = block[1:-1] if block[-1].startswith(_FENCE) else block[1:]
        return [f"    {line}".rstrip() for line in inner]
    if first.startswith("|"):
        return [f"  {line}" for line in block]
    if _ITEM.match(first):
        return [line for item in _items(block) for line in _filled(item, columns, style, "  - ")]
    return _filled(" ".join(block), columns, style, "  ")


def _items(block: list[str]) -> Iterator[str]:
    item: list[str] = []
    for line in block:
        if (match := _ITEM.match(line)) and item:
            yield " ".join(item)
            item = []
        item.append(line[match.end() :] if match else line.strip())
    yield " ".join(item)


def _filled(text: str, columns: int, style: Style, indent: str) -> list[str]:
    text = _LINK.sub(r"\1 (\2)", text)
    tied = _CODE.sub(lambda match: _tied(match[0], columns - len(indent)), text)
    lines = textwrap.wrap(
        tied,
        columns - len(indent),
        break_long_words=False,
        break_on_hyphens=False,
    )
    blank = " " * width(indent)
    whole = "\n".join(f"{blank if number else indent}{line}" for number, line in enumerate(lines))
    painted = _CODE.sub(lambda match: style.hint(match[1]) if style.color else match[0], whole)
    return painted.replace(_TIED, " ").split("\n")


def _tied(code: str, room: int) -> str:
    """Return *code* as one word where a line has the room."""
    return code.replace(" ", _TIED) if width(code) < room else code
