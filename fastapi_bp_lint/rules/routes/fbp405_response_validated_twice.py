"""
# Response validated twice

## What it does
Looks for handlers that return an instance of the very model that they declare as their response.

## Why is this bad?
FastAPI does not hand the instance through: it validates it again and builds the response from that.
Every validator runs twice and every field is looked at twice, on every request. A plain dictionary,
a row or a dataclass is validated once.

## Bad
```python
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Rating(BaseModel):
    average: float


@app.get("/rating", response_model=Rating)
async def read_rating() -> Rating:
    return Rating(average=4.5)
```

## Good
```python
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Rating(BaseModel):
    average: float


@app.get("/rating", response_model=Rating)
async def read_rating() -> dict[str, float]:
    return {"average": 4.5}
```

## Limits
What is returned has to be followed to the model's constructor or to a function that is annotated
with the model; lists of models are followed where they are written out or annotated. Where only the
return annotation declares the model and the value is built in the handler, the type checker's help
may be worth the price: the rule is part of `conventions`.

## Source
fastapi-best-practices, "FastAPI response serialization": a returned model is created twice. Seen on
FastAPI 0.165: a model validator runs twice for a returned instance, once for a returned dictionary.
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.project.handling import returned
from fastapi_bp_lint.project.kinds import SCHEMA, kind_of
from fastapi_bp_lint.project.schemas import declared_model
from fastapi_bp_lint.project.values import Class, Function, Held, Instance
from fastapi_bp_lint.rule import Finding, Preset, Project, Rule, Severity

rule = Rule(__name__, __doc__, severity=Severity.INFO, preset=Preset.CONVENTIONS, since="0.1")


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    for handler, routes in project.handlers.items():
        if handler.module.is_test or handler.facts.is_generator:
            continue
        models = {declared_model(route, project) for route in routes}
        model = models.pop() if len(models) == 1 else None
        if model is None or kind_of(project.types, model) != SCHEMA:
            continue
        held = _all_returned(handler, project)
        if held is not None and all(_is_one(v, model) for v in held.values):
            yield rule.at(
                handler.module.place(returned(handler)[0].span),
                f"`{handler.name}` returns `{model.name}`, which is its response model: FastAPI "
                "validates it a second time; return the data it is made of",
                symbol=handler.symbol,
                certainty=held.certainty,
            )


def _all_returned(handler: Function, project: Project) -> Held | None:
    """Return what every ``return`` gives, None where one cannot be told."""
    every = [project.types.infer(r.value, handler, r.span.line) for r in returned(handler)]
    if not every or not all(held.values for held in every):
        return None
    values = tuple([v for held in every for v in held.values])
    return Held(values, max((h.certainty for h in every), key=lambda c: c.rank))


def _is_one(value: object, model: Class) -> bool:
    """Whether a value is an instance of the model, or a list of them."""
    if not isinstance(value, Instance):
        return False
    if value.of is model:
        return True
    inner = [v for held in value.args[:1] for v in held.values]
    return bool(inner) and all(isinstance(v, Instance) and v.of is model for v in inner)
