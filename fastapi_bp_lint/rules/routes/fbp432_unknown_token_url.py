"""
# Token URL that no route serves

## What it does
Looks for OAuth2 schemes whose `tokenUrl` is not the path of any route.

## Why is this bad?
The *Authorize* button of the documentation, and every client that is generated from OpenAPI, sends
name and password to that URL and gets a 404. The application itself never uses it, so no test
notices: it is what remains when the route moves under a prefix.

## Bad
```python
from typing import Annotated

from fastapi import Depends, FastAPI, status
from fastapi.security import OAuth2PasswordBearer

app = FastAPI(docs_url="/docs")
oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")


@app.post("/auth/token", status_code=status.HTTP_201_CREATED, tags=["auth"])
async def create_token() -> dict[str, str]:
    return {"access_token": "..."}


@app.get("/me", tags=["auth"])
async def read_me(token: Annotated[str, Depends(oauth2_scheme)]) -> str:
    return token
```

## Good
```python
from typing import Annotated

from fastapi import Depends, FastAPI, status
from fastapi.security import OAuth2PasswordBearer

app = FastAPI(docs_url="/docs")
oauth2_scheme = OAuth2PasswordBearer(tokenUrl="auth/token")


@app.post("/auth/token", status_code=status.HTTP_201_CREATED, tags=["auth"])
async def create_token() -> dict[str, str]:
    return {"access_token": "..."}


@app.get("/me", tags=["auth"])
async def read_me(token: Annotated[str, Depends(oauth2_scheme)]) -> str:
    return token
```

## Limits
A URL with a host is another server's. Silent where the application may have more routes than are
seen: a router, mount or prefix that cannot be resolved, no application at all, a `root_path`, or a
scheme in a module that no route of the project gets to. In an application that is mounted, the path
within it counts as well.

## Source
FastAPI's documentation, "Security - First Steps": `tokenUrl` is relative to the application.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from fastapi_bp_lint.facts.model import Call
from fastapi_bp_lint.knowledge.fastapi_names import SCHEME_URL, TOKEN_SCHEMES
from fastapi_bp_lint.project.apps import Arg
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.project.naming import is_application_code
from fastapi_bp_lint.project.routes import UNKNOWN_PART
from fastapi_bp_lint.project.uses import bodies
from fastapi_bp_lint.project.values import External
from fastapi_bp_lint.rule import Certainty, Finding, Preset, Project, Rule, Severity

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.CONVENTIONS, since="0.1")
_ROOT = "root_path"


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    schemes = list(_schemes(project))
    if not schemes:
        return
    paths = _paths(project)
    for module, call, url in schemes if paths else ():
        path = "/" + url.removeprefix("./").lstrip("/")
        if path.rstrip("/") not in paths:
            near = get_close_matches(path, sorted(paths), 1, 0.5)
            advice = f"is `{near[0]}` meant?" if near else "say where tokens are"
            yield rule.at(
                module.place(call.span),
                f"no route serves the token URL `{url}`: {advice}",
                certainty=Certainty.LIKELY,
            )


def _schemes(project: Project) -> Iterator[tuple[Module, Call, str]]:
    for module in project.modules.by_path.values():
        if not is_application_code(module):
            continue
        for scope, body, _ in bodies(module):
            where = project.names.at(module, scope) or module
            for call in body.calls:
                if not str(call.func).rpartition(".")[2].startswith("OAuth2"):
                    continue
                held = project.types.infer(call.func, where, call.span.line)
                value = held.values[0] if len(held.values) == 1 else None
                if isinstance(value, External) and value.name in TOKEN_SCHEMES:
                    url = _url(call, TOKEN_SCHEMES[value.name], module, project)
                    if url:
                        yield module, call, url


def _url(call: Call, position: int, module: Module, project: Project) -> str | None:
    """Return a token URL of this server, as far as it is known."""
    given = dict(call.keywords).get(SCHEME_URL)
    if given is None and len(call.args) > position:
        given = call.args[position]
    frame = project.web.replay.module_frame(module)
    url = project.web.model.text(Arg(given, frame, call.span.line))
    return None if url is None or "//" in url or UNKNOWN_PART in url else url


def _paths(project: Project) -> set[str]:
    """Return every path of the project; none where some may be missing."""
    apps = [a for a in project.apps if is_application_code(a.module)]
    routers = [*project.routers, *[a.router for a in apps]]
    if not apps or any(r.open for r in routers) or any(_ROOT in a.options for a in apps):
        return set()
    routes = list(project.routes)
    for app in apps:
        routes += project.web.model.of_app(app)  # a mounted one has its own paths as well
    for route in routes:
        if UNKNOWN_PART in route.path:
            return set()
        if route.kind == "mount" and route.mounted is None:
            return set()
    return {route.path.rstrip("/") for route in routes}
