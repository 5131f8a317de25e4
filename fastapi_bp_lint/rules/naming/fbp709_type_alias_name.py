"""
# Type alias not in PascalCase

## What it does
Reports a type alias at the top of a module whose name is not in PascalCase.

## Why is this bad?
An alias stands where types stand, in annotations. `db_session` there reads like a value, and the
parameter that it annotates usually wants the very same name.

## Bad
`src/dependencies.py`:
```python
from typing import Annotated

from fastapi import Depends


async def get_user_id() -> int:
    return 1


current_user_id = Annotated[int, Depends(get_user_id)]
```

## Good
`src/dependencies.py`:
```python
from typing import Annotated

from fastapi import Depends


async def get_user_id() -> int:
    return 1


CurrentUserId = Annotated[int, Depends(get_user_id)]
```

## Limits
An alias is what is declared as one (`type X = ...`, `X: TypeAlias = ...`), and what is written as a
type: `Annotated[...]`, `X | Y`, `list[X]`, `Literal[...]`, a callable type. Another name for one
class (`JSONResponse = ORJSONResponse`) is not looked at. Abbreviations in capitals (`JSON`) are
fine. Silent about tests, migrations and generated code.

## Source
PEP 8, "Type Variable Names"; the typing documentation, "Type aliases"; fastapi-best-practices.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator

from fastapi_bp_lint.facts.model import Binding, Expr, Item, Literal, Operation
from fastapi_bp_lint.finding import Finding, Severity
from fastapi_bp_lint.project.kinds import ENUM, kind_of
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.project.naming import is_application_code, is_pascal, pascal
from fastapi_bp_lint.project.values import Alias, Class, External
from fastapi_bp_lint.rule import Preset, Project, Rule

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.CONVENTIONS, since="0.1")

_BUILTIN_TYPES = {f"builtins.{n}" for n, thing in vars(builtins).items() if isinstance(thing, type)}


@rule.on(Module)
def check(module: Module, project: Project) -> Iterator[Finding]:
    if not is_application_code(module):
        return
    for binding in module.facts.body.bindings:
        name = binding.target
        if "." in name or is_pascal(name) or name.startswith("__"):
            continue
        if _is_alias(binding, module, project):
            yield rule.at(
                module.place(binding.span),
                f"the type alias `{name}` is not in PascalCase: call it `{_better(name)}`",
            )


def _is_alias(binding: Binding, module: Module, project: Project) -> bool:
    if binding.kind == "type":
        return True
    if isinstance(binding.annotation, str) and binding.annotation.endswith("TypeAlias"):
        return True
    if binding.kind != "assign" or not isinstance(binding.value, Item | Operation):
        return False
    if isinstance(binding.value, Item):
        # ``Color["red"]`` takes a member out of an enum, ``REGISTRY["a"]`` a value out of a table.
        base = project.types.infer(binding.value.value, module)
        enums = (v for v in base.values if isinstance(v, Class))
        if any(kind_of(project.types, v) == ENUM for v in enums):
            return False
        if isinstance(binding.value.key, Literal) and any(
            isinstance(v, Class) for v in base.values
        ):
            return False
    return _is_type(binding.value, module, project)


def _is_type(expr: Expr, module: Module, project: Project) -> bool:
    """Whether *expr* is written as a type, a class by itself included."""
    if isinstance(expr, Operation) and expr.operator == "BitOr":
        return all(_is_none(o) or _is_type(o, module, project) for o in expr.operands)
    held = project.types.infer(expr, module)
    return bool(held.values) and all(
        isinstance(v, Alias | Class) or (isinstance(v, External) and v.name in _BUILTIN_TYPES)
        for v in held.values
    )


def _is_none(expr: Expr) -> bool:
    return isinstance(expr, Literal) and expr.kind == "None"


def _better(name: str) -> str:
    return pascal(name.lower() if name.isupper() else name)
