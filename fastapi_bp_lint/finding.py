"""What a rule reports: a place, a message, how sure it is, and how it could be repaired."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import NamedTuple


class Severity(Enum):
    """How bad it is when the finding is true."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Certainty(Enum):
    """How sure the project model is of every link on the way to the finding.

    *rank* orders them by doubt: 0 for certain, 2 for possible.
    """

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"

    def __init__(self, value: str) -> None:
        self.rank = ("certain", "likely", "possible").index(value)


def weakest(first: Certainty = Certainty.CERTAIN, *others: Certainty) -> Certainty:
    """Return the most doubtful of the given ones; certain when there is none."""
    for other in others:
        if other.rank > first.rank:
            first = other
    return first


class Applicability(Enum):
    """What a fix may change, and so who may apply it."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    DISPLAY = "display"


class Preset(Enum):
    """The named rule sets, smallest first; each contains the one before."""

    RECOMMENDED = "recommended"
    CONVENTIONS = "conventions"
    STRICT = "strict"


class Span(NamedTuple):
    """Half-open range of source text: lines from 1, columns from 0, in characters."""

    line: int
    column: int
    end_line: int
    end_column: int

    def __reduce__(self) -> tuple[object, tuple[int, ...]]:
        """Pickle what `span` makes again: pickling shares no numbers."""
        return span, tuple(self)


# Spans are most of what is kept of a file: one object for each number of a line, as for the small
# ones, is a thirtieth of it.
same_line: Callable[[int, int], int] = dict[int, int]().setdefault


def span(line: int, column: int, end_line: int, end_column: int) -> Span:
    """Return a span whose numbers of lines are shared with all others."""
    first = same_line(line, line)
    last = first if line == end_line else same_line(end_line, end_line)
    return tuple.__new__(Span, (first, column, last, end_column))


class Place(NamedTuple):
    """A span of a file; the path is relative to the project root, with ``/``."""

    path: str
    span: Span


class Step(NamedTuple):
    """One hop of a trail; *symbol* is the function whose body holds *place*."""

    place: Place
    symbol: str
    message: str


class Entry(NamedTuple):
    """What the framework runs and from where the finding is reached.

    *kind* is one of route, dependency, websocket, middleware, exception-handler,
    background-task, lifespan, coroutine; *reached_by* counts all such entries.
    """

    kind: str
    symbol: str
    path: str
    line: int
    reached_by: int


class Retarget(NamedTuple):
    """A name that another file has in strings and that changes with a fix.

    *path* is that file, *old* the dotted name and *new* what it becomes. With a *receiver*, *old*
    is an attribute that is looked up on it by name, ``patch.object(receiver, "old")``, and the
    last part of *new* is that attribute's new name.
    """

    path: str
    old: str
    new: str
    receiver: str = ""


class Fix(NamedTuple):
    """A repair that the finding's rule can make: its *fixer* rewrites the node at *span*.

    *elsewhere* is what changes with it in other files: all of it or nothing.
    """

    fixer: str
    applicability: Applicability
    message: str
    span: Span
    args: tuple[str, ...] = ()
    elsewhere: tuple[Retarget, ...] = ()


class Finding(NamedTuple):
    """One thing that is wrong at one place."""

    code: str
    slug: str
    severity: Severity
    place: Place
    message: str
    symbol: str = ""
    certainty: Certainty = Certainty.CERTAIN
    trail: tuple[Step, ...] = ()
    entry: Entry | None = None
    primitive: str = ""
    fix: Fix | None = None


def sort_key(finding: Finding) -> tuple[str, Span, str, str]:
    """Return the order in which findings are printed: path, line, column, code, message."""
    return finding.place.path, finding.place.span, finding.code, finding.message
