"""
# URL asked for by a name that no route has

## What it does
Looks for `request.url_for("name")` and `app.url_path_for("name")` where no route of the project has
that name.

## Why is this bad?
It raises `NoMatchFound`, when somebody calls it. A handler that is renamed takes its route's name
with it, and nothing else notices.

## Bad
```python
from fastapi import FastAPI, Request

app = FastAPI()


@app.get("/posts/{post_id}")
async def read_post(post_id: int) -> str:
    return "post"


@app.get("/links")
async def read_links(request: Request) -> str:
    return str(request.url_for("show_post", post_id=1))
```

## Good
```python
from fastapi import FastAPI, Request

app = FastAPI()


@app.get("/posts/{post_id}")
async def read_post(post_id: int) -> str:
    return "post"


@app.get("/links")
async def read_links(request: Request) -> str:
    return str(request.url_for("read_post", post_id=1))
```

## Limits
The rule is silent as long as one mount, include or route of the project cannot be told, and for
names with a colon, which go into a mount. Names that are not literal and templates are not read.

## Source
Starlette's documentation, "Reverse URL lookups".
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from fastapi_bp_lint.rule import Finding, Preset, Project, Rule, Severity

rule = Rule(__name__, __doc__, severity=Severity.ERROR, preset=Preset.RECOMMENDED, since="0.1")


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    requests = [r for r in project.url_requests if ":" not in r.name and not r.module.is_test]
    if not requests or not project.routes or _is_open(project):
        return
    names = {route.name for route in project.routes if route.name}
    for request in requests:
        if request.name in names:
            continue
        close = get_close_matches(request.name, sorted(names), n=1)
        hint = f"; did you mean `{close[0]}`?" if close else ": name a route that exists"
        yield rule.at(
            request.module.place(request.call.span),
            f"no route is called `{request.name}`, so this raises `NoMatchFound`{hint}",
            symbol=getattr(request.where, "symbol", ""),
            certainty=request.certainty,
        )


def _is_open(project: Project) -> bool:
    """Whether there may be routes that are not known."""
    routers = [*project.routers, *[app.router for app in project.apps]]
    if any(router.open for router in routers):
        return True
    return any(
        not (route.mounted if route.kind == "mount" else route.name) for route in project.routes
    )
