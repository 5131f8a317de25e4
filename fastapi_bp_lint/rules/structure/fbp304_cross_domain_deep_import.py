"""
# Import from below the modules of another domain

## What it does
Reports an import that reaches below the modules of another domain, such as
`from src.auth.utils.tokens import parse_token` where `src.auth.utils` is a folder.

## Why is this bad?
How auth divides its utils into files is its own affair. An import from below ties this domain to
that division: the next time a file there is split or renamed, domains break that have nothing to do
with it. A domain shows what others may use in its modules, and a folder in its `__init__.py`.

## Bad
`src/auth/service.py`:
```python
async def get_user(user_id: int) -> dict[str, int]:
    return {"id": user_id}
```

`src/auth/utils/__init__.py`:
```python
from src.auth.utils.tokens import parse_token
```

`src/auth/utils/tokens.py`:
```python
def parse_token(token: str) -> int:
    return int(token)
```

`src/posts/constants.py`:
```python
PAGE_SIZE = 20
```

`src/posts/service.py`:
```python
from src.auth.utils.tokens import parse_token


async def get_author(token: str) -> int:
    return parse_token(token)
```

## Good
`src/auth/service.py`:
```python
async def get_user(user_id: int) -> dict[str, int]:
    return {"id": user_id}
```

`src/auth/utils/__init__.py`:
```python
from src.auth.utils.tokens import parse_token
```

`src/auth/utils/tokens.py`:
```python
def parse_token(token: str) -> int:
    return int(token)
```

`src/posts/constants.py`:
```python
PAGE_SIZE = 20
```

`src/posts/service.py`:
```python
from src.auth import utils as auth_utils


async def get_author(token: str) -> int:
    return auth_utils.parse_token(token)
```

## Limits
A domain within a domain is one of its own; its modules are not below those of the outer one. Silent
in a project with fewer than two domains, and for the modules in `structure.shared`.

## Source
fastapi-best-practices, "Project Structure": "import them with an explicit module name", where the
modules are those of its list, right in the package.
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.finding import Finding, Severity
from fastapi_bp_lint.project.crossings import CrossDomainImport
from fastapi_bp_lint.project.domains import module_aliases
from fastapi_bp_lint.rule import Preset, Project, Rule

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.RECOMMENDED, since="0.1")


@rule.on(CrossDomainImport)
def check(crossing: CrossDomainImport, project: Project) -> Iterator[Finding]:
    if len(crossing.parts) > 1 and crossing.name != "*":
        yield rule.at(
            crossing.place,
            f"`{crossing.path}` lies below the modules of the domain `{crossing.target.name}`: "
            f"{_advice(crossing, project)}",
            symbol=crossing.symbol,
        )


def _advice(crossing: CrossDomainImport, project: Project) -> str:
    package = crossing.target.package
    above = project.modules.find(f"{package}.{crossing.parts[0]}", crossing.module)
    name = crossing.name or crossing.parts[-1]
    if above is None or name not in project.names.scope(above, ""):
        return f"let `{package}.{crossing.parts[0]}` offer `{name}`, and import it from there"
    if not crossing.role:
        return f"import `{name}` from `{above.name}`, which offers it"
    alias = module_aliases(crossing.target, crossing.part)[0]
    return f"`from {package} import {crossing.parts[0]} as {alias}` has `{name}` too"
