"""Silences findings with comments, in memory: a comment that does not do just that is not made."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from fastapi_bp_lint.checking import Checked
from fastapi_bp_lint.finding import Finding
from fastapi_bp_lint.fixes import Change
from fastapi_bp_lint.fixes.encoded import UNREADABLE, decode, parse
from fastapi_bp_lint.noqa import Commented, add
from fastapi_bp_lint.rules import slugs
from fastapi_bp_lint.selection import ALWAYS

Relint = Callable[[Mapping[str, bytes]], Checked]
# What these say is to be mended: a file that nobody can read, a comment that silences nothing.
UNSILENCED = (*ALWAYS, "FBP004")


class Silenced(NamedTuple):
    """What silencing comes to: the changed files, and why some findings are not silenced."""

    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]
    refused: Mapping[Finding, str]
    checked: Checked


def silence(
    checked: Checked, wanted: Iterable[Finding], sources: Mapping[str, bytes], relint: Relint
) -> Silenced:
    """Silence the *wanted* ones of what was *checked*.

    *sources* has the bytes of their files; ``relint(overlays)`` lints the project again with the
    bytes of *overlays* in the place of the files of those paths.
    """
    wanted = [finding for finding in wanted if finding.code not in UNSILENCED]
    refused: dict[Finding, str] = {}
    while True:
        asked: dict[str, list[Finding]] = {}
        for finding in wanted:
            if finding not in refused:
                asked.setdefault(finding.place.path, []).append(finding)
        changes: list[Change] = []
        for path, findings in asked.items():
            made, problems = _commented(path, findings, checked, sources.get(path))
            refused |= problems
            changes += made
        after = relint({change.path: change.after for change in changes}) if changes else checked
        silenced = [finding for finding in wanted if finding not in refused]
        spoiled = _spoiled(checked, silenced, after)
        if not spoiled:
            return Silenced(tuple(changes), tuple(silenced), refused, after)
        # At least one less in each round.
        refused |= spoiled


def _commented(
    path: str, findings: list[Finding], checked: Checked, source: bytes | None
) -> tuple[list[Change], dict[Finding, str]]:
    """Return the change to one file, if there is one, and why some findings stay."""
    facts = checked.project.files.get(path)
    try:
        if source is None or facts is None:
            return [], dict.fromkeys(findings, "its file takes no comment")
        file = decode(source)
        made: Commented = add(file.text, findings, facts.statements, slugs())
        if ast.dump(parse(made.text)) != ast.dump(parse(file.text)):
            return [], dict.fromkeys(findings, "a comment there would be no comment")
        after = file.encode(made.text)
    except UNREADABLE:
        return [], dict.fromkeys(findings, "its file cannot be read")
    return [Change(path, source, after)] if after != source else [], made.refused


class _Seen(NamedTuple):
    """A finding as it stands before and after: comments move no line."""

    path: str
    code: str
    line: int
    message: str


def _seen(finding: Finding) -> _Seen:
    path, span = finding.place
    return _Seen(path, finding.code, span.line, finding.message)


def _spoiled(checked: Checked, silenced: list[Finding], after: Checked) -> dict[Finding, str]:
    """Return what is still found of the *silenced*, or is to blame for what is found now."""
    expected = Counter(map(_seen, checked.found))
    expected.subtract(map(_seen, silenced))
    surplus = Counter(map(_seen, after.found)) - expected
    useless = [finding for finding in silenced if surplus[_seen(finding)] > 0]
    if useless:
        return dict.fromkeys(useless, "a comment there does not silence it")
    return {
        finding: f"a comment there raises {one.code}"
        for one in surplus
        for finding in silenced
        if finding.place.path == one.path
    }
