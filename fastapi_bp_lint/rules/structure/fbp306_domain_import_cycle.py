"""
# Domains that import each other

## What it does
Reports domains that import each other when their modules are loaded, directly or through others.
The trail lists the imports that close the circle.

## Why is this bad?
None of the domains in the circle can be read, tested or moved without all others, and a new import
at the top of one file makes the application fail to start with `partially initialized module`,
depending on which module happens to be loaded first.

## Bad
`src/auth/constants.py`:
```python
TOKEN_TYPE = "bearer"
```

`src/auth/service.py`:
```python
from src.posts import constants as posts_constants


async def page_size() -> int:
    return posts_constants.PAGE_SIZE
```

`src/posts/constants.py`:
```python
PAGE_SIZE = 20
```

`src/posts/service.py`:
```python
from src.auth import constants as auth_constants


async def token_type() -> str:
    return auth_constants.TOKEN_TYPE
```

## Good
`src/auth/constants.py`:
```python
TOKEN_TYPE = "bearer"
```

`src/auth/service.py`:
```python
async def page_size() -> int:
    return 20
```

`src/posts/constants.py`:
```python
PAGE_SIZE = 20
```

`src/posts/service.py`:
```python
from src.auth import constants as auth_constants


async def token_type() -> str:
    return auth_constants.TOKEN_TYPE
```

## Limits
Imports within functions, and those for type checkers only, close no circle. One finding for each
set of domains: where many depend on each other, the shortest circles are reported, and longer ones
when those are open.

## Source
fastapi-best-practices, "Project Structure": "When package requires services or dependencies or
constants from other packages - import them with an explicit module name": which way packages depend
on each other is meant to show.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from itertools import pairwise

from fastapi_bp_lint.finding import Finding, Severity, Step
from fastapi_bp_lint.project.crossings import CrossDomainImport
from fastapi_bp_lint.rule import Preset, Project, Rule

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.CONVENTIONS, since="0.1")

_Graph = dict[str, dict[str, CrossDomainImport]]


@rule.on(Project)
def check(_project: Project, project: Project) -> Iterator[Finding]:
    graph: _Graph = {}
    for crossing in project.cross_domain_imports:
        if not crossing.item.scope and not crossing.is_type_checking:
            edges = graph.setdefault(crossing.source.package, {})
            edges.setdefault(crossing.target.package, crossing)
    paths: list[list[str]] = []
    for start in sorted(graph):
        for following in sorted(graph[start]):
            path = _path(following, start, graph)
            if path:
                paths.append([start, *path])
    seen: list[set[str]] = []
    for path in sorted(paths, key=len):
        # A circle within this one has to be opened first.
        if not any(smaller <= set(path) for smaller in seen):
            seen.append(set(path))
            yield _finding([graph[a][b] for a, b in pairwise(path)])


def _path(start: str, goal: str, graph: Mapping[str, Mapping[str, CrossDomainImport]]) -> list[str]:
    """Return the shortest way from *start* to *goal* with both; empty without one."""
    before = {start: ""}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        if here == goal:
            path = [here]
            while before[path[-1]]:
                path.append(before[path[-1]])
            return path[::-1]
        for following in sorted(graph.get(here, ())):
            if following not in before:
                before[following] = here
                waiting.append(following)
    return []


def _finding(cycle: list[CrossDomainImport]) -> Finding:
    names = [f"`{crossing.source.name}`" for crossing in cycle]
    if len(names) == 2:  # noqa: PLR2004 - a pair
        message = f"the domains {names[0]} and {names[1]} import each other"
    else:
        message = f"domains import each other in a circle: {' -> '.join([*names, names[0]])}"
    return rule.at(
        cycle[0].place,
        f"{message}: move what both need into a third, or import within the function that needs it",
        trail=tuple(
            Step(c.place, c.module.name, f"`{c.module.name}` imports `{c.path}`") for c in cycle
        ),
    )
