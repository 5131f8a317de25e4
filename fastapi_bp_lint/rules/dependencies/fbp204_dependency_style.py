"""
# Dependency in the other style

## What it does
Looks for `Depends`, `Security`, `Query`, `Path`, `Header`, `Cookie`, `Body`, `Form` and `File`
that are written in the other of the two styles: as the default of a parameter, or in `Annotated`.
Both are accepted: a project that mostly uses defaults is left alone, and one that mostly uses
`Annotated`, as FastAPI advises, is held to it. The option `style` fixes one.

## Why is this bad?
As a default, the marker is what a call by hand passes: `list_posts()` gets a `Query` object where
a number should be. A type alias can be shared between handlers, a default is copied. And in a
file that has both, each handler has to be read twice: the cost is paid by every reader, and by the
first test that calls a handler without FastAPI.

## Bad
```python
from typing import Annotated

from fastapi import Depends, FastAPI

app = FastAPI()


async def get_user() -> str:
    return "reader"


@app.get("/posts")
async def list_posts(user: str = Depends(get_user)) -> list[str]:
    return [user]


@app.get("/me")
async def read_me(user: Annotated[str, Depends(get_user)]) -> str:
    return user
```

## Good
```python
from typing import Annotated

from fastapi import Depends, FastAPI

app = FastAPI()


async def get_user() -> str:
    return "reader"


@app.get("/posts")
async def list_posts(user: Annotated[str, Depends(get_user)]) -> list[str]:
    return [user]


@app.get("/me")
async def read_me(user: Annotated[str, Depends(get_user)]) -> str:
    return user
```

## Fix safety
Only towards `Annotated`. `user: User = Depends(get_user)` becomes `user: Annotated[User,
Depends(get_user)]`, and a default within `Query(10, ge=1)` moves behind it. Safe where no
argument moves. Where a parameter without a default would follow one with a default, it moves
before the first of these, which changes how the function is called by position: unsafe; so it is
where something calls the function by hand. No fix for a parameter without an annotation, for one
in quotes or of a type that is imported for type checkers only, and for inner functions and
methods in a file with `from __future__ import annotations`, where FastAPI would not find the
names.

## Limits
A default that is in a variable, and the attributes of class-based views, are not looked at; nor
are tests. `style = "default"` counts what is written in `Annotated` in the parameter itself, no
aliases. `consistent` follows the default style in a file with as many of both.

## Source
FastAPI's documentation, "Dependencies": "Prefer to use the `Annotated` version if possible";
fastapi-best-practices writes `post: Mapping = Depends(valid_post_id)`, so both are accepted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Expr, Group, Item, Literal, Operation
from fastapi_bp_lint.finding import Fix
from fastapi_bp_lint.knowledge.fastapi_names import MARKERS
from fastapi_bp_lint.project.markers import ALIAS, ANNOTATED, DEFAULT, Written, written
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.project.naming import is_application_code
from fastapi_bp_lint.project.references import DEPENDS, OVERRIDE, References
from fastapi_bp_lint.project.values import Function
from fastapi_bp_lint.rule import Applicability, Finding, Option, Preset, Project, Rule, Severity

if TYPE_CHECKING:
    import libcst as cst

    from fastapi_bp_lint.rule import Editor

_MAJORITY = "majority"
_CONSISTENT = "consistent"
_WITHOUT_DEFAULT = {name.rpartition(".")[2] for name in MARKERS}
rule = Rule(
    __name__,
    __doc__,
    severity=Severity.WARNING,
    preset=Preset.CONVENTIONS,
    since="0.1",
    options=(
        Option(
            "style",
            _MAJORITY,
            "Where `Depends` and the like stand: in `Annotated` where at least half of those in "
            "the project do, and anywhere otherwise (`majority`), as most of the file do "
            "(`consistent`), or always in one way.",
            choices=(_MAJORITY, _CONSISTENT, ANNOTATED, DEFAULT),
        ),
    ),
)
_ADVICE = {
    ANNOTATED: "is the default of `{name}`: write `{name}: Annotated[..., {marker}(...)]`",
    DEFAULT: "is in the `Annotated` of `{name}`: write `{name}: ... = {marker}(...)`",
}


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    by_file = [
        list(written(module, project))
        for module in project.modules.by_path.values()
        if is_application_code(module)
    ]
    asked = _asked(by_file, project)
    if not asked:
        return
    found: list[tuple[str, list[Written]]] = []
    for every in by_file:
        markers = [m for m in every if m.style != ALIAS]
        style = _of_file(markers) if asked == _CONSISTENT else asked
        found.append((style, [m for m in markers if m.style != style and m.param is not None]))
    functions = {m.function for _, wrong in found for m in wrong if m.function is not None}
    references = References(project, functions)
    for style, wrong in found:
        by_function: dict[Function, list[Written]] = {}
        for marker in wrong:
            if marker.function is not None and not marker.function.facts.is_lambda:
                by_function.setdefault(marker.function, []).append(marker)
        for function, markers in by_function.items():
            fix = _fix(function, markers, references) if style == ANNOTATED else None
            yield from _found(function, markers, style, fix)


def _found(
    function: Function, markers: list[Written], style: str, fix: Fix | None
) -> Iterator[Finding]:
    for marker in markers:
        assert marker.param is not None
        name = str(marker.call.func)
        yield rule.at(
            function.module.place(marker.param.span),
            f"`{name}` {_ADVICE[style].format(name=marker.param.name, marker=name)}",
            symbol=function.symbol,
            fix=fix,
        )


def _asked(by_file: list[list[Written]], project: Project) -> str:
    """Return the style that is wanted, "" where both are fine."""
    style = project.config.rules.get(rule.slug, {}).get("style", _MAJORITY)
    if style != _MAJORITY:
        return str(style)
    styles = [marker.style for found in by_file for marker in found]
    return "" if styles.count(DEFAULT) * 2 > len(styles) else ANNOTATED


def _of_file(found: list[Written]) -> str:
    annotated = sum(m.style == ANNOTATED for m in found)
    return ANNOTATED if annotated * 2 > len(found) else DEFAULT


def _fix(function: Function, markers: list[Written], references: References) -> Fix | None:
    """Ask for one fix for all parameters of a function: each may have to go before the others."""
    facts, module = function.facts, function.module
    every = {m.param.name: m for m in markers if m.param is not None}
    if facts.parent and any(i.module == "__future__" for i in module.facts.imports):
        return None
    if any(not _is_plain(m, module) for m in every.values()):
        return None
    given = [
        p.has_default and (p.name not in every or _default(every[p.name]) is not None)
        for p in facts.params
        if p.kind in {"positional", "normal"}
    ]
    is_safe = given == sorted(given) and all(
        r.kind in {DEPENDS, OVERRIDE} for r in references.of(function)
    )
    level = Applicability.SAFE if is_safe else Applicability.UNSAFE
    names = ", ".join(f"`{name}`" for name in every)
    return rule.repair(
        "annotate", f"write {names} with `Annotated`", facts.span, tuple(every), level
    )


def _default(marker: Written) -> Expr:
    """Return the default that a marker has within, None where it has none."""
    if marker.name in MARKERS:
        return None
    call = marker.call
    value = call.args[0] if call.args else dict(call.keywords).get("default")
    return None if isinstance(value, Literal) and value.kind == "ellipsis" else value


def _is_plain(marker: Written, module: Module) -> bool:
    """Whether type and marker are written out, with names that are there when the program runs."""
    if marker.type is None or any(name is None for name, _ in marker.call.keywords):
        return False
    regions = [r for r in module.facts.body.regions if r.kind == "type-checking"]
    hidden = {
        i.local
        for i in module.facts.imports
        for r in regions
        if r.line <= i.statement.line <= r.end_line
    }
    return hidden.isdisjoint(_heads(marker.type))


def _heads(expr: Expr) -> Iterator[str]:
    """Give the first part of each name in an annotation."""
    match expr:
        case str():
            yield expr.partition(".")[0]
        case Item():
            yield from _heads(expr.value)
            yield from _heads(expr.key)
        case Group() | Operation():
            for part in expr.items if isinstance(expr, Group) else expr.operands:
                yield from _heads(part)
        case _:
            return


@rule.fix(Applicability.SAFE)
def annotate(node: cst.FunctionDef, edit: Editor) -> cst.FunctionDef | None:
    params = node.params
    if params.posonly_params:
        return None
    annotated = edit.need_import("typing", "Annotated")
    normal: list[cst.Param] = []
    for param in (*params.params, *params.kwonly_params):
        changed = _annotated(param, annotated, edit) if param.name.value in edit.args else param
        if changed is None:
            return None
        normal.append(changed)
    keyword = normal[len(params.params) :]
    ordered = _ordered(normal[: len(params.params)])
    if ordered is None:
        return None
    return node.with_changes(
        params=params.with_changes(params=ordered, kwonly_params=keyword),
    )


def _annotated(param: cst.Param, annotated: str, edit: Editor) -> cst.Param | None:
    """Return a parameter with its marker in the annotation, and the default that this had."""
    from libcst import (  # noqa: PLC0415 - only a fix needs libcst
        Call,
        Index,
        MaybeSentinel,
        Module,
        Subscript,
        SubscriptElement,
    )

    marker, annotation = param.default, param.annotation
    if not isinstance(marker, Call) or annotation is None:
        return None
    code = Module([]).code_for_node(annotation.annotation)
    if ("'" in code or '"' in code) and "Literal[" not in code:
        return None
    default = None
    if Module([]).code_for_node(marker.func).rpartition(".")[2] not in _WITHOUT_DEFAULT:
        first = next((a for a in marker.args if _is_default(a, marker)), None)
        if first is not None:
            default = None if Module([]).code_for_node(first.value) == "..." else first.value
            marker = edit.drop(marker, first)
    parts = [SubscriptElement(Index(annotation.annotation)), SubscriptElement(Index(marker))]
    return param.with_changes(
        annotation=annotation.with_changes(annotation=Subscript(edit.expr(annotated), parts)),
        default=default,
        equal=MaybeSentinel.DEFAULT if default is None else param.equal,
    )


def _is_default(arg: cst.Arg, marker: cst.Call) -> bool:
    if arg.keyword is not None:
        return arg.keyword.value == "default"
    return not arg.star and arg is marker.args[0]


def _ordered(params: list[cst.Param]) -> list[cst.Param] | None:
    """Return the parameters with those first that have no default, laid out as they were."""
    from libcst import Module  # noqa: PLC0415 - only a fix needs libcst

    order = sorted(params, key=lambda p: p.default is not None)
    if order == params:
        return params
    if any("#" in Module([]).code_for_node(p) for p in params):
        return None
    return [
        new.with_changes(comma=old.comma, whitespace_after_param=old.whitespace_after_param)
        for new, old in zip(order, params, strict=True)
    ]
