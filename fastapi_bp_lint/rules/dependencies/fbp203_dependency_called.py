"""
# Dependency called inside `Depends`

## What it does
Looks for `Depends(get_session())`, and the same in `Security`, where what is called is the
dependency itself: a coroutine function, a generator, a function that returns data, a class whose
objects cannot be called.

## Why is this bad?
`Depends` takes the function. The parentheses call it once, at import, and hand FastAPI the result:
a coroutine that nobody awaits, a generator that nobody closes, one value for all requests. At best
the application does not start, since the result is not callable; where it is None, FastAPI takes
the annotation for the dependency instead, and every request is served with the wrong thing.

## Bad
```python
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, FastAPI

app = FastAPI()


async def get_cursor() -> AsyncIterator[int]:
    yield 1


@app.get("/posts")
async def read_posts(cursor: Annotated[int, Depends(get_cursor())]) -> int:
    return cursor
```

## Good
```python
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, FastAPI

app = FastAPI()


async def get_cursor() -> AsyncIterator[int]:
    yield 1


@app.get("/posts")
async def read_posts(cursor: Annotated[int, Depends(get_cursor)]) -> int:
    return cursor
```

## Fix safety
Takes the parentheses away where there is nothing between them. Unsafe: what ran once runs on every
request. With arguments there is no fix; a factory that returns the dependency would be one.

## Limits
A factory, which returns a function or an object with `__call__`, is meant to be called there. A
function whose result cannot be told is passed over, unless it is a dependency elsewhere.

## Source
FastAPI's documentation, "Dependencies": "You don't call it
directly, don't add the parenthesis at the end".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Call, Literal
from fastapi_bp_lint.finding import Certainty, Finding, Fix, Severity
from fastapi_bp_lint.knowledge.fastapi_names import MARKERS
from fastapi_bp_lint.knowledge.harmless import TRANSPARENT_DECORATORS
from fastapi_bp_lint.knowledge.typing_names import CACHES
from fastapi_bp_lint.project import members, results
from fastapi_bp_lint.project.edges import written
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.project.uses import bodies
from fastapi_bp_lint.project.values import (
    Bound,
    Class,
    Coroutine,
    External,
    Function,
    Held,
    Instance,
    Scalar,
    Several,
    Value,
    Where,
    one,
)
from fastapi_bp_lint.rule import Applicability, Preset, Project, Rule

if TYPE_CHECKING:
    import libcst as cst

    from fastapi_bp_lint.rule import Editor

rule = Rule(__name__, __doc__, severity=Severity.ERROR, preset=Preset.RECOMMENDED, since="0.1")
_NAMES = tuple({name.rpartition(".")[2] for name in MARKERS})
_KNOWN = TRANSPARENT_DECORATORS | CACHES
_DATA = frozenset(
    {
        "builtins.bool",
        "builtins.bytes",
        "builtins.dict",
        "builtins.float",
        "builtins.frozenset",
        "builtins.int",
        "builtins.list",
        "builtins.set",
        "builtins.str",
        "builtins.tuple",
    }
)
_GENERATED = frozenset({"collections.abc.Iterator", "collections.abc.AsyncIterator"})


@rule.on(Module)
def check(module: Module, project: Project) -> Iterator[Finding]:
    for scope, body, _ in bodies(module):
        where = project.names.at(module, scope) or module
        for call in body.calls:
            inner = _given(call)
            if isinstance(inner, Call) and _is_marker(call, where, project):
                certainty = _surely_wrong(inner, where, project)
                if certainty is not None:
                    yield _found(call, inner, where, certainty, module)


def _found(call: Call, inner: Call, where: Where, certainty: Certainty, module: Module) -> Finding:
    outer, name = written(call.func), written(inner.func)
    return rule.at(
        module.place(call.span),
        f"`{outer}({written(inner)})` calls the dependency `{name}` once, at import, and hands "
        f"over what it gives: pass the function, `{outer}({name})`",
        symbol="" if isinstance(where, Module) else where.symbol,
        certainty=certainty,
        fix=_fix(inner, name),
    )


def _given(call: Call) -> object:
    if not isinstance(call.func, str) or not call.func.endswith(_NAMES):
        return None
    return call.args[0] if call.args else dict(call.keywords).get("dependency")


def _is_marker(call: Call, where: Where, project: Project) -> bool:
    held = project.types.infer(call.func, where, call.span.line)
    return any(isinstance(v, External) and v.name in MARKERS for v in held.values)


def _surely_wrong(inner: Call, where: Where, project: Project) -> Certainty | None:
    """Return how sure it is that the call gives no dependency, None when it may."""
    callee = project.types.infer(inner.func, where, inner.span.line)
    given = project.types.call(inner, where)
    if len(callee.values) != 1 or not _is_ours(callee.values[0], project):
        return None
    if _gives_none(callee.values[0]):
        return callee.certainty
    if given.values:
        known = [_cannot_be_called(v, project) for v in given.values]
        if all(known):
            return given.certainty
        if any(_can_be_called(v, project) for v in given.values):
            return None
    return _is_dependency_elsewhere(callee, project)


def _is_ours(value: Value, project: Project) -> bool:
    """Whether a function or class of the project is called, with no decorator that is unknown."""
    if isinstance(value, Class):
        return not value.facts.decorators
    function = value.function if isinstance(value, Bound) else value
    if not isinstance(function, Function):
        return False
    names = results.decorator_names(project.types, function)
    return len(names) == len(function.facts.decorators) and names <= _KNOWN


def _gives_none(value: Value) -> bool:
    function = value.function if isinstance(value, Bound) else value
    return (
        isinstance(function, Function)
        and not function.facts.is_generator
        and not any(r.kind == "return" and r.value is not None for r in function.facts.body.results)
        and function.facts.returns in {None, Literal(None, "None")}
    )


def _cannot_be_called(value: Value, project: Project) -> bool:
    match value:
        case Coroutine() | Several() | Scalar():
            return True
        case Instance(of=External()):
            return value.of.name in _DATA | _GENERATED
        case Instance(of=Class()):
            return not _has_call(value, project)
        case _:
            return False


def _can_be_called(value: Value, project: Project) -> bool:
    if isinstance(value, Instance) and isinstance(value.of, Class):
        return _has_call(value, project)
    return not isinstance(value, Instance)


def _has_call(value: Instance, project: Project) -> bool:
    """Whether objects of a class, or of one that derives from it, may be called."""
    assert isinstance(value.of, Class)
    every = [value.of, *project.types.subclasses.get(value.of, ())]
    return any(
        members.attribute(project.types, one(Instance(cls)), "__call__").values for cls in every
    ) or any(_has_unknown_base(cls, project) for cls in every)


def _has_unknown_base(cls: Class, project: Project) -> bool:
    around = project.types.around(cls)
    return any(not project.types.infer(b, around).values for b in cls.facts.bases)


def _is_dependency_elsewhere(callee: Held, project: Project) -> Certainty | None:
    value = callee.values[0]
    function = value.function if isinstance(value, Bound) else value
    known = any(d.function is function for d in project.dependencies)
    return Certainty.LIKELY if known and isinstance(function, Function) else None


def _fix(inner: Call, name: str) -> Fix | None:
    if inner.args or inner.keywords or not isinstance(inner.func, str):
        return None
    return rule.repair("pass_function", f"pass `{name}` itself", inner.span)


@rule.fix(Applicability.UNSAFE)
def pass_function(node: cst.Call, edit: Editor) -> cst.BaseExpression:
    del edit
    return node.func
