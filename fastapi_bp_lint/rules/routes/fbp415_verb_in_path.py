'''
# Verb in the path

## What it does
Looks for segments of paths that begin with what the method says already: `/getUsers`,
`/users/create`, `/delete-post/{post_id}`.

## Why is this bad?
The path names a thing, the method says what is done with it. With verbs in paths there are four
paths for one thing, each named by somebody else, and neither dependencies nor caches nor clients
can tell that they are the same.

## Bad
```python
from fastapi import FastAPI

app = FastAPI(openapi_url=None)


@app.get("/get-posts", tags=["posts"])
async def read_posts() -> list[str]:
    """List the posts."""
    return ["Hello"]
```

## Good
```python
from fastapi import FastAPI

app = FastAPI(openapi_url=None)


@app.get("/posts", tags=["posts"])
async def read_posts() -> list[str]:
    """List the posts."""
    return ["Hello"]
```

## Limits
Only verbs that a method of HTTP stands for: the option `verbs` has them. What no method says, such
as `/login`, `/search` or `/posts/{post_id}/publish`, is passed over, and so are operations on many
things at once (`/posts/bulk/delete`), pages of HTML with a form (`/posts/{post_id}/edit`), custom
methods behind a colon, what OpenAPI does not show, and tests. Only what the decorator has of the
path is looked at.

## Source
fastapi-best-practices, "Follow the REST".
'''

from __future__ import annotations

import re
from collections.abc import Iterator

from fastapi_bp_lint.knowledge.fastapi_names import PAGES
from fastapi_bp_lint.project.naming import is_application_code, snake
from fastapi_bp_lint.project.routes import Route
from fastapi_bp_lint.rule import Finding, Option, Preset, Project, Rule, Severity

_METHODS = {
    "add": "POST",
    "create": "POST",
    "delete": "DELETE",
    "destroy": "DELETE",
    "edit": "PATCH",
    "fetch": "GET",
    "get": "GET",
    "insert": "POST",
    "modify": "PATCH",
    "remove": "DELETE",
    "update": "PATCH",
}
rule = Rule(
    __name__,
    __doc__,
    severity=Severity.WARNING,
    preset=Preset.CONVENTIONS,
    since="0.1",
    options=(Option("verbs", tuple(_METHODS), "The verbs that no path should have."),),
)
_MANY = {"all", "batch", "bulk", "many", "mass", "multi", "multiple", "several"}
_PART = re.compile(r"[-_.]")
_NOUNS = {"addon", "addons", "on", "ons", "in", "ins"}


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    given = project.config.rules.get(rule.slug, {}).get("verbs", rule.options[0].default)
    verbs = frozenset(given) if isinstance(given, tuple | list) else frozenset()
    seen: set[object] = set()
    for route in project.routes:
        if route.place in seen or not _is_of_api(route, project):
            continue
        seen.add(route.place)
        for segment in (route.own_path or "").split("/"):
            words = _words(segment)
            if _is_verb(words, verbs) and _MANY.isdisjoint(_words(route.own_path or "")):
                yield _found(route, segment, words)
                break


def _is_of_api(route: Route, project: Project) -> bool:
    if route.kind != "http" or route.is_plain or not route.include_in_schema:
        return False
    if not is_application_code(route.module):
        return False
    return not PAGES.intersection(project.web.model.class_names(route.response_class))


def _words(text: str) -> list[str]:
    if "{" in text and "/" not in text:
        return []
    return [w for part in text.split("/") for w in _PART.split(snake(part)) if w]


def _is_verb(words: list[str], verbs: frozenset[str]) -> bool:
    """Whether a segment is a verb, or begins with one and has what it is done to."""
    if not words or ":" in words[-1] or words[0] not in verbs:
        return False
    return len(words) == 1 or words[1] not in _NOUNS


def _found(route: Route, segment: str, words: list[str]) -> Finding:
    handler = route.handler
    return rule.at(
        route.place,
        f"the path `{route.own_path}` of `{route.name}` has a verb, `{words[0]}`, where the method "
        f"says what is done: {_better(route, segment, words)}",
        symbol=handler.symbol if handler is not None else "",
        certainty=route.sure,
    )


def _better(route: Route, segment: str, words: list[str]) -> str:
    """Return the method and the path that say the same."""
    before, _, after = route.path.rpartition(f"/{segment}")
    thing = ("_" if "_" in segment else "-").join(words[1:])
    path = before + (f"/{thing}" if thing else "") + after
    method = _METHODS.get(words[0], "")
    if method == "PATCH" and route.methods == ("PUT",):
        method = "PUT"
    return f"`{method} {path}`".replace("` ", "`") if path else "name the thing"
