"""
# Definition in a module of another role

## What it does
Reports, in a domain: a route outside of the router, a Pydantic model outside of schemas, a database
model outside of models, a dependency outside of dependencies, an HTTPException class outside of
exceptions, settings outside of config.

## Why is this bad?
Who looks for the schemas of posts opens `src/posts/schemas.py`. What stands elsewhere is written a
second time, and modules that define a little of everything import each other in circles.

## Bad
`src/auth/constants.py`:
```python
TOKEN_TYPE = "bearer"
```

`src/auth/service.py`:
```python
from src.posts import constants as posts_constants

PAGE = posts_constants
```

`src/posts/constants.py`:
```python
PAGE_SIZE = 20
```

`src/posts/router.py`:
```python
from fastapi import APIRouter
from pydantic import BaseModel

router = APIRouter()


class PostResponse(BaseModel):
    id: int


@router.get("/posts/{post_id}", response_model=PostResponse, status_code=200)
async def read_post(post_id: int) -> dict[str, int]:
    return {"id": post_id}
```

## Good
`src/auth/constants.py`:
```python
TOKEN_TYPE = "bearer"
```

`src/auth/service.py`:
```python
from src.posts import constants as posts_constants

PAGE = posts_constants
```

`src/posts/constants.py`:
```python
PAGE_SIZE = 20
```

`src/posts/schemas.py`:
```python
from pydantic import BaseModel


class PostResponse(BaseModel):
    id: int
```

`src/posts/router.py`:
```python
from fastapi import APIRouter

from src.posts.schemas import PostResponse

router = APIRouter()


@router.get("/posts/{post_id}", response_model=PostResponse, status_code=200)
async def read_post(post_id: int) -> dict[str, int]:
    return {"id": post_id}
```

## Limits
Each kind can be turned off. Private classes (`_Row`), classes within others, models nested in
settings, SQLModel schemas beside their table, and classes that are used as dependencies are fine.
The `__init__.py` of a domain and modules outside of the domains are not looked at. Silent in a
project with fewer than two domains.

## Source
fastapi-best-practices, "Project Structure": "`schemas.py` - for pydantic models", "`models.py` -
for db models", "`dependencies.py` - router dependencies", and so on for each module.
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.finding import Finding, Severity
from fastapi_bp_lint.project.kinds import HTTP_ERROR, SCHEMA, SETTINGS, TABLE, is_sqlmodel, kind_of
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.project.values import Class, Function
from fastapi_bp_lint.rule import Option, Preset, Project, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.WARNING,
    preset=Preset.CONVENTIONS,
    since="0.1",
    options=tuple(
        Option(name, True, f"Report {what}.")  # noqa: FBT003 - the default
        for name, what in (
            ("routes", "routes outside of the router"),
            ("schemas", "Pydantic models outside of schemas"),
            ("models", "database models outside of models"),
            ("dependencies", "dependencies outside of dependencies"),
            ("exceptions", "HTTPException classes outside of exceptions"),
            ("settings", "settings outside of config"),
        )
    ),
)

# Kind of a class -> option, word, role where it belongs, other roles where it may stand.
_CLASSES = {
    SCHEMA: ("schemas", "schema", "schemas", {"config"}),
    TABLE: ("models", "database model", "models", set[str]()),
    HTTP_ERROR: ("exceptions", "exception", "exceptions", set[str]()),
    SETTINGS: ("settings", "settings class", "config", set[str]()),
}


@rule.on(Class)
def check_class(cls: Class, project: Project) -> Iterator[Finding]:
    role = _role(cls.module, project)
    if role is None or cls.facts.parent or cls.name.startswith("_"):
        return
    found = _CLASSES.get(kind_of(project.types, cls))
    if found is None or not _is_on(found[0], project):
        return
    _, word, wanted, others = found
    if role in {wanted, *others} or (role == "models" and is_sqlmodel(project.types, cls)):
        return
    yield _finding(cls, word, wanted, project)


@rule.on(Function)
def check_function(function: Function, project: Project) -> Iterator[Finding]:
    role = _role(function.module, project)
    if role is None or function.facts.parent or function.facts.is_lambda:
        return
    if function in project.handlers:
        if role != "router" and _is_on("routes", project):
            yield _finding(function, "route", "router", project)
    elif (
        role != "dependencies"
        and _is_on("dependencies", project)
        and any(d.function is function and d.target.cls is None for d in project.dependencies)
    ):
        yield _finding(function, "dependency", "dependencies", project)


def _role(module: Module, project: Project) -> str | None:
    """Return the role that a module of a domain has, by its name first; None outside of them."""
    domain = project.domain_of(module)
    if domain is None or domain.part(module) is None:
        return None
    by_name = project.domains.roles.canonical.get(module.name.rpartition(".")[2], "")
    return by_name if by_name not in {"", "models", "schemas"} else domain.role(module)


def _is_on(option: str, project: Project) -> bool:
    return bool(project.config.rules.get(rule.slug, {}).get(option, True))


def _finding(thing: Class | Function, word: str, wanted: str, project: Project) -> Finding:
    domain = project.domain_of(thing.module)
    assert domain is not None
    name = next((p.name for p in domain.parts if p.role == wanted), wanted)
    return rule.at(
        thing.place,
        f"the {word} `{thing.name}` stands in `{thing.module.name}`: move it to "
        f"`{domain.package}.{name}`",
        symbol=thing.symbol,
    )
