"""
# Settings field not in SCREAMING_SNAKE_CASE

## What it does
Reports a field of a settings class (`BaseSettings`) whose name is not in SCREAMING_SNAKE_CASE.

## Why is this bad?
A settings field stands for an environment variable, and those are written in capitals:
`settings.DATABASE_URL` can be searched for in code, `.env` files, manifests and CI at once, and
shows where it is used that the value comes from outside.

## Bad
`src/config.py`:
```python
from pydantic_settings import BaseSettings


class Config(BaseSettings):
    database_url: str
```

## Good
`src/config.py`:
```python
from pydantic_settings import BaseSettings


class Config(BaseSettings):
    DATABASE_URL: str
```

## Limits
Fine: `model_config`, private and computed fields, class variables, fields with an alias, and fields
that hold another model, whose variables have other names. Where every field of a class is in
snake_case, `style = "consistent"` accepts it.

## Source
fastapi-best-practices, "Decouple Pydantic BaseSettings": `DATABASE_URL`, `JWT_SECRET`.
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.facts.model import Binding, Call
from fastapi_bp_lint.finding import Finding, Severity
from fastapi_bp_lint.project.annotations import annotated
from fastapi_bp_lint.project.kinds import SCHEMA, SETTINGS, kind_of
from fastapi_bp_lint.project.naming import is_application_code, is_screaming, snake
from fastapi_bp_lint.project.values import Class, Instance
from fastapi_bp_lint.rule import Option, Preset, Project, Rule

_STYLE = Option(
    "style",
    "screaming",
    "`screaming` asks for SCREAMING_SNAKE_CASE, `consistent` for one case within a class.",
    ("screaming", "consistent"),
)

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.WARNING,
    preset=Preset.CONVENTIONS,
    since="0.1",
    options=(_STYLE,),
)

_ALIASES = {"alias", "validation_alias"}


@rule.on(Class)
def check(cls: Class, project: Project) -> Iterator[Finding]:
    if kind_of(project.types, cls) != SETTINGS or not is_application_code(cls.module):
        return
    fields = [b for b in cls.facts.body.bindings if _is_variable(b, cls, project)]
    style = project.config.rules.get(rule.slug, {}).get(_STYLE.name, _STYLE.default)
    if style == "consistent" and not any(is_screaming(b.target) for b in fields):
        return
    for binding in fields:
        if not is_screaming(binding.target):
            yield rule.at(
                cls.module.place(binding.span),
                f"the settings field `{binding.target}` of `{cls.name}` is not in "
                f"SCREAMING_SNAKE_CASE: call it `{snake(binding.target).upper()}`",
                symbol=cls.symbol,
            )


def _is_variable(binding: Binding, cls: Class, project: Project) -> bool:
    """Whether a field is read from an environment variable of its name."""
    name = binding.target
    if binding.kind != "annotation" or name.startswith("_") or name == "model_config":
        return False
    if "ClassVar" in str(binding.annotation):
        return False
    calls = [binding.value, *_parts(binding.annotation)]
    if any(isinstance(c, Call) and _ALIASES & {k for k, _ in c.keywords if k} for c in calls):
        return False
    held = annotated(project.types, binding.annotation, cls)
    return not any(
        isinstance(v, Instance)
        and isinstance(v.of, Class)
        and kind_of(project.types, v.of) in {SCHEMA, SETTINGS}
        for v in held.values
    )


def _parts(expr: object) -> Iterator[object]:
    yield expr
    if isinstance(expr, tuple) and not isinstance(expr, Call):
        for part in expr:
            yield from _parts(part)
