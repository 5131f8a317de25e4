'''
# Prefix written at the include

## What it does
Looks for `include_router(posts.router, prefix="/posts")` where the router is included only there,
and is made without a prefix.

## Why is this bad?
Who reads the router does not see its paths; who looks for `/posts` finds another file. Written
where the router is made, the prefix stands above the paths that it belongs to, and two includes
cannot disagree about it.

## Bad
```python
from fastapi import APIRouter, FastAPI

router = APIRouter(tags=["posts"])


@router.get("")
async def read_posts() -> list[str]:
    """List the posts."""
    return ["Hello"]


app = FastAPI(openapi_url=None)
app.include_router(router, prefix="/posts")
```

## Good
```python
from fastapi import APIRouter, FastAPI

router = APIRouter(prefix="/posts", tags=["posts"])


@router.get("")
async def read_posts() -> list[str]:
    """List the posts."""
    return ["Hello"]


app = FastAPI(openapi_url=None)
app.include_router(router)
```

## Fix safety
Moves the prefix where both stand in one file. Unsafe: `router.url_path_for` and whoever imports the
router now see the prefix.

## Limits
Fine at the include: a prefix that is not a plain text (`settings.API_PREFIX`), that begins with
where the API or a version of it lives (`/api`, `/v1/posts`), that has parameters, or that several
routers share; and one for a router that includes others. Routers with a prefix of their own, made
by a factory, or included more than once anywhere, in tests too, are passed over.

## Source
fastapi-best-practices, "Project Structure": a router has its prefix and tags with it; FastAPI's
documentation, "Bigger Applications".
'''

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Literal
from fastapi_bp_lint.finding import Span, Step
from fastapi_bp_lint.project.apps import Arg, Included, Router
from fastapi_bp_lint.project.naming import is_application_code
from fastapi_bp_lint.rule import (
    Applicability,
    Certainty,
    Finding,
    Fix,
    Preset,
    Project,
    Rule,
    Severity,
)

if TYPE_CHECKING:
    import libcst as cst

    from fastapi_bp_lint.rule import Editor

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.CONVENTIONS, since="0.1")
PREFIX = "prefix"
_WHOLE = re.compile(r"/(api|rest|internal|public|private|admin|v\d+([._]\d+)*)?(/.*)?")


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    routers = {id(r): r for r in (*project.routers, *[a.router for a in project.apps])}.values()
    includes = [e for r in routers for e in r.entries if isinstance(e, Included)]
    places = {e.place: e for e in includes}.values()
    times = Counter(e.child.place for e in places)
    prefixes = Counter(e.prefix for e in places)
    for entry in places:
        prefix = _written(entry)
        if prefix is None or times[entry.child.place] > 1 or prefixes[prefix] > 1:
            continue
        if _can_carry(entry.child) and entry.certainty is not Certainty.POSSIBLE:
            yield _found(entry, prefix, project)


def _written(entry: Included) -> str | None:
    """Return a prefix that is written out and belongs to the router, not to the whole."""
    given = entry.options.get(PREFIX)
    expr = given.expr if isinstance(given, Arg) else None
    prefix = expr.value if isinstance(expr, Literal) else None
    if not isinstance(prefix, str) or _WHOLE.fullmatch(prefix) or "{" in prefix:
        return None
    return prefix


def _can_carry(router: Router) -> bool:
    is_leaf = not any(isinstance(e, Included) for e in router.entries) and router.entries
    is_global = router.symbol.rpartition(".")[0] == router.module.name
    is_plain = PREFIX not in router.options and is_global and router.app is None
    return bool(is_leaf and is_plain and is_application_code(router.module))


def _found(entry: Included, prefix: str, project: Project) -> Finding:
    router = entry.child
    module = project.modules.by_path[entry.place.path]
    name = router.symbol.rpartition(".")[2]
    return rule.at(
        entry.place,
        f"`{router.symbol}` gets its prefix, `{prefix}`, here: write it where the router is made, "
        f'`{name} = APIRouter(prefix="{prefix}")`',
        certainty=entry.certainty,
        trail=(Step(router.place, router.module.name, f"`{name}` is made without a prefix"),),
        fix=_fix(entry) if module is router.module else None,
    )


def _fix(entry: Included) -> Fix:
    return rule.repair(
        "move_prefix",
        "write the prefix where the router is made",
        entry.place.span,
        (" ".join(map(str, entry.child.place.span)),),
    )


@rule.fix(Applicability.UNSAFE)
def move_prefix(node: cst.Call, edit: Editor) -> cst.Call | None:
    import libcst as cst  # noqa: PLC0415 - only a fix needs libcst

    given = next((a.value for a in node.args if a.keyword and a.keyword.value == PREFIX), None)
    if given is None:
        return None
    made = edit.node(Span(*map(int, edit.args[0].split())), cst.Call)
    edit.swap(made, edit.keyword(made, PREFIX, cst.Module([]).code_for_node(given)))
    return edit.drop(node, PREFIX)
