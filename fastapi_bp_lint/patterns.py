"""Which paths a list of gitignore patterns is about."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

_Rows: TypeAlias = "list[tuple[bool, str]]"
_Groups: TypeAlias = "tuple[tuple[bool, re.Pattern[str]], ...]"

# What nearly every pattern is made of; all others are left to pathspec.
_PLAIN = re.compile(
    r"(?P<negated>!?)(?P<anchor>/?)"
    r"(?P<body>(?!.*\*\*)(?:[\w.$~,@+*-]|\[\w+\])+(?:/(?:[\w.$~,@+*-]|\[\w+\])+)*)"
    r"(?P<folder>/?)"
)


class Patterns(NamedTuple):
    """Compiled patterns, relative to a folder *base* of the root or to one that holds it.

    *base* and *prefix*, the way from the folder that they are relative to down to the root, end
    with ``/`` or are "".
    Patterns that follow each other and decide alike are one regular expression; the last that
    matches decides, as git has it.
    """

    base: str
    prefix: str
    files: _Groups
    folders: _Groups

    def decide(self, path: str, *, is_folder: bool = False) -> bool | None:
        """Whether *path* is meant: True, False by a ``!`` pattern, None when nothing matches.

        Folders above *path* are not looked at: a walk from the top has asked about them before.
        """
        path = self.prefix + path[len(self.base) :]
        if is_folder:
            path += "/"
        for include, expression in self.folders if is_folder else self.files:
            if expression.match(path):
                return include
        return None

    def matches(self, path: str) -> bool:
        """Whether *path*, a file, or a folder above it is meant."""
        end = path.find("/", len(self.base))
        while end >= 0:
            if self.decide(path[:end], is_folder=True):
                return True
            end = path.find("/", end + 1)
        return bool(self.decide(path))


def compiled(
    lines: Iterable[str], base: str = "", prefix: str = "", *, strict: bool = False
) -> Patterns | None:
    """Compile *lines*; None when no line is a pattern.

    Raises:
        ValueError: *strict*, and a line is not a pattern. Git passes over such a line.

    """
    files: _Rows = []
    folders: _Rows = []
    for line in (raw.rstrip("\r\n") for raw in lines):
        if not line.strip() or line.startswith("#"):
            continue
        row = _row(line)
        if row is None:
            if strict:
                message = f'"{line}" is not a valid pattern'
                raise ValueError(message)
            continue
        if not line.rstrip().endswith("/"):
            files.append(row)
        # `folder/**` means all that is in the folder but not the folder itself.
        inner = _row(f"{line[:-2]}**/*/") if line.endswith("/**") else row
        folders.append(inner or row)
    return Patterns(base, prefix, _merged(files), _merged(folders)) if folders else None


def _row(line: str) -> tuple[bool, str] | None:
    if plain := _PLAIN.fullmatch(line):
        anchor = "" if plain["anchor"] or "/" in plain["body"] else "(?:.+/)?"
        body = "/".join(map(_plain_name, plain["body"].split("/")))
        return not plain["negated"], f"^{anchor}{body}(?:{'/' if plain['folder'] else '/|$'})"
    # Importing it costs as much as walking ten thousand files.
    from pathspec import GitIgnoreSpec  # noqa: PLC0415

    try:
        pattern = GitIgnoreSpec.from_lines([line]).patterns[0]
    except (ValueError, re.error):
        return None
    if pattern.include is None or pattern.regex is None:
        return None
    # A group's name may stand only once in the joined expression.
    text = re.sub(r"\(\?P<\w+>", "(?:", pattern.regex.pattern)
    return pattern.include, text if text.startswith("^") else f".*{text}"


def _plain_name(name: str) -> str:
    if name == "*":
        return "[^/]+"
    return re.sub(r"\\([*\[\]])", r"\1", re.escape(name)).replace("*", "[^/]*")


def _merged(rows: _Rows) -> _Groups:
    groups: list[tuple[bool, list[str]]] = []
    for include, text in reversed(rows):
        if groups and groups[-1][0] is include:
            groups[-1][1].append(text)
        else:
            groups.append((include, [text]))
    return tuple((include, re.compile("|".join(texts))) for include, texts in groups)
