"""What follows a fix of one file in the strings of others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from fastapi_bp_lint.edits import RefusedError, retargeted
from fastapi_bp_lint.finding import Finding, Fix
from fastapi_bp_lint.fixes.encoded import UNREADABLE, parse
from fastapi_bp_lint.fixes.outcome import Left

TextOf = Callable[[str], str]


def follow(
    applied: Iterable[Finding], text_of: TextOf, changed: Mapping[str, str]
) -> tuple[dict[str, str], tuple[Left, ...]]:
    """Return the texts, by path, that change with *applied*, and the findings they cannot follow.

    *changed* are the texts that fixes of the same round have given, *text_of* gives the others; it
    raises KeyError for a file that is not to be changed.
    """
    texts: dict[str, str] = {}
    stuck: list[Left] = []
    seen: set[Fix] = set()
    for finding in applied:
        # Names that leave one import together share their fix.
        if finding.fix is None or finding.fix in seen:
            continue
        seen.add(finding.fix)
        try:
            texts |= _followed(finding.fix, text_of, {**changed, **texts})
        except RefusedError as error:
            stuck.append(Left(finding, str(error)))
    return texts, tuple(stuck)


def _followed(fix: Fix, text_of: TextOf, changed: Mapping[str, str]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for target in fix.elsewhere:
        path = target.path
        try:
            text = texts.get(path) or changed.get(path) or text_of(path)
            texts[path] = retargeted(text, parse(text), target)
        except (KeyError, *UNREADABLE) as error:
            message = f"{path} has to change too, and is not to be changed"
            raise RefusedError(message) from error
    return texts
