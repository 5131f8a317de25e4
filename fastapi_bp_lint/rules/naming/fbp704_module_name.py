"""
# Module not in snake_case

## What it does
Reports a module or package whose name is not in snake_case: `emailClient.py`, `user-service.py`.

## Why is this bad?
Names with capitals are written in more than one way, and which of them works depends on the file
system: an import that passes on a developer's Mac fails in a Linux container. A module with a dash
in its name cannot be imported at all.

## Bad
`src/emailClient.py`:
```python
async def send_mail(text: str) -> None: ...
```

## Good
`src/email_client.py`:
```python
async def send_mail(text: str) -> None: ...
```

## Limits
A script with a dash is fine outside of packages: nobody imports it. Tests, migrations, generated
code, folders such as `scripts` and `docs`, and folders without an `__init__.py` are not looked at.

## Source
PEP 8, "Package and Module Names": "Modules should have short, all-lowercase names".
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from fastapi_bp_lint.finding import Finding, Severity, Span
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.project.naming import is_application_code, is_snake, snake
from fastapi_bp_lint.rule import Preset, Project, Rule

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.RECOMMENDED, since="0.1")

_TOP = Span(1, 0, 1, 0)


@rule.on(Module)
def check(module: Module, project: Project) -> Iterator[Finding]:
    folder, file = posixpath.split(module.path)
    name = posixpath.basename(folder) if module.is_package else file.removesuffix(".py")
    in_package = f"{folder}/__init__.py" in project.files
    if is_snake(name) and ("-" not in name or not in_package):
        return
    if ("-" in name and not in_package) or not is_application_code(module):
        return
    kind = "package" if module.is_package else "module"
    better = snake(name.replace("-", "_"))
    yield rule.at(
        module.place(_TOP), f"the {kind} `{name}` is not in snake_case: call it `{better}`"
    )
