"""
# Status constant that goes

## What it does
Looks for the four constants of `status` that Starlette has given other names, such as
`HTTP_422_UNPROCESSABLE_ENTITY`, where the project asks for a version that warns of them.

## Why is this bad?
Each read of them is a `DeprecationWarning`, which a test suite that turns warnings into errors does
not survive, and one day an `AttributeError` at import.

## Bad
```python
from fastapi import FastAPI, HTTPException, status

app = FastAPI(openapi_url=None)


@app.post("/posts", status_code=status.HTTP_201_CREATED, tags=["posts"])
async def create_post(title: str) -> str:
    if not title.strip():
        raise HTTPException(status.HTTP_422_UNPROCESSABLE_ENTITY)
    return title
```

## Good
```python
from fastapi import FastAPI, HTTPException, status

app = FastAPI(openapi_url=None)


@app.post("/posts", status_code=status.HTTP_201_CREATED, tags=["posts"])
async def create_post(title: str) -> str:
    if not title.strip():
        raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT)
    return title
```

## Fix safety
Safe where every version that the project asks for has the new name; unsafe where an older one is
allowed, too. An imported constant is renamed with all its uses in the file, as long as these can
all be told and nothing else counts on the name.

## Limits
Warned of since Starlette 0.48, which FastAPI takes since 0.116.2. What the project asks for is read
from `uv.lock`, `poetry.lock`, `pdm.lock`, requirements and `pyproject.toml`, of the nearest folder
that names Starlette or FastAPI; where none does, it is the newest. A constant that is read because
the new one is not there, behind `hasattr` or `except AttributeError`, is passed over.

## Source
Starlette's behaviour, tried with 0.47.3, 0.48.0 and 1.10.0; its release notes, 0.48.0.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Body, Call, Expr, Import, Region
from fastapi_bp_lint.finding import Applicability, Span
from fastapi_bp_lint.knowledge.fastapi_names import STATUS_MODULE
from fastapi_bp_lint.knowledge.statuses import DEPRECATED
from fastapi_bp_lint.knowledge.versions import STATUS_RENAMED
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.project.uses import bodies
from fastapi_bp_lint.project.values import External
from fastapi_bp_lint.project.versions import holds
from fastapi_bp_lint.rule import Finding, Fix, Preset, Project, Rule, Severity

if TYPE_CHECKING:
    import libcst as cst

    from fastapi_bp_lint.rule import Editor

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.RECOMMENDED, since="0.1")
_ASKS = "hasattr"
_MISSING = ("AttributeError", "ImportError", "Exception")


@rule.on(Module)
def check(module: Module, project: Project) -> Iterator[Finding]:
    found = [*_imported(module, project), *_read(module, project)]
    if not found:
        return
    version = holds(STATUS_RENAMED, module.path, project)
    level = Applicability.SAFE if version.surely else Applicability.UNSAFE
    for old, span, fix, symbol in found if version.possibly else ():
        yield rule.at(
            module.place(span),
            f"`{old}` is deprecated since Starlette 0.48: write `{DEPRECATED[old]}`",
            symbol=symbol,
            fix=fix._replace(applicability=level) if fix is not None else None,
        )


def _imported(module: Module, project: Project) -> Iterator[tuple[str, Span, Fix | None, str]]:
    for item in module.facts.imports:
        if item.kind == "name" and item.name in DEPRECATED and not item.level:
            if item.module == STATUS_MODULE and not _is_spare(item.span.line, module.facts.body):
                yield item.name, item.span, _import_fix(item, module, project), ""


def _import_fix(item: Import, module: Module, project: Project) -> Fix | None:
    new = DEPRECATED[item.name]
    spans: tuple[Span, ...] = ()
    if not item.has_alias:
        uses = project.uses.of(item, module)
        if uses is None or uses.others or not project.uses.is_free(new, module):
            return None
        spans = uses.spans
    places = [" ".join(map(str, span)) for span in spans]
    return rule.repair("import_other", f"write `{new}`", item.span, (new, *places))


def _read(module: Module, project: Project) -> Iterator[tuple[str, Span, Fix | None, str]]:
    for scope, body, _ in bodies(module):
        for load in body.loads:
            head, _, name = load.name.rpartition(".")
            if not head or name not in DEPRECATED or _is_spare(load.span.line, body):
                continue
            where = project.names.at(module, scope) or module
            held = project.types.infer(load.name, where, load.span.line)
            if held.values == (External(f"{STATUS_MODULE}.{name}"),):
                fix = rule.repair(
                    "read_other", f"write `{DEPRECATED[name]}`", load.span, (DEPRECATED[name],)
                )
                yield name, load.span, fix, "" if isinstance(where, Module) else where.symbol


def _is_spare(line: int, body: Body) -> bool:
    """Whether a line only runs where the new name is missing, or may be."""
    around = [r for r in body.regions if r.line <= line <= r.end_line]
    return any(_tells(region) for region in around)


def _tells(region: Region) -> bool:
    if region.kind == "except":
        return str(region.subject).endswith(_MISSING) or not isinstance(region.subject, str)
    return region.kind in {"if", "else"} and _calls(region.subject)


def _calls(test: Expr) -> bool:
    if isinstance(test, Call):
        return test.func == _ASKS
    return any(_calls(part) for part in getattr(test, "operands", ()))


@rule.fix(Applicability.SAFE)
def read_other(node: cst.Attribute, edit: Editor) -> cst.Attribute:
    from libcst import Name  # noqa: PLC0415 - only a fix needs libcst

    return node.with_changes(attr=Name(edit.args[0]))


@rule.fix(Applicability.SAFE)
def import_other(node: cst.ImportAlias, edit: Editor) -> cst.ImportAlias:
    from libcst import Name  # noqa: PLC0415 - only a fix needs libcst

    new, *uses = edit.args
    for use in uses:
        span = Span(*map(int, use.split()))
        edit.node(span, Name)
        edit.replace(span, new)
    return node.with_changes(name=Name(new))
