"""Two surfaces of one application, before and after fixes: what is different, and what may be."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

Row = dict[str, Any]

# Lines move, and of a status what matters is which one is sent.
_IGNORED = {"line", "default_status", "status_code", "dependencies"}
_LOOP = ("is_async", "exec")
# A dependency that never blocks runs on the loop: the one thing that safe fixes change.
SAFE = frozenset(f"dependency {key}" for key in _LOOP)
# What each page of a rule announces of its unsafe fixes: by the pattern of a difference.
_ANNOUNCED = {
    "route (is_async|exec)": {"FBP101", "FBP102", "FBP110", "FBP111", "FBP112", "FBP202"},
    "dependency (is_async|exec)": {"FBP201", "FBP206"},
    "dependency .*|number of dependencies": {"FBP203", "FBP204", "FBP206", "FBP409"},
    "openapi parameters.*": {"FBP204", "FBP206", "FBP409"},
    "openapi [45][0-9][0-9]": {"FBP408"},
    "route (response_model|status)|openapi (schema|content|\\$ref|200|components|.*Model.*)": {
        "FBP401", "FBP404", "FBP413",
    },
    "route (name|handler)|openapi (operationId|summary|title)": {"FBP401", "FBP701"},
}  # fmt: skip


def unannounced(found: Counter[str], fixed: Collection[str], *, unsafe: bool) -> Counter[str]:
    """Return the differences that no page announces, given the codes of the fixes made."""
    if not unsafe:
        return Counter({what: n for what, n in found.items() if what not in SAFE})
    return Counter({what: n for what, n in found.items() if not _explains(what, fixed)})


def _explains(what: str, fixed: Collection[str]) -> bool:
    patterns = (codes for pattern, codes in _ANNOUNCED.items() if re.fullmatch(pattern, what))
    return any(not codes.isdisjoint(fixed) for codes in patterns)


def differences(before: Row, after: Row) -> Counter[str]:
    """Count the differences of two answers of `surface.py` by what they are about."""
    found: Counter[str] = Counter()
    for module in before["failed"].keys() | after["failed"].keys():
        found["not importable"] += before["failed"].get(module) != after["failed"].get(module)
    old, new = before["routes"], after["routes"]
    found["number of routes"] += abs(len(old) - len(new))
    for one, two in zip(old, new, strict=False):
        found.update(_of_rows(one, two))
    return +found


def _of_rows(one: Row, two: Row) -> Iterator[str]:
    if one["kind"] == two["kind"] == "openapi":
        yield from _of_documents(one["document"], two["document"], "openapi")
        return
    if _status(one) != _status(two):
        yield "status"
    for key in sorted((one.keys() | two.keys()) - _IGNORED):
        if one.get(key) != two.get(key):
            yield f"route {key}"
    yield from _of_dependencies(one.get("dependencies", []), two.get("dependencies", []))


def _status(row: Row) -> Any:  # noqa: ANN401 - a number, a name or nothing
    return row.get("status_code") or row.get("default_status")


def _of_dependencies(old: list[Row], new: list[Row]) -> Iterator[str]:
    if len(old) != len(new):
        yield "number of dependencies"
    for one, two in zip(old, new, strict=False):
        for key in sorted((one.keys() | two.keys()) - _IGNORED):
            if one.get(key) != two.get(key):
                yield f"dependency {key}"
        yield from _of_dependencies(one.get("dependencies", []), two.get("dependencies", []))


def _of_documents(one: Any, two: Any, where: str) -> Iterator[str]:  # noqa: ANN401
    """Name the deepest keys under which two documents differ, without the way there."""
    if isinstance(one, dict) and isinstance(two, dict):
        for key in sorted(one.keys() | two.keys()):
            yield from _of_documents(one.get(key), two.get(key), f"openapi {key}")
    elif isinstance(one, list) and isinstance(two, list) and len(one) == len(two):
        if sorted(map(repr, one)) != sorted(map(repr, two)):
            for left, right in zip(one, two, strict=True):
                yield from _of_documents(left, right, where)
        elif one != two:
            yield f"{where} order"
    elif one != two:
        yield where
