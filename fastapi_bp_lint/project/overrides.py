"""The keys of ``dependency_overrides``, wherever one is set."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastapi_bp_lint.facts.model import Attr, Call, Mapping
from fastapi_bp_lint.finding import Span
from fastapi_bp_lint.project.uses import bodies

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi_bp_lint.facts.model import Body, Expr
    from fastapi_bp_lint.project.modules import Module
    from fastapi_bp_lint.project.project import Project
    from fastapi_bp_lint.project.values import Where

_ATTRIBUTE = "dependency_overrides"
_ENDING = f".{_ATTRIBUTE}"
_SETS_ITEM = 2


class Override(NamedTuple):
    """One key as written; *where* is the scope in which it means something."""

    key: str
    module: Module
    where: Where
    span: Span


def overrides(project: Project) -> Iterator[Override]:
    """Give every key that is a name, in the order of the files."""
    for module in project.modules.by_path.values():
        for scope, body, _ in bodies(module):
            where = project.names.at(module, scope) or module
            for key, span in _keys(body):
                if isinstance(key, str):
                    yield Override(key, module, where, _place(key, span, body))


def is_overrides(expr: Expr) -> bool:
    """Whether *expr* is ``something.dependency_overrides``."""
    if isinstance(expr, str):
        return expr.endswith(_ENDING)
    return isinstance(expr, Attr) and expr.name == _ATTRIBUTE


def changes_overrides(call: Call) -> bool:
    """Whether a call sets keys: ``update`` and ``setdefault``, or a patch of the mapping."""
    func = call.func
    if isinstance(func, str):
        # Nearly every call is of something else.
        is_theirs = _ATTRIBUTE in func and func.rpartition(".")[0].endswith(_ENDING)
    else:
        is_theirs = isinstance(func, Attr) and is_overrides(func.value)
    return is_theirs or bool([a for a in call.args if is_overrides(a)])


def _keys(body: Body) -> Iterator[tuple[Expr, Span]]:
    for operation in body.operations:
        if operation.operator == "SetItem" and len(operation.operands) >= _SETS_ITEM:
            owner, key = operation.operands[:_SETS_ITEM]
            if is_overrides(owner):
                yield key, operation.span
    for binding in body.bindings:
        if isinstance(binding.value, Mapping) and is_overrides(binding.target):
            yield from ((key, binding.span) for key, _ in binding.value.items)
    for call in body.calls:
        if changes_overrides(call):
            yield from ((key, call.span) for key in _given(call))


def _given(call: Call) -> Iterator[Expr]:
    """Give the keys that a call sets."""
    args = [a for a in call.args if not is_overrides(a)]
    if args and isinstance(args[0], Mapping):
        yield from (key for key, _ in args[0].items)
    elif args and str(call.func).rpartition(".")[2] in {"setitem", "setdefault"}:
        yield args[0]


def _place(key: str, around: Span, body: Body) -> Span:
    """Return where *key* stands within *around*."""
    found = [(load.span.line, load.span.column) for load in body.loads if load.name == key]
    found = sorted(found or body.places(key))
    for line, column in found:
        if around[:2] <= (line, column) < around[2:]:
            return Span(line, column, line, column + len(key))
    return around
