"""
# Name imported out of another domain

## What it does
Reports `from src.auth.service import get_user` in a module of another domain, where the module
that the name comes out of is a service, dependencies, constants, utils, config or client module.

A domain is a package with at least two modules of known role (router, schemas, models, service,
dependencies, constants, config, exceptions, utils, client). Schemas, models and exceptions, and
classes out of constants, may be imported by name: `from src.posts.constants import ErrorCode as
PostsErrorCode` is fine.

## Why is this bad?
`get_user(...)` in the middle of the posts router does not say whose it is, and `create`,
`get_by_id` or `ErrorCode` of three domains cannot be told apart. With the module imported under the
name of its domain, every use says where it comes from, which is what a reader looks for when a call
leaves the domain, and a test can replace the function in one place.

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
from src.auth.service import get_user


async def get_author(author_id: int) -> dict[str, int]:
    return await get_user(author_id)
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
Imports the module under the name of its domain and writes every use as its attribute. Safe where
every use is a plain read in this file and nothing else counts on the name: no `__all__`, no module
that imports it from here, no string annotation, no patch target in the whole project. Otherwise
unsafe: annotations in quotes are rewritten in this file, and so are patch targets in others
(`patch("src.posts.service.get_user")`, `patch.object(service, "get_user")`), which then replace the
function for everyone who calls it through its module. Only shown where another module takes the
name from here, or `__all__` names it: these would break. No fix where the name is bound a second
time, where no alias is free, or where a patch target is not one plain string.

## Limits
Silent in a project with fewer than two domains, and in one whose routers mostly stand elsewhere.
What a domain's `__init__.py` offers may be imported by name. Modules outside of the domains, such
as `main.py`, may import as they like, and so may every domain from the modules in
`structure.shared`. A class that is imported for annotations only, under `TYPE_CHECKING`, is fine.

## Source
fastapi-best-practices, "Project Structure": "When package requires services or dependencies or
constants from other packages - import them with an explicit module name".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi_bp_lint.finding import Finding, Fix, Severity
from fastapi_bp_lint.project.annotations import is_class_name
from fastapi_bp_lint.project.crossings import CrossDomainImport
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.project.renames import Plan, alias_for, qualified
from fastapi_bp_lint.project.values import Class
from fastapi_bp_lint.rule import Applicability, Preset, Project, Rule

if TYPE_CHECKING:
    import libcst as cst

    from fastapi_bp_lint.edits import Editor

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.RECOMMENDED, since="0.1")

_ROLES = frozenset({"service", "dependencies", "constants", "utils", "config", "client"})


@rule.on(Module)
def check(module: Module, project: Project) -> Iterator[Finding]:
    groups: dict[tuple[str, str], list[CrossDomainImport]] = {}
    for crossing in project.crossings_of(module):
        if _is_wrong(crossing, project):
            groups.setdefault((crossing.path, crossing.item.scope), []).append(crossing)
    for group in groups.values():
        package, _, name = group[0].path.rpartition(".")
        statement = f"from {package} import {name} as {alias_for(group[0], project)}"
        plans = qualified(group, project)
        for crossing in group:
            yield rule.at(
                crossing.place,
                f"`{crossing.name}` is imported by name from `{crossing.path}`: import the "
                f"module, `{statement}`",
                symbol=crossing.symbol,
                fix=_fix(plans.get(crossing), statement),
            )


def _is_wrong(crossing: CrossDomainImport, project: Project) -> bool:
    if len(crossing.parts) != 1 or crossing.role not in _ROLES:
        return False
    if crossing.name in {"", "*"} or crossing.name.startswith("_"):
        return False
    if crossing.role == "constants" or crossing.is_type_checking:
        return not _is_class(crossing, project)
    return True


def _is_class(crossing: CrossDomainImport, project: Project) -> bool:
    if crossing.found is None:
        return is_class_name(crossing.name)
    held = project.types.globally(crossing.found, crossing.name)
    if not held.values:
        return is_class_name(crossing.name)
    return any(isinstance(v, Class) or is_class_name(getattr(v, "name", "")) for v in held.values)


def _fix(plan: Plan | None, statement: str) -> Fix | None:
    if plan is None:
        return None
    message = f"{statement}; but {plan.others[0]}" if plan.others else statement
    level = plan.applicability
    return rule.repair("import_module", message, plan.span, plan.args, level, plan.elsewhere)


@rule.fix(Applicability.SAFE)
def import_module(node: cst.ImportFrom, edit: Editor) -> cst.ImportFrom:
    from fastapi_bp_lint.edits.renaming import qualify  # noqa: PLC0415 - libcst only for fixes

    qualify(edit)
    return node
