"""
# Route without documentation

## What it does
Looks for handlers that OpenAPI shows without a word: no docstring, no `summary` and no
`description`.

## Why is this bad?
`/docs` is what the users of an API read. Without a word there they read the code, or ask.

## Bad
```python
from fastapi import FastAPI

app = FastAPI()


@app.get("/posts")
async def read_posts() -> list[str]:
    return []
```

## Good
```python
from fastapi import FastAPI

app = FastAPI()


@app.get("/posts")
async def read_posts() -> list[str]:
    \"\"\"List the posts, newest first.\"\"\"
    return []
```

## Limits
What a docstring says is not judged. Routes outside the schema, at any level, and tests are passed
over.

## Source
fastapi-best-practices, "Docs": `response_model`, `status_code`, `description` help FastAPI to
generate well-defined and easy to understand docs.
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.project.handling import call_of, is_written
from fastapi_bp_lint.rule import Finding, Preset, Project, Rule, Severity

rule = Rule(__name__, __doc__, severity=Severity.INFO, preset=Preset.CONVENTIONS, since="0.1")
_WORDS = {"summary", "description", "openapi_extra"}


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    for handler, routes in project.handlers.items():
        if handler.facts.docstring or handler.facts.is_lambda or handler.module.is_test:
            continue
        bare = [
            r
            for r in routes
            if r.kind == "http"
            and not r.is_plain
            and r.include_in_schema
            and not _WORDS & r.options.keys()
            and is_written(call_of(r, project))
        ]
        if bare and len(bare) == len(routes):
            yield rule.at(
                handler.place,
                f"`{handler.name}` ({' '.join(bare[0].methods)} {bare[0].path}) has no docstring, "
                "`summary` or `description`: say what it does",
                symbol=handler.symbol,
                certainty=bare[0].sure,
            )
