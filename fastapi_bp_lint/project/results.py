"""What calling a value gives: instances, return values, coroutines, context managers."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Call, Expr, Literal, Param
from fastapi_bp_lint.finding import Certainty
from fastapi_bp_lint.knowledge.copies import LIKE_FIRST, LISTS, PICKS
from fastapi_bp_lint.knowledge.fastapi_names import DEPENDS
from fastapi_bp_lint.knowledge.streams import OPENERS
from fastapi_bp_lint.knowledge.tables import classes, given, offloader, returns
from fastapi_bp_lint.knowledge.typing_names import CONTEXT_MANAGERS, GENERATORS, SELF
from fastapi_bp_lint.project import members, queries
from fastapi_bp_lint.project.annotations import annotated, is_class_name, is_type_variable, metadata
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.project.streams import works_in_memory
from fastapi_bp_lint.project.values import (
    NOTHING,
    UNKNOWN,
    Alias,
    Bound,
    Class,
    Coroutine,
    Entered,
    External,
    Function,
    Held,
    Instance,
    Member,
    Parent,
    Partial,
    Scalar,
    Several,
    Value,
    Where,
    one,
    union,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fastapi_bp_lint.project.types import Types

_FEW = 4
_LIST = External("builtins.list")
_TUPLE = External("typing.Sequence")
_DICT = External("builtins.dict")
_ITERATOR = External("collections.abc.Iterator")
_ASYNC_ITERATOR = External("collections.abc.AsyncIterator")
_CLASS_KEYWORD = "class_"


def called(types: Types, value: Value, call: Call, where: Where) -> Held:
    """Return what *call*, made in *where*, gives when *value* is what is called."""
    match value:
        case Class():
            module = where if isinstance(where, Module) else where.module
            return one(Instance(value, (), (module, call)))
        case Function():
            return result(types, types.overloads.chosen(value, call) or value, None)
        case Bound():
            meant = types.overloads.chosen(value, call) or value.function
            return result(types, meant, value.receiver)
        case External():
            return _external(types, value.name, call, where)
        case Instance():
            return _instance(types, value, call, where)
        case Alias():
            return annotated(types, value.expr, value.where)
        case Member():
            return members.container(types, value, call, where)
        case Partial():
            held = [called(types, v, call, where) for v in value.target.values]
            return union(*held).doubted(value.target.certainty)
        case _:
            return UNKNOWN


def _instance(types: Types, value: Instance, call: Call, where: Where) -> Held:
    """Return what calling an object gives."""
    if isinstance(value.of, External) and value.origin is not None:
        for name, given in value.origin[1].keywords:
            if name == _CLASS_KEYWORD:
                made = types.infer(given, value.origin[0])
                options = [called(types, v, call, where) for v in made.values]
                return union(*options).doubted(made.certainty)
    method = members.attribute(types, one(value), "__call__")
    # One that answers to every name answers to this one with an object like itself.
    options = [
        UNKNOWN if isinstance(v, Instance) else called(types, v, call, where) for v in method.values
    ]
    return union(*options).doubted(method.certainty)


def _external(types: Types, name: str, call: Call, where: Where) -> Held:
    special = _SPECIAL.get(name)
    if special is not None:
        return special(types, call, where)
    if name in OPENERS and works_in_memory(types, name, call, where):
        return UNKNOWN
    held = queries.given(types, name, call, where)
    if not held.values:
        held = _elsewhere(types, name, call, where)
    if held.values:
        return held
    owner, _, method = name.rpartition(".")
    module = where if isinstance(where, Module) else where.module
    found = _by_literal(name, call) or returns().get((name, "call"))
    if found == "self":
        found = owner
    found = found or given(owner, method, "call")
    if found is not None:
        return one(Instance(External(found), (), (module, call)))
    if is_class_name(name) or name in classes():
        return one(Instance(External(name), (), (module, call)))
    opened = given(owner, method, "enter")
    if opened is not None:
        return one(Entered(one(Instance(External(opened))), None))
    listed = given(owner, method, "iterate")
    if listed is not None:
        return one(Instance(_ITERATOR, (one(Instance(External(listed))),)))
    return UNKNOWN


def _elsewhere(types: Types, name: str, call: Call, where: Where) -> Held:
    """Return what a function gives that a thread runs: awaiting the offloader gives the same."""
    row = offloader(name)
    if row is None or row.runs != "thread" or row.form == "decorator" or call.use != "awaited":
        return UNKNOWN
    if not row.argument.isdigit() or len(call.args) <= int(row.argument):
        return UNKNOWN
    given = types.infer(call.args[int(row.argument)], where, call.span.line)
    rest = call._replace(args=call.args[int(row.argument) + 1 :], use="used")
    options = [
        called(types, v, rest, where)
        for v in given.values
        if isinstance(v, Function | Bound | Class | External | Partial)
    ]
    held = union(*options) if options else UNKNOWN
    return one(Coroutine(held.doubted(given.certainty))) if held.values else UNKNOWN


def _by_literal(name: str, call: Call) -> str | None:
    """Return the class that a factory makes for its literal argument: ``boto3.client("s3")``."""
    first = call.args[0] if call.args else None
    if isinstance(first, Literal) and isinstance(first.value, str):
        return returns().get((f"{name}:{first.value}", "call"))
    return None


def _argument(call: Call, position: int) -> Expr:
    return call.args[position] if len(call.args) > position else None


def _partial(types: Types, call: Call, where: Where) -> Held:
    target = types.infer(_argument(call, 0), where, call.span.line)
    return one(Partial(target, call)) if target.values else UNKNOWN


def _cast(types: Types, call: Call, where: Where) -> Held:
    return annotated(types, _argument(call, 0), where)


def _getattr(types: Types, call: Call, where: Where) -> Held:
    name = types.infer(_argument(call, 1), where, call.span.line)
    held = types.infer(_argument(call, 0), where, call.span.line)
    if len(name.values) == 1 and isinstance(name.values[0], Scalar):
        return members.attribute(types, held, str(name.values[0].value))
    return UNKNOWN


def _super(types: Types, call: Call, where: Where) -> Held:
    del types, call
    owner = where.owner if isinstance(where, Function) else None
    return one(Parent(owner, Instance(owner))) if owner is not None else UNKNOWN


def _next(types: Types, call: Call, where: Where) -> Held:
    return members.element(types, types.infer(_argument(call, 0), where, call.span.line))


def _enter(types: Types, call: Call, where: Where) -> Held:
    held = types.infer(_argument(call, 0), where, call.span.line)
    return members.entered(types, held, is_async=False)


def _enter_async(types: Types, call: Call, where: Where) -> Held:
    held = types.infer(_argument(call, 0), where, call.span.line)
    return one(Coroutine(members.entered(types, held, is_async=True)))


def _closing(types: Types, call: Call, where: Where) -> Held:
    held = types.infer(_argument(call, 0), where, call.span.line)
    return one(Entered(held, None)) if held.values else UNKNOWN


def _same(types: Types, call: Call, where: Where) -> Held:
    return types.infer(_argument(call, 0), where, call.span.line)


def _class_of(types: Types, call: Call, where: Where) -> Held:
    held = types.infer(_argument(call, 0), where, call.span.line)
    return Held(tuple([v.of for v in held.values if isinstance(v, Instance)]), held.certainty)


def _import_module(types: Types, call: Call, where: Where) -> Held:
    name = _argument(call, 0)
    module = where if isinstance(where, Module) else where.module
    if isinstance(name, Literal) and isinstance(name.value, str) and len(call.args) == 1:
        return types.names.dotted(name.value, module)
    return UNKNOWN


def _listed(types: Types, call: Call, where: Where) -> Held:
    held = types.infer(_argument(call, 0), where, call.span.line)
    return one(Instance(_LIST, (members.element(types, held),))) if held.values else UNKNOWN


def _listed_from(position: int) -> Callable[[Types, Call, Where], Held]:
    """Return what tells of a function that gives some out of the argument at *position*."""

    def told(types: Types, call: Call, where: Where) -> Held:
        given = types.infer(_argument(call, position), where, call.span.line)
        each = members.element(types, given)
        return one(Instance(_LIST, (each,))) if each.values else UNKNOWN

    return told


def _chained(types: Types, call: Call, where: Where) -> Held:
    given = [types.infer(a, where, call.span.line) for a in call.args]
    each = union(*[members.element(types, held) for held in given])
    return one(Instance(_LIST, (each,))) if each.values else UNKNOWN


def _picked(types: Types, call: Call, where: Where) -> Held:
    given = [types.infer(a, where, call.span.line) for a in call.args]
    return members.element(types, given[0]) if len(given) == 1 else union(*given)


def _copied(types: Types, call: Call, where: Where) -> Held:
    """Return the same, but that nothing is known of how it was made."""
    held = types.infer(_argument(call, 0), where, call.span.line)
    made = [replace(v, origin=None) if isinstance(v, Instance) else v for v in held.values]
    return union(*[one(v) for v in made]).doubted(held.certainty)


def _zipped(types: Types, call: Call, where: Where) -> Held:
    each = [members.element(types, types.infer(a, where, call.span.line)) for a in call.args]
    return one(Instance(_LIST, (one(Several("tuple", tuple(enumerate(each)))),)))


def _counted(types: Types, call: Call, where: Where) -> Held:
    held = members.element(types, types.infer(_argument(call, 0), where, call.span.line))
    pair = Several("tuple", ((0, UNKNOWN), (1, held)))
    return one(Instance(_LIST, (one(pair),)))


_SPECIAL = {
    **dict.fromkeys(
        [f"builtins.{n}" for n in ("list", "tuple", "set", "frozenset", "sorted", "reversed")],
        _listed,
    ),
    **{name: _listed_from(position) for name, position in LISTS.items()},
    **dict.fromkeys(LIKE_FIRST, _copied),
    **dict.fromkeys(PICKS, _picked),
    "builtins.zip": _zipped,
    "itertools.chain": _chained,
    "builtins.enumerate": _counted,
    "importlib.import_module": _import_module,
    "functools.partial": _partial,
    "typing.cast": _cast,
    "builtins.getattr": _getattr,
    "builtins.super": _super,
    "builtins.next": _next,
    "builtins.iter": _same,
    "contextlib.closing": _closing,
    "contextlib.nullcontext": _closing,
    "contextlib.aclosing": _closing,
    "builtins.type": _class_of,
    "contextlib.ExitStack.enter_context": _enter,
    "contextlib.AsyncExitStack.enter_context": _enter,
    "contextlib.AsyncExitStack.enter_async_context": _enter_async,
}


def decorator_names(types: Types, function: Function) -> frozenset[str]:
    """Return the decorators of other libraries on a function, ``x.setter`` and calls included."""
    kept = types.decorators.get(function)
    if kept is None:
        names: set[str] = set()
        for decorator in function.facts.decorators:
            func = decorator.func if isinstance(decorator, Call) else decorator
            held = types.infer(func, types.around(function))
            names.update(v.name for v in held.values if isinstance(v, External))
        kept = types.decorators[function] = _shared(frozenset(names))
    return kept


@cache
def _shared(names: frozenset[str]) -> frozenset[str]:
    """Return one object for equal sets: many functions have the same decorators."""
    return names


def result(types: Types, function: Function, receiver: Instance | Class | None) -> Held:
    """Return what calling *function* gives: for an async one a coroutine."""
    facts = function.facts
    if isinstance(receiver, Instance) and _gives_self(function):
        held = one(receiver)
        return one(Coroutine(held)) if facts.is_async else held
    return types.keep(("result", function), lambda: _result(types, function))


def _gives_self(function: Function) -> bool:
    facts = function.facts
    if isinstance(facts.returns, str) and facts.returns.rpartition(".")[2] == "Self":
        return not facts.is_generator
    given = [r.value for r in facts.body.results if r.kind == "return"]
    return bool(
        facts.returns is None
        and facts.in_class
        and given
        and facts.params
        and all(v == facts.params[0].name for v in given)
    )


def _result(types: Types, function: Function) -> Held:
    facts = function.facts
    is_manager = decorator_names(types, function) & CONTEXT_MANAGERS
    if facts.is_generator or is_manager:
        yielded = given_by_yield(types, function)
        if is_manager:
            return one(Entered(yielded, function))
        return one(Instance(_ASYNC_ITERATOR if facts.is_async else _ITERATOR, (yielded,)))
    held = annotated(types, facts.returns, types.around(function))
    if not held.values or queries.is_bare(held) or _may_be_loaded(types, held):
        given = union(
            *[
                types.infer(r.value, function, r.span.line)
                for r in facts.body.results
                if r.kind == "return" and r.value != Literal(None, "None")
            ]
        )
        if not held.values or queries.columns(given) or any(v.is_loaded for v in _objects(given)):
            held = given
    if not held.values and facts.in_class:
        held = _overridden(types, function)
    return one(Coroutine(held)) if facts.is_async else held


def _overridden(types: Types, function: Function) -> Held:
    """Return what the methods that stand for an abstract one give, where all give the same."""
    others = members.overrides(types, function) if function.facts.returns is None else ()
    if not 0 < len(others) <= _FEW:
        return UNKNOWN
    made = [result(types, other, None) for other in others]
    given = [v.result if isinstance(v, Coroutine) else one(v) for held in made for v in held.values]
    classes = [v.of if isinstance(v, Instance) else v for held in given for v in held.values]
    is_one = len(set(classes)) == 1 and all(held.values for held in (*made, *given))
    return union(*given).doubted(Certainty.LIKELY) if is_one else UNKNOWN


def _may_be_loaded(types: Types, held: Held) -> bool:
    """Whether it matters that a session has loaded what a function is declared to give."""
    return any(types.mapped.has(v.of) for v in _objects(held))


def _objects(held: Held) -> Iterator[Instance]:
    """Give the objects that a value may be, and those that it may have in it."""
    for value in held.values:
        if isinstance(value, Instance):
            yield value
            yield from (v for arg in value.args for v in arg.values if isinstance(v, Instance))


def given_by_yield(types: Types, function: Function) -> Held:
    """Return what a generator yields, by its annotation or its ``yield`` expressions."""
    declared = annotated(types, function.facts.returns, types.around(function))
    for value in declared.values:
        if isinstance(value, Instance) and isinstance(value.of, External):
            if value.of.name in GENERATORS and value.args and value.args[0].values:
                return value.args[0]
    found = [
        types.infer(r.value, function, r.span.line)
        for r in function.facts.body.results
        if r.kind == "yield"
    ]
    return union(*found)


def parameter(types: Types, function: Function, param: Param) -> Held:
    """Return what a parameter holds: its receiver, its annotation, its dependency, its default."""
    facts = function.facts
    if function.owner is not None and facts.params[:1] == (param,):
        kinds = decorator_names(types, function)
        if "builtins.classmethod" in kinds or function.name == "__new__":
            return one(function.owner)
        if "builtins.staticmethod" not in kinds:
            return one(Instance(function.owner))
    around = types.around(function)
    if param.kind in {"star", "double-star"}:
        return _starred(types, function, param)
    if (
        isinstance(param.annotation, str)
        and f"typing.{param.annotation.rpartition('.')[2]}" in SELF
    ):
        return one(Instance(function.owner)) if function.owner else UNKNOWN
    held = annotated(types, param.annotation, around)
    if held.values:
        return held
    for expr, scope in [*metadata(types, param.annotation, around), (param.default, around)]:
        given = injected(types, expr, scope)
        if given.values:
            return given
    if param.annotation is None and param.has_default:
        default = types.infer(param.default, around)
        if default.values and NOTHING not in default.values:
            return default.doubted(Certainty.LIKELY)
    if param.annotation is None or is_type_variable(types, param.annotation, around):
        return types.callers.handed(types, function, param)
    return UNKNOWN


def _starred(types: Types, function: Function, param: Param) -> Held:
    """Return what ``*args`` or ``**options`` hold: what is annotated, or what callers hand in."""
    held = annotated(types, param.annotation, types.around(function))
    if held.values:
        args = (held,) if param.kind == "star" else (UNKNOWN, held)
        return one(Instance(_TUPLE if param.kind == "star" else _DICT, args))
    if param.annotation is None or param.annotation in {"Any", "object"}:
        return types.callers.handed(types, function, param)
    return UNKNOWN


def injected(types: Types, expr: Expr, where: Where) -> Held:
    """Return what FastAPI hands in for ``Depends(dependency)``."""
    if not isinstance(expr, Call):
        return UNKNOWN
    marker = types.infer(expr.func, where)
    if not any(isinstance(v, External) and v.name in DEPENDS for v in marker.values):
        return UNKNOWN
    given = expr.args[0] if expr.args else dict(expr.keywords).get("dependency")
    options = []
    for value in types.infer(given, where).values:
        runs = (
            members.attribute(types, one(value), "__call__").values if _is_ours(value) else (value,)
        )
        for one_of in runs:
            function = one_of.function if isinstance(one_of, Bound) else one_of
            if isinstance(function, Function) and function.facts.is_generator:
                options.append(given_by_yield(types, function))
            else:
                options.append(_settled(called(types, one_of, expr, where)))
    return union(*options)


def _is_ours(value: Value) -> bool:
    return isinstance(value, Instance) and isinstance(value.of, Class)


def _settled(held: Held) -> Held:
    """Return what remains when a coroutine was awaited and a context manager entered."""
    return union(*[v.result if isinstance(v, Coroutine | Entered) else one(v) for v in held.values])
