"""
# Class not in PascalCase

## What it does
Reports a Pydantic schema, settings class, database model or exception whose name is not in
PascalCase.

## Why is this bad?
The name of a schema is the name of a component in the OpenAPI document, and of a class in every
client that is generated from it. A class that is not written like one reads as a function or a
constant where it is used: `raise not_found` or `user_create(**data)`.

## Bad
```python
from pydantic import BaseModel


class user_create(BaseModel):
    email: str
```

## Good
```python
from pydantic import BaseModel


class UserCreate(BaseModel):
    email: str
```

## Limits
There is no fix: the name of a model may be stored (polymorphic identities, pickles) and that of a
schema is public. Other classes, enums among them, are not looked at; neither are tests, migrations
and generated code. Underscores before and after a name, and one between digits (`Model3_5`), are
fine, and so are abbreviations in capitals (`JWTData`).

## Source
PEP 8, "Class Names": "Class names should normally use the CapWords convention";
fastapi-best-practices, whose examples hold to it throughout.
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.finding import Finding, Severity
from fastapi_bp_lint.project.kinds import EXCEPTION, HTTP_ERROR, SCHEMA, SETTINGS, TABLE, kind_of
from fastapi_bp_lint.project.naming import is_application_code, is_pascal, pascal
from fastapi_bp_lint.project.values import Class
from fastapi_bp_lint.rule import Preset, Project, Rule

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.RECOMMENDED, since="0.1")

_WORDS = {
    SCHEMA: "schema",
    SETTINGS: "settings class",
    TABLE: "model",
    EXCEPTION: "exception",
    HTTP_ERROR: "exception",
}


@rule.on(Class)
def check(cls: Class, project: Project) -> Iterator[Finding]:
    if is_pascal(cls.name) or not is_application_code(cls.module):
        return
    word = _WORDS.get(kind_of(project.types, cls))
    if word:
        yield rule.at(
            cls.place,
            f"the {word} `{cls.name}` is not in PascalCase: call it `{pascal(cls.name)}`",
            symbol=cls.symbol,
        )
