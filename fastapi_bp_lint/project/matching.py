"""Which paths a route answers: what Starlette's path patterns match."""

from __future__ import annotations

import re
from functools import cache

_PARAMETER = re.compile(r"{(\w+)(?::(\w+))?}")
_CONVERTERS = {
    "str": "[^/]+",
    "path": ".*",
    "int": "[0-9]+",
    "float": r"[0-9]+(?:\.[0-9]+)?",
    "uuid": "[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}",
}
_SAMPLES = {
    "str": ("a-b.c", "7x"),
    "path": ("a/b", "a"),
    "int": ("7", "1234"),
    "float": ("7", "1.5"),
    "uuid": ("00000000-0000-0000-0000-000000000000", "f" * 32),
}


@cache
def pattern(path: str) -> re.Pattern[str] | None:
    """Return what *path* matches; None where a converter is not one of Starlette's own."""
    parts: list[str] = []
    end = 0
    for found in _PARAMETER.finditer(path):
        converter = _CONVERTERS.get(found[2] or "str")
        if converter is None:
            return None
        parts += [re.escape(path[end : found.start()]), converter]
        end = found.end()
    return re.compile("".join([*parts, re.escape(path[end:])]))


@cache
def normal(path: str) -> str:
    """Return *path* without the names of its parameters."""
    return _PARAMETER.sub(lambda found: "{:" + (found[2] or "str") + "}", path)


@cache
def samples(path: str) -> tuple[str, ...]:
    """Return two URLs that *path* answers; none where a converter is not one of Starlette's own."""
    if any((found[2] or "str") not in _SAMPLES for found in _PARAMETER.finditer(path)):
        return ()
    return (
        _PARAMETER.sub(lambda found: _SAMPLES[found[2] or "str"][0], path),
        _PARAMETER.sub(lambda found: _SAMPLES[found[2] or "str"][1], path),
    )


def covers(first: str, second: str, *, is_mount: bool = False) -> bool:
    """Whether whatever *second* answers is answered by *first*, were it asked before."""
    if is_mount:
        top = first.rstrip("/")
        return second == top or second.startswith(f"{top}/")
    matched, urls = pattern(first), samples(second)
    return matched is not None and bool(urls) and all(matched.fullmatch(url) for url in urls)
