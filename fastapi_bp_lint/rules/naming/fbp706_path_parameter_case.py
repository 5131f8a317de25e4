"""
# Path parameter not in snake_case

## What it does
Reports `{postId}` in the path of a route, or in the prefix of a router or of an include.

## Why is this bad?
The name in the path is the name of the parameter in the handler and in its dependencies, which are
Python and in snake_case. One of the two has to give way: either the code gets names in camelCase,
or the two names differ, and FastAPI takes the parameter of the code for a query parameter without
a word, so that every request gets a 422.

## Bad
```python
from fastapi import FastAPI

app = FastAPI()


@app.get("/posts/{postId}", status_code=200)
async def read_post(postId: int) -> dict[str, int]:
    return {"id": postId}
```

## Good
```python
from fastapi import FastAPI

app = FastAPI()


@app.get("/posts/{post_id}", status_code=200)
async def read_post(post_id: int) -> dict[str, int]:
    return {"id": post_id}
```

## Limits
A path that is not written as a literal is not looked at, and neither are tests. Fine where the
handler gives the parameter that name on purpose, `Path(alias="postId")`.

## Source
fastapi-best-practices, "Follow the REST": path parameters have one name throughout, such as
`profile_id`; PEP 8, "Function and Variable Names".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fastapi_bp_lint.facts.model import Call, Literal
from fastapi_bp_lint.finding import Finding, Place, Severity
from fastapi_bp_lint.project.handlers import literal_text, path_of
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.project.naming import is_application_code, is_snake, snake
from fastapi_bp_lint.project.uses import bodies
from fastapi_bp_lint.project.values import Function
from fastapi_bp_lint.rule import Preset, Project, Rule

rule = Rule(
    __name__, __doc__, severity=Severity.WARNING, preset=Preset.RECOMMENDED, since="0.1"
)

_PARAMETER = re.compile(r"\{([^{}:]+)(?::[^{}]*)?\}")


@rule.on(Function)
def check_route(function: Function, project: Project) -> Iterator[Finding]:
    if not is_application_code(function.module):
        return
    for decorator in project.decorated.decorators(function):
        wrong = _wrong(path_of(decorator.call))
        wanted = _aliases(function) if wrong else set()
        for name in wrong:
            if name not in wanted:
                yield _finding(name, function.module.place(decorator.span), function.symbol)


@rule.on(Module)
def check_prefix(module: Module, project: Project) -> Iterator[Finding]:
    if not is_application_code(module):
        return
    for scope, body, _ in bodies(module):
        where = project.names.at(module, scope) or module
        for call in body.calls:
            wrong = [n for k, v in call.keywords if k == "prefix" for n in _wrong(literal_text(v))]
            if wrong and isinstance(call.func, str):
                owner, _, method = call.func.rpartition(".")
                target = owner if method == "include_router" else call
                if project.decorated.is_router(target, where):
                    for name in wrong:
                        yield _finding(name, module.place(call.span), "")


def _wrong(path: str) -> list[str]:
    return [name for name in _PARAMETER.findall(path) if not is_snake(name)]


def _aliases(function: Function) -> set[str]:
    """Return the names that the handler's parameters have outside of it."""
    return {
        value.value
        for param in function.facts.params
        for call in _calls(param.default, param.annotation)
        for name, value in call.keywords
        if name in {"alias", "validation_alias"}
        and isinstance(value, Literal)
        and isinstance(value.value, str)
    }


def _calls(*exprs: object) -> Iterator[Call]:
    for expr in exprs:
        if isinstance(expr, Call):
            yield expr
        elif isinstance(expr, tuple):
            yield from _calls(*expr)


def _finding(name: str, place: Place, symbol: str) -> Finding:
    return rule.at(
        place,
        f"the path parameter `{{{name}}}` is not in snake_case: call it `{{{snake(name)}}}`",
        symbol=symbol,
    )
