"""What a name can hold: the definitions of the project, things of other libraries, instances.

A `Held` is what the linter knows of an expression: every value that it may have, and how sure that
is. No values means unknown, and unknown is silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from fastapi_bp_lint.facts.model import Binding, Call, ClassFacts, Expr, FunctionFacts
from fastapi_bp_lint.finding import Certainty, Place, weakest

if TYPE_CHECKING:
    from fastapi_bp_lint.project.modules import Module


class Function:
    """A function, method or lambda of the project; *name* is the last part of its name."""

    __slots__ = ("__weakref__", "facts", "is_async", "module", "name", "owner")

    def __init__(self, module: Module, facts: FunctionFacts) -> None:
        self.module = module
        self.facts = facts
        self.name = facts.qualname.rpartition(".")[2]
        self.is_async = facts.is_async
        self.owner: Class | None = None

    @property
    def symbol(self) -> str:
        """The dotted name that findings print."""
        return f"{self.module.name}.{self.facts.qualname}"

    @property
    def place(self) -> Place:
        """Where the name stands."""
        return self.module.place(self.facts.name_span)

    def __repr__(self) -> str:
        return f"Function({self.symbol!r})"


class Class:
    """A class of the project; *methods* are its own, by name, the last definition winning.

    *setters* are those of its properties.
    """

    def __init__(self, module: Module, facts: ClassFacts) -> None:
        self.module = module
        self.facts = facts
        self.methods: dict[str, Function] = {}
        self.setters: dict[str, Function] = {}

    @property
    def name(self) -> str:
        """The last part of the name, as written after ``class``."""
        return self.facts.qualname.rpartition(".")[2]

    @property
    def symbol(self) -> str:
        """The dotted name that findings print."""
        return f"{self.module.name}.{self.facts.qualname}"

    @property
    def place(self) -> Place:
        """Where the name stands."""
        return self.module.place(self.facts.name_span)

    @cached_property
    def fields(self) -> dict[str, tuple[Expr, Expr]]:
        """Class attributes: name -> (value, annotation), the last that says something."""
        return {
            b.target: (b.value, b.annotation)
            for b in self.facts.body.bindings
            if b.kind in {"assign", "annotation"}
        }

    def __repr__(self) -> str:
        return f"Class({self.symbol!r})"


class External(NamedTuple):
    """Something of another library or of Python, by its canonical dotted name."""

    name: str


class Package(NamedTuple):
    """A package without an ``__init__.py``, as *importer* sees it."""

    name: str
    importer: Module


@dataclass(frozen=True, slots=True)
class Instance:
    """An object made by a class; *args* are its type arguments.

    *origin* is the module and call that made it, where one call did: two routers differ by it.
    *is_loaded* says that a sync session has it: reading a relationship asks the database.
    """

    of: Class | External
    args: tuple[Held, ...] = ()
    origin: tuple[Module, Call] | None = None
    is_loaded: bool = False


class Bound(NamedTuple):
    """A method of a project class together with its receiver."""

    function: Function
    receiver: Instance | Class


@dataclass(frozen=True, slots=True)
class Coroutine:
    """What calling an async function gives; awaiting it gives *result*."""

    result: Held


@dataclass(frozen=True, slots=True)
class Entered:
    """A context manager; entering it gives *result*; *function* is the generator behind it."""

    result: Held
    function: Function | None


@dataclass(frozen=True, slots=True)
class Partial:
    """A callable with some arguments bound; *call* made it."""

    target: Held
    call: Call


@dataclass(frozen=True, slots=True)
class Several:
    """A tuple, list or dict written out: its items by position or literal key.

    *made* is the binding that keeps it, and the scope of that, where more may be put in.
    """

    kind: str
    items: tuple[tuple[str | int, Held], ...]
    made: tuple[Binding, Where] | None = None


Value: TypeAlias = (
    "Module | Package | Function | Class | External | Instance | Bound | Coroutine | Entered"
    " | Partial"
    " | Several | Scalar | Alias | Parent"
    " | Member"
)
Where: TypeAlias = "Module | Function | Class"


class Alias(NamedTuple):
    """A type written as an expression, such as ``Annotated[Session, Depends(get_session)]``."""

    expr: Expr
    where: Where


class Parent(NamedTuple):
    """What ``super()`` gives in a method of *of*; *receiver* is the object it is bound to."""

    of: Class
    receiver: Instance | Class


@dataclass(frozen=True, slots=True)
class Member:
    """A method of a list, tuple, set or dict."""

    of: Several | Instance
    name: str


class Scalar(NamedTuple):
    """A literal string, number, bool or None."""

    value: str | int | float | bool | None


NOTHING = Scalar(None)


class Held(NamedTuple):
    """All that an expression may be; empty when unknown."""

    values: tuple[Value, ...] = ()
    certainty: Certainty = Certainty.CERTAIN

    def doubted(self, certainty: Certainty) -> Held:
        """Return the same, at most as sure as *certainty*."""
        if certainty.rank <= self.certainty.rank:
            return self
        return Held(self.values, weakest(self.certainty, certainty)) if self.values else self


UNKNOWN = Held()


def one(value: Value) -> Held:
    """Return what is known for certain."""
    return Held((value,))


def union(*options: Held) -> Held:
    """Return what may be any of *options*: certain only when all agree and all are known."""
    if len(options) == 1:
        return options[0]
    values: list[Value] = []
    certainty = Certainty.CERTAIN
    for option in options:
        certainty = weakest(certainty, option.certainty)
        if not option.values:
            certainty = weakest(certainty, Certainty.LIKELY)
        for value in option.values:
            if value not in values:
                values.append(value)
    if len(values) > 1 and NOTHING in values:
        values.remove(NOTHING)
    if not values:
        return UNKNOWN
    if len(values) > 1:
        certainty = weakest(certainty, Certainty.LIKELY)
    return Held(tuple(values), certainty)
