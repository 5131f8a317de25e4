"""
# Blocking call in a helper of a coroutine

## What it does
Looks for coroutines that run for a request and call, without an `await` in between, a sync helper
that leads to a call which waits for a network, another process or a clock. The helper may be a
function, method, property, constructor, context manager, decorator or operator, in this or any
other module of the project; the trail names every hop.

There is one finding per coroutine and primitive. It stands where the coroutine makes its call: an
`await` is where responsibility ends, so whoever awaits that coroutine is not reported again.

## Why is this bad?
A `def` is no protection. Called from a coroutine it runs on the event loop like its caller, and
while it waits no other request is served. Nothing in the file with the route shows it.

## Bad
```python
import requests

from fastapi import FastAPI

app = FastAPI()


def load_rates() -> dict[str, float]:
    return requests.get("https://rates.example/latest").json()


@app.get("/rates")
async def read_rates() -> dict[str, float]:
    return load_rates()
```

## Good
```python
import requests

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

app = FastAPI()


def load_rates() -> dict[str, float]:
    return requests.get("https://rates.example/latest").json()


@app.get("/rates")
async def read_rates() -> dict[str, float]:
    return await run_in_threadpool(load_rates)
```

## Fix safety
As for `blocking-call`: a route that awaits nothing becomes a plain `def`, elsewhere the call
becomes `await run_in_threadpool(helper, ...)`. Both are unsafe: the helper may touch what belongs
to the event loop's thread. There is no fix for properties, operators and `with` blocks in what
awaits.

## Limits
A call whose target cannot be told is passed over, and so is a function cached without parameters
(`@lru_cache` around a loader waits once, not on every request). The trail shows the nearest
primitive of each helper that asks for nothing, else the nearest; a helper may hide a second one
behind it. Shown with `--certainty possible` only: what stands behind a method with more than 24
implementations, behind one of eight or more alternatives that a text of the caller leads to, or
behind a text that no caller is seen to bring; and of the implementations that one call may run,
all but the nearest.

## Source
fastapi-best-practices, "Async Routes", and "If you must use sync SDK, then run it in a thread
pool".
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.knowledge.kinds import STALL
from fastapi_bp_lint.project.blocking import Stall
from fastapi_bp_lint.rule import Applicability, Finding, Preset, Project, Rule, Severity
from fastapi_bp_lint.stalls import drop_async, found, repair, run_in_thread, runs_for_request

rule = Rule(__name__, __doc__, severity=Severity.ERROR, preset=Preset.RECOMMENDED, since="0.1")
rule.fix(Applicability.UNSAFE)(drop_async)
rule.fix(Applicability.UNSAFE)(run_in_thread)


@rule.on(Stall)
def check(stall: Stall, project: Project) -> Iterator[Finding]:
    if stall.question != STALL or stall.is_direct or stall.iterates_generator:
        return
    if runs_for_request(stall, project):
        yield found(rule, stall, project, repair(rule, stall, project))
