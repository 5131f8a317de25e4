"""Coroutines that have their event loop to themselves: commands, and what only those await."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Attr, Call, Expr
from fastapi_bp_lint.knowledge.command_lines import COMMANDS, MARKS
from fastapi_bp_lint.knowledge.tables import offloader
from fastapi_bp_lint.project.results import decorator_names
from fastapi_bp_lint.project.values import External, Function

if TYPE_CHECKING:
    from fastapi_bp_lint.project.edges import Edge
    from fastapi_bp_lint.project.project import Project
    from fastapi_bp_lint.project.values import Where

_SCHEDULES = "schedule"


class Commands:
    """Answers whether a coroutine shares its event loop with any other."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._types = project.types

    def is_alone(self, coroutine: Function) -> bool:
        """Whether only commands of a command line run *coroutine*, and nothing beside it.

        What starts tasks is not alone, and neither is what is handed to something else.
        """
        return coroutine in self.alone

    @cached_property
    def alone(self) -> frozenset[Function]:
        """The commands, and what only they run, that share their event loop with nothing."""
        found = {f for f in self._project.names.functions if self._is_command(f)}
        waiting = list(found)
        for function in waiting:
            if self._starts_tasks(function):
                continue
            for edge in self._project.calls.edges(function):
                target = edge.target
                if isinstance(target, Function) and target not in found:
                    if _waits(edge, function) and self._is_called_by(target, found):
                        found.add(target)
                        waiting.append(target)
        return frozenset(f for f in found if not self._starts_tasks(f))

    def _is_command(self, function: Function) -> bool:
        if not any(_last(d) in MARKS for d in function.facts.decorators):
            return False
        if not COMMANDS.isdisjoint(decorator_names(self._types, function)):
            return True
        where = self._types.around(function)
        groups = [self._types.infer(_owner(d), where) for d in function.facts.decorators]
        held = [v for group in groups for v in group.values if isinstance(v, Function)]
        return any(v is not function and self._is_command(v) for v in held)

    def _starts_tasks(self, function: Function) -> bool:
        values = (
            value
            for call in function.facts.body.calls
            if call.use != "awaited"  # what is awaited has ended when the body goes on
            for value in self._types.callee(call, function).values
        )
        rows = (offloader(value.name) for value in values if isinstance(value, External))
        return any(row is not None and row.form == _SCHEDULES for row in rows)

    def _is_called_by(self, target: Function, known: set[Function]) -> bool:
        """Whether everything that is seen to call *target* is one of *known*."""
        if self._types.callers.is_handed(target):
            return False
        return all(
            where in known
            for call, where in self._types.callers.named(target.name)
            if self._may_call(call, where, target)
        )

    def _may_call(self, call: Call, where: Where, target: Function) -> bool:
        values = self._types.callee(call, where).values
        return any(getattr(v, "function", v) is target for v in values)


def _waits(edge: Edge, function: Function) -> bool:
    """Whether *function* does not go on before what it calls has ended."""
    return edge.how == "call" and (edge.awaited or not function.is_async)


def _last(decorator: Expr) -> str:
    func = decorator.func if isinstance(decorator, Call) else decorator
    if isinstance(func, Attr):
        return func.name
    return func.rpartition(".")[2] if isinstance(func, str) else ""


def _owner(decorator: Expr) -> Expr:
    func = decorator.func if isinstance(decorator, Call) else decorator
    return func.rpartition(".")[0] if isinstance(func, str) else None
