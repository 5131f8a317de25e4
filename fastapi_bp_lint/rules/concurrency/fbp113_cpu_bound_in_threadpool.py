"""
# Computing in a thread

## What it does
Looks for heavy work in pure Python that is handed to a thread: functions of libraries that compute
in Python, such as those that write PDF or Excel files or walk graphs, and functions of the project
with loops over ranges within each other.

## Why is this bad?
One thread computes at a time: the interpreter's lock is passed around every few milliseconds, so
that the event loop, and with it every other request, waits for its turn again and again. The work
itself is not done any sooner. A process, or a task queue with workers of its own, computes beside
the application.

## Bad
```python
from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

app = FastAPI(openapi_url=None)


def count_pairs(size: int) -> int:
    total = 0
    for first in range(size):
        for second in range(size):
            total += first * second
    return total


@app.get("/pairs", tags=["pairs"])
async def read_pairs(size: int) -> int:
    return await run_in_threadpool(count_pairs, size)
```

## Good
```python
import asyncio
from concurrent.futures import ProcessPoolExecutor

from fastapi import FastAPI

app = FastAPI(openapi_url=None)
processes = ProcessPoolExecutor()


def count_pairs(size: int) -> int:
    total = 0
    for first in range(size):
        for second in range(size):
            total += first * second
    return total


@app.get("/pairs", tags=["pairs"])
async def read_pairs(size: int) -> int:
    return await asyncio.get_running_loop().run_in_executor(processes, count_pairs, size)
```

## Limits
Hashing, compression, images, data frames and machine learning let go of the lock, and a thread is
right for them. A function that also waits, for a file or the network, is passed over, and so is one
that cannot be resolved. How much work it is cannot be seen: for a small file a thread may do.

## Source
fastapi-best-practices, "CPU intensive tasks": multiprocessing for what the GIL limits; Python's
documentation, "Thread State and the Global Interpreter Lock".
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.facts.model import Call, Expr, Literal, Region
from fastapi_bp_lint.finding import Step
from fastapi_bp_lint.knowledge.interpreter_lock import POOLS, PURE_PYTHON, RANGE, THREADS
from fastapi_bp_lint.knowledge.tables import Primitive, offloader
from fastapi_bp_lint.project.edges import written
from fastapi_bp_lint.project.naming import is_application_code
from fastapi_bp_lint.project.values import Bound, External, Function, Instance
from fastapi_bp_lint.rule import Finding, Preset, Project, Rule, Severity

rule = Rule(__name__, __doc__, severity=Severity.INFO, preset=Preset.STRICT, since="0.1")
_DEEPEST = 4
_LOOPS = {"loop", "while"}


@rule.on(Function)
def check(function: Function, project: Project) -> Iterator[Finding]:
    if not function.is_async or not is_application_code(function.module):
        return
    for call in function.facts.body.calls:
        given = _handed(call, function, project)
        if given is None:
            continue
        found = _heavy(given, function, call, project)
        if found is not None:
            what, trail = found
            yield rule.at(
                function.module.place(call.span),
                f"`{written(given)}` {what}, which a thread makes no faster and other requests "
                "wait for: hand it to a process, or to a task queue",
                symbol=function.symbol,
                trail=trail,
            )


def _handed(call: Call, function: Function, project: Project) -> Expr:
    """Return what a call hands to a thread."""
    for value in project.types.callee(call, function).values:
        row = offloader(value.name) if isinstance(value, External) else None
        if row is None or row.runs not in THREADS or not row.argument.isdigit():
            continue
        position = int(row.argument)
        given = dict(call.keywords).get(row.keyword)
        if given is None and len(call.args) > position:
            given = call.args[position]
        return given if _is_of_threads(call, position, function, project) else None
    return None


def _is_of_threads(call: Call, position: int, function: Function, project: Project) -> bool:
    """Whether the executor before the function, where there is one, is a pool of threads."""
    if not position:
        return True
    executor = call.args[0] if call.args else None
    if isinstance(executor, Literal):
        return executor.value is None
    values = project.types.infer(executor, function, call.span.line).values
    names = [v.of.name for v in values if isinstance(v, Instance)]
    return bool(names) and POOLS.issuperset(names)


def _heavy(
    given: Expr, function: Function, call: Call, project: Project
) -> tuple[str, tuple[Step, ...]] | None:
    """Return why what is handed over computes in Python, None where that is not known."""
    values = project.types.infer(given, function, call.span.line).values
    value = values[0] if len(values) == 1 else None
    target = value.function if isinstance(value, Bound) else value
    if isinstance(target, External):
        return ("computes in Python", ()) if target.name.startswith(PURE_PYTHON) else None
    if not isinstance(target, Function) or target.is_async or target.facts.is_generator:
        return None
    reached = _reached(target, project)
    primitives = [p for f in reached for p in _primitives(f, project)]
    if any(not p.name.startswith(PURE_PYTHON) for p in primitives):
        return None  # it waits, or lets go of the lock
    for one in reached:
        for primitive in _primitives(one, project):
            step = Step(one.place, one.symbol, f"`{one.name}` calls `{primitive.readable}`")
            return f"computes in Python, `{primitive.readable}`", (step,)
        if _has_nested_ranges(one):
            step = Step(one.place, one.symbol, f"`{one.name}` has loops within loops")
            return "loops over ranges within each other", (step,)
    return None


def _reached(target: Function, project: Project) -> list[Function]:
    """Return a function and all that it runs, as far down as is followed."""
    found = {target: 0}
    for function in (waiting := [target]):
        for edge in project.calls.edges(function) if found[function] < _DEEPEST else ():
            inner = edge.target
            if isinstance(inner, Function) and inner not in found:
                found[inner] = found[function] + 1
                waiting.append(inner)
    return waiting


def _primitives(function: Function, project: Project) -> list[Primitive]:
    edges = project.calls.edges(function)
    return [e.target for e in edges if isinstance(e.target, Primitive)]


def _has_nested_ranges(function: Function) -> bool:
    loops = [r for r in function.facts.body.regions if r.kind in _LOOPS and _is_range(r)]
    return any(
        inner is not outer and outer.line <= inner.line and inner.end_line <= outer.end_line
        for outer in loops
        for inner in loops
    )


def _is_range(loop: Region) -> bool:
    """Whether a loop counts up to something that is not written out."""
    subject = loop.subject
    if not isinstance(subject, Call) or subject.func != RANGE:
        return False
    return not all(isinstance(arg, Literal) for arg in subject.args)
