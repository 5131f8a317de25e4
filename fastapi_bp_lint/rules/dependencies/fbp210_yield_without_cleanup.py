"""
# Cleanup after a `yield` that an error passes by

## What it does
Looks for dependencies that open something, `yield` it, and close it in the lines behind the
`yield`, without `try`/`finally` or `with`.

## Why is this bad?
FastAPI throws an exception of the route into the dependency, where it comes out of the `yield`.
What stands behind it is then never reached: every failing request leaves a session or a connection
open, until the pool has none left.

## Bad
```python
from fastapi import Depends, FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

app = FastAPI()


async def get_session():
    session = AsyncSession()
    yield session
    await session.close()


@app.get("/posts")
async def read_posts(session: AsyncSession = Depends(get_session)) -> list[str]:
    return []
```

## Good
```python
from fastapi import Depends, FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

app = FastAPI()


async def get_session():
    async with AsyncSession() as session:
        yield session


@app.get("/posts")
async def read_posts(session: AsyncSession = Depends(get_session)) -> list[str]:
    return []
```

## Fix safety
The `yield` goes into a `try`, the lines that close into its `finally`. Unsafe: the cleanup then
also runs after an error. Offered where `yield` and cleanup stand directly in the body, the cleanup
last.

## Limits
Closing is a call of `close`, `aclose`, `release`, `disconnect`, `dispose` and the like on a name
that was bound before the `yield`. A yield within `try`/`finally` or an enclosing `with` is fine,
whatever the block does, and so is one whose exceptions are all caught.

## Source
FastAPI's documentation, "Dependencies with yield": "use `finally` to make sure the exit steps are
executed, no matter if there was an exception or not".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Call
from fastapi_bp_lint.finding import Applicability, Finding, Severity
from fastapi_bp_lint.project.generators import generators, handlers, has_finally, tries, yields
from fastapi_bp_lint.project.naming import is_application_code
from fastapi_bp_lint.project.values import Function
from fastapi_bp_lint.rule import Preset, Project, Rule

if TYPE_CHECKING:
    import libcst as cst

    from fastapi_bp_lint.rule import Editor

rule = Rule(__name__, __doc__, severity=Severity.ERROR, preset=Preset.RECOMMENDED, since="0.1")
_CLOSES = frozenset(
    {
        "aclose",
        "close",
        "disconnect",
        "dispose",
        "logout",
        "quit",
        "release",
        "shutdown",
        "stop",
        "terminate",
        "unlock",
    }
)


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    for function in generators(project):
        if not is_application_code(function.module):
            continue
        for found in yields(function):
            line = found.span.line
            call = _cleanup(function, line)
            if call is not None and not _is_protected(function, line):
                yield rule.at(
                    function.module.place(found.span),
                    f"when the route fails, `{function.name}` ends at this `yield` and never comes "
                    f"to `{call.func}()` in line {call.span.line}: use `try`/`finally` or `with`",
                    symbol=function.symbol,
                    fix=rule.repair("protect", "close it in a `finally`", function.facts.span),
                )


def _cleanup(function: Function, line: int) -> Call | None:
    """Return what closes, behind the ``yield`` in *line*, a thing that was opened before it."""
    opened = {
        b.target
        for b in function.facts.body.bindings
        if b.kind in {"assign", "annotation"} and b.span.line < line and _is_made(b.value)
    }
    for call in function.facts.body.calls:
        if call.span.line > line and isinstance(call.func, str):
            owner, _, method = call.func.rpartition(".")
            if method in _CLOSES and owner in opened:
                return call
    return None


def _is_made(value: object) -> bool:
    """Whether a call, awaited or not, gives the value."""
    return isinstance(getattr(value, "value", value), Call) or isinstance(value, Call)


def _is_protected(function: Function, line: int) -> bool:
    blocks = tries(function, line)
    return any(has_finally(function, b) or handlers(function, b) for b in blocks)


@rule.fix(Applicability.UNSAFE)
def protect(node: cst.FunctionDef, edit: Editor) -> cst.FunctionDef | None:
    from libcst import Finally, IndentedBlock, Try  # noqa: PLC0415 - only a fix needs libcst

    del edit
    if not isinstance(node.body, IndentedBlock):
        return None
    rows = list(node.body.body)
    start = next((n for n, row in enumerate(rows) if _yields(row)), None)
    if start is None:
        return None
    first = next((n for n, row in enumerate(rows) if n > start and _closes(row)), None)
    if first is None or not all(_closes(row) for row in rows[first:]):
        return None
    block = Try(
        body=IndentedBlock(rows[start:first]), finalbody=Finally(body=IndentedBlock(rows[first:]))
    )
    return node.with_changes(body=node.body.with_changes(body=[*rows[:start], block]))


def _yields(row: cst.CSTNode) -> bool:
    from libcst import Assign, Expr, Yield  # noqa: PLC0415 - only a fix needs libcst

    only = _only(row)
    return isinstance(only, Expr | Assign) and isinstance(only.value, Yield)


def _closes(row: cst.CSTNode) -> bool:
    from libcst import Attribute, Await, Expr  # noqa: PLC0415 - only a fix needs libcst
    from libcst import Call as CallNode  # noqa: PLC0415 - as above

    only = _only(row)
    value = only.value if isinstance(only, Expr) else None
    call = value.expression if isinstance(value, Await) else value
    return (
        isinstance(call, CallNode)
        and isinstance(call.func, Attribute)
        and call.func.attr.value in _CLOSES
    )


def _only(row: cst.CSTNode) -> cst.CSTNode | None:
    from libcst import SimpleStatementLine  # noqa: PLC0415 - only a fix needs libcst

    if isinstance(row, SimpleStatementLine) and len(row.body) == 1:
        return row.body[0]
    return None
