"""
# Module of a domain under an unusual name

## What it does
Reports `routers.py`, `schema.py`, `deps.py` and the like in a domain that has no module of the
usual name: `router.py`, `schemas.py`, `dependencies.py`.

## Why is this bad?
In a project by domain everyone knows where to look: routes in `router.py`, dependencies in
`dependencies.py`, in every domain. Each other spelling is a guess, and sooner or later somebody
adds `dependencies.py` beside `deps.py`.

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

`src/posts/deps.py`:
```python
async def get_page() -> int:
    return 1
```

`src/posts/service.py`:
```python
async def count() -> int:
    return 1
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

`src/posts/dependencies.py`:
```python
async def get_page() -> int:
    return 1
```

`src/posts/service.py`:
```python
async def count() -> int:
    return 1
```

## Limits
Other names for the roles can be set in `structure.roles`. A name that three or more domains use,
and more of them than the usual one, is the habit of the project. Folders are not looked at, and
neither are modules called `model`, `schema`, `routes` ... that hold something else.

## Source
fastapi-best-practices, "Project Structure": the list of the modules that each package has; "If
looking at the module's location and its name doesn't give you an idea of what's inside it, then
your structure is very bad".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from fastapi_bp_lint.finding import Finding, Severity, Span
from fastapi_bp_lint.knowledge.layout_names import MISSPELT
from fastapi_bp_lint.project.domains import Domain
from fastapi_bp_lint.project.kinds import SCHEMA, TABLE, kind_of
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.rule import Preset, Project, Rule

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.CONVENTIONS, since="0.1")

_TOP = Span(1, 0, 1, 0)
_HABIT = 3
_KINDS = {"models": TABLE, "schemas": SCHEMA}


@rule.on(Domain)
def check(domain: Domain, project: Project) -> Iterator[Finding]:
    names = {part.name for part in domain.parts}
    used = Counter(part.name for other in project.domains.all for part in other.parts)
    for module in domain.modules:
        part = domain.part(module)
        better = MISSPELT.get(part.name, "") if part and not part.is_folder else ""
        if not part or not better or better in names or not _is_meant(module, better, project):
            continue
        if used[part.name] < _HABIT or used[part.name] <= used[better]:
            yield rule.at(
                module.place(_TOP),
                f"the module `{part.name}` of the domain `{domain.name}` has an unusual name: "
                f"call it `{better}`",
            )


def _is_meant(module: Module, better: str, project: Project) -> bool:
    """Whether the module is what the better name says, as far as that can be told."""
    roles = project.domains.roles
    name = module.name.rpartition(".")[2]
    if name in roles.canonical or roles.canonical.get(better) != better:
        return False
    if better == "router":
        return roles.makes_router(module)
    kind = _KINDS.get(better)
    own = (c for c in project.names.classes if c.module is module)
    return kind is None or any(kind_of(project.types, c) == kind for c in own)
