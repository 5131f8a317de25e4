"""What must hold of its parameters for a body to get to a line, and whether a call can bring it.

A guard is carried from a function to its callers, with the arguments in the place of the
parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from fastapi_bp_lint.facts.model import (
    Attr,
    Binding,
    Either,
    Expr,
    Literal,
    Operation,
    Param,
    Star,
)
from fastapi_bp_lint.project.branches import Branch
from fastapi_bp_lint.project.choices import Choices, subjects
from fastapi_bp_lint.project.constants import Member, member
from fastapi_bp_lint.project.guard import (
    MOST,
    PLAIN,
    PLAIN_DECORATORS,
    Guard,
    Kin,
    Leaf,
    Node,
    allows,
    both,
    constant,
    either,
    guard_of,
    has_receiver,
    is_of_text,
    is_path,
    kin,
    paths,
    rarely,
    settled,
    size,
    small,
)
from fastapi_bp_lint.project.inline import Asked, inline
from fastapi_bp_lint.project.origins import Origins
from fastapi_bp_lint.project.receivers import Receivers
from fastapi_bp_lint.project.values import Function

if TYPE_CHECKING:
    from fastapi_bp_lint.project.edges import Edge
    from fastapi_bp_lint.project.types import Types


Callers: TypeAlias = "Callable[[object], Sequence[tuple[Function, Edge]]]"
_MANY = 5


class Guards:
    """Answers which edges of a body the arguments of a call rule out."""

    def __init__(self, types: Types, callers: Callers) -> None:
        self._callers = callers
        self._types = types
        self._origins = Origins(types)
        self._receivers = Receivers(types)
        self.choices = Choices(types)
        self._unbrought: dict[tuple[object, Leaf], bool] = {}
        self._told: dict[Function, list[tuple[Branch, Guard]]] = {}
        self._bound: dict[Function, dict[str, list[Binding]]] = {}
        self._asked: dict[tuple[Function, int], Guard] = {}
        self._around: dict[tuple[Function, int], Guard] = {}
        self._inline: dict[Function, dict[int, tuple[Asked, ...]]] = {}

    def of(self, function: Function, line: int) -> Guard:
        """Return what must hold of the parameters of *function* for it to reach *line*."""
        if not function.facts.params:
            return None
        key = function, line
        if key not in self._asked:
            self._asked[key] = small(both(*self._conditions(function, line)))
        return self._asked[key]

    def _conditions(self, function: Function, line: int) -> list[Guard]:
        return [
            self._unless_replaced(guard, function, branch)
            for branch, guard in self._branches(function)
            if guard is not None and branch.start < line <= branch.end
        ]

    def _branches(self, function: Function) -> list[tuple[Branch, Guard]]:
        """Return the conditions of *function* with what each says of its parameters."""
        kept = self._told.get(function)
        if kept is None:
            kept = self._told[function] = [
                (branch, self._of_branch(branch, function))
                for branch in self._types.branches(function)
            ]
        return kept

    def _of_branch(self, branch: Branch, function: Function) -> Guard:
        """Return what a condition asks of parameters; one of many alternatives is rare."""
        told = self._as_given(guard_of(self._types, branch.test, function), branch.start, function)
        guard = settled(told, holds=branch.holds)
        wide = self.choices.wide(function) if branch.holds else ()
        for name in sorted(set(subjects(branch.test)).intersection(wide)) if wide else ():
            if not self.choices.is_as_handed(name, function):
                continue
            if name in paths(guard):
                guard = rarely(guard, name)
            else:
                guard = both(guard, Leaf(name, "choice", is_rare=True))
        return guard

    def _as_given(self, guard: Guard, line: int, function: Function) -> Guard:
        """Return *guard*, asked of the parameters that attributes were set to above *line*."""
        if isinstance(guard, Node):
            parts = [self._as_given(part, line, function) for part in guard.parts]
            return guard._replace(parts=tuple(parts))
        if not isinstance(guard, Leaf) or "." not in guard.path:
            return guard
        bound = self._bindings(function)
        given = next((b for b in bound.get(guard.path, ()) if b.span.line < line), None)
        if given is None or len(bound[guard.path]) > 1 or given.kind not in _SETS:
            return guard
        name, at = given.value, given.span.line
        if not isinstance(name, str) or name in bound or "." in name:
            return guard
        if not is_path(name, function) or any(b.covers(at) for b in self._types.branches(function)):
            return guard
        return guard._replace(path=name)

    def _unless_replaced(self, guard: Guard, function: Function, branch: Branch) -> Guard:
        """Return *guard*, which says nothing once its parameter was given another value."""
        if isinstance(guard, Node) and guard.kind == "all":
            return both(*[self._unless_replaced(part, function, branch) for part in guard.parts])
        told = paths(guard) | {path.partition(".")[0] for path in paths(guard)}
        bound = self._bindings(function)
        for b in [b for name in sorted(told & bound.keys()) for b in bound[name]]:
            if guard is None:
                break
            if not _comes_later(b, branch, function):
                guard = either((guard, self._known_at(b.span.line, function)))
        return guard

    def _known_at(self, line: int, function: Function) -> Guard:
        """Return all that the conditions around *line* say."""
        key = function, line
        if key not in self._around:
            around = self._branches(function)
            self._around[key] = both(*[says for other, says in around if other.covers(line)])
        return self._around[key]

    def _bindings(self, function: Function) -> dict[str, list[Binding]]:
        kept = self._bound.get(function)
        if kept is None:
            kept = self._bound[function] = {}
            for b in function.facts.body.bindings:
                kept.setdefault(b.target, []).append(b)
        return kept

    def carried(self, guard: Guard, edge: Edge, caller: Function) -> Guard:
        """Return what *guard*, of the edge's target, and the way to the edge ask of *caller*."""
        asked = self.at(guard, edge, caller)
        if asked is False:
            return False
        return small(both(self.around(edge, caller), asked))

    def around(self, edge: Edge, function: Function) -> Guard:
        """Return what must hold of the parameters of *function* for it to take *edge*."""
        line = edge.span.line
        guard = self.of(function, line)
        if edge.call is None or not function.facts.params:
            return guard
        kept = self._inline.get(function)
        if kept is None:
            kept = self._inline[function] = inline(function.facts.body)
        further = guard
        for test, holds in kept.get(id(edge.call), ()):
            branch = Branch(test, line - 1, line, holds)
            told = self._of_branch(branch, function)
            further = both(further, self._unless_replaced(told, function, branch))
        return further if size(further) <= MOST else guard

    def at(self, guard: Guard, edge: Edge, caller: Function) -> Guard:
        """Return what *guard*, of the edge's target, asks of *caller*: parameters and receiver."""
        methods = self._receivers.asked(kin(guard), edge, caller)
        if methods is False:
            return False
        asked = self._at(guard, edge, caller)
        return asked if methods is True else both(Kin(methods), asked)

    def _at(self, guard: Guard, edge: Edge, caller: Function) -> Guard:
        if isinstance(guard, Leaf):
            return self._moved(guard, edge, caller, holds=True)
        if not isinstance(guard, Node):
            return None if isinstance(guard, Kin) else guard
        if guard.kind == "not" and isinstance(guard.parts[0], Leaf):
            return self._moved(guard.parts[0], edge, caller, holds=False)
        parts = tuple([self._at(part, edge, caller) for part in guard.parts])
        return both(*parts) if guard.kind == "all" else either(parts)

    def is_unheard_of(self, guard: Guard, edge: Edge, caller: Function) -> bool:
        """Whether *guard* asks of what the call hands in a text that no caller is seen to bring.

        Where many callers say what they hand in and none brings the text, one that does not say
        hardly does, either. What a sync caller was handed itself is for its callers to say.
        """
        if isinstance(guard, Node):
            told = [self.is_unheard_of(part, edge, caller) for part in guard.parts]
            return any(told) if guard.kind == "all" else guard.kind == "any" and all(told)
        if not isinstance(guard, Leaf) or not is_of_text(guard):
            return False
        given = self._moved(guard, edge, caller, holds=True)
        if isinstance(given, bool) or (isinstance(given, Leaf) and not caller.is_async):
            return False
        handed = self._given(guard, edge, caller)
        if isinstance(handed, Member):
            return False
        if not self._literals(handed, caller) and self.choices.is_set(handed, caller):
            return False
        return guard.is_rare or self._is_unbrought(guard, edge.target)

    def _is_unbrought(self, leaf: Leaf, target: object) -> bool:
        key = target, leaf
        if key not in self._unbrought:
            self._unbrought[key] = False
            edges = self._callers(target)
            brought = [
                self._leaf(leaf, self._given(leaf, edge, caller), edge, caller)
                for caller, edge in edges
            ]
            self._unbrought[key] = True not in brought and brought.count(False) >= _MANY
        return self._unbrought[key]

    def _leaf(self, leaf: Leaf, given: Expr | Member, edge: Edge, caller: Function) -> Guard:
        if isinstance(given, Literal) and given.kind in PLAIN:
            return allows(leaf, given.value)
        one = given if isinstance(given, Member) else member(self._types, given, caller)
        if one is not None:
            return allows(leaf, one)
        if isinstance(given, str):
            known = self._known(given, leaf, edge, caller)
            if known is not None:
                return known
            if given.partition(".")[0] in {p.name for p in caller.facts.params}:
                rare = leaf.is_rare or self._is_unbrought(leaf, edge.target)
                return leaf._replace(path=given, is_rare=rare)
            return self._of_literals(leaf, given, caller)
        return None

    def _of_literals(self, leaf: Leaf, name: str, function: Function) -> bool | None:
        """Return what *leaf* is for a local that is given literals only, where all agree."""
        told = {allows(leaf, literal.value) for literal in self._literals(name, function)}
        return told.pop() if len(told) == 1 else None

    def _literals(self, expr: Expr, function: Function) -> list[Literal]:
        """Return the literals that *expr* may be, none where it may be something else."""
        if isinstance(expr, Literal):
            return [expr]
        if not isinstance(expr, str) or function.facts.body.outer:
            return []
        bound = [b for b in self._bindings(function).get(expr, ()) if b.value is not None]
        values = [b.value for b in bound if b.kind in {"assign", "annotation"}]
        literals = [v for v in values if isinstance(v, Literal) and v.kind in PLAIN]
        is_param = any(p.name == expr for p in function.facts.params)
        return [] if is_param or len(literals) < len(bound) else literals

    def _moved(self, leaf: Leaf, edge: Edge, caller: Function, *, holds: bool) -> Guard:
        """Return what *leaf*, or its opposite, asks of the caller's parameters as they came in."""
        given = self._given(leaf, edge, caller)
        if isinstance(given, Either):
            options = [self._option(leaf, o, edge, caller, holds=holds) for o in given.options]
            return either(tuple(options))
        return self._option(leaf, given, edge, caller, holds=holds)

    def _option(
        self, leaf: Leaf, given: Expr | Member, edge: Edge, caller: Function, *, holds: bool
    ) -> Guard:
        moved = self._as_given(self._leaf(leaf, given, edge, caller), edge.span.line, caller)
        guard = settled(moved, holds=holds)
        if not isinstance(moved, Leaf):
            return guard
        bound = self._bindings(caller)
        names = dict.fromkeys((moved.path, moved.path.partition(".")[0]))
        for b in [b for name in names for b in bound.get(name, ())]:
            if guard is not None and not _is_after(b, edge.span.line, caller):
                guard = either((guard, self._known_at(b.span.line, caller)))
        return guard

    def _given(self, leaf: Leaf, edge: Edge, caller: Function) -> Expr | Member:
        """Return what the call of an edge hands in where *leaf* asks; None when unknown."""
        target = edge.target
        if not isinstance(target, Function) or not self._calls_itself(edge, caller):
            return None
        assert edge.call is not None
        head, _, attribute = leaf.path.partition(".")
        params = target.facts.params
        if has_receiver(target) and params and head == params[0].name:
            if edge.how != "call" or not attribute:
                return None
            return self._origins.attribute(edge.call, attribute, caller)
        if attribute:
            return None
        param = next((p for p in params if p.name == head), None)
        return _argument(self._types, target, param, edge) if param is not None else None

    def _calls_itself(self, edge: Edge, caller: Function) -> bool:
        """Whether the call of an edge is the target's own, not that of what was handed on."""
        target, call = edge.target, edge.call
        if not isinstance(target, Function) or call is None:
            return False
        decorators = [d for d in target.facts.decorators if d not in PLAIN_DECORATORS]
        if len(decorators) > (edge.how == "enter"):  # one makes it a context manager
            return False
        if edge.how == "construct":
            return True
        name = call.func.rpartition(".")[2] if isinstance(call.func, str) else ""
        if isinstance(call.func, Attr):
            name = call.func.name
        if edge.how in {"call", "enter"} and name == target.name:
            return True
        return edge.how == "call" and target in self._types.callee(call, caller).values

    def _known(self, path: str, leaf: Leaf, edge: Edge, caller: Function) -> bool | None:
        """Return what the conditions around the call of an edge make of *leaf*, asked of *path*."""
        line = edge.span.line
        bound = self._bindings(caller)
        for branch, _ in self._branches(caller):
            if not branch.covers(line):
                continue
            again = [b for name in (path, path.partition(".")[0]) for b in bound.get(name, ())]
            if any(branch.start < b.span.line <= line for b in again):
                continue
            told = self._says(branch.test, path, leaf, caller, holds=branch.holds)
            if told is not None:
                return told
        return None

    def _says(
        self, test: Expr, path: str, leaf: Leaf, function: Function, *, holds: bool
    ) -> bool | None:
        """Return what a condition that holds, or does not, makes of *leaf*, asked of *path*."""
        if isinstance(test, Operation) and test.operator == "Not":
            return self._says(test.operands[0], path, leaf, function, holds=not holds)
        if isinstance(test, Either) and (test.operator == "And") is holds:
            options = test.options
            told = (self._says(option, path, leaf, function, holds=holds) for option in options)
            return next((t for t in told if t is not None), None)
        if test == path and leaf.test == "truth":
            return holds
        if isinstance(test, Operation) and test.operator in {"Is", "IsNot", "Eq", "NotEq"}:
            asked, other = test.operands
            is_equal = (test.operator in {"Is", "Eq"}) is holds
            known = constant(self._types, other, function) if asked == path else None
            if is_equal and known is not None:
                return allows(leaf, known[0])
        return None


