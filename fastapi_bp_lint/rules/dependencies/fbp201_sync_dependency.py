'''
# Plain `def` dependency that never blocks

## What it does
Looks for dependencies written as `def` in which nothing blocks: every call in the body, and in
what it calls, is known, and none of them waits for a network, a database, another thread or a
disk. It finds them through `Depends`, `Security`, `Annotated` aliases of any module, and the
`dependencies=[...]` of routes, routers, includes and applications. One finding for each function,
however many routes use it.

## Why is this bad?
FastAPI runs a `def` dependency in the threadpool, on every request: a task, a copy of the context
and a hop to another thread and back, to compare two strings. The pool has forty threads, and the
sync routes need the same ones. An `async def` is simply called.

## Bad
```python
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException, status

app = FastAPI()


def require_json(content_type: Annotated[str, Header()]) -> None:
    if not content_type.lower().startswith("application/json"):
        raise HTTPException(status.HTTP_415_UNSUPPORTED_MEDIA_TYPE)


@app.get("/posts", dependencies=[Depends(require_json)])
async def read_posts() -> list[str]:
    """List the posts."""
    return []
```

## Good
```python
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException, status

app = FastAPI()


async def require_json(content_type: Annotated[str, Header()]) -> None:
    if not content_type.lower().startswith("application/json"):
        raise HTTPException(status.HTTP_415_UNSUPPORTED_MEDIA_TYPE)


@app.get("/posts", dependencies=[Depends(require_json)])
async def read_posts() -> list[str]:
    """List the posts."""
    return []
```

## Fix safety
`def` becomes `async def`. Safe where the function stands at module level, is referenced only as a
dependency or in `dependency_overrides`, in no string and in no `__all__`, and has no `yield`.
Unsafe otherwise: for methods, for inner functions, and where coroutines of the same file call it,
whose calls then get an `await`; a generator's annotation becomes that of an async one. No fix
where other files call it, and for a method that a base or a subclass has, too.

## Limits
One call that cannot be followed, or of an abstract method, and there is no finding. Classes,
lambdas and functions with a decorator such as `lru_cache` cannot simply be made async and are
passed over; so is what sync code of the application calls as well, and a stub that only raises
`NotImplementedError` and waits to be overridden. Attributes that the database loads when they are
read count as blocking; plain columns do not. An `import` inside the function is taken to be of a
module that is loaded already.

## Source
fastapi-best-practices, "Prefer async dependencies": a sync dependency with nothing to await still
goes to the threadpool, with the price and the limits of threads; FastAPI's documentation,
"Concurrency and async / await", "Dependencies".
'''

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Item
from fastapi_bp_lint.finding import Certainty, Finding, Fix, Severity, Span, weakest
from fastapi_bp_lint.knowledge.harmless import TRANSPARENT_DECORATORS
from fastapi_bp_lint.knowledge.typing_names import GENERATORS
from fastapi_bp_lint.project import members, results
from fastapi_bp_lint.project.closures import Closures
from fastapi_bp_lint.project.naming import is_application_code
from fastapi_bp_lint.project.references import (
    CALL,
    DEPENDS,
    OVERRIDE,
    Reference,
    References,
)
from fastapi_bp_lint.project.values import External, Function
from fastapi_bp_lint.rule import Applicability, Preset, Project, Rule

if TYPE_CHECKING:
    import libcst as cst

    from fastapi_bp_lint.rule import Editor

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.RECOMMENDED, since="0.1")
_NOT_DEF = {"class", "lambda", "unknown"}
_ASYNC = {
    "Iterator": "AsyncIterator",
    "Iterable": "AsyncIterable",
    "Generator": "AsyncGenerator",
}


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    found = _candidates(project)
    references = References(project, found)
    for function, certainty in found.items():
        places = references.of(function)
        if any(_is_sync_call(p) for p in places):
            continue
        yield rule.at(
            function.place,
            f"the dependency `{function.name}` is a plain `def` in which nothing blocks: FastAPI "
            "runs it in a thread on every request; make it `async def`",
            symbol=function.symbol,
            certainty=certainty,
            fix=_fix(function, places, references, project),
        )


def _candidates(project: Project) -> dict[Function, Certainty]:
    """Return the sync dependencies that never block."""
    closures = Closures(project)
    found: dict[Function, Certainty] = {}
    for dependency in project.dependencies:
        function = dependency.function
        if function is None or function in found or dependency.is_async is not False:
            continue
        if dependency.kind in _NOT_DEF or not _can_be_async(function, project):
            continue
        free = closures.free(function)
        if free is not None:
            found[function] = weakest(dependency.certainty, free)
    return found


def _can_be_async(function: Function, project: Project) -> bool:
    names = results.decorator_names(project.types, function)
    return (
        is_application_code(function.module)
        and len(names) == len(function.facts.decorators)
        and names <= TRANSPARENT_DECORATORS
        and not function.facts.is_lambda
        and not members.is_abstract(project.types, function)
    )


