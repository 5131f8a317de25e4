"""What FastAPI calls when it is handed something: which function runs, with which parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from fastapi_bp_lint.facts.model import Call, Expr, Param
from fastapi_bp_lint.finding import Certainty, weakest
from fastapi_bp_lint.knowledge.fastapi_names import SECURITY_FORMS, SECURITY_MODULE
from fastapi_bp_lint.knowledge.typing_names import PROPERTIES
from fastapi_bp_lint.project import members, results
from fastapi_bp_lint.project.annotations import is_class_name
from fastapi_bp_lint.project.decoration import returned
from fastapi_bp_lint.project.made import Bundle, Closure, Object, made
from fastapi_bp_lint.project.values import (
    Bound,
    Class,
    External,
    Function,
    Held,
    Instance,
    Partial,
)

if TYPE_CHECKING:
    from fastapi_bp_lint.project.frames import Frame
    from fastapi_bp_lint.project.replay import Replay

_WRAPS = {"functools.wraps", "functools.update_wrapper"}
_DATACLASSES = {"dataclasses.dataclass", "pydantic.dataclasses.dataclass"}


class Target(NamedTuple):
    """Something that FastAPI calls.

    *kind* is function, generator, class, instance, method, lambda, partial or unknown; *function*
    is what runs of the project, under all wrappers; *is_async* whether the event loop runs it, None
    when that cannot be told. *params* are those that FastAPI fills, *frame* gives their defaults a
    meaning.
    """

    kind: str
    symbol: str
    function: Function | None
    cls: Class | None
    is_async: bool | None
    is_generator: bool
    params: tuple[Param, ...]
    frame: Frame | None
    certainty: Certainty


class Seen(NamedTuple):
    """A decorated function as ``inspect`` sees it: *inner* is under all that has ``__wrapped__``."""

    inner: Function
    is_async: bool
    certainty: Certainty


class Callables:
    """Answers what FastAPI runs for a value."""

    def __init__(self, replay: Replay) -> None:
        self.replay = replay
        self.types = replay.types
        self._seen: dict[tuple[Function, int], Seen] = {}

    def target(self, held: Held) -> Target:
        """Return what is called; of several possible values the first that is known."""
        found = [self._target(v) for v in held.values]
        known = [t for t in found if t.kind != "unknown"]
        if not found:
            return _unknown("")
        best = (known or found)[0]
        doubt = Certainty.LIKELY if len(found) > 1 else Certainty.CERTAIN
        return best._replace(certainty=weakest(best.certainty, held.certainty, doubt))

    def _target(self, value: Any) -> Target:  # noqa: ANN401, PLR0911 - one table
        match value:
            case Closure():
                return self._function(value)
            case Function():
                return self._function(Closure(value, self._around(value)))
            case Bound():
                receiver = Held((value.receiver,))
                return self._function(Closure(value.function, self._around(value.function), receiver))
            case Class():
                return self._class(value)
            case Object():
                return self._instance(value.of, made(value))
            case Instance(of=Class()):
                assert isinstance(value.of, Class)
                return self._instance(value.of, Held((value,)))
            case Instance(of=External()):
                assert isinstance(value.of, External)
                return _foreign_instance(value.of.name)
            case External():
                return _foreign(value.name)
            case Bundle():
                return self._partial(self.target(value.target), value.call)
            case Partial():
                return self._partial(self.target(value.target), value.call)
            case _:
                return _unknown("")

    def _around(self, function: Function) -> Frame:
        return self.replay.frame_at(self.types.around(function))

    def _function(self, closure: Closure) -> Target:
        facts = closure.function.facts
        applied = len(facts.decorators) if closure.applied is None else closure.applied
        seen = self.seen(closure.function, applied)
        inner = seen.inner
        params = inner.facts.params
        receiver = closure.receiver
        if closure.function.owner is not None and receiver is None:
            kinds = results.decorator_names(self.types, closure.function)
            if "builtins.classmethod" in kinds:
                receiver = Held((closure.function.owner,))
        kind = "method" if receiver is not None else "function"
        if receiver is not None and inner is closure.function:
            params = params[1:]
        if inner.facts.is_lambda:
            kind = "lambda"
        if inner.facts.is_generator:
            kind = "generator"
        frame = closure.frame if inner is closure.function else self._around(inner)
        if closure.receiver is not None and frame.where is not closure.function:
            frame = self._method_frame(inner, frame)
        return Target(
            kind,
            _symbol(inner),
            inner,
            None,
            seen.is_async,
            inner.facts.is_generator,
            params,
            frame,
            seen.certainty,
        )

    def _method_frame(self, function: Function, frame: Frame) -> Frame:
        """Return where the defaults of a method mean something: the body of its class."""
        return frame if function.owner is None else self.replay.frame_at(function.owner, frame)

    def seen(self, function: Function, applied: int) -> Seen:
        """Return what a function is to FastAPI after its *applied* innermost decorators."""
        key = function, applied
        kept = self._seen.get(key)
        if kept is None:
            kept = self._seen[key] = Seen(function, function.is_async, Certainty.CERTAIN)
            decorators = function.facts.decorators
            for decorator in reversed(decorators[len(decorators) - applied :]):
                kept = self._decorated(kept, decorator, function)
            self._seen[key] = kept
        return kept

    def _decorated(self, state: Seen, decorator: Expr, function: Function) -> Seen:
        func = decorator.func if isinstance(decorator, Call) else decorator
        for value in self.types.infer(func, self.types.around(function)).values:
            if isinstance(value, Function):
                maker = returned(self.types, value) if isinstance(decorator, Call) else value
                inner = returned(self.types, maker) if maker is not None else None
                return state if inner is None else self._wrapped(state, maker, inner)
            if isinstance(value, External):
                return state
        return state._replace(certainty=weakest(state.certainty, Certainty.LIKELY))

    def _wrapped(self, state: Seen, maker: Function | None, inner: Function) -> Seen:
        """Return the wrapper, or what is under it where it keeps ``__wrapped__``."""
        names = results.decorator_names(self.types, inner)
        calls = maker.facts.body.calls if maker is not None else ()
        if names & _WRAPS or any(_is_update(c) for c in calls):
            return state._replace(is_async=state.is_async or inner.is_async)
        if names:
            return state._replace(certainty=weakest(state.certainty, Certainty.LIKELY))
        return Seen(inner, inner.is_async, state.certainty)

    def _class(self, cls: Class) -> Target:
        params, frame = self._constructor(cls)
        init = self.method(cls, "__init__")
        return Target(
            "class", cls.symbol, init, cls, False, False, params, frame, Certainty.CERTAIN  # noqa: FBT003
        )

    def _constructor(self, cls: Class) -> tuple[tuple[Param, ...], Frame]:
        """Return the parameters of a class: those of ``__init__``, or the fields of a dataclass."""
        for base in members.mro(self.types, cls):
            if not isinstance(base, Class):
                continue
            frame = self.replay.frame_at(base)
            init = base.methods.get("__init__")
            if init is not None:
                return init.facts.params[1:], frame
            if self._is_dataclass(base):
                return self._fields(cls), frame
        return (), self.replay.frame_at(cls)

    def _is_dataclass(self, cls: Class) -> bool:
        return any(
            isinstance(v, External) and v.name in _DATACLASSES
            for d in cls.facts.decorators
            for v in self.types.infer(
                d.func if isinstance(d, Call) else d, self.types.around(cls)
            ).values
        )

    def _fields(self, cls: Class) -> tuple[Param, ...]:
        found: dict[str, Param] = {}
        for base in reversed(members.mro(self.types, cls)):
            for b in base.facts.body.bindings if isinstance(base, Class) else ():
                if b.kind == "annotation":
                    has_default = b.value is not None
                    found[b.target] = Param(
                        b.target, "normal", b.annotation, b.value, has_default, b.span
                    )
        return tuple(found.values())

    def _instance(self, cls: Class, receiver: Held) -> Target:
        call = self.method(cls, "__call__")
        if call is None:
            foreign = [b for b in members.mro(self.types, cls) if isinstance(b, External)]
            known = _foreign_instance(foreign[0].name) if foreign else _unknown(cls.symbol)
            return known._replace(symbol=cls.symbol, cls=cls)
        closure = Closure(call, self.replay.frame_at(self.types.around(call)), receiver)
        found = self._function(closure)
        return found._replace(
            kind="instance",
            symbol=cls.symbol,
            cls=cls,
            is_async=found.is_async,
        )

    def method(self, cls: Class, name: str) -> Function | None:
        """Return the nearest definition of a method in the project."""
        for base in members.mro(self.types, cls):
            found = base.methods.get(name) if isinstance(base, Class) else None
            if found is not None and not results.decorator_names(self.types, found) & PROPERTIES:
                return found
        return None

    def _partial(self, target: Target, call: Call) -> Target:
        bound = {name for name, _ in call.keywords}
        params = tuple([p for p in target.params[len(call.args) - 1 :] if p.name not in bound])
        return target._replace(kind="partial", params=params)


def _symbol(function: Function) -> str:
    if function.facts.is_lambda:
        outer = function.symbol.partition(".<lambda")[0]
        return f"{outer}.<lambda>"
    return function.symbol


def _is_update(call: Call) -> bool:
    return isinstance(call.func, str) and call.func.rpartition(".")[2] == "update_wrapper"


def _unknown(symbol: str) -> Target:
    return Target("unknown", symbol, None, None, None, False, (), None, Certainty.POSSIBLE)  # noqa: FBT003


def _foreign(name: str) -> Target:
    """Return a callable of another library; a class runs in a thread, of a function nothing is known."""
    if is_class_name(name):
        return Target("class", name, None, None, False, False, (), None, Certainty.CERTAIN)  # noqa: FBT003
    return Target("unknown", name, None, None, None, False, (), None, Certainty.LIKELY)  # noqa: FBT003


def _foreign_instance(name: str) -> Target:
    """Return an object of another library; the security schemes of FastAPI are async."""
    if name.startswith(SECURITY_MODULE) and name not in SECURITY_FORMS:
        return Target("instance", name, None, None, True, False, (), None, Certainty.CERTAIN)  # noqa: FBT003
    return Target("instance", name, None, None, None, False, (), None, Certainty.LIKELY)  # noqa: FBT003
