"""
# Class written twice

## What it does
Looks for `Depends(Cls)` and `Security(Cls)` beside an annotation that says `Cls` already: in a
parameter's default, in `Annotated`, and in aliases of it.

## Why is this bad?
`Depends()` takes its class from the annotation. Written twice, the two can come to differ, and
then the type checker believes the one while FastAPI makes the other.

## Bad
```python
from typing import Annotated

from fastapi import Depends, FastAPI

app = FastAPI()


class Page:
    def __init__(self, limit: int = 20) -> None:
        self.limit = limit


@app.get("/posts")
async def list_posts(page: Annotated[Page, Depends(Page)]) -> int:
    return page.limit
```

## Good
```python
from typing import Annotated

from fastapi import Depends, FastAPI

app = FastAPI()


class Page:
    def __init__(self, limit: int = 20) -> None:
        self.limit = limit


@app.get("/posts")
async def list_posts(page: Annotated[Page, Depends()]) -> int:
    return page.limit
```

## Fix safety
Safe: the annotation and the argument are the same name, which means one class, in the same scope;
FastAPI puts the annotation in the place of what is missing. Other arguments of `Depends` stay.

## Limits
Only a plain class is compared, not a union with `None`, a generic or a function that returns the
class. A class of an inner scope is passed over: under `from __future__ import annotations`
FastAPI cannot see it in the annotation. Attributes of class-based views are not looked at.

## Source
FastAPI's documentation, "Classes as Dependencies", "Shortcut".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi_bp_lint.finding import Certainty
from fastapi_bp_lint.knowledge.fastapi_names import MARKERS
from fastapi_bp_lint.project.annotations import is_class_name
from fastapi_bp_lint.project.markers import Written, given, written
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.project.values import Class, External
from fastapi_bp_lint.rule import Applicability, Finding, Preset, Project, Rule, Severity

if TYPE_CHECKING:
    import libcst as cst

    from fastapi_bp_lint.rule import Editor

rule = Rule(__name__, __doc__, severity=Severity.INFO, preset=Preset.STRICT, since="0.1")


@rule.on(Module)
def check(module: Module, project: Project) -> Iterator[Finding]:
    for marker in written(module, project):
        name = given(marker.call)
        if marker.name not in MARKERS or not isinstance(name, str) or name != marker.type:
            continue
        if not _is_class(name, marker, module, project):
            continue
        outer = marker.call.func
        yield rule.at(
            module.place(marker.call.span),
            f"`{outer}({name})` says what the annotation says: write `{outer}()`, which makes "
            f"`{name.rpartition('.')[2]}` all the same",
            symbol=marker.function.symbol if marker.function is not None else "",
            fix=rule.repair("drop_class", f"write `{outer}()`", marker.call.span),
        )


def _is_class(name: str, marker: Written, module: Module, project: Project) -> bool:
    """Whether *name* is one class, and the same one at module level."""
    here = project.types.infer(name, marker.where, marker.call.span.line)
    if here.certainty is not Certainty.CERTAIN or len(here.values) != 1:
        return False
    value = here.values[0]
    if not isinstance(value, Class) and not (
        isinstance(value, External) and is_class_name(value.name)
    ):
        return False
    return project.types.infer(name, module).values == here.values


@rule.fix(Applicability.SAFE)
def drop_class(node: cst.Call, edit: Editor) -> cst.Call:
    return edit.drop(node, "dependency" if node.args[0].keyword else node.args[0])
