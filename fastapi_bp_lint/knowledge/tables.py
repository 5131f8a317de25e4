"""The tables of this package, each read once; `docs/knowledge.md` explains their columns."""

from __future__ import annotations

from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from fastapi_bp_lint.knowledge.mapped import RELATIONSHIPS

_HERE = Path(__file__).parent


class Primitive(NamedTuple):
    """A call that holds its thread, or is known not to (*tier* ``-``).

    *tier* A waits without bound, B is local disk, C is CPU; *form* is call, method, iter, property,
    ctor-blocking or one of the forms that do not block.
    """

    name: str
    kind: str
    form: str
    tier: str
    replacement: str

    @property
    def readable(self) -> str:
        """The name as a person would write it: ``boto3.client("s3").put_object``."""
        head, mark, rest = self.name.partition(":")
        if not mark:
            return head.removeprefix("builtins.")
        variant, _, member = rest.partition(".")
        if not head.startswith("boto3."):
            return f"{head}.{member}"
        service = "..." if variant == "*" else f'"{variant}"'
        return f"{head}({service}).{member}"


class Offloader(NamedTuple):
    """A callable that runs what it is handed: *argument* is its position, or ``*``.

    *form* is call, method, decorator, schedule, wrapper or reentry; *runs* says where: thread,
    process, interpreter, greenlet, loop, or either (by whether it is async).
    """

    name: str
    argument: str
    keyword: str
    form: str
    runs: str


@cache
def given(cls: str, member: str, form: str) -> str | None:
    """Return what a member of a class gives, asked of the class and its bases."""
    table = returns()
    for base in ancestry(cls):
        found = table.get((f"{base}.{member}" if member else base, form))
        if found is not None:
            return cls if found == "self" else found
    return None


def _rows(table: str, *columns: str) -> list[tuple[str, ...]]:
    """Return the named columns of a table, row by row."""
    head, *lines = (_HERE / f"{table}.tsv").read_text(encoding="utf-8").splitlines()
    names = head.split("\t")
    last = max(names.index(c) for c in columns) + 1
    pick = itemgetter(*[names.index(c) for c in columns])
    return [pick(line.split("\t", last)) for line in lines if line]


@cache
def primitives() -> dict[str, str]:
    """Canonical dotted name -> the row of the blocking table, which `primitive` reads.

    Most rows are never looked at, so none is taken apart before it is.
    """
    lines = (_HERE / "blocking.tsv").read_text(encoding="utf-8").splitlines()
    return {line[: line.index("\t")]: line for line in lines[1:]}


@cache
def primitive(name: str) -> Primitive | None:
    """Return the row of a call, by its canonical dotted name."""
    row = primitives().get(name)
    return None if row is None else Primitive(*row.split("\t", 5)[:5])


@cache
def blocking_properties() -> frozenset[str]:
    """The last parts of the names of attributes that block when they are read."""
    rows = primitives()
    found = (name for name, row in rows.items() if "\tproperty\t" in row)
    return frozenset(name.rpartition(".")[2] for name in found if name not in RELATIONSHIPS)


@cache
def blocking_methods() -> frozenset[str]:
    """The last parts of the names of the functions and methods that hold their thread."""
    rows = primitives()
    found = (n for n, row in rows.items() if row.split("\t", 3)[2] in {"call", "method"})
    return frozenset(name.rpartition(".")[2] for name in found)


@cache
def owners() -> frozenset[str]:
    """The classes and modules of what the table speaks of."""
    return frozenset(name.rpartition(".")[0] for name in primitives())


@cache
def returns() -> dict[tuple[str, str], str]:
    """(dotted name, form) -> the class that it gives."""
    return {
        (name, form): gives for name, form, gives in _rows("returns", "name", "form", "returns")
    }


@cache
def aliases() -> dict[str, str]:
    """Other import paths of an object -> its canonical name."""
    return {row[0]: row[1] for row in _rows("aliases", "name", "canonical")}


@cache
def bases() -> dict[str, tuple[str, ...]]:
    """Class of another library -> its bases that matter, nearest first."""
    found: dict[str, tuple[str, ...]] = {}
    for name, base in _rows("bases", "name", "base"):
        found[name] = (*found.get(name, ()), base)
    return found


@cache
def offloaders() -> dict[str, Offloader]:
    """Callables that run what they are handed, by their canonical name."""
    columns = "name", "argument", "keyword", "form", "runs"
    return {row[0]: Offloader._make(row) for row in _rows("offloaders", *columns)}


@cache
def offloader(name: str) -> Offloader | None:
    """Return the row of a callable, asked of its class and the bases of that."""
    owner, _, member = name.rpartition(".")
    rows = (offloaders().get(f"{base}.{member}") for base in ancestry(owner))
    return next((row for row in rows if row is not None), None)


@cache
def classes() -> frozenset[str]:
    """The classes of other libraries that the tables speak of, and all whose name is an acronym."""
    values = {name for name in returns().values() if name not in {"self", ""}}
    having = {name.rpartition(".")[0] for name, _ in returns()}
    acronyms = {name for name in owners() if name.rpartition(".")[2].isupper()}
    above = {b for many in bases().values() for b in many}
    return frozenset(values | having | acronyms | set(bases()) | above)


def canonical(name: str) -> str:
    """Return the name that the tables use for *name*."""
    return aliases().get(name, name)


@cache
def ancestry(name: str) -> tuple[str, ...]:
    """Return *name* and the classes it derives from, as far as the tables know.

    ``boto3.client:s3``, the client of one service, derives from ``boto3.client:*``.
    """
    found = [name]
    if ":" in name and name.startswith("boto3."):
        found.append(name.partition(":")[0] + ":*")
    for one in found:
        found.extend(b for b in bases().get(one, ()) if b not in found)
    return tuple(found)
