"""
# Layout by type

## What it does
Reports a project that keeps many resources in folders by type (`routers/users.py`,
`schemas/users.py`, `crud/users.py`), and says how it would look by domain.

## Why is this bad?
A change to users touches three or four folders, each of which holds every other resource too. What
belongs together is found by its name alone, and nothing tells which of thirty schemas are shared.
Layout by type suits small services; it does not scale with the number of domains.

## Bad
`app/routers/users.py`:
```python
NAME = "users"
```

`app/routers/posts.py`:
```python
NAME = "posts"
```

`app/routers/tags.py`:
```python
NAME = "tags"
```

`app/routers/comments.py`:
```python
NAME = "comments"
```

`app/routers/likes.py`:
```python
NAME = "likes"
```

`app/schemas/users.py`:
```python
NAME = "users"
```

`app/schemas/posts.py`:
```python
NAME = "posts"
```

`app/schemas/tags.py`:
```python
NAME = "tags"
```

`app/schemas/comments.py`:
```python
NAME = "comments"
```

`app/schemas/likes.py`:
```python
NAME = "likes"
```

## Good
`app/users/router.py`:
```python
NAME = "users"
```

`app/users/schemas.py`:
```python
NAME = "users"
```

## Limits
One finding for each folder that holds the folders by type, at its first router. What a folder holds
is told by what most of its modules define, then by its name: a folder `models/` full of Pydantic
models holds schemas. Silent below `resources` resources that have a module in two or more of the
folders, and in a project with domains.

## Source
fastapi-best-practices, "Project Structure": files by their type are "good for microservices or
projects with fewer scopes", but did not fit a monolith "with a lot of domains and modules".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from fastapi_bp_lint.finding import Finding, Severity, Span
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.project.type_folders import TypeFolder
from fastapi_bp_lint.rule import Option, Preset, Project, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.WARNING,
    preset=Preset.STRICT,
    since="0.1",
    options=(Option("resources", 5, "How many resources in folders by type are too many."),),
)

_TOP = Span(1, 0, 1, 0)
_LEAST_FOLDERS = 2
_SHOWN = 3


@rule.on(Project)
def check(_project: Project, project: Project) -> Iterator[Finding]:
    least = project.config.rules.get(rule.slug, {}).get("resources", 5)
    for outer, folders in project.domains.by_type.items():
        counts = Counter(name for folder in folders for name in _resources(folder))
        shared = sorted(name for name, n in counts.items() if n >= _LEAST_FOLDERS)
        if isinstance(least, int) and len(shared) >= least:
            yield _finding(outer, folders, shared)


def _resources(folder: TypeFolder) -> dict[str, Module]:
    return {module.name.rpartition(".")[2]: module for module in folder.modules}


def _finding(outer: str, every: tuple[TypeFolder, ...], shared: list[str]) -> Finding:
    folders = [f for f in every if not _resources(f).keys().isdisjoint(shared)]
    first = next((f for f in folders if f.role == "router"), folders[0])
    resources = _resources(first)
    module = resources[min(resources.keys() & set(shared))]
    prefix = f"{outer}/" if outer else ""
    by_domain = ", ".join(f"`{prefix}{shared[0]}/{f.role}.py`" for f in folders)
    names = ", ".join(f"`{name}`" for name in shared[:_SHOWN])
    return rule.at(
        module.place(_TOP),
        f"{len(shared)} resources ({names} ...) are spread over "
        f"{', '.join(f'`{f.path}/`' for f in folders)}: by domain it would be {by_domain}",
    )