def _comes_later(b: Binding, branch: Branch, function: Function) -> bool:
    """Whether a name is bound only after the condition was asked."""
    return _is_after(b, branch.start, function)


def _is_after(b: Binding, start: int, function: Function) -> bool:
    """Whether a name is bound after line *start*, in no loop that comes back to it."""
    line = b.span.line
    return line > start and not any(
        r.kind in _LOOPS and r.line <= line <= r.end_line and r.line <= start <= r.end_line
        for r in function.facts.body.regions
    )


_SETS = {"assign", "annotation"}
_LOOPS = {"loop", "async-loop", "while"}


def _argument(types: Types, target: Function, param: Param, edge: Edge) -> Expr | Member:
    """Return what the call of *edge* gives *param*, or its default; None is unknown."""
    call = edge.call
    if call is None:
        return None
    given = dict(call.keywords)
    if param.name in given:
        return given[param.name]
    if None in given:
        return None
    if any(isinstance(a, Star) for a in call.args) or call.args[:1] in {("self",), ("cls",)}:
        return None
    plain = [p for p in target.facts.params if p.kind in {"positional", "normal"}]
    if param in plain:
        position = plain.index(param) - has_receiver(target)
        if 0 <= position < len(call.args):
            return call.args[position]
    if not param.has_default or isinstance(param.default, Literal):
        return param.default if param.has_default else None
    return member(types, param.default, target)
