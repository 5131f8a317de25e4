"""
# Status code as a number

## What it does
Looks for numbers where a status is meant: `status_code=201` in the decorator of a route, the status
of an `HTTPException` or of a response, of FastAPI's classes and of those derived from them, and
`response.status_code = 202`.

## Why is this bad?
404 everybody knows; 409, 412, 422 and 425 are looked up, or taken for one another. The constant
says what is meant, is found by a search, and a slip of the finger is an error and no new status.

## Bad
```python
from fastapi import FastAPI, HTTPException

app = FastAPI()


@app.get("/posts/{post_id}", response_model=dict[str, int], tags=["posts"], summary="A post")
async def read_post(post_id: int):
    if not post_id:
        raise HTTPException(404, "There is no such post.")
    return {"id": post_id}
```

## Good
```python
from fastapi import FastAPI, HTTPException, status

app = FastAPI()


@app.get("/posts/{post_id}", response_model=dict[str, int], tags=["posts"], summary="A post")
async def read_post(post_id: int):
    if not post_id:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "There is no such post.")
    return {"id": post_id}
```

## Fix safety
Puts the constant in the place of the number, from where the file takes its constants already, else
from `fastapi.status`, under another name where `status` is taken. Safe: both are the same int.
Unsafe for 413, 414, 416 and 422, whose constants have other names since Starlette 0.48, unless the
file uses the old name.

## Limits
A number without a constant, such as 499, is passed over, and so are numbers in tests and the keys
of `responses={404: ...}`.

## Source
fastapi-best-practices: `status_code=status.HTTP_201_CREATED` throughout; FastAPI's documentation,
"Response Status Code", "Shortcut to remember the names".
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from fastapi_bp_lint.facts.model import Binding, Call
from fastapi_bp_lint.finding import Applicability, Finding, Fix, Place, Severity, Span
from fastapi_bp_lint.knowledge.class_names import HTTP_ERRORS
from fastapi_bp_lint.knowledge.fastapi_names import APPS, RESPONSE, ROUTERS, VERBS
from fastapi_bp_lint.knowledge.tables import ancestry
from fastapi_bp_lint.project.members import mro
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.project.naming import is_application_code
from fastapi_bp_lint.project.statuses import constant
from fastapi_bp_lint.project.uses import bodies
from fastapi_bp_lint.project.values import Class, External, Instance, Value, Where
from fastapi_bp_lint.rule import Mark, Preset, Project, Rule, Source

if TYPE_CHECKING:
    import libcst as cst

    from fastapi_bp_lint.rule import Editor

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.CONVENTIONS, since="0.1")
_KEYWORD = "status_code"
_REGISTERS = VERBS | {"api_route", "add_api_route"}
_HTTP = range(100, 600)


class _Number(NamedTuple):
    """A number, and the call or assignment that it stands in; *how* says where there."""

    place: Place
    number: int
    how: str
    thing: Call | Binding
    where: Where


@rule.on(ast.Call)
def mark_call(node: ast.Call, source: Source) -> Iterator[Mark]:
    for keyword in node.keywords:
        if keyword.arg == _KEYWORD and _is_status(keyword.value):
            yield _mark(keyword.value, node, "keyword", source)
    for how, arg in zip(("first", "second"), node.args, strict=False):
        if _is_status(arg):
            yield _mark(arg, node, how, source)


@rule.on(ast.Assign)
def mark_assignment(node: ast.Assign, source: Source) -> Iterator[Mark]:
    target = node.targets[0]
    if isinstance(target, ast.Attribute) and target.attr == _KEYWORD and _is_status(node.value):
        yield _mark(node.value, node, "assign", source)


def _is_status(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int and node.value in _HTTP


def _mark(value: ast.expr, whole: ast.AST, how: str, source: Source) -> Mark:
    assert isinstance(value, ast.Constant)
    span = source.place(whole).span
    return Mark(source.place(value), (str(value.value), how, *map(str, span)))


@rule.on(Module)
def check(module: Module, project: Project) -> Iterator[Finding]:
    if not is_application_code(module):
        return
    registered = {r.place.span for r in project.routes if r.place.path == module.path}
    for found in _numbers(module, project):
        known = constant(module, found.number)
        if known is None or not _is_meant(found, registered, project):
            continue
        level = Applicability.SAFE if known.is_old else Applicability.UNSAFE
        fix = _fix(found.place.span, known.args, known.readable, level)
        yield rule.at(
            found.place,
            f"the status is written as a number, {found.number}: say what it means, "
            f"`{known.readable}`",
            symbol="" if isinstance(found.where, Module) else found.where.symbol,
            fix=fix,
        )


def _fix(span: Span, args: tuple[str, ...], name: str, level: Applicability) -> Fix:
    return rule.repair("name_status", f"write `{name}`", span, args, level)


def _numbers(module: Module, project: Project) -> Iterator[_Number]:
    marks: dict[Span, list[Mark]] = {}
    for code, mark in module.facts.marks:
        if code == rule.code:
            marks.setdefault(Span(*map(int, mark.data[2:])), []).append(mark)
    if not marks:
        return
    for scope, body, _ in bodies(module):
        where = project.names.at(module, scope) or module
        things: list[Call | Binding] = [*body.calls, *body.bindings]
        for thing in things:
            for mark in marks.get(thing.span, ()):
                number, how = mark.data[:2]
                if isinstance(thing, Binding) is (how == "assign"):
                    yield _Number(mark.place, int(number), how, thing, where)


def _is_meant(found: _Number, registered: set[Span], project: Project) -> bool:
    """Whether the number is the status of a route, an error or a response."""
    thing, line = found.thing, found.thing.span.line
    if isinstance(thing, Binding):
        owner = thing.target.removesuffix(f".{_KEYWORD}")
        held = project.types.infer(owner, found.where, line)
        return any(isinstance(v, Instance) and _is_response(v.of, project) for v in held.values)
    if found.how == "keyword" and thing.span in registered:
        return True
    held = project.types.infer(thing.func, found.where, line)
    return any(_takes_status(v, found.how, project) for v in held.values)


def _takes_status(value: Value, how: str, project: Project) -> bool:
    if isinstance(value, External) and how == "keyword" and _registers(value.name):
        return True
    of: Value = value
    if isinstance(value, External) and value.name.endswith(".__init__"):
        of = External(value.name.removesuffix(".__init__"))
    if not isinstance(of, Class | External):
        return False
    if how != "keyword" and isinstance(of, Class) and "__init__" in _methods(of, project):
        return False
    if how != "second" and _is_error(of, project):
        return True
    return how != "first" and _is_response(of, project)


def _registers(name: str) -> bool:
    owner, _, method = name.rpartition(".")
    return method in _REGISTERS and owner in APPS | ROUTERS


def _methods(cls: Class, project: Project) -> set[str]:
    every = mro(project.types, cls)
    return {name for base in every if isinstance(base, Class) for name in base.methods}


def _is_error(of: Value, project: Project) -> bool:
    return bool(_above(of, project) & HTTP_ERRORS)


def _is_response(of: Value, project: Project) -> bool:
    return RESPONSE in _above(of, project)


def _above(of: Value, project: Project) -> set[str]:
    """Return the names of the classes of other libraries that *of* is or derives from."""
    bases = mro(project.types, of) if isinstance(of, Class) else [of]
    return {n for base in bases if isinstance(base, External) for n in ancestry(base.name)}


@rule.fix(Applicability.SAFE)
def name_status(node: cst.Integer, edit: Editor) -> cst.BaseExpression:
    del node
    source, name, attribute = edit.args
    local = edit.need_import(source, name)
    return edit.expr(f"{local}.{attribute}" if attribute else local)
