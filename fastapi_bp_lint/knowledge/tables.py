"""The tables of this package, each read once; their columns are explained in `docs/knowledge.md`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

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
            return head
        variant, _, member = rest.partition(".")
        if not head.startswith("boto3."):
            return f"{head}.{member}"
        service = "..." if variant == "*" else f'"{variant}"'
        return f"{head}({service}).{member}"


def given(cls: str, member: str, form: str) -> str | None:
    """Return what a member of a class gives, asked of the class and its bases."""
    table = returns()
    for base in ancestry(cls):
        found = table.get((f"{base}.{member}" if member else base, form))
        if found is not None:
            return cls if found == "self" else found
    return None


def _rows(name: str) -> list[dict[str, str]]:
    head, *lines = (_HERE / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    columns = head.split("\t")
    return [dict(zip(columns, line.split("\t"), strict=False)) for line in lines if line]


@cache
def primitives() -> dict[str, Primitive]:
    """Every known call by its canonical dotted name."""
    return {
        r["name"]: Primitive(r["name"], r["kind"], r["form"], r["tier"], r["replacement"])
        for r in _rows("blocking")
    }


@cache
def returns() -> dict[tuple[str, str], str]:
    """(dotted name, form) -> the class that it gives."""
    return {(r["name"], r["form"]): r["returns"] for r in _rows("returns")}


@cache
def aliases() -> dict[str, str]:
    """Other import paths of an object -> its canonical name."""
    return {r["name"]: r["canonical"] for r in _rows("aliases")}


@cache
def bases() -> dict[str, tuple[str, ...]]:
    """Class of another library -> its bases that matter, nearest first."""
    found: dict[str, tuple[str, ...]] = {}
    for row in _rows("bases"):
        found[row["name"]] = (*found.get(row["name"], ()), row["base"])
    return found


@cache
def offloaders() -> dict[str, dict[str, str]]:
    """Callables that take the work off the loop, or keep it there, by their canonical name."""
    return {r["name"]: r for r in _rows("offloaders")}


@cache
def classes() -> frozenset[str]:
    """The classes of other libraries that the tables speak of."""
    given = {name for name in returns().values() if name not in {"self", ""}}
    return frozenset(given | set(bases()) | {b for many in bases().values() for b in many})


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
