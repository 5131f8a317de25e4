"""Draws the terminal picture of the README from what the tool prints: python docs/picture.py."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
COMMAND = "fbp-lint fixtures/projects/bookshop"
# One block of each: a call four hops down, a route that is never reached, a sync dependency.
SHOWN = (
    "src/posts/dependencies.py:30:",
    "src/posts/router.py:153:",
    "src/posts/service.py:36:",
)
WIDTH, LINE, CHARACTER, MARGIN = 118, 17, 7.83, 18
COLOURS = {"31": "#ff7b72", "33": "#e3b341", "36": "#76e3ea", "32": "#7ee787", "2": "#8b949e"}
_STYLE = re.compile(r"\x1b\[([\d;]*)m")


def main() -> None:
    """Write ``docs/terminal.svg``."""
    options = ("--color", "always", "--output-format", "full")
    command = [sys.executable, "-m", "fastapi_bp_lint", "check", *COMMAND.split()[1:], *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    (ROOT / "docs" / "terminal.svg").write_text(drawn(chosen(done.stdout)), "utf-8")


def chosen(output: str) -> list[str]:
    """Return the prompt, the blocks in SHOWN and the summary of *output*, line by line."""
    *blocks, summary = output.rstrip("\n").split("\n\n")
    lines = [f"\x1b[32m$\x1b[0m {COMMAND}", "\x1b[2m...\x1b[0m"]
    for place in SHOWN:
        found = [block for block in blocks if f" {place}" in _STYLE.sub("", block)]
        if not found:
            sys.exit(f"there is no finding at {place}")
        lines += [line for text in found[0].split("\n") for line in folded(text)]
        lines += ["", "\x1b[2m...\x1b[0m"]
    return [*lines, *summary.split("\n")]


def folded(text: str) -> list[str]:
    """Break *text* where a terminal of WIDTH columns does; the colour goes on."""
    lines, style, column = [""], "", 0
    for part in re.split(r"(\x1b\[[\d;]*m)", text):
        if part.startswith("\x1b"):
            style = part
            lines[-1] += part
            continue
        for character in part:
            if column == WIDTH:
                lines.append(style)
                column = 0
            lines[-1] += character
            column += 1
    return lines


def drawn(lines: list[str]) -> str:
    """Return a picture of *lines*, whose colours are ANSI escapes."""
    width = round(WIDTH * CHARACTER + 2 * MARGIN)
    height = len(lines) * LINE + 2 * MARGIN + LINE
    rows = [
        f'<text x="{MARGIN}" y="{MARGIN + (number + 2) * LINE}">{spans(line)}</text>'
        for number, line in enumerate(lines)
        if line
    ]
    dots = "".join(
        f'<circle cx="{MARGIN + 18 * place}" cy="{MARGIN}" r="5" fill="{colour}"/>'
        for place, colour in enumerate(("#ff5f57", "#febc2e", "#28c840"))
    )
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" aria-label="$ {COMMAND}">'
        f"<style>text{{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;"
        f"fill:#e6edf3;white-space:pre}}.b{{font-weight:700}}</style>"
        f'<rect width="{width}" height="{height}" rx="10" fill="#0d1117"/>'
    )
    return "\n".join((head, dots, *rows, "</svg>", ""))


def spans(line: str) -> str:
    """Return the pieces of *line*, each in its colour."""
    parts, codes = [], []
    for position, part in enumerate(_STYLE.split(line)):
        if position % 2:
            codes = [code for code in part.split(";") if code not in {"", "0"}]
        elif part:
            parts.append(_span(part, codes))
    return "".join(parts)


def _span(text: str, codes: list[str]) -> str:
    colour = next((f' fill="{COLOURS[code]}"' for code in codes if code in COLOURS), "")
    bold = ' class="b"' if "1" in codes else ""
    escaped = html.escape(text, quote=False).replace(" ", "\N{NO-BREAK SPACE}")
    return f"<tspan{bold}{colour}>{escaped}</tspan>" if colour or bold else escaped


if __name__ == "__main__":
    main()
