"""What statements, sessions, queries and results give: objects of the mapped classes of a project.

A carrier is an object of SQLAlchemy that knows what the columns of its rows are; here its type
arguments say it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Attr, Call, Literal, Star
from fastapi_bp_lint.finding import Certainty, weakest
from fastapi_bp_lint.knowledge.queries import (
    ADDS,
    ALIASES,
    ALL,
    CARRIERS,
    CHANGES_LOADING,
    GETS,
    GIVES_SCALAR_OF_ONE,
    GIVES_SCALARS,
    KEEPS,
    KEPT_BY_QUERIES,
    MEMBERS_OF_SESSIONS,
    ONE,
    ONE_SCALAR,
    QUERY,
    REPLACES,
    ROWS,
    SCALARS,
    SESSIONS,
    STATEMENT,
    STATEMENTS,
    STREAMED,
    STREAMS,
    WAITED_FOR,
    Answers,
)
from fastapi_bp_lint.knowledge.tables import ancestry
from fastapi_bp_lint.project.values import (
    UNKNOWN,
    Class,
    Coroutine,
    External,
    Held,
    Instance,
    Several,
    Value,
    Where,
    one,
    union,
)

if TYPE_CHECKING:
    from fastapi_bp_lint.facts.model import Expr
    from fastapi_bp_lint.project.types import Types

_LIST = External("builtins.list")
_TUPLES = {External("builtins.tuple"), External("typing.Tuple"), External("sqlalchemy.Row")}


def given(types: Types, name: str, call: Call, where: Where) -> Held:
    """Return what calling *name* gives; unknown where that is not about mapped classes."""
    owner, _, method = name.rpartition(".")
    if owner in CARRIERS:
        return _of_carrier(types, owner, method, call, where)
    if method in MEMBERS_OF_SESSIONS:
        answers = _answers(owner)
        if answers is not None:
            held = _of_session(types, answers, method, call, where)
            return one(Coroutine(_unloaded(held))) if answers.is_async and held.values else held
    if name in STATEMENTS:
        return _carrying(STATEMENT, _entities(types, call.args, call, where))
    if name in ALIASES and call.args:
        held = types.infer(call.args[0], where, call.span.line)
        return held if all(isinstance(v, Class) for v in held.values) else UNKNOWN
    return UNKNOWN


@cache
def _answers(session: str) -> Answers | None:
    return next((SESSIONS[base] for base in ancestry(session) if base in SESSIONS), None)


def _of_session(types: Types, answers: Answers, method: str, call: Call, where: Where) -> Held:
    """Return what a method of a session gives, awaited if need be."""
    if method == "query":
        return _carrying(QUERY, _entities(types, call.args, call, where))
    first = call.args[0] if call.args else dict(call.keywords).get("entity")
    if method in GETS:
        return _entity(types, first, call, where)
    held = types.infer(first, where, call.span.line)
    if method == "merge":
        return _loaded(types, held)
    found = columns(held)
    if not found or method == "scalar":
        return found[0] if found else UNKNOWN
    if method in STREAMS:
        answers = STREAMED
    if method in GIVES_SCALARS or (method == GIVES_SCALAR_OF_ONE and len(found) == 1):
        return _carrying(answers.scalars, found[:1])
    return _carrying(answers.rows, found)


def _of_carrier(types: Types, owner: str, method: str, call: Call, where: Where) -> Held:
    """Return what a method of a statement, a query or a result gives."""
    func = call.func
    of = func.rpartition(".")[0] if isinstance(func, str) else None
    receiver = func.value if isinstance(func, Attr) else of
    found = columns(types.infer(receiver, where, call.span.line))
    if not found:
        return UNKNOWN
    if method in KEEPS or (owner == QUERY and method in KEPT_BY_QUERIES):
        return _carrying(owner, found)
    if method == CHANGES_LOADING:
        return _carrying(owner, tuple([_unloaded(held) for held in found]))
    if method in ADDS:
        added = _entities(types, call.args, call, where)
        return _carrying(owner, (*found, *(added or (UNKNOWN,))))
    if method in REPLACES:
        return _carrying(owner, _entities(types, call.args, call, where))
    if owner in ROWS and method == "scalars":
        return _carrying(ROWS[owner], _chosen(found, call))
    held = _of_rows(owner, method, found)
    return one(Coroutine(held)) if owner in WAITED_FOR and held.values else held


def _of_rows(owner: str, method: str, found: tuple[Held, ...]) -> Held:
    if method in ONE:
        return _row(owner, found)
    if method in ONE_SCALAR:
        return found[0]
    held = _row(owner, found) if method in ALL else UNKNOWN
    return one(Instance(_LIST, (held,))) if held.values else UNKNOWN


def _chosen(found: tuple[Held, ...], call: Call) -> tuple[Held, ...]:
    """Return the column that ``scalars(1)`` is about, the first without a number."""
    index = call.args[0].value if call.args and isinstance(call.args[0], Literal) else 0
    if (call.args and not isinstance(call.args[0], Literal)) or not isinstance(index, int):
        return ()
    return found[index : index + 1]


def columns(held: Held) -> tuple[Held, ...]:
    """Return what the columns of a carrier hold; none for anything else, or where nothing tells."""
    values = held.values
    if len(values) == 1:
        found = _columns(values[0])
        sure = held.certainty is Certainty.CERTAIN
        return found if sure or not found else tuple([f.doubted(held.certainty) for f in found])
    each = [_columns(value) for value in values]
    if not each or len({len(one_of) for one_of in each}) != 1:
        return ()
    return tuple([union(*same).doubted(held.certainty) for same in zip(*each, strict=True)])


def _columns(value: Value) -> tuple[Held, ...]:
    if not isinstance(value, Instance) or not value.args or not _carries(value):
        return ()
    only = value.args[0].values if len(value.args) == 1 else ()
    if len(only) == 1 and isinstance(only[0], Instance) and only[0].of in _TUPLES:
        return only[0].args
    return value.args


def _carries(instance: Instance) -> bool:
    return isinstance(instance.of, External) and instance.of.name in CARRIERS


def is_bare(held: Held) -> bool:
    """Whether *held* may be a carrier that does not say what its columns are."""
    for value in held.values:
        if isinstance(value, Instance) and not value.args and _carries(value):
            return True
    return False


def row(instance: Instance) -> Held:
    """Return what each row of a result is."""
    found = _columns(instance)
    return _row(instance.of.name, found) if found else UNKNOWN


def _row(owner: str, found: tuple[Held, ...]) -> Held:
    if owner in SCALARS or (owner == QUERY and len(found) == 1):
        return found[0]
    is_tuple = owner in ROWS or owner == QUERY
    return one(Several("tuple", tuple(enumerate(found)))) if is_tuple else UNKNOWN


def _entities(types: Types, exprs: tuple[Expr, ...], call: Call, where: Where) -> tuple[Held, ...]:
    """Return what selecting *exprs* gives in each column; nothing where no column is an object."""
    if any(isinstance(e, Star) for e in exprs):
        return ()
    found = tuple([_entity(types, e, call, where) for e in exprs])
    return found if any(held.values for held in found) else ()


def _entity(types: Types, expr: Expr, call: Call, where: Where) -> Held:
    """Return an object of the class that *expr* names."""
    held = types.infer(expr, where, call.span.line)
    if not held.values or not all(isinstance(v, Class) for v in held.values):
        return UNKNOWN
    made = [Instance(v) for v in held.values if isinstance(v, Class)]
    return _loaded(types, Held(tuple(made), held.certainty))


def _loaded(types: Types, held: Held) -> Held:
    """Return objects of the project as a session has loaded them."""
    made = [
        Instance(v.of, v.args, is_loaded=types.mapped.has(v.of))
        for v in held.values
        if isinstance(v, Instance) and isinstance(v.of, Class)
    ]
    return Held(tuple(made), held.certainty) if len(made) == len(held.values) else UNKNOWN


def _unloaded(held: Held) -> Held:
    """Return the same, as an async session gives it, or as loaded with what it is related to."""
    options: list[Held] = []
    for value in held.values:
        if isinstance(value, Instance):
            args = tuple([_unloaded(arg) for arg in value.args])
            options.append(one(replace(value, args=args, is_loaded=False)))
        else:
            options.append(one(value))
    return union(*options).doubted(held.certainty)


def _carrying(name: str, found: tuple[Held, ...]) -> Held:
    doubt = None
    for held in found:
        if held.values:
            doubt = held.certainty if doubt is None else weakest(doubt, held.certainty)
    return UNKNOWN if doubt is None else Held((Instance(External(name), found),), doubt)
