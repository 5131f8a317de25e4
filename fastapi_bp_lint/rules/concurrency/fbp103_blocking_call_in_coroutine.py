"""
# Blocking call in a coroutine that no request is known to reach

## What it does
Looks for the same calls as `blocking-call` and `blocking-call-in-helper`, in coroutines that
nothing FastAPI runs is known to reach: workers, scripts, consumers, services that a container wires
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
it stands inside `finally` or a `with` block that is not async; any other call becomes
`await run_in_threadpool(call, ...)`, which is unsafe.

## Limits
A command of a command line (click, cyclopts, typer) has its event loop to itself, and so has what
only commands await: what blocks there is shown with `--certainty possible`, unless the command
starts tasks. So is a question that is put at the terminal, where nobody waits but who answers it.
Any other script that runs one coroutine and nothing else loses nothing by blocking: suppress the
finding there. Test files are passed over, for the same reason.

## Source
fastapi-best-practices, "Async Routes". Related: ruff ASYNC210, ASYNC220 to ASYNC222, ASYNC251.
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.finding import Certainty
from fastapi_bp_lint.knowledge.kinds import STALL
from fastapi_bp_lint.project.blocking import COROUTINE, Stall
from fastapi_bp_lint.rule import Applicability, Finding, Preset, Project, Rule, Severity
from fastapi_bp_lint.stalls import await_sleep, found, repair, run_in_thread

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.RECOMMENDED, since="0.1")
rule.fix(Applicability.SAFE)(await_sleep)
rule.fix(Applicability.UNSAFE)(run_in_thread)

_QUESTION = "stdin"


@rule.on(Stall)
def check(stall: Stall, project: Project) -> Iterator[Finding]:
    if stall.question != STALL or stall.iterates_generator or stall.coroutine.module.is_test:
        return
    if project.blocking.entry(stall.coroutine).kind == COROUTINE:
        finding = found(rule, stall, project, repair(rule, stall, project))
        asks_user = stall.primitive.kind == _QUESTION
        yield finding._replace(certainty=Certainty.POSSIBLE) if asks_user else finding
