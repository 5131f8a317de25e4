"""What one run found: everything that an output format needs to print it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from fastapi_bp_lint.finding import Finding


class Fixed(NamedTuple):
    """A finding that a fix has removed; *text* is what the fix says of itself."""

    code: str
    slug: str
    path: str
    line: int
    text: str


class Left(NamedTuple):
    """A file whose fixes were not applied, and why."""

    path: str
    reason: str


class Accepted(NamedTuple):
    """A known finding: *symbol* as in its file, *words* its message without line numbers.

    *source* is the line it stood on, "" where that is not known.
    """

    path: str
    code: str
    symbol: str
    words: str
    source: str = ""


class Found(NamedTuple):
    """What is found in a whole project: in the files *paths*, by rules that ran to their end.

    *doubtful* is less certain than is shown, *complete* are the codes of those rules. A project
    *is_whole* when each of its files could be read.
    """

    paths: Sequence[str]
    sure: Sequence[Finding]
    doubtful: Sequence[Finding]
    complete: frozenset[str]
    is_whole: bool


class Report(NamedTuple):
    """The result of one run.

    *root* is the absolute project root that paths are relative to, *files* counts the files that
    were looked at, *lines* gives the text of a file line by line (empty when it cannot be read).
    *silenced* are the findings that new comments silence.
    *known* counts the findings that are not shown because they are accepted or were there at an
    earlier revision; *stale* is what the baseline accepts and no longer exists.
    """

    root: str
    files: int
    findings: tuple[Finding, ...]
    lines: Callable[[str], tuple[str, ...]]
    fixed: tuple[Fixed, ...] = ()
    left: tuple[Left, ...] = ()
    silenced: tuple[Finding, ...] = ()
    known: int = 0
    stale: tuple[Accepted, ...] = ()
