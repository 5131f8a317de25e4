"""
# File that cannot be read

## What it does
Reports a Python file of the project that could not be read: no permission, a link that leads
nowhere or to itself, a pipe, socket or device called `x.py` (which is never opened), bytes that
are not text in the file's encoding, an encoding that Python does not know, a file of 5 MB or more,
a file that vanished while the linter ran.

## Why is this bad?
What the file defines is missing from the project, so that findings elsewhere may be missing too.
The rule runs whatever is selected; only ignoring it by name turns it off. A file that should not
be linted belongs in `exclude` or `.gitignore`.

## Bad
```python
# -*- coding: klingon -*-
from fastapi import FastAPI

app = FastAPI()
```

## Good
```python
# -*- coding: utf-8 -*-
from fastapi import FastAPI

app = FastAPI()
```

## Fix safety
There is no fix.

## Limits
Links to folders are not followed: inside the project the folder is found at its real place, and
outside it is not the project's.

## Source
PEP 263, "Defining Python Source Code Encodings".
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
    if problem is not None and problem.kind == "unreadable":
        yield rule.at(module.place(problem.span), f"this file cannot be read: {problem.message}")
