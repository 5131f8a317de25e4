"""Which findings the project has silenced: noqa comments, per-file-ignores, and what is left over.

`# noqa` and `# noqa: FBP101, blocking-call` silence a line, or the whole of a statement of several
lines from its first or last. `# fbp-lint: noqa` and, because flake8 reports our findings too,
`# flake8: noqa` silence a file; each takes codes. A prefix stands for all codes that begin with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from fastapi_bp_lint.config import matching
from fastapi_bp_lint.facts.model import Comment, FileFacts
from fastapi_bp_lint.finding import Finding, Span
from fastapi_bp_lint.patterns import compiled
from fastapi_bp_lint.rules.linter.fbp004_unused_suppression import doubtful, misplaced, unused

_DIRECTIVE = re.compile(r"#\s*(?:(?P<file>fbp-lint|flake8)\s*[:=]\s*)?noqa(?![\w-])", re.IGNORECASE)
_COLON = re.compile(r"\s*:\s*")
_ITEM = re.compile(r"(?P<word>[A-Za-z][\w-]*)(?P<gap>[,\s]*)")
_CODE = re.compile(r"[A-Za-z]+\d+")
_UNUSED = "FBP004"


class Item(NamedTuple):
    """One code or slug of a comment: as written, its range in the text, what rules it names."""

    word: str
    start: int
    end: int
    codes: frozenset[str]


class Directive(NamedTuple):
    """One noqa: *items* is empty for all rules, *owner* is "" for a line, else whose file-level."""

    comment: Comment
    start: int
    end: int
    owner: str
    items: tuple[Item, ...]

    def silences(self, code: str) -> bool:
        """Whether a finding of *code* is meant."""
        return not self.items or any(code in item.codes for item in self.items)


class Outcome(NamedTuple):
    """What is still to be shown, and the findings about suppressions themselves."""

    kept: list[Finding]
    unused: list[Finding]


def directive(comment: Comment, rules: Mapping[str, str]) -> Directive | None:
    """Read the noqa in *comment*, if it has one; *rules* maps code to slug.

    As in flake8, text that is no code after the colon leaves a noqa that silences every rule.
    """
    match = _DIRECTIVE.search(comment.text)
    if match is None:
        return None
    end = match.end()
    items: list[Item] = []
    if colon := _COLON.match(comment.text, end):
        position = colon.end()
        while item := _ITEM.match(comment.text, position):
            word = item["word"]
            codes = frozenset(matching(word, rules)) if word != "ALL" else frozenset()
            if not codes and not _CODE.fullmatch(word):
                break
            items.append(Item(word, item.start("word"), item.end("word"), codes))
            end, position = item.end("word"), item.end()
    return Directive(comment, match.start(), end, (match["file"] or "").lower(), tuple(items))


def apply(
    findings: Iterable[Finding],
    files: Mapping[str, FileFacts],
    rules: Mapping[str, str],
    enabled: frozenset[str],
    per_file: Mapping[str, tuple[str, ...]],
) -> Outcome:
    """Drop what is silenced; report the codes of comments that silence nothing.

    *enabled* are the rules that have run to their end. As long as a file cannot be read, what it
    would have led to may be what a comment silences, and removing the comment is not safe.
    """
    by_file: dict[str, list[Finding]] = {}
    for finding in findings:
        by_file.setdefault(finding.place.path, []).append(finding)
    ignores = _Ignores(per_file, rules)
    whole = all(facts.problem is None for facts in files.values())
    kept: list[Finding] = []
    left: list[Finding] = []
    for path in sorted(by_file.keys() | {p for p, facts in files.items() if facts.comments}):
        ignored = ignores.codes(path)
        own = [f for f in by_file.get(path, ()) if f.code not in ignored]
        facts = files.get(path)
        if facts is None or not facts.comments:
            kept += own
            continue
        remaining, leftover = _file(facts, own, rules, enabled - ignored)
        kept += remaining
        left += leftover if whole else map(doubtful, leftover)
    return Outcome(kept, left)


class _Ignores:
    """The per-file-ignores, each pattern compiled once."""

    def __init__(self, per_file: Mapping[str, tuple[str, ...]], rules: Mapping[str, str]) -> None:
        self._rows = [
            (patterns, frozenset(code for s in selectors for code in matching(s, rules)))
            for pattern, selectors in per_file.items()
            if (patterns := compiled([pattern])) is not None
        ]

    def codes(self, path: str) -> frozenset[str]:
        """Return the codes that are not shown in *path*."""
        found = [codes for patterns, codes in self._rows if patterns.matches(path)]
        return frozenset().union(*found)


def _file(
    facts: FileFacts, findings: list[Finding], rules: Mapping[str, str], enabled: frozenset[str]
) -> tuple[list[Finding], list[Finding]]:
    directives = [d for c in facts.comments if (d := directive(c, rules)) is not None]
    whole = [d for d in directives if d.owner and d.comment.column == 0]
    by_line = {d.comment.line: d for d in directives if not d.owner}
    used: dict[Directive, set[str]] = {}
    kept: list[Finding] = []
    for finding in findings:
        hits = [
            d
            for d in (*whole, *_near(finding.place.span.line, by_line, facts.statements))
            if d.silences(finding.code)
        ]
        for hit in hits:
            used.setdefault(hit, set()).add(finding.code)
        if not hits:
            kept.append(finding)
    if _UNUSED not in enabled:
        return kept, []
    left = [
        finding
        for d in directives
        for finding in _leftover(facts.path, d, used.get(d, set()), enabled)
        if not any(s.silences(_UNUSED) for s in (*whole, d) if s is not d or d.items)
    ]
    return kept, left


def _near(
    line: int, by_line: Mapping[int, Directive], statements: Iterable[tuple[int, int]]
) -> Iterator[Directive]:
    lines = {line}
    if by_line:
        for first, last in statements:
            if first <= line <= last:
                lines |= {first, last}
    for number in sorted(lines):
        if number in by_line:
            yield by_line[number]


def _leftover(
    path: str, found: Directive, used: set[str], enabled: frozenset[str]
) -> Iterator[Finding]:
    comment = found.comment
    if found.owner == "fbp-lint" and comment.column:
        yield misplaced(path, _span(comment, found.start, found.end))
        return
    unknown = [i for i in found.items if not i.codes and i.word.upper().startswith("FBP")]
    idle = [
        i
        for i in found.items
        if i.codes and i.codes <= enabled and not i.codes & used and _UNUSED not in i.codes
    ]
    if gone := sorted((*unknown, *idle), key=lambda item: item.start):
        all_gone = len(gone) == len(found.items)
        first, last = (found.start, found.end) if all_gone else (gone[0].start, gone[-1].end)
        yield unused(
            path,
            _span(comment, first, last),
            tuple(item.word for item in idle),
            tuple(item.word for item in unknown),
            _span(comment, 0, len(comment.text)),
            _without(found, gone),
        )


def _span(comment: Comment, start: int, end: int) -> Span:
    return Span(comment.line, comment.column + start, comment.line, comment.column + end)


def _without(found: Directive, gone: list[Item]) -> str:
    """Return the comment without the items *gone*; "" when nothing would be left of it."""
    text = found.comment.text
    kept = [item for item in found.items if item not in gone]
    before, after = text[: found.start].rstrip(), text[found.end :].strip()
    if kept:
        words = ", ".join(item.word for item in kept)
        return text[: found.items[0].start] + words + text[found.end :]
    if before and after:
        return f"{before} {after}"
    if after and not after.startswith("#"):
        return f"# {after}"
    return before or after
