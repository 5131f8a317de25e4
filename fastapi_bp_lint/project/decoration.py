"""What a decorated function really runs when it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastapi_bp_lint.facts.model import Call, Expr
from fastapi_bp_lint.finding import Certainty, weakest
from fastapi_bp_lint.knowledge.tables import offloaders
from fastapi_bp_lint.knowledge.typing_names import CONTEXT_MANAGERS, TRANSPARENT_DECORATORS
from fastapi_bp_lint.project.values import Entered, External, Function, Where

if TYPE_CHECKING:
    from fastapi_bp_lint.project.types import Types


class Decoration(NamedTuple):
    """The outcome of a function's decorators.

    *runs* are the functions whose bodies run, in the caller's thread, when the name is called;
    *is_async* says that the call gives a coroutine, *offloaded* that a thread runs the body.
    """

    runs: tuple[Function, ...]
    is_async: bool
    offloaded: bool
    certainty: Certainty


def decoration(types: Types, function: Function) -> Decoration:
    """Return what calling *function* by its name runs, its decorators applied bottom-up."""
    kept = types.decorations.get(function)
    if kept is None:
        plain = Decoration(
            (function,), function.is_async, offloaded=False, certainty=Certainty.CERTAIN
        )
        if not function.facts.decorators:
            return plain
        types.decorations[function] = plain  # a decorator that uses itself sees this
        kept = plain
        for decorator in reversed(function.facts.decorators):
            kept = _apply(types, kept, decorator, types.around(function))
        types.decorations[function] = kept
    return kept


def _apply(types: Types, state: Decoration, decorator: Expr, where: Where) -> Decoration:
    func = decorator.func if isinstance(decorator, Call) else decorator
    held = types.infer(func, where)
    for value in held.values:
        if types.told.offloads(value) is not None:
            return state._replace(is_async=True, offloaded=True, runs=())
        if isinstance(value, External):
            return _foreign(state, value.name)
        if isinstance(value, Function) and isinstance(decorator, Call):
            made = types.infer(decorator, where).values
            if made and isinstance(made[0], Entered) and made[0].function is not None:
                return state._replace(runs=(*state.runs, made[0].function))
        if isinstance(value, Function):
            maker = value if not isinstance(decorator, Call) else returned(types, value)
            if maker is None:
                return state._replace(certainty=weakest(state.certainty, Certainty.LIKELY))
            return _ours(types, state, maker)
    return state._replace(certainty=weakest(state.certainty, Certainty.LIKELY))


def _foreign(state: Decoration, name: str) -> Decoration:
    row = offloaders().get(name)
    if row is not None and row.form == "decorator":
        return state._replace(is_async=True, offloaded=True, runs=())
    if name in TRANSPARENT_DECORATORS or name in CONTEXT_MANAGERS or _is_route(name):
        return state
    return state._replace(certainty=weakest(state.certainty, Certainty.LIKELY))


def _is_route(name: str) -> bool:
    return name.startswith(("fastapi.", "starlette."))


def _ours(types: Types, state: Decoration, maker: Function) -> Decoration:
    """Apply a decorator of the project: its inner function runs, and maybe the wrapped one."""
    inner = returned(types, maker, is_async=state.is_async)
    if inner is None or not maker.facts.params:
        return state
    wrapped = maker.facts.params[0].name
    calls = [c for c in inner.facts.body.calls if c.func == wrapped]
    runs_here = any(c.use != "awaited" or not state.is_async for c in calls)
    handed_over = any(wrapped in c.args for c in inner.facts.body.calls)
    given = [r.value in calls for r in inner.facts.body.results if r.kind == "return"]
    given_back = state.is_async and any(given)
    is_clear = inner.is_async or not given_back or all(given)
    return Decoration(
        (inner, *(state.runs if runs_here and not state.is_async else ())),
        inner.is_async or given_back,
        offloaded=state.offloaded or (handed_over and not calls),
        certainty=state.certainty if is_clear else weakest(state.certainty, Certainty.LIKELY),
    )


def maker_of(types: Types, decorator: Expr, where: Where) -> Function | None:
    """Return the function of the project that takes the decorated one."""
    func = decorator.func if isinstance(decorator, Call) else decorator
    for value in types.infer(func, where).values:
        if isinstance(value, Function):
            return returned(types, value) if isinstance(decorator, Call) else value
    return None


def returned(types: Types, maker: Function, *, is_async: bool | None = None) -> Function | None:
    """Return the inner function that a decorator, or a factory of one, gives back.

    Of several, such as one for coroutine functions and one for the others, the one that *is_async*
    says.
    """
    found: list[Function] = []
    for given in maker.facts.body.results:
        if given.kind != "return":
            continue
        value: Expr = given.value
        if isinstance(value, Call) and value.args:
            value = value.args[0]
        for held in types.infer(value, maker, given.span.line).values:
            if isinstance(held, Function) and held.facts.parent == maker.facts.qualname:
                found.append(held)
    return next((f for f in found if f.is_async is is_async), found[0] if found else None)