def _is_sync_call(place: Reference) -> bool:
    if place.kind != CALL or not is_application_code(place.module):
        return False
    return not (isinstance(place.where, Function) and place.where.is_async)


def _fix(
    function: Function, places: list[Reference], references: References, project: Project
) -> Fix | None:
    facts = function.facts
    if any(r.kind == "yield-from" for r in facts.body.results) or _is_shared(function, project):
        return None
    calls = [p for p in places if p.kind == CALL]
    if any(p.module is not function.module or p.call is None for p in calls):
        return None
    if any(p.call is not None and p.call.use in {"lazy", "awaited"} for p in calls):
        return None
    is_safe = (
        not facts.is_generator
        and "." not in facts.qualname
        and all(p.kind in {DEPENDS, OVERRIDE} for p in places)
        and not references.is_named_elsewhere(function)
    )
    spans = [_written(p.call.span) for p in calls if p.call is not None]
    args = (*_annotation(function, project), *spans)
    level = Applicability.SAFE if is_safe else Applicability.UNSAFE
    return rule.repair("make_async", "make it `async def`", facts.span, args, level)


def _is_shared(function: Function, project: Project) -> bool:
    """Whether a base or a subclass has a method of the same name."""
    owner = function.owner
    if owner is None:
        return False
    related = [*members.mro(project.types, owner)[1:], *project.types.subclasses.get(owner, ())]
    return any(
        isinstance(c, External) or function.name in c.methods
        for c in related
        if not isinstance(c, External) or function.name == "__call__"
    )


def _annotation(function: Function, project: Project) -> tuple[str, str]:
    """Return what a generator's result is to be called, and the import that then serves no more.

    Both are "" where there is nothing to change.
    """
    returns = function.facts.returns
    base = returns.value if isinstance(returns, Item) else returns
    if not function.facts.is_generator or not isinstance(base, str):
        return "", ""
    for value in project.types.infer(base, project.types.around(function)).values:
        if isinstance(value, External) and value.name in GENERATORS:
            module, _, name = value.name.rpartition(".")
            if name in _ASYNC:
                return f"{module} {_ASYNC[name]}", _spare_import(base, function, project)
    return "", ""


def _spare_import(name: str, function: Function, project: Project) -> str:
    """Return where the import stands that only the annotation of *function* uses."""
    for item in function.module.facts.imports:
        if item.local == name and not item.scope and item.name == name:
            uses = project.uses.of(item, function.module)
            if uses is not None and len(uses.spans) == 1 and not uses.others:
                return _written(item.statement)
    return ""


def _written(span: Span) -> str:
    return " ".join(map(str, span))


def _read(place: str) -> Span:
    line, column, end_line, end_column = map(int, place.split())
    return Span(line, column, end_line, end_column)


@rule.fix(Applicability.SAFE)
def make_async(node: cst.FunctionDef, edit: Editor) -> cst.FunctionDef:
    from libcst import Asynchronous, Call, Subscript  # noqa: PLC0415 - only a fix needs libcst

    annotation, spare, *calls = edit.args
    for place in calls:
        call = edit.node(_read(place), Call)
        edit.swap(call, edit.awaited(call))
    if annotation and node.returns is not None:
        module, wanted = annotation.split()
        old = node.returns.annotation
        local = _imported_instead(edit, spare, wanted) if spare else ""
        name = edit.expr(local or edit.need_import(module, wanted))
        new = _with_base(old, name) if isinstance(old, Subscript) else name
        node = node.with_changes(returns=node.returns.with_changes(annotation=new))
    return node.with_changes(asynchronous=Asynchronous())


def _imported_instead(edit: Editor, place: str, wanted: str) -> str:
    """Let the import at *place* bring *wanted* where it has brought the sync name."""
    from libcst import ImportFrom, ImportStar, Name  # noqa: PLC0415 - only a fix needs libcst

    statement = edit.node(_read(place), ImportFrom)
    old = wanted.removeprefix("Async")
    assert not isinstance(statement.names, ImportStar)
    if any(alias.name.value == wanted for alias in statement.names):
        edit.swap(statement, edit.drop(statement, old))
        return wanted
    names = [
        alias.with_changes(name=Name(wanted)) if alias.name.value == old else alias
        for alias in statement.names
    ]
    edit.swap(statement, statement.with_changes(names=names))
    return wanted


def _with_base(old: cst.Subscript, name: cst.BaseExpression) -> cst.Subscript:
    """Return ``Generator[Y, S, R]`` as ``AsyncGenerator[Y, S]``, others with another name."""
    from libcst import MaybeSentinel  # noqa: PLC0415 - only a fix needs libcst

    kept = list(old.slice[:2])
    kept[-1] = kept[-1].with_changes(comma=MaybeSentinel.DEFAULT)
    return old.with_changes(value=name, slice=kept)
