"""
# Body on a response without content

## What it does
Looks for handlers whose status is 204, 205 or 304 and that declare a response model or return a
value.

## Why is this bad?
Such a response has no body. With a response model or a return annotation FastAPI refuses to start
("Status code 204 must not have a response body"); a value that is only returned is thrown away, and
the client that reads the code waits for what never comes.

## Bad
```python
from fastapi import FastAPI, status

app = FastAPI()


@app.delete("/posts/{post_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_post(post_id: int):
    return {"deleted": post_id}
```

## Good
```python
from fastapi import FastAPI, status

app = FastAPI()


@app.delete("/posts/{post_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_post(post_id: int) -> None:
    print("deleted", post_id)
```

## Fix safety
The value of the `return` is dropped where it is written out and calls nothing. Unsafe: the status
may be what is wrong, not the value.

## Limits
Only the status in the decorator counts. A handler that returns a response, or that sets
`response.status_code`, is passed over.

## Source
FastAPI's behaviour: an assertion when the route is made, and an empty body for statuses that allow
none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Call, Expr, Group, Literal, Mapping, Result
from fastapi_bp_lint.knowledge.fastapi_names import NO_BODY
from fastapi_bp_lint.project.handling import returns_response
from fastapi_bp_lint.project.values import Function
from fastapi_bp_lint.rule import Applicability, Finding, Fix, Preset, Project, Rule, Severity

if TYPE_CHECKING:
    import libcst as cst

    from fastapi_bp_lint.rule import Editor

rule = Rule(__name__, __doc__, severity=Severity.ERROR, preset=Preset.RECOMMENDED, since="0.1")
_NONE = Literal(None, "None")


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    for handler, routes in project.handlers.items():
        empty = [r for r in routes if r.kind == "http" and r.status_code in NO_BODY]
        if len(empty) != len(routes) or not empty or _sets_status(handler):
            continue
        status = empty[0].status_code
        if any(r.response_model is not None for r in empty):
            yield rule.at(
                handler.place,
                f"`{handler.name}` answers {status}, which has no body, and declares a response "
                "model: FastAPI does not start; drop the model or choose another status",
                symbol=handler.symbol,
                certainty=empty[0].sure,
            )
        elif not returns_response(handler, project) and not handler.facts.is_generator:
            for result in _values(handler):
                yield rule.at(
                    handler.module.place(result.span),
                    f"`{handler.name}` answers {status}, which has no body: what is returned here "
                    "is thrown away; return nothing or choose another status",
                    symbol=handler.symbol,
                    certainty=empty[0].sure,
                    fix=_fix(result),
                )


def _sets_status(handler: Function) -> bool:
    return any(b.target.endswith(".status_code") for b in handler.facts.body.bindings)


def _values(handler: Function) -> list[Result]:
    """Return the ``return`` statements that surely give something."""
    given = [r for r in handler.facts.body.results if r.kind == "return"]
    return [r for r in given if r.value != _NONE and _is_something(r.value)]


def _is_something(value: Expr) -> bool:
    return isinstance(value, Literal | Group | Mapping) or (
        isinstance(value, str) and value != "None"
    )


def _fix(result: Result) -> Fix | None:
    if _calls(result.value):
        return None
    return rule.repair("drop_value", "return nothing", result.span)


def _calls(value: Expr) -> bool:
    if isinstance(value, Call):
        return True
    if isinstance(value, Group):
        return any(_calls(i) for i in value.items)
    if isinstance(value, Mapping):
        return any(_calls(k) or _calls(v) for k, v in value.items)
    return not isinstance(value, str | Literal)


@rule.fix(Applicability.UNSAFE)
def drop_value(node: cst.Return, edit: Editor) -> cst.Return:
    from libcst import MaybeSentinel  # noqa: PLC0415 - only a fix needs libcst

    del edit
    return node.with_changes(value=None, whitespace_after_return=MaybeSentinel.DEFAULT)
