"""Fetch or raise: look-ups by what the path says, and the error where nothing is found."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastapi_bp_lint.facts.model import Awaited, Binding, Expr, Literal, Operation, Param
from fastapi_bp_lint.project.code import code_of
from fastapi_bp_lint.project.exceptions import HttpError, http_errors
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.project.values import Class, External, Function

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fastapi_bp_lint.project.project import Project

_ASSIGNS = {"assign", "annotation"}
_NONE = Literal(None, "None")
_DEEPEST = 4
_OF_SERVER = 500


class Fetch(NamedTuple):
    """One such look-up; *variable* holds what was found, *params* is all that it is given.

    *keys* are the parameters of the path among them; *shape* is the same for two look-ups of the
    same thing by parameters of the same names, *looks* for any names.
    """

    function: Function
    binding: Binding
    params: tuple[Param, ...]
    keys: tuple[str, ...]
    shape: str
    looks: str
    error: HttpError

    @property
    def variable(self) -> str:
        """The name that what was found has."""
        return self.binding.target

    @property
    def is_awaited(self) -> bool:
        """Whether the look-up has to be awaited."""
        return "await " in self.shape


def fetches(
    function: Function, path: frozenset[str], injected: Mapping[str, str], project: Project
) -> Iterator[Fetch]:
    """Give the look-ups in *function* by what is in the *path*.

    *injected* has the other parameters that may be used, each with what is the same for all who
    get the same.
    """
    reader = _Reader(function, path, injected, project)
    for binding in function.facts.body.bindings:
        if binding.kind in _ASSIGNS and "." not in binding.target:
            error = _refusal(function, binding, project)
            found = reader.read(binding, error) if error is not None else None
            if found is not None:
                yield found


def _refusal(function: Function, binding: Binding, project: Project) -> HttpError | None:
    """Return what is raised where nothing was found: right under ``if not found``."""
    body = function.facts.body
    if sum(b.target == binding.target for b in body.bindings) != 1:
        return None
    for region in body.regions:
        if region.kind != "if" or region.line <= binding.span.line:
            continue
        if not _asks_for(binding.target, region.subject):
            continue
        for result in body.results:
            if result.kind == "raise" and region.line <= result.span.line <= region.end_line:
                errors = list(http_errors(project.types, result.value, function, result.span.line))
                is_ours = len(errors) == 1 and errors[0].status < _OF_SERVER
                return errors[0] if is_ours else None
    return None


def _asks_for(name: str, test: Expr) -> bool:
    if not isinstance(test, Operation):
        return False
    if test.operator == "Not":
        return test.operands == (name,)
    return test.operator in {"Is", "Eq"} and test.operands == (name, _NONE)


class _Reader:
    """Writes look-ups out so that those of the same thing read the same."""

    def __init__(
        self,
        function: Function,
        path: frozenset[str],
        injected: Mapping[str, str],
        project: Project,
    ) -> None:
        self._function = function
        self._path = path
        self._injected = injected
        self._types = project.types
        self._params = {p.name: p for p in function.facts.params}
        self._used: dict[str, Param] = {}
        self._depth = 0

    def read(self, binding: Binding, error: HttpError) -> Fetch | None:
        """Return the look-up that gives *binding* its value, None where it is none."""
        self._used = {}
        self._depth = 0
        shape = code_of(binding.value, self._name)
        keys = tuple([name for name in self._used if name in self._path])
        if shape is None or not keys or "(" not in shape:
            return None
        looks = shape
        for key in keys:
            looks = looks.replace(f"<{key}>", "<>")
        used = [p for p in self._function.facts.params if p.name in self._used]
        return Fetch(self._function, binding, tuple(used), keys, shape, looks, error)

    def _name(self, name: str) -> str | None:
        if name in self._params:
            self._used[name] = self._params[name]
            if name in self._path:
                return f"<{name}>"
            given = self._injected.get(name)
            return None if given is None else f"<{given}>"
        local = self._types.locals(self._function).get(name)
        if local is not None:
            return self._local(local)
        value = self._types.infer(name, self._function).values
        if len(value) == 1 and isinstance(value[0], Class | Function | Module | External):
            thing = value[0]
            return thing.name if isinstance(thing, Module | External) else thing.symbol
        return f"{self._function.module.name}.{name}"

    def _local(self, things: object) -> str | None:
        """Write out the only value of a local name."""
        first = things[0] if isinstance(things, list) and len(things) == 1 else None
        if not isinstance(first, Binding) or first.kind not in _ASSIGNS or self._depth > _DEEPEST:
            return None
        self._depth += 1
        text = code_of(first.value, self._name)
        return f"({text})" if isinstance(first.value, Awaited) and text else text
