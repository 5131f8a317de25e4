"""What a decorator makes of the function that it is applied to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi_bp_lint.facts.model import (
    Expr,
)
from fastapi_bp_lint.project.apps import Arg
from fastapi_bp_lint.project.frames import Frame, last_name
from fastapi_bp_lint.project.made import (
    Closure,
    Decorating,
    Wrapped,
    Wraps,
    made,
)
from fastapi_bp_lint.project.values import (
    UNKNOWN,
    External,
    Function,
    Held,
    Instance,
)

if TYPE_CHECKING:
    from fastapi_bp_lint.project.replay import Replay

_UPDATE = "update_wrapper"


class Decorators:
    """Applies decorators."""

    def __init__(self, replay: Replay) -> None:
        self._replay = replay
        self._types = replay.types

    def decorated(self, decorator: Expr, frame: Frame, line: int, target: Held) -> Held | None:
        """Return what a decorator makes of *target*: nothing when it is left as it is.

        None says that the decorator could not be followed.
        """
        held = self._replay.values.eval(decorator, frame, line)
        values: tuple[Any, ...] = held.values
        for value in values:
            if isinstance(value, Wraps):
                return made(Wrapped(target, value.of))
            if isinstance(value, Function):
                return self._applied(
                    Closure(value, self._replay.frame_at(self._types.around(value))), target
                )
            if isinstance(value, Closure):
                return self._applied(value, target)
            if isinstance(value, External | Decorating | Instance):
                return UNKNOWN
        return None

    def _applied(self, maker: Closure, target: Held) -> Held:
        """Return what the decorator *maker* gives for *target*."""
        if self._replay.is_deep:
            return UNKNOWN
        params = list(maker.function.facts.params)
        env: dict[str, Arg | Held] = {}
        if maker.receiver is not None and params:
            env[params.pop(0).name] = maker.receiver
        if not params:
            return UNKNOWN
        env[params.pop(0).name] = target
        env.update((p.name, Arg(p.default, maker.frame, 0)) for p in params if p.has_default)
        inner = Frame(maker.function, maker.frame, env)
        self._replay.depth += 1
        held = self._replay.calls.returned(maker.function, inner)
        self._replay.depth -= 1
        return self._updated(maker.function, inner, held)

    def _updated(self, maker: Function, frame: Frame, held: Held) -> Held:
        """Look for ``functools.update_wrapper(wrapper, function)`` as a statement."""
        for call in maker.facts.body.calls:
            if last_name(call.func) == _UPDATE and call.use == "dropped":
                return self._replay.values.eval(call._replace(use="used"), frame, call.span.line)
        return held
