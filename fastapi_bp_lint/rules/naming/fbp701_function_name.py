"""
# Function not in snake_case

## What it does
Reports a route handler, a dependency, or a function of a domain's service, dependencies, utils,
client or router module whose name is not in snake_case.

## Why is this bad?
FastAPI makes the operation id, the summary in the documentation and the route's name for `url_for`
out of the handler's name. `getUser` reads there as one word, and generated clients get names like
`getuserUsersUserIdGet`. Within the code, a reader takes a name with capitals for a class.

## Bad
```python
from fastapi import FastAPI

app = FastAPI()


@app.get("/users/{user_id}")
async def readUser(user_id: int) -> dict[str, int]:
    return {"id": user_id}
```

## Good
```python
from fastapi import FastAPI

app = FastAPI()


@app.get("/users/{user_id}", status_code=200)
async def read_user(user_id: int) -> dict[str, int]:
    return {"id": user_id}
```

## Fix safety
Unsafe: the name of a handler is part of the OpenAPI document (operation id, summary), and of logs.
Offered only where the function is used in its own file alone: no other module imports it or reads
it as an attribute, and no string in the project has its name.

## Limits
Silent about tests, migrations and generated code; about methods whose name a base class of another
library prescribes, or one of the project's own, which is reported where it is defined first; and
about factories that are used like classes (`RoleChecker("admin")`), which make something callable.

## Source
PEP 8, "Function and Variable Names": "Function names should be lowercase, with words separated by
underscores as necessary to improve readability"; fastapi-best-practices, whose examples hold to it
throughout.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Call, LambdaRef
from fastapi_bp_lint.finding import Finding, Fix, Severity
from fastapi_bp_lint.project.members import mro
from fastapi_bp_lint.project.naming import is_application_code, is_snake, snake
from fastapi_bp_lint.project.values import Class, Function
from fastapi_bp_lint.rule import Applicability, Preset, Project, Rule

if TYPE_CHECKING:
    import libcst as cst

    from fastapi_bp_lint.edits import Editor

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.RECOMMENDED, since="0.1")

_ROLES = {"service", "dependencies", "utils", "client", "router"}


@rule.on(Function)
def check(function: Function, project: Project) -> Iterator[Finding]:
    facts = function.facts
    if facts.is_lambda or is_snake(function.name) or not is_application_code(function.module):
        return
    kind = _kind(function, project)
    if kind and not _is_prescribed(function, project):
        name = snake(function.name)
        yield rule.at(
            function.place,
            f"the {kind} `{function.name}` is not in snake_case: call it `{name}`",
            symbol=function.symbol,
            fix=_fix(function, name, project),
        )


def _kind(function: Function, project: Project) -> str:
    """Return why the name matters, "" where it does not."""
    if function in project.handlers:
        return "handler"
    if _is_factory(function):
        return ""
    if any(d.function is function for d in project.dependencies):
        return "dependency"
    domain = project.domain_of(function.module)
    role = domain.role(function.module) if domain else ""
    around = project.names.at(function.module, function.facts.parent)
    is_nested = isinstance(around, Function)
    if is_nested or (function.owner is not None and role != "service"):
        return ""
    return f"{role} function" if role in _ROLES else ""


def _is_factory(function: Function) -> bool:
    """Whether it is named like a class and gives something to be called."""
    if not function.name.lstrip("_")[:1].isupper():
        return False
    qualname = function.facts.qualname
    names = {f.qualname for f in function.module.facts.functions if f.parent == qualname}
    names |= {c.qualname for c in function.module.facts.classes if c.parent == qualname}
    local = {name.rpartition(".")[2] for name in names}
    return any(
        isinstance(r.value, LambdaRef | Call) or r.value in local
        for r in function.facts.body.results
        if r.kind == "return"
    )


def _is_prescribed(function: Function, project: Project) -> bool:
    """Whether a base class has, or may have, chosen the name."""
    if function.owner is None:
        return False
    bases = mro(project.types, function.owner)[1:]
    plain = {"builtins.object", "abc.ABC", "typing.Generic", "typing.Protocol"}
    if len(function.owner.facts.bases) > len(bases):
        return True
    return any(
        function.name in base.methods if isinstance(base, Class) else base.name not in plain
        for base in bases
    )


def _fix(function: Function, name: str, project: Project) -> Fix | None:
    uses = project.uses.of_function(function)
    if uses is None or uses.others or not project.uses.is_free(name, function.module):
        return None
    if function.name in project.uses.literals:
        return None
    spans = (function.facts.name_span, *uses.spans)
    args = (name, *(" ".join(map(str, span)) for span in spans[1:]))
    return rule.repair("rename", f"call it `{name}` throughout the file", spans[0], args)


@rule.fix(Applicability.UNSAFE)
def rename(node: cst.Name, edit: Editor) -> cst.Name:
    from fastapi_bp_lint.edits.renaming import rename_uses  # noqa: PLC0415 - libcst only for fixes

    return node.with_changes(value=rename_uses(edit))
