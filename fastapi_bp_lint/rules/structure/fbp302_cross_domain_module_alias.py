"""
# Module of another domain under an unclear name

## What it does
Reports `from src.auth import service`, or any alias that does not say the domain, in a module of
another domain. The name to import it under is `auth_service`: domain, underscore, role. The
domain may be in the singular or in the plural (`posts_service`, `post_service`), and words may
stand before it (`v1_posts_service`).

## Why is this bad?
Every domain has a `service`. In the posts router, `service.create(...)` reads like the service of
posts; that it is the one of auth shows only at the top of the file, and the day the router needs
its own service too, one of the two has to be renamed throughout.

## Bad
`src/auth/dependencies.py`:
```python
async def get_user_id() -> int:
    return 1
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
from src.auth import service


async def get_author(author_id: int) -> dict[str, int]:
    return await service.get_user(author_id)
```

## Good
`src/auth/dependencies.py`:
```python
async def get_user_id() -> int:
    return 1
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
Changes the alias and every use of it. Safe where every use is a plain read in this file and nothing
else counts on the name: no `__all__`, no module that imports it from here, no string annotation,
no patch target in the whole project. Otherwise unsafe: annotations in quotes are rewritten in this
file, and so are patch targets in others (`patch("src.posts.service.service.get_user")`). Only shown
where another module takes the name from here, or `__all__` names it. No fix where the name is bound
a second time, where no name is free, or where a patch target is not one plain string.

## Limits
Modules without a known role have names of their own and may be imported under them
(`from src.auth import jwt`). `import src.auth.service`, used in full, says the domain itself. The
limits of FBP301 hold here too.

## Source
fastapi-best-practices, "Project Structure": `from src.auth import constants as auth_constants`,
`from src.notifications import service as notification_service`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi_bp_lint.finding import Finding, Fix, Severity
from fastapi_bp_lint.project.crossings import CrossDomainImport
from fastapi_bp_lint.project.domains import module_aliases
from fastapi_bp_lint.project.renames import alias_for, realiased
from fastapi_bp_lint.rule import Applicability, Option, Preset, Project, Rule

if TYPE_CHECKING:
    import libcst as cst

    from fastapi_bp_lint.edits import Editor

_AS_NAMED = "as-named"
rule = Rule(
    __name__,
    __doc__,
    severity=Severity.WARNING,
    preset=Preset.RECOMMENDED,
    since="0.1",
    options=(
        Option(
            "domain",
            "either",
            "How the alias names the domain: in the singular or the plural (`either`), or exactly "
            "`as-named` by its package.",
            choices=("either", _AS_NAMED),
        ),
    ),
)


@rule.on(CrossDomainImport)
def check(crossing: CrossDomainImport, project: Project) -> Iterator[Finding]:
    item = crossing.item
    if crossing.name or len(crossing.parts) != 1 or not crossing.role:
        return
    exact = project.config.rules.get(rule.slug, {}).get("domain") == _AS_NAMED
    if (item.kind == "module" and not item.has_alias) or _is_clear(crossing, exact=exact):
        return
    package, _, name = crossing.path.rpartition(".")
    best = module_aliases(crossing.target, crossing.part)[0]
    alias = best if exact else alias_for(crossing, project)
    said = f"as `{item.local}`" if item.has_alias else "without an alias"
    yield rule.at(
        crossing.place,
        f"`{name}` of the domain `{crossing.target.name}` is imported {said}: name its domain, "
        f"`from {package} import {name} as {alias}`",
        symbol=crossing.symbol,
        fix=_fix(crossing, alias, project),
    )


def _is_clear(crossing: CrossDomainImport, *, exact: bool) -> bool:
    local = f"_{crossing.item.local}".rstrip("_")
    aliases = module_aliases(crossing.target, crossing.part)
    wanted = [a for a in aliases if not exact or a.startswith(f"{crossing.target.name}_")]
    return any(local.endswith(f"_{a}") for a in wanted)


def _fix(crossing: CrossDomainImport, alias: str, project: Project) -> Fix | None:
    plan = realiased(crossing, alias, project)
    if plan is None:
        return None
    message = f"call it `{alias}` throughout the file"
    fixer = "rename_module" if crossing.item.kind == "module" else "rename_name"
    message = f"{message}; but {plan.others[0]}" if plan.others else message
    level = plan.applicability
    return rule.repair(fixer, message, plan.span, plan.args, level, plan.elsewhere)


@rule.fix(Applicability.SAFE)
def rename_name(node: cst.ImportFrom, edit: Editor) -> cst.ImportFrom:
    from fastapi_bp_lint.edits.renaming import rename  # noqa: PLC0415 - libcst only for fixes

    rename(edit)
    return node


@rule.fix(Applicability.SAFE)
def rename_module(node: cst.Import, edit: Editor) -> cst.Import:
    from fastapi_bp_lint.edits.renaming import rename  # noqa: PLC0415 - libcst only for fixes

    rename(edit)
    return node
