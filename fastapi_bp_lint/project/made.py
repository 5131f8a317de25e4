"""What only the replay of the project's start knows: functions with their surroundings, markers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from fastapi_bp_lint.project.values import Class, Function, Held, Scalar, Several

if TYPE_CHECKING:
    from fastapi_bp_lint.facts.model import Call
    from fastapi_bp_lint.finding import Span
    from fastapi_bp_lint.project.apps import Options, Router
    from fastapi_bp_lint.project.frames import Frame


class Closure(NamedTuple):
    """A function together with the frame that it was defined in; *receiver* is its ``self``.

    *applied* is how many of its decorators, counted from the ``def``, were at work when it was
    handed on; None for all.
    """

    function: Function
    frame: Frame
    receiver: Held | None = None
    applied: int | None = None


class Object:
    """An object of a project class, with what its constructor was given.

    *frames* are those in which its methods were run, *given* the arguments of a constructor that
    nobody wrote, such as that of a dataclass.
    """

    __slots__ = ("fields", "frames", "given", "of")

    def __init__(self, of: Class) -> None:
        self.of = of
        self.frames: dict[Function, Frame] = {}
        self.given: Options = {}
        self.fields: dict[int, Held | None] = {}


class Marker(NamedTuple):
    """A ``Depends(...)`` or ``Security(...)``, and where its arguments mean something."""

    call: Call
    frame: Frame
    name: str


class Bundle(NamedTuple):
    """``functools.partial`` of something the replay knows."""

    target: Held
    call: Call
    frame: Frame


class Wraps(NamedTuple):
    """``functools.wraps(of)``: what it is applied to gets ``__wrapped__``."""

    of: Held


class Wrapped(NamedTuple):
    """A callable whose ``__wrapped__`` is *inner*."""

    outer: Held
    inner: Held


class Method(NamedTuple):
    """A method of a router that registers something, of a dict written out, or of a text."""

    of: Router | Several | Scalar
    name: str


class Decorating(NamedTuple):
    """What ``router.get("/x")`` gives: it registers the function that it is applied to."""

    router: Router
    name: str
    options: Options
    span: Span
    frame: Frame


class RouteObject(NamedTuple):
    """A route made by hand; *adder* is the method that does the same."""

    adder: str
    options: Options
    span: Span
    frame: Frame


def made(thing: Any) -> Held:  # noqa: ANN401 - none of these is a `Value`
    """Return what surely holds an object of the replay."""
    return Held((thing,))
