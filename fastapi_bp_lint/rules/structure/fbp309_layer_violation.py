"""
# Lower layer that imports a higher one

## What it does
Reports an import from a lower layer to a higher one, in one domain or across domains: router, then
dependencies, then service, then schemas, models, utils and client, then constants, exceptions and
config.

## Why is this bad?
A service that imports the router cannot be used, or tested, without the web application around it,
and the two modules need each other to be loaded. What flows upwards should be handed over as an
argument or a return value.

## Bad
`src/auth/constants.py`:
```python
TOKEN_TYPE = "bearer"
```

`src/auth/service.py`:
```python
async def get_user(user_id: int) -> dict[str, int]:
    return {"id": user_id}
```

`src/posts/constants.py`:
```python
PAGE_SIZE = 20
```

`src/posts/router.py`:
```python
from fastapi import APIRouter

from src.posts import service

router = APIRouter()
PAGE = service
```

`src/posts/service.py`:
```python
from src.posts import router


async def prefix() -> str:
    return router.router.prefix
```

## Good
`src/auth/constants.py`:
```python
TOKEN_TYPE = "bearer"
```

`src/auth/service.py`:
```python
async def get_user(user_id: int) -> dict[str, int]:
    return {"id": user_id}
```

`src/posts/constants.py`:
```python
PAGE_SIZE = 20
```

`src/posts/router.py`:
```python
from fastapi import APIRouter

from src.posts import service

router = APIRouter()
PAGE = service
```

`src/posts/service.py`:
```python
async def prefix(router_prefix: str) -> str:
    return router_prefix
```

## Limits
Utils and clients may import a service. Imports for type checkers only are fine. Modules without a
known role have no layer. Silent in a project with fewer than two domains.

## Source
fastapi-best-practices, "Project Structure": "`router.py` - is a core of each module with all the
endpoints", "`service.py` - module specific business logic"; logic that needs an endpoint is none.
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.facts.model import Import
from fastapi_bp_lint.finding import Finding, Severity
from fastapi_bp_lint.project.crossings import reached
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.rule import Preset, Project, Rule

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.CONVENTIONS, since="0.1")

_ABOVE_SERVICE = {"router", "dependencies"}
_ABOVE = {
    "dependencies": {"router"},
    "service": _ABOVE_SERVICE,
    "utils": _ABOVE_SERVICE,
    "client": _ABOVE_SERVICE,
    "schemas": {*_ABOVE_SERVICE, "service"},
    "models": {*_ABOVE_SERVICE, "service"},
    "constants": {*_ABOVE_SERVICE, "service"},
    "exceptions": {*_ABOVE_SERVICE, "service"},
    "config": {*_ABOVE_SERVICE, "service"},
}


@rule.on(Module)
def check(module: Module, project: Project) -> Iterator[Finding]:
    domain = project.domain_of(module)
    role = domain.role(module) if domain else ""
    seen: set[tuple[object, str]] = set()
    for item in module.facts.imports if role in _ABOVE else ():
        path, higher = _target(item, module, project)
        if (item.statement, path) in seen:
            continue
        if higher in _ABOVE[role] and not _is_type_checking(item, module):
            seen.add((item.statement, path))
            yield rule.at(
                module.place(item.span),
                f"the {role} module `{module.name}` imports `{path}`, a {higher} module above it: "
                "hand over what it needs as an argument",
                symbol=f"{module.name}.{item.scope}" if item.scope else "",
            )


def _target(item: Import, module: Module, project: Project) -> tuple[str, str]:
    """Return the dotted name of the module that is imported, and its role."""
    path, _ = reached(item, module, project.names)
    target = project.modules.find(path, module)
    domain = project.domain_of(target) if target else None
    return path, domain.role(target) if domain and target else ""


def _is_type_checking(item: Import, module: Module) -> bool:
    return any(
        r.kind == "type-checking" and r.line <= item.span.line <= r.end_line
        for r in module.facts.body.regions
    )
