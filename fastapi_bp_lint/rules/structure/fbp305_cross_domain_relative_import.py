"""
# Relative import of another domain

## What it does
Reports `from ..auth import service` in a module of another domain.

## Why is this bad?
A relative import says where a module lies in the tree, not whose it is, and it has to be rewritten
when the importing module moves a level. Across domains the full path says what the line depends on,
and a search for `src.auth` finds everyone who does.

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

`src/posts/service.py`:
```python
from ..auth import service as auth_service


async def get_author(author_id: int) -> dict[str, int]:
    return await auth_service.get_user(author_id)
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

`src/posts/service.py`:
```python
from src.auth import service as auth_service


async def get_author(author_id: int) -> dict[str, int]:
    return await auth_service.get_user(author_id)
```

## Fix safety
Writes the full path, as other modules of the project do. Safe where one of them imports from the
same top package by its full path; otherwise unsafe, because what the path begins with is a guess.

## Limits
Relative imports within a domain are fine. Silent in a project with fewer than two domains.

## Source
fastapi-best-practices, "Project Structure", whose imports between packages have the full path:
`from src.auth import constants as auth_constants`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi_bp_lint.finding import Finding, Severity
from fastapi_bp_lint.project.crossings import CrossDomainImport
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.rule import Applicability, Preset, Project, Rule

if TYPE_CHECKING:
    import libcst as cst

    from fastapi_bp_lint.edits import Editor

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.CONVENTIONS, since="0.1")


@rule.on(Module)
def check(module: Module, project: Project) -> Iterator[Finding]:
    found: dict[tuple[int, ...], CrossDomainImport] = {}
    for crossing in project.crossings_of(module):
        if crossing.item.level:
            found.setdefault(crossing.item.statement, crossing)
    for crossing in found.values():
        item = crossing.item
        full = project.modules.target(item, module)
        sure = Applicability.SAFE if _is_known(full, project) else Applicability.UNSAFE
        fix = rule.repair("write_path", f"from {full} import", item.statement, (full,), sure)
        yield rule.at(
            module.place(item.statement),
            f"the domain `{crossing.target.name}` is imported by a relative path: write "
            f"`from {full} import ...`",
            symbol=crossing.symbol,
            fix=fix,
        )


def _is_known(full: str, project: Project) -> bool:
    top = full.partition(".")[0]
    return any(
        not item.level and f"{item.module}.".startswith(f"{top}.")
        for module in project.modules.by_path.values()
        for item in module.facts.imports
    )


@rule.fix(Applicability.SAFE)
def write_path(node: cst.ImportFrom, edit: Editor) -> cst.ImportFrom:
    return node.with_changes(relative=(), module=edit.expr(edit.args[0]))
