"""What was found at an earlier revision, to tell the news from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from fastapi_bp_lint.baseline import Accepting, Lines, accepted
from fastapi_bp_lint.checking import check
from fastapi_bp_lint.discovery import belongs
from fastapi_bp_lint.facts.rescue import decode
from fastapi_bp_lint.project.project import Project
from fastapi_bp_lint.reading import facts_of_text
from fastapi_bp_lint.revision import earlier
from fastapi_bp_lint.rule import Rule
from fastapi_bp_lint.rules import syntax_checks


def past(
    root: Path,
    revision: str,
    today: Project,
    rules: Mapping[str, Rule],
    edited: Collection[str],
    lines: Lines,
) -> Accepting:
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
