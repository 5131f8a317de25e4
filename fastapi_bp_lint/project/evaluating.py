"""What an expression holds while the start of the project is gone through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi_bp_lint.facts.model import (
    Attr,
    Awaited,
    Binding,
    Call,
    Either,
    Expr,
    Group,
    Import,
    Item,
    LambdaRef,
    Mapping,
    Operation,
    Param,
    Star,
    Text,
)
from fastapi_bp_lint.finding import Certainty
from fastapi_bp_lint.project import members, results
from fastapi_bp_lint.project.annotations import is_type
from fastapi_bp_lint.project.apps import Arg
from fastapi_bp_lint.project.flow import reaching
from fastapi_bp_lint.project.frames import Frame
from fastapi_bp_lint.project.literals import sliced
from fastapi_bp_lint.project.made import (
    Closure,
    made,
)
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.project.names import latest, merged
from fastapi_bp_lint.project.statuses import status_of
from fastapi_bp_lint.project.values import (
    UNKNOWN,
    Class,
    Coroutine,
    External,
    Function,
    Held,
    Scalar,
    Several,
    Where,
    one,
    union,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi_bp_lint.project.names import Definition
    from fastapi_bp_lint.project.replay import Replay

_NOTHING = ((), (Scalar(None),))
_LAST_LINE = 10**9


class Evaluator:
    """Evaluates expressions in a frame; what needs no frame is left to `Types`."""

    def __init__(self, replay: Replay) -> None:
        self._replay = replay
        self._types = replay.types
        self.globals: dict[tuple[str, str, int], Held | None] = {}
        self._open: set[tuple[int, int]] = set()

    def rounds(self, source: Held) -> Sequence[Held] | None:
        """Return what each round of a loop gets, None when that is not written out."""
        if len(source.values) != 1 or not isinstance(source.values[0], Several):
            return None
        several = source.values[0]
        if several.kind == "dict":
            return [one(Scalar(key)) for key, _ in several.items]
        return [held for _, held in several.items]

    def value(self, thing: Arg | Held | None) -> Held:
        """Return what an argument holds."""
        if thing is None:
            return UNKNOWN
        return thing if isinstance(thing, Held) else self.eval(thing.expr, thing.frame, thing.line)

    def eval(self, expr: Expr, frame: Frame, line: int = 0) -> Held:
        """Return what *expr* holds in *frame*."""
        match expr:
            case str():
                head, *rest = expr.split(".")
                held = self.name(head, frame, line)
                for part in rest:
                    held = self._replay.attributes.attribute(held, part) if held.values else UNKNOWN
                return held
            case Call():
                return self._replay.calls.call(expr, frame)
            case Attr():
                return self._replay.attributes.attribute(
                    self.eval(expr.value, frame, line), expr.name
                )
            case Awaited():
                values: tuple[Any, ...] = self.eval(expr.value, frame, line).values
                return union(*[v.result if isinstance(v, Coroutine) else made(v) for v in values])
            case Either():
                chosen = self._replay.conditions.chosen(expr, frame)
                if chosen is not None:
                    return self.eval(chosen, frame, line)
                return union(*[self.eval(o, frame, line) for o in expr.options])
            case Group():
                return self._group(expr, frame, line)
            case Mapping():
                return self._mapping(expr, frame, line)
            case Operation() if expr.operator == "BitOr":
                held = self._types.infer(expr, frame.where, line)
                both = Mapping(tuple([(None, o) for o in expr.operands]))
                return held if held.values else self._mapping(both, frame, line)
            case Text():
                return joined([self.eval(p, frame, line) for p in expr.parts])
            case Operation() if expr.operator == "Add":
                return self._sum([self.eval(o, frame, line) for o in expr.operands])
            case Item():
                return self._item(expr, frame, line)
            case LambdaRef():
                found = self._replay.names.at(frame.module, expr.qualname)
                return made(Closure(found, frame)) if isinstance(found, Function) else UNKNOWN
            case _:
                return self._types.infer(expr, frame.where, line)

    def _group(self, expr: Group, frame: Frame, line: int) -> Held:
        items: list[Held] = []
        certainty = Certainty.CERTAIN
        for part in expr.items:
            if not isinstance(part, Star):
                items.append(self.eval(part, frame, line))
                continue
            inner = self.rounds(self.eval(part.value, frame, line))
            if inner is None:
                certainty = Certainty.LIKELY
            items.extend(inner or ())
        return Held((Several(expr.kind, tuple(enumerate(items))),), certainty)

    def _mapping(self, expr: Mapping, frame: Frame, line: int) -> Held:
        """Return a dict; it is only likely where a key, or what is merged in, cannot be told."""
        items: dict[str | int, Held] = {}
        certainty = Certainty.CERTAIN
        for key, value in expr.items:
            held = self.eval(value, frame, line)
            name = self._key(self.eval(key, frame, line)) if key is not None else None
            if name is not None:
                items[name] = held
                continue
            parts = [v for v in held.values if isinstance(v, Several)] if key is None else []
            if len(parts) != 1 or held.certainty is not Certainty.CERTAIN:
                certainty = Certainty.LIKELY
            for inner in parts:
                items.update(inner.items)
        return Held((Several("dict", tuple(items.items())),), certainty)

    def _key(self, held: Held) -> str | int | None:
        """Return the only value of a key: a literal, or the number of a status."""
        value = held.values[0] if len(held.values) == 1 else None
        if isinstance(value, External):
            return status_of(value.name)
        literal = value.value if isinstance(value, Scalar) else None
        return literal if isinstance(literal, str | int) else None

    def _item(self, expr: Item, frame: Frame, line: int) -> Held:
        base = self.eval(expr.value, frame, line)
        if is_type(base):
            return self._types.infer(expr, frame.where, line)
        if isinstance(expr.key, Group) and expr.key.kind == "slice":
            bounds = [self.eval(part, frame, line) for part in expr.key.items]
            return sliced(
                base,
                [None if p is None else b for p, b in zip(expr.key.items, bounds, strict=True)],
            )
        key = self.eval(expr.key, frame, line)
        literal = key.values[0] if len(key.values) == 1 else None
        value = literal.value if isinstance(literal, Scalar) else None
        return members.item(self._types, base, value if isinstance(value, str | int) else None)

    def _sum(self, parts: list[Held]) -> Held:
        lists = [p.values[0] for p in parts if len(p.values) == 1]
        several = [v for v in lists if isinstance(v, Several)]
        if len(several) == len(parts):
            items = [held for s in several for _, held in s.items]
            return one(Several(several[0].kind, tuple(enumerate(items))))
        return joined(parts)

    def name(self, name: str, frame: Frame, line: int) -> Held:
        """Return what a plain name holds."""
        look: Frame | None = frame
        inner = frame
        while look is not None:
            where = look.where
            if name in look.env and (look.region is not None or self._is_fixed(name, where)):
                return self.value(look.env[name])
            if isinstance(where, Module):
                return self.globally(where, name, line)
            if look.region is None:
                held = self._local(name, look, inner, line)
                if held is not None:
                    return held
            parent = look.parent
            if parent is not None and parent.where is not where:
                inner, line = parent, 0
            look = parent
        return UNKNOWN

    def _is_fixed(self, name: str, where: Where) -> bool:
        """Whether a scope has no other definition of the name than what its frame says."""
        if isinstance(where, Module):
            return False
        return not isinstance(where, Function) or len(self._types.locals(where).get(name, ())) < 2  # noqa: PLR2004

    def _local(self, name: str, frame: Frame, inner: Frame, line: int) -> Held | None:
        where = frame.where
        if isinstance(where, Class):
            if inner.where is not where:
                return None
            things = [b for b in where.facts.body.bindings if b.target == name]
            found = merged([self.eval(b.value, inner, b.span.line) for b in things])
            method = where.methods.get(name)
            return made(Closure(method, frame)) if method else found if things else None
        assert isinstance(where, Function)
        if name in where.facts.body.outer:
            return None
        defined = self._types.locals(where).get(name)
        if defined is None:
            return None
        kept: list[Definition | Param] = []
        for thing in reaching(defined, where.facts.body.regions, line):
            if isinstance(thing, Binding):
                truth = self._replay.conditions.reached(where, thing.span.line, frame)
                if truth is False:
                    continue
                if truth and thing.span.line < (line or _LAST_LINE):
                    kept.clear()
            kept.append(thing)
        return merged([self._defined(t, frame, inner) for t in kept]) if kept else None

    def _defined(self, thing: Definition | Param, frame: Frame, inner: Frame) -> Held:
        """Return the value of a definition; *inner* is a round of a loop that it may stand in."""
        if isinstance(thing, Function):
            return made(Closure(thing, frame))
        if isinstance(thing, Binding):
            at = inner
            while at is not frame and at.parent is not None and not _covers(at, thing):
                at = at.parent
            return self.binding(thing, at)
        if isinstance(thing, Param):
            given = frame.env.get(thing.name)
            return self._unbound(thing, frame) if given is None else self.value(given)
        return self._types.definition(thing, frame.where)

    def _unbound(self, param: Param, frame: Frame) -> Held:
        """Return what a parameter holds when nobody was seen to call the function."""
        function = frame.where
        assert isinstance(function, Function)
        if param.has_default and frame.parent is not None:
            held = self.eval(param.default, frame.parent)
            if held.values and held.values != (Scalar(None),):
                return held.doubted(Certainty.LIKELY)
        held = results.parameter(self._types, function, param)
        return self._replay.registry.makers.placeholder(held, function, param)

    def binding(self, b: Binding, frame: Frame) -> Held:
        """Return what a binding gives its target."""
        if b.kind == "augment":
            before = self.name(b.target, frame, b.span.line)
            return self._sum([before, self.eval(b.value, frame, b.span.line)])
        if b.kind not in {"assign", "annotation", "walrus"} or b.value is None:
            return self._types.binding(b, frame.where)
        key = id(b), id(frame)
        if key in self._open:  # what it holds depends on what it holds
            return UNKNOWN
        self._open.add(key)
        try:
            held = self.eval(b.value, frame, b.span.line)
        finally:
            self._open.discard(key)
        self._replay.registry.makers.call_it(held, b.target, frame)
        return held if held.values else self._types.binding(b, frame.where)

    def globally(self, module: Module, name: str, line: int = 0) -> Held:
        """Return what a module's global holds at *line*, in the end when it is 0."""
        grown = self._replay.module_frame(module).env.get(name)
        if grown is not None:
            return self.value(grown)
        definitions = latest(list(self._replay.names.scope(module, "").get(name, [])))
        if len(definitions) == 1:
            line = 0
        key = module.path, name, line
        if key not in self.globals:
            self.globals[key] = None
            self.globals[key] = self._globally(module, name, definitions, line)
        return self.globals[key] or UNKNOWN

    def _globally(self, module: Module, name: str, found: list[Definition], line: int) -> Held:
        frame = self._replay.module_frame(module)
        if found:
            reached = reaching(found, module.facts.body.regions, line or _LAST_LINE)
            held = merged([self._global(t, module, frame) for t in reached])
            # What begins as None is filled in by a function.
            return held if held.values not in _NOTHING else self._types.globally(module, name)
        for source in self._replay.names.star_sources(module, "", name):
            if source is not None:
                held = self.globally(source, name)
                if held.values:
                    return held
        return self._types.globally(module, name)

    def _global(self, thing: Definition, module: Module, frame: Frame) -> Held:
        if isinstance(thing, Import):
            found = self._replay.names.imported(thing, module)
            return found if isinstance(found, Held) else self.globally(*found)
        if isinstance(thing, Binding):
            return self.binding(thing, frame)
        return one(thing)


def _covers(frame: Frame, b: Binding) -> bool:
    region = frame.region
    return region is None or region.line <= b.span.line <= region.end_line


def joined(parts: list[Held]) -> Held:
    """Return the text of literal parts joined; unknown when one is not literal."""
    text = ""
    certainty = Certainty.CERTAIN
    for part in parts:
        values = [
            v for v in part.values if isinstance(v, Scalar) and isinstance(v.value, str | int)
        ]
        if len(values) != 1 or len(part.values) != 1:
            return UNKNOWN
        text += str(values[0].value)
        certainty = max(certainty, part.certainty, key=lambda c: c.rank)
    return Held((Scalar(text),), certainty)
