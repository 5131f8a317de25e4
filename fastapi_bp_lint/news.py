"""Which findings are news: neither accepted by the baseline nor there at an earlier revision."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path

from fastapi_bp_lint.baseline import Lines, accepted, compare
from fastapi_bp_lint.checking import Checked, check
from fastapi_bp_lint.discovery import belongs
from fastapi_bp_lint.facts.rescue import decode
from fastapi_bp_lint.finding import Finding
from fastapi_bp_lint.project.project import Project
from fastapi_bp_lint.reading import facts_of_text
from fastapi_bp_lint.report import Accepted
from fastapi_bp_lint.revision import earlier
from fastapi_bp_lint.rule import Rule
from fastapi_bp_lint.rules import slugs, syntax_checks

Known = tuple[Accepted, ...]


def past(
    root: Path,
    revision: str,
    today: Project,
    rules: Mapping[str, Rule],
    edited: Collection[str],
    lines: Lines,
) -> Known:
    """Return what *rules* find in the project as it was at *revision*, under today's settings.

    *edited* are the paths whose text is not that of the disk; *lines* has today's.

    Raises:
        RevisionError: the revision cannot be read.

    """
    state = earlier(root, revision, today.files, edited)
    checks = syntax_checks(rules)
    files = {path: today.files[path] for path in state.same}
    for path, text in state.texts.items():
        if path in today.files or belongs(path, today.config):
            files[path] = facts_of_text(text, path, checks)
    project = Project(dict(sorted(files.items())), today.config, today.pins)

    def lines_then(path: str) -> Sequence[str]:
        return lines(path) if path in state.same else _lines(state.texts[path])

    found = check(project, today.config, rules).found
    return tuple(accepted(found, state.renamed, lines_then))


def _lines(text: bytes) -> Sequence[str]:
    try:
        return decode(text).split("\n")
    except (SyntaxError, UnicodeError):
        return ()


def judge(
    found: Iterable[Finding], known: Known | None, before: Known | None, lines: Lines
) -> Callable[[Finding], bool]:
    """Return what tells which of *found*, all of a project, are new.

    These are explained neither by a baseline, *known*, nor by what was found *before*.
    """
    found = list(found)
    news = [compare(found, known).new] if known is not None else []
    if before is not None:
        news.append(compare(found, before, lines).new)
    new = frozenset(found).intersection(*news)
    return new.__contains__


def stale(checked: Checked, known: Known | None) -> Known:
    """Return what of the baseline is surely gone.

    A rule that did not run says nothing about its findings, nor does a project of which a file
    cannot be read.
    """
    if known is None or any(facts.problem for facts in checked.project.files.values()):
        return ()
    exist = slugs()
    gone = compare((*checked.found, *checked.doubtful), known).stale
    return tuple(one for one in gone if one.code in checked.complete or one.code not in exist)
