"""
# Private name of another domain

## What it does
Reports the use of a `_name` of another domain: imported, or read from an imported module
(`auth_service._hash`).

## Why is this bad?
The underscore says that the name may change or vanish without notice. A domain that uses it anyway
breaks on a change which its owners had every right to think of as their own.

## Bad
`src/auth/constants.py`:
```python
TOKEN_TYPE = "bearer"
```

`src/auth/service.py`:
```python
def _digest(text: str) -> str:
    return text[::-1]
```

`src/posts/constants.py`:
```python
PAGE_SIZE = 20
```

`src/posts/service.py`:
```python
from src.auth import service as auth_service


def mark(text: str) -> str:
    return auth_service._digest(text)
```

## Good
`src/auth/constants.py`:
```python
TOKEN_TYPE = "bearer"
```

`src/auth/service.py`:
```python
def digest(text: str) -> str:
    return text[::-1]
```

`src/posts/constants.py`:
```python
PAGE_SIZE = 20
```

`src/posts/service.py`:
```python
from src.auth import service as auth_service


def mark(text: str) -> str:
    return auth_service.digest(text)
```

## Limits
Attributes of objects (`user._state`) are not looked at, and neither are dunder names. Tests may use
what they like. Silent in a project with fewer than two domains.

## Source
PEP 8, "Descriptive: Naming Styles": a leading underscore is a "weak 'internal use' indicator".
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi_bp_lint.finding import Finding, Severity, Span
from fastapi_bp_lint.project.crossings import CrossDomainImport
from fastapi_bp_lint.project.uses import bodies
from fastapi_bp_lint.rule import Preset, Project, Rule

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.RECOMMENDED, since="0.1")


@rule.on(CrossDomainImport)
def check(crossing: CrossDomainImport, _project: Project) -> Iterator[Finding]:
    hidden = next((n for n in (*crossing.parts, crossing.name) if _is_private(n)), "")
    if hidden:
        yield rule.at(crossing.place, _message(hidden, crossing), symbol=crossing.symbol)
    elif not crossing.name:
        for span, name, symbol in _reads(crossing):
            place = crossing.module.place(span)
            yield rule.at(place, _message(name, crossing), symbol=symbol)


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name != "_"


def _message(name: str, crossing: CrossDomainImport) -> str:
    return (
        f"`{name}` is private to the domain `{crossing.target.name}`: let `{crossing.path}` offer "
        "a public name for it"
    )


def _reads(crossing: CrossDomainImport) -> Iterator[tuple[Span, str, str]]:
    """Give what is read from the imported module under a private name, and in which function."""
    module, item = crossing.module, crossing.item
    local = item.local if item.kind == "name" or item.has_alias else item.module
    for scope, body, params in bodies(module):
        if item.scope and not f"{scope}.".startswith(f"{item.scope}."):
            continue
        names = {p.name for p in params} | {b.target for b in body.bindings}
        if local.partition(".")[0] in names:
            continue
        reads = [(load.span, load.name) for load in body.loads]
        reads += [(call.span, call.func) for call in body.calls if isinstance(call.func, str)]
        for span, path in reads:
            name = path.removeprefix(f"{local}.").partition(".")[0] if path != local else ""
            if path.startswith(f"{local}.") and _is_private(name):
                yield span, name, f"{module.name}.{scope}" if scope else ""
