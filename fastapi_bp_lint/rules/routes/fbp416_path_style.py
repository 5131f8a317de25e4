'''
# Path written unlike the others

## What it does
Looks for paths with upper case, with underscores or hyphens, or with a slash at the end, where the
project writes its paths otherwise.

## Why is this bad?
Paths are typed by people and are case-sensitive; whoever guesses `/user-groups` for `/userGroups`
gets a 404, and whoever leaves out the slash a redirect, which loses the body of a POST with some
clients and the scheme behind some proxies.

## Bad
```python
from fastapi import FastAPI

app = FastAPI(openapi_url=None)


@app.get("/posts", tags=["posts"])
async def read_posts() -> list[str]:
    """List the posts."""
    return ["Hello"]


@app.get("/users", tags=["users"])
async def read_users() -> list[str]:
    """List the users."""
    return ["Ann"]


@app.get("/UserGroups", tags=["users"])
async def read_groups() -> list[str]:
    """List the groups of users."""
    return ["Readers"]
```

## Good
```python
from fastapi import FastAPI

app = FastAPI(openapi_url=None)


@app.get("/posts", tags=["posts"])
async def read_posts() -> list[str]:
    """List the posts."""
    return ["Hello"]


@app.get("/users", tags=["users"])
async def read_users() -> list[str]:
    """List the users."""
    return ["Ann"]


@app.get("/user-groups", tags=["users"])
async def read_groups() -> list[str]:
    """List the groups of users."""
    return ["Readers"]
```

## Limits
Each option is `consistent` by default: what at most a third of the paths do is found, and a project
that does both as often is left alone. Parameters, file names (`/robots.txt`), `/.well-known` and
custom methods behind a colon do not count, nor do routes that OpenAPI does not show.
Only what the decorator has of the path is looked at. The slash that is all a decorator has,
`@router.get("/")`, is compared with other decorators of that kind.

## Source
fastapi-best-practices, "Follow the REST"; RFC 3986, 6.2.2.1: only scheme and host are
case-insensitive.
'''

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from fastapi_bp_lint.project.naming import is_application_code
from fastapi_bp_lint.project.routes import Route
from fastapi_bp_lint.rule import Finding, Option, Preset, Project, Rule, Severity

CONSISTENT = "consistent"
rule = Rule(
    __name__,
    __doc__,
    severity=Severity.WARNING,
    preset=Preset.CONVENTIONS,
    since="0.1",
    options=(
        Option(
            "case",
            CONSISTENT,
            "`lower` finds every letter in upper case, `consistent` what few paths do.",
            (CONSISTENT, "lower", "any"),
        ),
        Option(
            "separator",
            CONSISTENT,
            "What parts the words of a segment: `hyphen`, `underscore`, or what most paths have.",
            (CONSISTENT, "hyphen", "underscore", "any"),
        ),
        Option(
            "trailing-slash",
            CONSISTENT,
            "Whether paths end in a slash: `always`, `never`, or what most do.",
            (CONSISTENT, "always", "never", "any"),
        ),
    ),
)
_FEW = 3


class _Style(NamedTuple):
    """One of two ways: *is_it* tells of a path that it goes this way, None where it goes none."""

    option: str
    wanted: str
    is_it: Callable[[str], bool | None]
    message: str


def _segments(path: str) -> list[str]:
    every = path.split("/")
    if any(s.startswith(".") for s in every):
        return []  # /.well-known has names that others chose
    return [s for s in every if s and "{" not in s and "." not in s and ":" not in s]


def _is_upper(path: str) -> bool | None:
    letters = "".join(_segments(path))
    return any(c.isupper() for c in letters) if any(c.isalpha() for c in letters) else None


def _is_underscored(path: str) -> bool | None:
    return _parted(path, "_", "-")


def _is_hyphenated(path: str) -> bool | None:
    return _parted(path, "-", "_")


def _parted(path: str, mark: str, other: str) -> bool | None:
    words = [s.strip("_-") for s in _segments(path)]
    if any(mark in w for w in words):
        return True
    return False if any(other in w for w in words) else None


def _is_slashed(path: str) -> bool | None:
    return path.endswith("/") if path.strip("/") else None


def _is_only_slash(path: str) -> bool | None:
    return None if path.strip("/") else path == "/"


def _not(test: Callable[[str], bool | None]) -> Callable[[str], bool | None]:
    def turned(path: str) -> bool | None:
        told = test(path)
        return None if told is None else not told

    return turned


_STYLES = (
    _Style("case", "lower", _is_upper, "has upper case: write it in lower case"),
    _Style("separator", "hyphen", _is_underscored, "parts words by `_`: write `-`"),
    _Style("separator", "underscore", _is_hyphenated, "parts words by `-`: write `_`"),
    _Style("trailing-slash", "never", _is_slashed, "ends in a slash: leave it out"),
    _Style("trailing-slash", "always", _not(_is_slashed), "does not end in a slash: add one"),
    _Style("trailing-slash", "never", _is_only_slash, 'is a slash alone: write `""`'),
    _Style("trailing-slash", "always", _not(_is_only_slash), "is empty: write `/`"),
)


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    routes = {r.place: r for r in project.routes if _counts(r)}
    given = project.config.rules.get(rule.slug, {})
    for style in _STYLES:
        asked = given.get(style.option, CONSISTENT)
        if asked not in {CONSISTENT, style.wanted}:
            continue
        told = [(r, style.is_it(r.own_path or "")) for r in routes.values()]
        bad = [r for r, answer in told if answer]
        every = [r for r, answer in told if answer is not None]
        if asked == style.wanted or len(bad) * _FEW <= len(every):
            like = "" if asked == style.wanted else ", as most paths here do"
            for route in bad:
                yield _found(route, f"{style.message}{like}")


def _counts(route: Route) -> bool:
    if route.kind != "http" or route.is_plain or route.own_path is None or route.router is None:
        return False
    if not (route.include_in_schema and is_application_code(route.module)):
        return False
    # An application's own ``/`` is its root, and a router without any prefix would be that, too.
    return bool(route.own_path.strip("/")) or len(route.path.strip("/")) > 0


def _found(route: Route, message: str) -> Finding:
    handler = route.handler
    return rule.at(
        route.place,
        f"the path `{route.own_path}` of `{route.name}` {message}",
        symbol=handler.symbol if handler is not None else "",
        certainty=route.sure,
    )
