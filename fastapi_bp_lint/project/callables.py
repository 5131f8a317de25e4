"""What FastAPI calls when it is handed something: which function runs, with which parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from fastapi_bp_lint.facts.model import Call, Param
from fastapi_bp_lint.finding import Certainty, weakest
from fastapi_bp_lint.knowledge.fastapi_names import SECURITY_FORMS, SECURITY_MODULE
from fastapi_bp_lint.knowledge.typing_names import PROPERTIES
from fastapi_bp_lint.project import members, results
from fastapi_bp_lint.project.annotations import is_class_name
from fastapi_bp_lint.project.frames import last_name
from fastapi_bp_lint.project.made import Bundle, Closure, Object, Wrapped, made
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

_PLAIN = {"staticmethod", "classmethod", "override", "property"}
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


class Callables:
    """Answers what FastAPI runs for a value."""

    def __init__(self, replay: Replay) -> None:
        self.replay = replay
        self.types = replay.types

    def target(self, held: Held) -> Target:
        """Return what is called; of several possible values the first that is known."""
        found = [self._target(v) for v in held.values]
        known = [t for t in found if t.kind != "unknown"]
        if not found:
            return _unknown("")
        best = (known or found)[0]
        doubt = Certainty.LIKELY if len(found) > 1 else Certainty.CERTAIN
        return best._replace(certainty=weakest(best.certainty, held.certainty, doubt))

    def _target(self, value: Any) -> Target:  # noqa: ANN401 - one table
        match value:
            case Closure():
                return self._function(value)
            case Function():
                return self._function(Closure(value, self._around(value)))
            case Bound():
                receiver = Held((value.receiver,))
                return self._function(
                    Closure(value.function, self._around(value.function), receiver)
                )
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
            case Wrapped():
                return self._wrapped(value)
            case Partial():
                return self._partial(self.target(value.target), value.call)
            case _:
                return _unknown("")

    def _around(self, function: Function) -> Frame:
        return self.replay.frame_at(self.types.around(function))

    def _function(self, closure: Closure) -> Target:
        """Return what a function is after its decorators, those that were at work."""
        decorators = closure.function.facts.decorators
        applied = len(decorators) if closure.applied is None else closure.applied
        if not applied:
            return self._plain(closure)
        held = self._decorated(closure, applied)
        plain: object = closure._replace(applied=0)
        own = [v for v in held.values if v == plain]
        if own or not held.values:
            return self._plain(closure)._replace(certainty=held.certainty)
        return self.target(held)

    def _decorated(self, closure: Closure, applied: int) -> Held:
        """Return what the *applied* innermost decorators make of a function."""
        facts = closure.function.facts
        state = made(closure._replace(applied=0))
        certainty = Certainty.CERTAIN
        for decorator in reversed(facts.decorators[len(facts.decorators) - applied :]):
            if last_name(decorator) in _PLAIN:
                continue
            found = self.replay.decorators.decorated(decorator, closure.frame, facts.line, state)
            if found is None:
                certainty = Certainty.LIKELY
            elif found.values:
                state = found
        return state.doubted(certainty)

    def _plain(self, closure: Closure) -> Target:
        """Return a function without decorators, or the one that it keeps in ``__wrapped__``."""
        function = closure.function
        facts = function.facts
        params = facts.params
        receiver = closure.receiver
        if function.owner is not None:
            kinds = results.decorator_names(self.types, function)
            if "builtins.classmethod" in kinds:
                receiver = receiver or made(function.owner)
            elif "builtins.staticmethod" in kinds:
                receiver = None
        kind = "function" if receiver is None else "method"
        if receiver is not None:
            params = params[1:]
        kind = "lambda" if facts.is_lambda else "generator" if facts.is_generator else kind
        frame = closure.frame
        if function.owner is not None and frame.where is not function.owner:
            frame = self._method_frame(function, closure)
        return Target(
            kind,
            _symbol(function),
            function,
            None,
            function.is_async,
            facts.is_generator,
            params,
            frame,
            Certainty.CERTAIN,
        )

    def _method_frame(self, function: Function, closure: Closure) -> Frame:
        """Return where the defaults of a method mean something: the body of its class."""
        assert function.owner is not None
        return self.replay.frame_at(function.owner, closure.frame)

    def _wrapped(self, value: Wrapped) -> Target:
        """Return what FastAPI sees of a wrapper: it looks under it, and asks both whether async."""
        outer, inner = self.target(value.outer), self.target(value.inner)
        if inner.kind == "unknown":
            return outer
        is_async = None if inner.is_async is None else bool(inner.is_async or outer.is_async)
        return inner._replace(is_async=is_async)

    def _class(self, cls: Class) -> Target:
        params, frame = self._constructor(cls)
        init = self.method(cls, "__init__")
        return Target(
            "class",
            cls.symbol,
            init,
            cls,
            is_async=False,
            is_generator=False,
            params=params,
            frame=frame,
            certainty=Certainty.CERTAIN,
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


def _unknown(symbol: str) -> Target:
    return Target("unknown", symbol, None, None, None, False, (), None, Certainty.POSSIBLE)  # noqa: FBT003


def _foreign(name: str) -> Target:
    """Return a callable of another library: a class runs in a thread, of others who knows."""
    if is_class_name(name):
        return Target("class", name, None, None, False, False, (), None, Certainty.CERTAIN)  # noqa: FBT003
    return Target("unknown", name, None, None, None, False, (), None, Certainty.LIKELY)  # noqa: FBT003


def _foreign_instance(name: str) -> Target:
    """Return an object of another library; the security schemes of FastAPI are async."""
    if name.startswith(SECURITY_MODULE) and name not in SECURITY_FORMS:
        return Target("instance", name, None, None, True, False, (), None, Certainty.CERTAIN)  # noqa: FBT003
    return Target("instance", name, None, None, None, False, (), None, Certainty.LIKELY)  # noqa: FBT003
