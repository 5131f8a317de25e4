"""What a project has accepted: findings by file, rule and symbol, whatever line they stand on.

The file of a baseline holds, below each of these, the words of every finding, lines left out of
them: as many are accepted as there are words. Of more findings than that, those are new whose words
are not among them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from fastapi_bp_lint.config import ConfigError
from fastapi_bp_lint.finding import Finding
from fastapi_bp_lint.report import Accepted, Found
from fastapi_bp_lint.rules import slugs

VERSION = 1
_MODULE = "<module>"
_LINES = re.compile(r"(?<=\.py):\d+|(?<=\bline )\d+")


Lines: TypeAlias = Callable[[str], Sequence[str]]
Accepting: TypeAlias = tuple[Accepted, ...]


def _no_lines(_: str) -> Sequence[str]:
    return ()


class Comparison(NamedTuple):
    """The findings that are not accepted, in their order, and what is accepted and not found."""

    new: list[Finding]
    stale: list[Accepted]


def accepted(
    findings: Iterable[Finding],
    renamed: Mapping[str, str] | None = None,
    lines: Lines = _no_lines,
) -> list[Accepted]:
    """Return what accepting *findings* comes to.

    *renamed* gives files the path of today; *lines* has the lines of the files as they were named.
    """
    return sorted(_as_accepted(finding, lines, renamed or {}) for finding in findings)


def compare(
    findings: Iterable[Finding], known: Iterable[Accepted], lines: Lines = _no_lines
) -> Comparison:
    """Tell which of *findings* are accepted by none of *known*, and which of these by no finding.

    Findings of one file, rule and symbol are counted. Which of them are the accepted ones is told
    by their words and their lines, then by their words, and where these have changed, by order.
    """
    new = [(finding, _as_accepted(finding, lines, {})) for finding in findings]
    left = Counter(known)
    for key in (_all, _words, _group):
        counts = Counter(map(key, left.elements()))
        new = [(finding, one) for finding, one in new if not _take(counts, key(one))]
        left = Counter(one for one in sorted(left.elements()) if _take(counts, key(one)))
    return Comparison([finding for finding, _ in new], sorted(left.elements()))


def without(known: Iterable[Accepted], stale: Iterable[Accepted]) -> list[Accepted]:
    """Return *known* without as many of each as *stale* has."""
    return sorted((Counter(known) - Counter(stale)).elements())


def dump(known: Iterable[Accepted]) -> bytes:
    """Return the content of a baseline's file, the same for the same findings in any order."""
    import json  # noqa: PLC0415 - most runs have no baseline

    tree: dict[str, dict[str, dict[str, list[str]]]] = {}
    for path, code, symbol, words, _ in sorted(known):
        tree.setdefault(path, {}).setdefault(code, {}).setdefault(symbol, []).append(words)
    document = {"version": VERSION, "findings": tree}
    try:
        return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()
    except UnicodeEncodeError:  # a file's name that is not text
        return (json.dumps(document, indent=2) + "\n").encode()


def load(file: Path) -> list[Accepted]:
    """Read the baseline that *file* holds.

    Raises:
        ConfigError: it cannot be read, or is no baseline.

    """
    return parse(_read(file), file)


def parse(source: bytes, file: Path) -> list[Accepted]:
    """Read the baseline *source*, the content of *file*.

    Raises:
        ConfigError: it is no baseline.

    """
    import json  # noqa: PLC0415 - as above

    try:
        document = json.loads(source.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise _broken(str(file), f"byte {error.start} is not UTF-8") from None
    except json.JSONDecodeError as error:
        line = f"{file}:{error.lineno}"
        raise _broken(line, f"it is not valid JSON: {error.msg}") from None
    except RecursionError:
        raise _broken(str(file), "it is nested too deeply") from None
    version = document.get("version") if isinstance(document, dict) else None
    if type(version) is int and version > VERSION:
        raise _broken(str(file), f"its version is {version}, and this fbp-lint knows {VERSION}")
    if version != VERSION or type(version) is not int:
        raise _broken(str(file), f'it does not say "version": {VERSION}')
    return sorted(_entries(document.get("findings"), str(file)))


def _read(file: Path) -> bytes:
    try:
        # A FIFO of that name would wait for ever.
        if file.is_file():
            return file.read_bytes()
        why = "is not a regular file" if file.exists() else "does not exist"
    except OSError as error:
        why = f"cannot be read: {error.strerror}"
    message = f"{file}: the baseline {why}"
    if why == "does not exist":
        message += f"; write one with: fbp-lint --write-baseline {file}"
    raise ConfigError(message)


def _broken(place: str, why: str) -> ConfigError:
    message = f"{place}: not a baseline: {why}; restore it, or delete and write it again"
    return ConfigError(message)


def _entries(tree: Any, file: str) -> Iterator[Accepted]:  # noqa: ANN401 - whatever JSON holds
    for path, by_code in _table(tree, file, "findings"):
        for code, by_symbol in _table(by_code, file, path):
            for symbol, words in _table(by_symbol, file, f"{code} of {path}"):
                if not isinstance(words, list) or not all(isinstance(w, str) for w in words):
                    raise _broken(file, f"{code} of {symbol} in {path} is not a list of texts")
                yield from (Accepted(path, code, symbol, one) for one in words)


def _table(value: Any, file: str, name: str) -> Iterable[tuple[str, Any]]:  # noqa: ANN401
    if not isinstance(value, dict):
        raise _broken(file, f"{name} is not an object")
    return value.items()


def _as_accepted(finding: Finding, lines: Lines, renamed: Mapping[str, str]) -> Accepted:
    path, span = finding.place
    words = _LINES.sub(lambda found: "" if found[0][0] == ":" else "N", finding.message)
    found = lines(path)
    source = found[span.line - 1].strip() if 0 < span.line <= len(found) else ""
    today = renamed.get(path, path)
    return Accepted(today, finding.code, _symbol(finding), " ".join(words.split()), source)


def _symbol(finding: Finding) -> str:
    """Return the symbol within its file: the module's name says what the path says already."""
    parts = finding.place.path.removesuffix(".py").removesuffix("/__init__").split("/")
    for start in range(len(parts)):
        module = ".".join(parts[start:])
        if finding.symbol == module:
            return _MODULE
        if finding.symbol.startswith(f"{module}."):
            return finding.symbol.removeprefix(f"{module}.")
    return finding.symbol or _MODULE


def _all(one: Accepted) -> Accepted:
    return one


def _words(one: Accepted) -> tuple[str, ...]:
    return one[:4]


def _group(one: Accepted) -> tuple[str, ...]:
    return one[:3]


def _take(counts: Counter[Any], key: object) -> bool:
    """Use up one *key*, if there is one left."""
    if counts[key] <= 0:
        return False
    counts[key] -= 1
    return True


def judge(
    found: Iterable[Finding], known: Accepting | None, before: Accepting | None, lines: Lines
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


def stale(found: Found, known: Accepting | None) -> Accepting:
    """Return what of the baseline is surely gone.

    A rule that did not run says nothing about its findings, nor does a project of which a file
    cannot be read.
    """
    if known is None or not found.is_whole:
        return ()
    exist = slugs()
    gone = compare((*found.sure, *found.doubtful), known).stale
    return tuple(one for one in gone if one.code in found.complete or one.code not in exist)
