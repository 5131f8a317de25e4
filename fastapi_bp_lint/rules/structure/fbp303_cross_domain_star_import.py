"""
# Star import out of another domain

## What it does
Reports `from src.posts.constants import *` in a module of another domain.

## Why is this bad?
Whatever the other domain defines, today or later, lands in this module: a constant that posts adds
replaces one of the same name here, without an error and without a change in this file. Nobody can
tell what the import is for, nor find out who uses a name before it is renamed.

## Bad
`src/auth/service.py`:
```python
from src.posts.constants import *


async def page_size() -> int:
    return PAGE_SIZE
```

`src/auth/constants.py`:
```python
TOKEN_TYPE = "bearer"
```

`src/posts/constants.py`:
```python
PAGE_SIZE = 20
```

`src/posts/service.py`:
```python
async def count() -> int:
    return 0
```

## Good
`src/auth/service.py`:
```python
from src.posts import constants as posts_constants


async def page_size() -> int:
    return posts_constants.PAGE_SIZE
```

`src/auth/constants.py`:
```python
TOKEN_TYPE = "bearer"
```

`src/posts/constants.py`:
```python
PAGE_SIZE = 20
```

`src/posts/service.py`:
```python
async def count() -> int:
    return 0
```

## Limits
Only imports from one domain to another; other linters report every star import (ruff F403). Silent
in a project with fewer than two domains.

## Source
fastapi-best-practices, "Project Structure": modules of other packages are imported "with an
explicit module name".
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.finding import Finding, Severity
from fastapi_bp_lint.project.crossings import CrossDomainImport
from fastapi_bp_lint.rule import Preset, Project, Rule

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.RECOMMENDED, since="0.1")


@rule.on(CrossDomainImport)
def check(crossing: CrossDomainImport, _project: Project) -> Iterator[Finding]:
    if crossing.name != "*":
        return
    advice = "import what is used by name"
    if len(crossing.parts) == 1:
        advice = f"import the module, `{crossing.statement}`"
    yield rule.at(
        crossing.place,
        f"everything in `{crossing.path}` of the domain `{crossing.target.name}` becomes part of "
        f"`{crossing.module.name}`: {advice}",
        symbol=crossing.symbol,
    )
