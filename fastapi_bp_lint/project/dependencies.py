"""The `Depends` graph: which callable needs which, in the order in which FastAPI runs them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi_bp_lint.facts.model import Attr, Call, Expr, Group, Item, Param
from fastapi_bp_lint.finding import Place
from fastapi_bp_lint.knowledge.fastapi_names import SECURITY
from fastapi_bp_lint.project.annotations import arguments, metadata
from fastapi_bp_lint.project.callables import Callables, Target
from fastapi_bp_lint.project.made import Marker
from fastapi_bp_lint.project.values import UNKNOWN, Class, Function, Held, Scalar, Several

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi_bp_lint.project.frames import Frame
    from fastapi_bp_lint.project.modules import Module
    from fastapi_bp_lint.project.replay import Replay

_LITERALS = {"Literal", "Group", "Mapping", "Text", "Operation", "Comprehension", "NoneType"}
_DEEPEST = 40


class Dependency:
    """One ``Depends(...)`` as FastAPI uses it.

    *name* is the parameter's, None in a ``dependencies=`` list; *place* is where the ``Depends``
    is written, *module* the file of it; *owner* the function whose parameter it is. *cycle* is set
    when following it leads back to itself; *children* are then cut off.
    """

    __slots__ = (
        "certainty",
        "children",
        "cycle",
        "marker",
        "module",
        "name",
        "owner",
        "param",
        "place",
        "scope",
        "scopes",
        "target",
        "use_cache",
    )

    def __init__(self, target: Target, marker: Marker, name: str | None) -> None:
        self.target = target
        self.marker = marker
        self.name = name
        self.module: Module = marker.frame.module
        self.place = Place(self.module.path, marker.call.span)
        self.param: Param | None = None
        self.owner: Function | Class | None = None
        self.use_cache = True
        self.scope: str | None = None
        self.scopes: tuple[str, ...] = ()
        self.children: tuple[Dependency, ...] = ()
        self.cycle: tuple[Function, ...] = ()
        self.certainty = target.certainty

    @property
    def function(self) -> Function | None:
        """The function of the project that runs: also an ``__init__`` or ``__call__``."""
        return self.target.function

    @property
    def kind(self) -> str:
        """Function, generator, class, instance, method, lambda, partial or unknown."""
        return self.target.kind

    @property
    def is_async(self) -> bool | None:
        """Whether the event loop runs it; None when that cannot be told."""
        return self.target.is_async

    @property
    def is_generator(self) -> bool:
        """Whether it yields its value and cleans up afterwards."""
        return self.target.is_generator

    @property
    def computed_scope(self) -> str | None:
        """When a generator is left: after the response (request) or before it (function)."""
        return self.scope or ("request" if self.is_generator else None)

    def walk(self) -> Iterator[Dependency]:
        """Give this dependency and all below, in FastAPI's order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def __repr__(self) -> str:
        return f"Dependency({self.name!r}, {self.target.symbol!r})"


class Dependencies:
    """Builds the trees; what a function needs is worked out once."""

    def __init__(self, replay: Replay) -> None:
        self.replay = replay
        self.types = replay.types
        self.callables = Callables(replay)
        self._of: dict[tuple[Any, ...], tuple[Dependency, ...]] = {}
        self._listed: dict[tuple[int, Frame], Dependency] = {}
        self._open: list[Target] = []
        self.all: list[Dependency] = []

    def listed(self, held: Held) -> tuple[Dependency, ...]:
        """Return the dependencies of a ``dependencies=[...]`` argument."""
        found: list[Dependency] = []
        for value in held.values:
            items = [h for _, h in value.items] if isinstance(value, Several) else []
            for item in items:
                markers: list[Any] = [v for v in item.values if isinstance(v, Marker)]
                found += [self._unnamed(m) for m in markers[:1]]
        return tuple(found)

    def _unnamed(self, marker: Marker) -> Dependency:
        key = id(marker.call), marker.frame
        kept = self._listed.get(key)
        if kept is None:
            kept = self._listed[key] = self._dependency(marker, None, None)
            kept.use_cache = True
        return kept

    def of(self, target: Target) -> tuple[Dependency, ...]:
        """Return what the parameters of *target* need, in their order."""
        if target.frame is None or not target.params:
            return ()
        key = target.function or target.cls, target.frame, target.params
        kept = self._of.get(key)
        if kept is None:
            if len(self._open) > _DEEPEST:
                return ()
            self._open.append(target)
            kept = tuple(self._parameters(target))
            self._open.pop()
            self._of[key] = kept
        return kept

    def _parameters(self, target: Target) -> Iterator[Dependency]:
        frame = target.frame
        assert frame is not None
        owner = target.function or target.cls
        for param in target.params:
            marker = self.marker(param, frame)
            if marker is not None:
                dependency = self._dependency(marker, param, frame)
                dependency.owner = owner
                yield dependency

    def marker(self, param: Param, frame: Frame) -> Marker | None:
        """Return the ``Depends`` of a parameter: its default, or the last in ``Annotated``."""
        if param.has_default and type(param.default).__name__ not in _LITERALS:
            found = self._marked(param.default, frame)
            if found is not None:
                return found
        if isinstance(param.annotation, str | Attr | Item):
            for expr, where in reversed(metadata(self.types, param.annotation, frame.where)):
                found = self._marked(expr, self.replay.frame_at(where, frame))
                if found is not None:
                    return found
        return None

    def _marked(self, expr: Expr, frame: Frame) -> Marker | None:
        if not isinstance(expr, str | Attr | Call):
            return None
        values: tuple[Any, ...] = self.replay.values.eval(expr, frame).values
        return next((v for v in values if isinstance(v, Marker)), None)

    def _dependency(self, marker: Marker, param: Param | None, around: Frame | None) -> Dependency:
        options = self.replay.arguments.options(marker.call, ("dependency",), marker.frame)
        given = options.get("dependency")
        held = self.replay.values.value(given) if given is not None else UNKNOWN
        if given is None or held.values == (Scalar(None),):
            held = self._annotated(param, around)
        target = self.callables.target(held)
        made = Dependency(target, marker, param.name if param is not None else None)
        made.param = param
        cached = self.replay.values.value(options.get("use_cache"))
        made.use_cache = cached.values != (Scalar(value=False),)
        made.scope = self._text(self.replay.values.value(options.get("scope")))
        if marker.name in SECURITY:
            made.scopes = self._texts(self.replay.values.value(options.get("scopes")))
        self.all.append(made)
        cycle = self._cycle(target)
        if cycle:
            made.cycle = cycle
        else:
            made.children = self.of(target)
        return made

    def _cycle(self, target: Target) -> tuple[Function, ...]:
        """Return the functions on the way from *target* to itself, when it is being worked out."""
        for n, one in enumerate(self._open):
            if one.function is not None and one.function is target.function:
                return tuple([t.function for t in self._open[n:] if t.function is not None])
        return ()

    def _annotated(self, param: Param | None, frame: Frame | None) -> Held:
        """Return the class that a parameter is annotated with."""
        if param is None or frame is None:
            return UNKNOWN
        expr = param.annotation
        if isinstance(expr, Item) and isinstance(expr.key, Group):
            expr = arguments(expr)[0]
        return self.replay.values.eval(expr, frame)

    def _text(self, held: Held) -> str | None:
        value = held.values[0] if len(held.values) == 1 else None
        return value.value if isinstance(value, Scalar) and isinstance(value.value, str) else None

    def _texts(self, held: Held) -> tuple[str, ...]:
        found = [h for v in held.values if isinstance(v, Several) for _, h in v.items]
        return tuple([t for h in found if (t := self._text(h)) is not None])
