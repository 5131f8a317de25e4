"""Which branches of a condition the arguments of the present call decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import (
    Call,
    Either,
    Expr,
    Literal,
    Operation,
    Region,
)
from fastapi_bp_lint.finding import Certainty
from fastapi_bp_lint.project.frames import Frame, Step
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.project.values import (
    Function,
    Held,
    Instance,
    Scalar,
    Several,
)

if TYPE_CHECKING:
    from fastapi_bp_lint.project.replay import Replay

_MILD = {"main", "while"}
_CERTAIN = {"try", "with", "async-with", "finally", "loop", "async-loop"}


class Conditions:
    """Decides conditions by the arguments of the frame that they stand in."""

    def __init__(self, replay: Replay) -> None:
        self._replay = replay
        self._types = replay.types

    def taken(self, step: Step, frame: Frame) -> Certainty | None:
        """Return how sure it is that the step is taken, None when it surely is not."""
        certainty = Certainty.CERTAIN
        for region in step.conditions:
            if frame.region is not None and region.line < frame.region.line:
                continue
            if region.kind == "type-checking":
                return None
            truth = self.region(region, frame)
            if truth is False:
                return None
            if truth is None:
                doubt = Certainty.LIKELY if region.kind in _MILD else Certainty.POSSIBLE
                certainty = max(certainty, doubt, key=lambda c: c.rank)
        return certainty

    def region(self, region: Region, frame: Frame) -> bool | None:
        """Return whether the lines of a region run, None when nothing decides it."""
        if region.kind not in {"if", "else"} or isinstance(frame.where, Module):
            return None
        truth = self._truth(region.subject, frame)
        return truth if truth is None or region.kind == "if" else not truth

    def _truth(self, test: Expr, frame: Frame) -> bool | None:
        """Return the value of a condition that the arguments of the present call decide."""
        if isinstance(test, Operation):
            if test.operator == "Not":
                truth = self._truth(test.operands[0], frame)
                return None if truth is None else not truth
            if test.operator in {"Is", "IsNot", "Eq", "NotEq"}:
                return self._equal(test, frame)
            return None
        if isinstance(test, Call) and test.func == "callable" and test.args:
            test = test.args[0]
        held = self.bound(test, frame) if isinstance(test, str) else None
        if held is None or len(held.values) != 1 or held.certainty is not Certainty.CERTAIN:
            return None
        value = held.values[0]
        if isinstance(value, Scalar):
            return bool(value.value)
        return None if isinstance(value, Several | Instance) else True

    def presumed(self, function: Function, line: int, frame: Frame) -> bool | None:
        """Whether a line is reached when every setting has its default."""
        self._replay.attributes.presumes_defaults = True
        try:
            found: bool | None = None
            for region in function.facts.body.regions:
                if region.kind in {"if", "else"} and region.line <= line <= region.end_line:
                    truth = self._default_truth(region.subject, frame)
                    truth = truth if truth is None or region.kind == "if" else not truth
                    if truth is False:
                        return False
                    found = found or truth
            return found
        finally:
            self._replay.attributes.presumes_defaults = False

    def _default_truth(self, test: Expr, frame: Frame) -> bool | None:
        if isinstance(test, Operation) and test.operator in {"Eq", "NotEq", "Is", "IsNot"}:
            left, right = [self._scalar(o, frame) for o in test.operands[:2]]
            if left is None or right is None:
                return None
            return (left == right) is (test.operator in {"Eq", "Is"})
        value = self._scalar(test, frame)
        return None if value is None else bool(value.value)

    def _scalar(self, expr: Expr, frame: Frame) -> Scalar | None:
        values = self._replay.values.eval(expr, frame).values
        only = values[0] if len(values) == 1 else None
        return only if isinstance(only, Scalar) else None

    def chosen(self, either: Either, frame: Frame) -> Expr:
        """Return the branch of a conditional expression that the arguments decide, None if none."""
        if either.test is None or isinstance(frame.where, Module):
            return None
        truth = self._truth(either.test, frame)
        return None if truth is None else either.options[0 if truth else 1]

    def _equal(self, test: Operation, frame: Frame) -> bool | None:
        left, right = test.operands[:2]
        held = self.bound(left, frame) if isinstance(left, str) else None
        if held is None or not isinstance(right, Literal) or len(held.values) != 1:
            return None
        value = held.values[0]
        if isinstance(value, Scalar):
            same = value.value == right.value
        elif right.value is None and held.certainty is Certainty.CERTAIN:
            same = False
        else:
            return None
        return same is (test.operator in {"Is", "Eq"})

    def bound(self, name: str, frame: Frame) -> Held | None:
        """Return what the call at hand has bound to a name, None when it has not."""
        look: Frame | None = frame
        while look is not None:
            if name in look.env:
                return self._replay.values.value(look.env[name])
            look = look.parent
        return None

    def reached(self, function: Function, line: int, frame: Frame) -> bool | None:
        """Whether the arguments of the call decide that a line is reached, or is not."""
        found: bool | None = True
        for region in function.facts.body.regions:
            if region.kind in _CERTAIN or not region.line <= line <= region.end_line:
                continue
            truth = self.region(region, frame)
            if truth is False:
                return False
            found = found and truth
        return found
