"""
# Upload read on the event loop

## What it does
Looks for `UploadFile.file` used in a coroutine, directly or through a sync helper:
`upload.file.read()`, `upload.file.seek(0)`, `shutil.copyfileobj(upload.file, ...)`.

## Why is this bad?
`upload.file` is the plain file behind the upload. Once the upload is larger than a megabyte it lies
on disk, and reading it stops the event loop. `UploadFile` has the same methods as coroutines, which
run in a thread.

## Bad
```python
from fastapi import FastAPI, UploadFile

app = FastAPI()


@app.post("/files")
async def create_file(upload: UploadFile) -> int:
    return len(upload.file.read())
```

## Good
```python
from fastapi import FastAPI, UploadFile

app = FastAPI()


@app.post("/files")
async def create_file(upload: UploadFile) -> int:
    return len(await upload.read())
```

## Fix safety
`upload.file.read(...)`, `write`, `seek` and `close` become `await upload.read(...)` and so on. This
is unsafe: in between, other coroutines may run.

## Limits
An upload handed on as a plain file object is followed only through calls of the project.

## Source
FastAPI's documentation, "Request Files": the async methods of `UploadFile`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi_bp_lint.knowledge.kinds import FILE
from fastapi_bp_lint.project.blocking import Stall
from fastapi_bp_lint.rule import Applicability, Finding, Fix, Preset, Project, Rule, Severity
from fastapi_bp_lint.stalls import found, reads_upload

if TYPE_CHECKING:
    import libcst as cst

    from fastapi_bp_lint.edits import Editor

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.CONVENTIONS, since="0.1")
_TWINS = (".file.read", ".file.write", ".file.seek", ".file.close")


@rule.on(Stall)
def check(stall: Stall, project: Project) -> Iterator[Finding]:
    if stall.question == FILE and reads_upload(stall) and not stall.coroutine.module.is_test:
        yield found(rule, stall, project, _fix(stall))


def _fix(stall: Stall) -> Fix | None:
    call = stall.edges[0].call
    if call is None or not stall.is_direct or not isinstance(call.func, str):
        return None
    if not call.func.endswith(_TWINS) or not stall.can_be_handed_over:
        return None
    span = stall.place.span
    return rule.repair("await_upload", "await the upload's own method", span, (call.func,))


@rule.fix(Applicability.UNSAFE)
def await_upload(node: cst.Call, edit: Editor) -> cst.BaseExpression:
    path, _, method = edit.args[0].rpartition(".")
    return edit.awaited(node.with_changes(func=edit.expr(f"{path.removesuffix('.file')}.{method}")))
