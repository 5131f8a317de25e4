"""
# File that cannot be parsed

## What it does
Reports a file that is not valid Python, with the line where the parser gave up. A file in a newer
syntax than that of the interpreter that runs the linter is first read another way; only when that
fails too is it reported.

## Why is this bad?
The file cannot be imported, and what it defines is missing from the project: calls into it lead
nowhere, routers in it have no routes. Findings in other files may be missing because of it. That
is also why this rule runs whatever is selected; only ignoring it by name turns it off.

## Bad
```python
from fastapi import FastAPI

app = FastAPI(


@app.get("/")
async def root() -> str:
    return "hello"
```

## Good
```python
from fastapi import FastAPI

app = FastAPI()


@app.get("/", status_code=200)
async def root() -> str:
    return "hello"
```

## Fix safety
There is no fix.

## Limits
One error for each file: what follows it is not looked at.

## Source
The Python language reference; ruff reports the same as `invalid-syntax`, flake8 as E999.
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.finding import Finding, Severity
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.rule import Preset, Project, Rule

rule = Rule(__name__, __doc__, severity=Severity.ERROR, preset=Preset.RECOMMENDED, since="0.1")


@rule.on(Module)
def check(module: Module, _project: Project) -> Iterator[Finding]:
    problem = module.facts.problem
    if problem is not None and problem.kind == "syntax":
        yield rule.at(
            module.place(problem.span), f"this file is not valid Python: {problem.message}"
        )
