"""
# Blocking call in a coroutine that no request is known to reach

## What it does
Looks for the same calls as `blocking-call` and `blocking-call-in-helper`, in coroutines that nothing
FastAPI runs is known to reach: workers, scripts, consumers, services that a container wires
together.

## Why is this bad?
A coroutine shares its event loop with whatever else runs there. If it is reached by a request after
all, in a way that cannot be seen, every other request waits with it.

## Bad
```python
import time


async def poll_queue() -> None:
    while True:
        time.sleep(5)
```

## Good
```python
import asyncio


async def poll_queue() -> None:
    while True:
        await asyncio.sleep(5)
```

## Fix safety
As for `blocking-call`: `time.sleep(x)` as a statement becomes `await asyncio.sleep(x)`, safe unless
it stands inside a `with` block that is not async.

## Limits
A script that runs one coroutine and nothing else loses nothing by blocking: suppress the finding
there. Test files are passed over, for the same reason.

## Source
fastapi-best-practices, "Async Routes". Related: ruff ASYNC210, ASYNC220 to ASYNC222, ASYNC251.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi_bp_lint.knowledge.kinds import STALL
from fastapi_bp_lint.project.blocking import COROUTINE, Stall
from fastapi_bp_lint.rule import Applicability, Finding, Fix, Preset, Project, Rule, Severity

if TYPE_CHECKING:
    import libcst as cst

    from fastapi_bp_lint.rule import Editor

rule = Rule(
    __name__, __doc__, severity=Severity.WARNING, preset=Preset.RECOMMENDED, since="0.1"
)


@rule.on(Stall)
def check(stall: Stall, project: Project) -> Iterator[Finding]:
    if stall.question != STALL or stall.coroutine.module.is_test:
        return
    entry = project.blocking.entry(stall.coroutine)
    if entry.kind != COROUTINE:
        return
    name, primitive = stall.coroutine.name, stall.primitive.readable
    if stall.is_direct:
        message = f"`{primitive}` blocks the event loop in `{name}`: {stall.advice}"
    else:
        message = (
            f"{stall.leads} `{primitive}` ({stall.end.path}:{stall.end.span.line}), "
            f"which blocks the event loop in `{name}`: {stall.advice_for_helper}"
        )
    yield rule.at(
        stall.place,
        message,
        symbol=stall.coroutine.symbol,
        certainty=stall.certainty,
        trail=stall.trail,
        entry=entry,
        primitive=primitive,
        fix=_fix(stall),
    )


def _fix(stall: Stall) -> Fix | None:
    if not stall.is_statement_of("time.sleep"):
        return None
    level = Applicability.UNSAFE if stall.is_inside_with else Applicability.SAFE
    return rule.repair(
        "await_sleep", "await `asyncio.sleep` instead", stall.place.span, applicability=level
    )


@rule.fix(Applicability.SAFE)
def await_sleep(node: cst.Call, edit: Editor) -> cst.BaseExpression:
    return edit.awaited(node.with_changes(func=edit.expr(f"{edit.need_import('asyncio')}.sleep")))
