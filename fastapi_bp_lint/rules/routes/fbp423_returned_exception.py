"""
# Exception returned where it should be raised

## What it does
Looks for `return HTTPException(...)`, or of any other exception, in handlers and dependencies.

## Why is this bad?
Only a raised exception becomes an error response. A returned one is the result: the handler
answers 200 with the exception's attributes or fails to serialize it, and a dependency hands it on
as the user.

## Bad
```python
from fastapi import FastAPI, HTTPException

app = FastAPI()


@app.get("/posts/{post_id}")
async def read_post(post_id: int) -> dict[str, int]:
    if post_id == 0:
        return HTTPException(404)
    return {"id": post_id}
```

## Good
```python
from fastapi import FastAPI, HTTPException

app = FastAPI()


@app.get("/posts/{post_id}")
async def read_post(post_id: int) -> dict[str, int]:
    if post_id == 0:
        raise HTTPException(404)
    return {"id": post_id}
```

## Fix safety
`return` becomes `raise`. Unsafe: the route answers with another status from then on.

## Limits
Other functions may return exceptions, for others to raise; so may exception handlers' helpers. A
value whose type cannot be told is passed over.

## Source
FastAPI's documentation, "Handling Errors": "Because it's a Python exception, you don't `return`
it, you `raise` it".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi_bp_lint.finding import Applicability, Finding, Severity
from fastapi_bp_lint.knowledge.class_names import HTTP_ERRORS
from fastapi_bp_lint.knowledge.tables import ancestry
from fastapi_bp_lint.project.edges import written
from fastapi_bp_lint.project.handling import returned
from fastapi_bp_lint.project.kinds import EXCEPTION, HTTP_ERROR, kind_of
from fastapi_bp_lint.project.values import Class, External, Function, Instance, Value
from fastapi_bp_lint.rule import Preset, Project, Rule

if TYPE_CHECKING:
    import libcst as cst

    from fastapi_bp_lint.rule import Editor

rule = Rule(__name__, __doc__, severity=Severity.ERROR, preset=Preset.RECOMMENDED, since="0.1")
_ENDINGS = ("Error", "Exception")


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    run = dict.fromkeys(project.handlers, "handler")
    for dependency in project.dependencies:
        if dependency.function is not None and dependency.kind != "class":
            run.setdefault(dependency.function, "dependency")
    for function, what in run.items():
        yield from _returned(function, what, project)


def _returned(function: Function, what: str, project: Project) -> Iterator[Finding]:
    for result in returned(function):
        held = project.types.infer(result.value, function, result.span.line)
        if held.values and all(_is_exception(v, project) for v in held.values):
            text = written(result.value)
            yield rule.at(
                function.module.place(result.span),
                f"the {what} `{function.name}` returns the exception `{text}`, which is no error "
                "then but the result: raise it",
                symbol=function.symbol,
                certainty=held.certainty,
                fix=rule.repair("raise_it", "raise it", result.span),
            )


def _is_exception(value: Value, project: Project) -> bool:
    if not isinstance(value, Instance):
        return False
    if isinstance(value.of, Class):
        return kind_of(project.types, value.of) in {EXCEPTION, HTTP_ERROR}
    names = ancestry(value.of.name)
    return not HTTP_ERRORS.isdisjoint(names) or (
        isinstance(value.of, External)
        and value.of.name.startswith("builtins.")
        and value.of.name.endswith(_ENDINGS)
    )


@rule.fix(Applicability.UNSAFE)
def raise_it(node: cst.Return, edit: Editor) -> cst.Raise:
    from libcst import Raise, SimpleWhitespace  # noqa: PLC0415 - only a fix needs libcst

    del edit
    return Raise(exc=node.value, whitespace_after_raise=SimpleWhitespace(" "))
