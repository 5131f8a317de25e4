"""
# Router that nothing includes

## What it does
Looks for routers with routes that no application of the project includes or mounts.

## Why is this bad?
Its routes answer 404. The usual cause is a forgotten line in `main.py`, found by whoever asks
first.

## Bad
```python
from fastapi import APIRouter, FastAPI

app = FastAPI()
router = APIRouter(prefix="/posts")


@router.get("")
async def read_posts() -> list[str]:
    return []
```

## Good
```python
from fastapi import APIRouter, FastAPI

app = FastAPI()
router = APIRouter(prefix="/posts")


@router.get("")
async def read_posts() -> list[str]:
    return []


app.include_router(router)
```

## Limits
The rule is silent in a project without an application, in one with several routers of which none is
included, as libraries of routers are, where one include or mount cannot be told,
and for a router that is exported (`__all__`), imported or handed on by other code: somebody may
include it. Tests are passed over.

## Source
FastAPI's documentation, "Bigger Applications": include the routers.
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.facts.model import Call
from fastapi_bp_lint.project.apps import Registered, Router
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.project.values import Instance
from fastapi_bp_lint.rule import Finding, Preset, Project, Rule, Severity

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.RECOMMENDED, since="0.1")


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    apps = [a for a in project.apps if not a.module.is_test]
    if not apps or any(r.open for r in [*project.routers, *[a.router for a in apps]]):
        return
    if _is_library(project):
        return
    told = set()
    for router in project.routers:
        if router.place in told or not _is_lost(router, project):
            continue
        told.add(router.place)
        count = sum(isinstance(e, Registered) for e in router.entries)
        yield rule.at(
            router.place,
            f"nothing includes the router `{router.symbol}`: its {count} "
            f"route{'s' if count > 1 else ''} answer{'' if count > 1 else 's'} 404; "
            "`app.include_router(...)` it",
            symbol=router.symbol,
            certainty=router.certainty,
        )


def _is_library(project: Project) -> bool:
    """Whether there are several routers and none is included: that is done elsewhere."""
    routers = [r for r in project.routers if any(isinstance(e, Registered) for e in r.entries)]
    own = [r for r in routers if not r.module.is_test]
    return len(own) > 1 and not any(project.web.is_within(r) for r in own)


def _is_lost(router: Router, project: Project) -> bool:
    if router.module.is_test or not router.symbol or project.web.is_within(router):
        return False
    if not any(isinstance(e, Registered) for e in router.entries):
        return False
    name = router.symbol.rpartition(".")[2]
    if (
        name in (router.module.facts.exports or ())
        or f"{router.module.name}.{name}" != router.symbol
    ):
        return False
    return not any(_refers(m, name, router, project) for m in project.modules.by_path.values())


def _refers(module: Module, name: str, router: Router, project: Project) -> bool:
    """Whether a module imports the router, or hands it on."""
    facts = module.facts
    bodies = [facts.body, *[f.body for f in facts.functions], *[c.body for c in facts.classes]]
    spelled: set[str] = set()
    if module is not router.module:
        spelled |= {i.local for i in facts.imports if i.name == name}
    for body in bodies:
        spelled |= {p for p in (load.name for load in body.loads) if p.endswith(f".{name}")}
        for call in body.calls:
            given = (*call.args, *[value for _, value in call.keywords])
            spelled |= {a for a in given if isinstance(a, str) and a.split(".")[-1] == name}
        if module is router.module:
            spelled |= {
                b.value for b in body.bindings if b.value == name and isinstance(b.value, str)
            }
    return any(_is(project.types.dotted(path, module).values, router) for path in spelled)


def _is(values: tuple[object, ...], router: Router) -> bool:
    return any(
        isinstance(v, Instance)
        and v.origin is not None
        and isinstance(v.origin[1], Call)
        and v.origin[0].path == router.place.path
        and v.origin[1].span == router.place.span
        for v in values
    )
