'''
# Error that the route does not document

## What it does
Looks for handlers that can answer with the status of an `HTTPException` that no `responses` names:
raised in the handler, in one of its dependencies, or in anything that these call. One finding for
each handler; its trail has a `raise` for each status.

## Why is this bad?
What OpenAPI does not say, clients are not written for: generated clients have no type for the
answer, and who reads the documentation learns of the 404 or 409 in production. An error that is
raised three functions below the route is the one that nobody thought of documenting.

## Bad
```python
from fastapi import FastAPI, HTTPException, status

app = FastAPI(openapi_tags=[{"name": "posts"}])
POSTS = {1: "Hello"}


@app.get("/posts/{post_id}", tags=["posts"])
async def read_post(post_id: int) -> str:
    """Show a post."""
    return find(post_id)


def find(post_id: int) -> str:
    if post_id not in POSTS:
        raise HTTPException(status.HTTP_404_NOT_FOUND)
    return POSTS[post_id]
```

## Good
```python
from fastapi import FastAPI, HTTPException, status

app = FastAPI(openapi_tags=[{"name": "posts"}])
POSTS = {1: "Hello"}


@app.get(
    "/posts/{post_id}",
    tags=["posts"],
    responses={status.HTTP_404_NOT_FOUND: {"description": "No such post"}},
)
async def read_post(post_id: int) -> str:
    """Show a post."""
    return find(post_id)


def find(post_id: int) -> str:
    if post_id not in POSTS:
        raise HTTPException(status.HTTP_404_NOT_FOUND)
    return POSTS[post_id]
```

## Fix safety
Adds each status to the `responses` of the decorator; FastAPI describes it by the name that HTTP has
for it. Unsafe: it changes OpenAPI, and a better description is yours to write.

## Limits
A status counts where it is a number or a constant, of the call or of the project's own exception
class, whose constructors and class attributes are followed up to `HTTPException`. The `responses`
of the application, of routers and of includes count, and so do `4XX` and `default`; one that cannot
be read silences the rule. Passed over are errors that an `except` around them catches, that the
arguments of the call rule out (`get(strict=False)`), or that a decorator of the project may catch;
what libraries raise, such as security schemes, which OpenAPI shows by itself; routes outside of the
schema; statuses of the option `ignore`, which are those that any route may answer.

## Source
fastapi-best-practices, "Docs": set `responses` for every status that a route may answer; FastAPI's
documentation, "Additional Responses in OpenAPI".
'''

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi_bp_lint.finding import Certainty, weakest
from fastapi_bp_lint.project.documented import RESPONSES, documented, has
from fastapi_bp_lint.project.handling import call_of, has_custom_class, is_direct, is_written
from fastapi_bp_lint.project.naming import is_application_code
from fastapi_bp_lint.project.raising import Raised
from fastapi_bp_lint.project.routes import Route
from fastapi_bp_lint.project.statuses import constant
from fastapi_bp_lint.project.values import Function
from fastapi_bp_lint.rule import (
    Applicability,
    Finding,
    Fix,
    Option,
    Preset,
    Project,
    Rule,
    Severity,
)

if TYPE_CHECKING:
    import libcst as cst

    from fastapi_bp_lint.rule import Editor

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.WARNING,
    preset=Preset.CONVENTIONS,
    since="0.1",
    options=(Option("ignore", ("500",), "Statuses that need not be documented, as texts."),),
)


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    given = project.config.rules.get(rule.slug, {}).get("ignore", rule.options[0].default)
    ignored = frozenset(map(str, given)) if isinstance(given, tuple | list) else frozenset()
    for handler, routes in project.handlers.items():
        if not is_application_code(handler.module):
            continue
        missing: dict[int, Raised] = {}
        for route in routes:
            if _is_documented(route, project) and is_direct(route, handler):
                missing = _missing(route, handler, project, ignored) | missing
        if missing:
            yield _found(handler, routes, dict(sorted(missing.items())))


def _is_documented(route: Route, project: Project) -> bool:
    """Whether what the route documents is of interest, and to be seen."""
    if route.kind != "http" or route.is_plain or not route.include_in_schema:
        return False
    return not has_custom_class(route, project) and is_written(call_of(route, project))


def _missing(
    route: Route, handler: Function, project: Project, ignored: frozenset[str]
) -> dict[int, Raised]:
    functions = [d.function for d in route.all_dependencies()]
    raised = [r for f in (handler, *functions) if f is not None for r in project.raising.of(f)]
    if not raised:
        return {}
    answers = documented(route, project)
    found: dict[int, Raised] = {}
    for one in sorted(raised, key=lambda r: r.certainty.rank):
        status = one.error.status
        if one.certainty is Certainty.POSSIBLE or str(status) in ignored:
            continue
        if answers is not None and not has(answers, status):
            found.setdefault(status, one)
    return found


def _found(handler: Function, routes: tuple[Route, ...], missing: dict[int, Raised]) -> Finding:
    *first, last = [_told(status, raised, handler) for status, raised in missing.items()]
    told = f"{', '.join(first)} and {last}" if first else last
    return rule.at(
        handler.place,
        f"`{handler.name}` can answer {told}, which its `responses` do not document: add "
        f"{'it' if len(missing) == 1 else 'them'} to the decorator, the router or the include",
        symbol=handler.symbol,
        certainty=weakest(routes[0].sure, *[r.certainty for r in missing.values()]),
        trail=tuple([raised.step for raised in missing.values()]),
        fix=_fix(handler, routes, missing),
    )


def _told(status: int, raised: Raised, handler: Function) -> str:
    if raised.function is handler:
        return str(status)
    return f"{status} (raised in `{raised.function.facts.qualname}`)"


def _fix(handler: Function, routes: tuple[Route, ...], missing: dict[int, Raised]) -> Fix | None:
    places = {r.place for r in routes}
    if len(places) != 1 or routes[0].place.path != handler.module.path:
        return None
    args: list[str] = []
    for status in missing:
        known = constant(handler.module, status)
        args += [str(status), *(known.args if known is not None else ("", "", ""))]
    return rule.repair("document", "document what it answers", routes[0].place.span, tuple(args))


@rule.fix(Applicability.UNSAFE)
def document(node: cst.Call, edit: Editor) -> cst.Call | None:
    import libcst as cst  # noqa: PLC0415 - only a fix needs libcst

    entries = list(zip(*[iter(edit.args)] * 4, strict=True))
    given = next((a.value for a in node.args if a.keyword and a.keyword.value == RESPONSES), None)
    if given is not None and not isinstance(given, cst.Dict):
        return None
    made = given or cst.Dict([])
    for status, source, name, attribute in entries:
        key = status
        if source:
            local = edit.need_import(source, name)
            key = f"{local}.{attribute}" if attribute else local
        made = edit.entry(made, key, "{}")
    if given is None:
        return edit.keyword(node, RESPONSES, cst.Module([]).code_for_node(made))
    return node.with_deep_changes(given, elements=made.elements, rbrace=made.rbrace)
