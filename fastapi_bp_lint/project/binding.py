"""Which parameter gets which argument."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi_bp_lint.facts.model import (
    Call,
    Param,
    Star,
)
from fastapi_bp_lint.project.apps import Arg
from fastapi_bp_lint.project.frames import Frame
from fastapi_bp_lint.project.made import (
    Closure,
    Object,
)
from fastapi_bp_lint.project.values import (
    Held,
    Several,
    one,
)

if TYPE_CHECKING:
    from fastapi_bp_lint.project.replay import Replay


class Arguments:
    """Binds the arguments of calls."""

    def __init__(self, replay: Replay) -> None:
        self._replay = replay
        self._types = replay.types

    def frame_of(self, closure: Closure, call: Call | None, frame: Frame) -> Frame:
        """Return the frame of a call: every parameter has its argument or its default."""
        params = list(closure.function.facts.params)
        env: dict[str, Arg | Held] = {}
        receiver: Any = None
        if closure.receiver is not None and params:
            env[params.pop(0).name] = closure.receiver
            receiver = closure.receiver.values[0] if closure.receiver.values else None
        if call is not None:
            self._bind(params, call, frame, closure.frame, env)
        frame = Frame(closure.function, closure.frame, env)
        if isinstance(receiver, Object):
            receiver.frames.setdefault(closure.function, frame)
        return frame

    def _bind(
        self,
        params: list[Param],
        call: Call,
        frame: Frame,
        around: Frame,
        env: dict[str, Arg | Held],
    ) -> None:
        plain = [p for p in params if p.kind in {"positional", "normal"}]
        given = self.options(call, tuple(p.name for p in plain), frame)
        rest: list[tuple[str | int, Held]] = []
        names = {p.name for p in params}
        for name, arg in given.items():
            if name in names:
                env[name] = arg
            else:
                rest.append((name, self._replay.values.value(arg)))
        for p in params:
            if p.kind == "double-star":
                env[p.name] = one(Several("dict", tuple(rest)))
            elif p.kind == "star":
                extra = call.args[len(plain) :]
                items = [self._replay.values.eval(a, frame, call.span.line) for a in extra]
                env[p.name] = one(Several("tuple", tuple(enumerate(items))))
            elif p.name not in env and p.has_default:
                env[p.name] = Arg(p.default, around, 0)

    def options(
        self, call: Call, positional: tuple[str, ...], frame: Frame
    ) -> dict[str, Arg | Held]:
        """Return the arguments of a call by name; ``**mapping`` is looked into."""
        line = call.span.line
        found: dict[str, Arg | Held] = {}
        args = list(call.args)
        last = args[-1] if args else None
        if isinstance(last, Star):
            args.pop()
            spread = (
                self._replay.values.rounds(self._replay.values.eval(last.value, frame, line)) or ()
            )
            for name, held in zip(positional[len(args) :], spread, strict=False):
                found[name] = held
        for name, expr in zip(positional, args, strict=False):
            found[name] = Arg(expr, frame, line)
        for keyword, expr in call.keywords:
            if keyword is not None:
                found[keyword] = Arg(expr, frame, line)
                continue
            for value in self._replay.values.eval(expr, frame, line).values:
                if isinstance(value, Several):
                    found.update({str(k): held for k, held in value.items})
        return found
