"""
# Secret in a response

## What it does
Looks for fields such as `password`, `hashed_password`, `password_hash`, `secret` and `token_hash`
in the models that routes return, in those that they are made of, and in tables that are returned
as they are. One finding for each field, however many routes return it.

## Why is this bad?
A hash is all that is needed to try passwords at leisure, and the model that is handy for input
ends up as the output by a slip that no test notices.

## Bad
```python
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class User(BaseModel):
    email: str
    hashed_password: str


@app.get("/users/{user_id}")
async def read_user(user_id: int) -> User:
    return User(email="", hashed_password="")
```

## Good
```python
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class UserResponse(BaseModel):
    email: str


@app.get("/users/{user_id}")
async def read_user(user_id: int) -> UserResponse:
    return UserResponse(email="")
```

## Limits
Fine: `Field(exclude=True)`, `SecretStr`, which shows stars, `response_model_exclude` or
`response_model_include` in the decorator, a serializer for the field or the model, a validator of
the field, a connection to elsewhere with its `host`, or a class called `...Auth`, `...Config` or
`...Connection`. A token that is shown once, when it is made, has another name. Tests are passed
over.

## Source
FastAPI's documentation, "Response Model - Return Type": "Never store the plain password of a user
or send it in a response like this"; OWASP API3:2023, Broken Object Property Level Authorization.
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.facts.model import Binding, Call, Expr, Literal
from fastapi_bp_lint.finding import Finding, Severity, weakest
from fastapi_bp_lint.knowledge.secrets import SENSITIVE, TEXTS
from fastapi_bp_lint.project.annotations import annotated, metadata
from fastapi_bp_lint.project.apps import Arg
from fastapi_bp_lint.project.kinds import SCHEMA, TABLE, kind_of
from fastapi_bp_lint.project.members import mro
from fastapi_bp_lint.project.naming import is_application_code
from fastapi_bp_lint.project.payloads import classes_in, within
from fastapi_bp_lint.project.routes import Route
from fastapi_bp_lint.project.values import Class, External, Instance
from fastapi_bp_lint.rule import Preset, Project, Rule

rule = Rule(__name__, __doc__, severity=Severity.ERROR, preset=Preset.RECOMMENDED, since="0.1")
_ADDRESS = {"host", "hostname", "port"}
"""Fields of what a client is to connect to elsewhere: the password is for that."""
_ELSEWHERE = ("Auth", "Config", "Connection")
"""Ends of the names of classes that say how to get in somewhere else."""
_CHOOSES = {"response_model_exclude", "response_model_include", "response_class"}


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    found: dict[tuple[Class, str], list[Route]] = {}
    for route in project.routes:
        if route.kind == "http" and not _CHOOSES & route.options.keys():
            if is_application_code(route.module):
                for cls, field in _secrets(route, project):
                    found.setdefault((cls, field.target), []).append(route)
    for (cls, name), routes in found.items():
        field = _field(cls, name)
        route = routes[0]
        others = f" (and {len(routes) - 1} more)" if len(routes) > 1 else ""
        yield rule.at(
            cls.module.place(field.span),
            f"`{cls.name}.{name}` is sent to the client by {'/'.join(route.methods)} {route.path}"
            f"{others}: return a model without it",
            symbol=cls.symbol,
            certainty=weakest(route.sure),
        )


def _secrets(route: Route, project: Project) -> Iterator[tuple[Class, Binding]]:
    for cls in within(_sent(route, project), project):
        if kind_of(project.types, cls) not in {SCHEMA, TABLE} or _is_serialized(cls, project):
            continue
        order = mro(project.types, cls)
        if any(isinstance(base, Class) and _ADDRESS & base.fields.keys() for base in order):
            continue
        if cls.name.endswith(_ELSEWHERE):
            continue
        for base in order:
            if isinstance(base, Class) and not _is_overridden(base, cls, project):
                for name in base.fields:
                    if name in SENSITIVE and _is_shown(_field(base, name), base, project):
                        yield base, _field(base, name)


def _sent(route: Route, project: Project) -> list[Class]:
    given = route.options.get("response_model")
    if given is not None:
        if not isinstance(given, Arg):
            return []
        return list(classes_in(given.expr, given.frame.where, project))
    if route.handler is None or route.response_model is None:
        return []
    around = project.types.around(route.handler)
    return list(classes_in(route.handler.facts.returns, around, project))


def _field(cls: Class, name: str) -> Binding:
    return next(b for b in reversed(cls.facts.body.bindings) if b.target == name)


def _is_overridden(base: Class, cls: Class, project: Project) -> bool:
    """Whether a nearer class says something else of one of the fields."""
    order = mro(project.types, cls)
    names = SENSITIVE & base.fields.keys()
    nearer = [c for c in order[: order.index(base)] if isinstance(c, Class)]
    return any(names & c.fields.keys() for c in nearer)


def _is_serialized(cls: Class, project: Project) -> bool:
    """Whether the class sees to itself: a serializer, or a validator that redacts the field."""
    return any(
        _sees_to(d)
        for base in mro(project.types, cls)
        if isinstance(base, Class)
        for method in base.methods.values()
        for d in method.facts.decorators
    )


def _sees_to(decorator: Expr) -> bool:
    func = decorator.func if isinstance(decorator, Call) else decorator
    name = func.rpartition(".")[2] if isinstance(func, str) else ""
    args = decorator.args if isinstance(decorator, Call) else ()
    return name.endswith("serializer") or (
        name.endswith("validator")
        and any(isinstance(a, Literal) and a.value in SENSITIVE for a in args)
    )


def _is_shown(field: Binding, cls: Class, project: Project) -> bool:
    extra = [expr for expr, _ in metadata(project.types, field.annotation, cls)]
    if any(_is_excluded(e) for e in (field.value, *extra)):
        return False
    held = annotated(project.types, field.annotation, cls)
    return bool(held.values) and all(
        isinstance(v, Instance) and isinstance(v.of, External) and v.of.name in TEXTS
        for v in held.values
    )


def _is_excluded(expr: Expr) -> bool:
    if not isinstance(expr, Call):
        return False
    excluded = dict(expr.keywords).get("exclude")
    return isinstance(excluded, Literal) and excluded.value is True
