"""
# Schema named unlike the others

## What it does
Reports a schema whose role is named in another way than most schemas of the project do:
`CreateTag` among `PostCreate` and `UserCreate`, `TagOut` among `PostResponse` and `UserResponse`.

## Why is this bad?
Who knows the name of the resource should know the names of its schemas. A second way to say the
same means looking them up each time, and in the OpenAPI document both ways stand side by side.

## Bad
`src/schemas.py`:
```python
from pydantic import BaseModel


class PostResponse(BaseModel):
    id: int


class UserResponse(BaseModel):
    id: int


class LikeResponse(BaseModel):
    id: int


class TagOut(BaseModel):
    id: int
```

## Good
`src/schemas.py`:
```python
from pydantic import BaseModel


class PostResponse(BaseModel):
    id: int


class UserResponse(BaseModel):
    id: int


class LikeResponse(BaseModel):
    id: int


class TagResponse(BaseModel):
    id: int
```

## Limits
Looks at three roles: what creates (Create, CreateRequest, In), what updates (Update, UpdateRequest)
and what is returned (Response, Out, Read, Public), each as a suffix or, for the first two, as a
prefix. A role has a usual name when at least three schemas, and twice as many as have any other,
have it. Names that say no resource (`UpdateSchema`, `CreateRequest`) are not looked at.

## Source
fastapi-best-practices, "Excessively use Pydantic", whose schemas end in their role; the FastAPI
patterns skill: `PostCreate`, `PostUpdate`, `PostResponse`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from fastapi_bp_lint.finding import Finding, Severity
from fastapi_bp_lint.knowledge.schema_words import GENERIC, RETURNED, ROLES
from fastapi_bp_lint.project.kinds import SCHEMA, kind_of
from fastapi_bp_lint.project.naming import is_application_code, is_pascal
from fastapi_bp_lint.project.values import Class
from fastapi_bp_lint.rule import Preset, Project, Rule

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.STRICT, since="0.1")

_LEAST = 3
_TIMES = 2


@rule.on(Project)
def check(_project: Project, project: Project) -> Iterator[Finding]:
    schemas = [
        cls
        for cls in project.names.classes
        if is_pascal(cls.name)
        and not cls.facts.parent
        and is_application_code(cls.module)
        and kind_of(project.types, cls) == SCHEMA
    ]
    for role, forms in ROLES.items():
        named = [(cls, form) for cls in schemas if (form := _form(cls.name, role, forms))]
        counts = Counter(form for _, form in named).most_common(2)
        usual, most = counts[0] if counts else ("", 0)
        second = counts[1][1] if len(counts) > 1 else 0
        if most >= _LEAST and most >= second * _TIMES:
            for cls, form in named:
                if form != usual:
                    yield _finding(cls, form, usual, role)


def _form(name: str, role: str, forms: tuple[str, ...]) -> str:
    """Return the longest of *forms*, such as ``-Create`` or ``Create-``, that *name* has."""
    form = max((form for form in forms if _has(name, form)), key=len, default="")
    other = role != RETURNED and any(_has(name, out) for out in ROLES[RETURNED])
    return "" if other or _resource(name, form) in GENERIC else form


def _has(name: str, form: str) -> bool:
    word = form.strip("-")
    if form[0] == "-":
        return name.endswith(word) and name != word
    return name.startswith(word) and name[len(word) : len(word) + 1].isupper()


def _resource(name: str, form: str) -> str:
    """Return what is left of *name* without its role: ``User`` of ``CreateUserRequest``."""
    word = form.strip("-")
    if form[:1] == "-":
        return name.removesuffix(word)
    return name.removeprefix(word).removesuffix("Request")


def _finding(cls: Class, form: str, usual: str, role: str) -> Finding:
    resource = _resource(cls.name, form)
    better = f"{resource}{usual[1:]}" if usual[0] == "-" else f"{usual[:-1]}{resource}"
    return rule.at(
        cls.place,
        f"`{cls.name}` is named unlike most schemas of this project {role}: call it `{better}`",
        symbol=cls.symbol,
    )
