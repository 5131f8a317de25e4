"""Whether a project is better after fixes: what is found now that was not found before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from fastapi_bp_lint.finding import Finding

Key = tuple[str, str, str]
_BLOCKING = "blocking"


def key(finding: Finding) -> Key:
    """Return what stays the same about a finding when lines move: path, code and symbol.

    What holds the thread has one key for all codes: a coroutine is told of one way to a
    primitive, and of the next, which may be of another rule, once that is mended.
    """
    what = _BLOCKING if finding.primitive else finding.code
    return finding.place.path, what, finding.symbol


def raised(
    before: Iterable[Finding], after: Iterable[Finding], applied: Iterable[Key]
) -> list[Finding]:
    """Return the findings of *after* that those of *before* do not explain.

    A finding whose fix was *applied* is expected to be gone. One that says the same of another
    symbol of the file takes the place of one that is gone: the symbol was renamed.
    """
    before, after = list(before), list(after)
    allowed = Counter(map(key, before))
    blocking = {key for key in allowed if key[1] == _BLOCKING}
    allowed.subtract(applied)
    known = {(*key(finding), finding.message) for finding in before}
    gone = _gone(before, after, allowed)
    surplus = []
    # Those that were found before, word by word, use up what is allowed first.
    for finding in sorted(after, key=lambda f: (*key(f), f.message) not in known):
        same = finding.place.path, finding.code, finding.message
        if key(finding) in blocking:
            continue
        if allowed[key(finding)] > 0:
            allowed[key(finding)] -= 1
        elif gone[same] > 0:
            gone[same] -= 1
        else:
            surplus.append(finding)
    return surplus


def _gone(
    before: list[Finding], after: list[Finding], allowed: Counter[Key]
) -> Counter[tuple[str, str, str]]:
    """Count what is missing, by path, code and message, though no fix was made to it."""
    missing = allowed - Counter(map(key, after))
    gone: Counter[tuple[str, str, str]] = Counter()
    for finding in before:
        if missing[key(finding)] > 0:
            missing[key(finding)] -= 1
            gone[finding.place.path, finding.code, finding.message] += 1
    return gone


def gone(before: Iterable[Finding], after: Iterable[Finding]) -> dict[str, dict[str, int]]:
    """Count by path and code how many findings there are fewer."""
    less = Counter((f.place.path, f.code) for f in before)
    less.subtract((f.place.path, f.code) for f in after)
    counts: dict[str, dict[str, int]] = {}
    for (path, code), number in sorted(less.items()):
        if number > 0:
            counts.setdefault(path, {})[code] = number
    return counts
