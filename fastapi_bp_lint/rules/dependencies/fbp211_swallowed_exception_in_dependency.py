"""
# Exception swallowed around a `yield`

## What it does
Looks for dependencies with an `except` around their `yield` that catches everything, bare or as
`Exception`, and does not raise again.

## Why is this bad?
The exceptions that arrive at the `yield` are those of the route. Swallowed there, the error is
gone from the log and the error tracker; FastAPI notices, raises one of its own ("no response
object was returned") and the client gets a 500, even where the route has raised a 404.

## Bad
```python
from fastapi import Depends, FastAPI

app = FastAPI()


async def get_lock():
    try:
        yield "lock"
    except Exception:
        print("failed")


@app.get("/posts")
async def read_posts(lock: str = Depends(get_lock)) -> list[str]:
    return []
```

## Good
```python
from fastapi import Depends, FastAPI

app = FastAPI()


async def get_lock():
    try:
        yield "lock"
    except Exception:
        print("failed")
        raise


@app.get("/posts")
async def read_posts(lock: str = Depends(get_lock)) -> list[str]:
    return []
```

## Fix safety
Puts a `raise` at the end of the clause. Unsafe: the route's error is seen again from then on.

## Limits
A clause for exceptions of one kind is taken to be meant. One that raises anywhere in its lines, or
calls something that never returns, is fine.

## Source
FastAPI's documentation, "Dependencies with yield": "Always `raise` in Dependencies with `yield`
and `except`".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Expr, Group, Region
from fastapi_bp_lint.finding import Applicability, Finding, Severity, Span
from fastapi_bp_lint.project.generators import generators, handlers, tries, yields
from fastapi_bp_lint.project.naming import is_application_code
from fastapi_bp_lint.project.values import Function
from fastapi_bp_lint.rule import Preset, Project, Rule

if TYPE_CHECKING:
    import libcst as cst

    from fastapi_bp_lint.rule import Editor

rule = Rule(__name__, __doc__, severity=Severity.ERROR, preset=Preset.RECOMMENDED, since="0.1")
_EVERYTHING = {"Exception", "BaseException", "builtins.Exception", "builtins.BaseException"}
_LEAVES = {"exit", "_exit", "abort"}


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    for function in generators(project):
        if not is_application_code(function.module):
            continue
        clauses = dict.fromkeys(
            clause
            for found in yields(function)
            for block in tries(function, found.span.line)
            for clause in handlers(function, block)
        )
        for clause in clauses:
            if _catches_everything(clause.subject) and not _raises(function, clause):
                yield _found(function, clause)


def _found(function: Function, clause: Region) -> Finding:
    line, column = clause.span[:2]
    return rule.at(
        function.module.place(Span(line, column, line, column + len("except"))),
        f"`{function.name}` swallows what the route raises: FastAPI answers 500 without a trace of "
        "it; `raise` at the end of the clause",
        symbol=function.symbol,
        fix=rule.repair("raise_again", "raise it again", clause.span),
    )


def _catches_everything(subject: Expr) -> bool:
    if isinstance(subject, Group):
        return any(_catches_everything(item) for item in subject.items)
    return subject is None or (isinstance(subject, str) and subject in _EVERYTHING)


def _raises(function: Function, clause: Region) -> bool:
    body = function.facts.body
    inside = range(clause.line, clause.end_line + 1)
    return any(r.kind == "raise" and r.span.line in inside for r in body.results) or any(
        isinstance(c.func, str) and c.func.rpartition(".")[2] in _LEAVES and c.span.line in inside
        for c in body.calls
    )


@rule.fix(Applicability.UNSAFE)
def raise_again(node: cst.ExceptHandler, edit: Editor) -> cst.ExceptHandler | None:
    from libcst import IndentedBlock, Raise, SimpleStatementLine  # noqa: PLC0415 - only for a fix

    del edit
    if not isinstance(node.body, IndentedBlock):
        return None
    rows = [*node.body.body, SimpleStatementLine([Raise()])]
    return node.with_changes(body=node.body.with_changes(body=rows))
