"""Goes through what the modules do when they are imported, as far as it builds applications.

Factories, helper functions, decorators of the project and loops over literal lists are followed
with the arguments that they are given; every other question is left to `Types`.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from fastapi_bp_lint.facts.model import (
    Call,
    Import,
)
from fastapi_bp_lint.finding import Certainty
from fastapi_bp_lint.project import members
from fastapi_bp_lint.project.apps import Arg
from fastapi_bp_lint.project.attributes import Attributes
from fastapi_bp_lint.project.binding import Arguments
from fastapi_bp_lint.project.conditions import Conditions
from fastapi_bp_lint.project.evaluating import Evaluator
from fastapi_bp_lint.project.frames import Frame, Loop, Step, Steps
from fastapi_bp_lint.project.invoking import Invoker
from fastapi_bp_lint.project.made import (
    Closure,
    Decorating,
    made,
)
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.project.registering import Registry
from fastapi_bp_lint.project.scopes import Scopes
from fastapi_bp_lint.project.values import (
    Class,
    Function,
    Held,
    Where,
)
from fastapi_bp_lint.project.wrapping import Decorators

if TYPE_CHECKING:
    from fastapi_bp_lint.project.types import Types

_DEEPEST = 25
_MOST_FRAMES = 20_000
# A function that calls itself in a loop would use all of them.
_MOST_OF_ONE = 6


class Replay:
    """One run through the start of the whole project; what it registers goes to *registry*."""

    def __init__(self, types: Types) -> None:
        self.types = types
        self.names = types.names
        self.scopes = Scopes(types)
        self.registry = Registry(self)
        self.conditions = Conditions(self)
        self.values = Evaluator(self)
        self.attributes = Attributes(self)
        self.calls = Invoker(self)
        self.decorators = Decorators(self)
        self.arguments = Arguments(self)
        self._active: Counter[Function] = Counter()
        self.is_over = False
        self.depth = 0
        self.frames = 0
        self.ran: set[Function] = set()
        self._modules: dict[str, Frame] = {}
        self._entered: set[str] = set()
        self._classes: dict[tuple[Class, Frame], Frame] = {}
        self._static: dict[Function | Class, Frame] = {}

    def run(self) -> Registry:
        """Import every module, then call what registers something and nobody was seen to call."""
        modules = list(self.names.modules.by_path.values())
        imported = {i.module for m in modules for i in m.facts.imports} | {
            f"{i.module}.{i.name}" for m in modules for i in m.facts.imports if i.name
        }
        for module in sorted(modules, key=lambda m: (m.name in imported, m.path)):
            self.enter(module)
        for function in self._roots():
            if function not in self.ran:
                self._call_root(function)
        self.registry.makers.finish()
        self.is_over = True
        return self.registry

    def enter(self, module: Module) -> None:
        """Go through a module's body, once."""
        if module.path not in self._entered:
            self._entered.add(module.path)
            self.do(self.scopes.steps(module), self.module_frame(module))

    def module_frame(self, module: Module) -> Frame:
        """Return the frame of a module's globals."""
        frame = self._modules.get(module.path)
        if frame is None:
            frame = self._modules[module.path] = Frame(module, None)
        return frame

    def _roots(self) -> list[Function]:
        """Return the functions that register something, callers before what they call."""
        called = self.scopes.has_caller
        top = [f for f in self.scopes.relevant if "." not in f.facts.qualname or f.owner]
        return sorted(top, key=lambda f: (f in called, f.module.path, f.facts.span))

    def _call_root(self, function: Function) -> None:
        frame = self.module_frame(function.module)
        receiver = self.calls.object_of(function.owner) if function.owner is not None else None
        if function in self.ran:
            return
        self.calls.call_function(Closure(function, frame, receiver), None, frame)

    def do(self, steps: Steps, frame: Frame, doubt: Certainty = Certainty.CERTAIN) -> None:
        """Do *steps* in order."""
        for step in steps:
            how = self.conditions.taken(step, frame)
            if how is None:
                continue
            before = self.registry.doubt
            self.registry.doubt = max(before, doubt, how, key=lambda c: c.rank)
            self._step(step, frame)
            self.registry.doubt = before

    def _step(self, step: Step, frame: Frame) -> None:
        match step.what:
            case Call():
                self.calls.call(step.what, frame)
            case Import():
                self._import(step.what, frame.module)
            case Function():
                self._decorate(step.what, frame)
            case Class():
                self._class(step.what, frame)
            case Loop():
                self._loop(step.what, frame)

    def _import(self, item: Import, importer: Module) -> None:
        base = self.names.modules.target(item, importer)
        parts = base.split(".")
        found = [".".join(parts[:n]) for n in range(1, len(parts) + 1)]
        if item.name:
            found.append(f"{base}.{item.name}")
        for name in found:
            module = self.names.modules.find(name, importer)
            if module is not None:
                self.enter(module)

    def _decorate(self, function: Function, frame: Frame) -> None:
        around = function.facts
        rows = zip(reversed(around.decorators), reversed(around.decorator_spans), strict=True)
        for applied, (decorator, span) in enumerate(rows):
            if self.scopes.decorates(decorator, function):
                target = made(Closure(function, frame, None, applied))
                for value in self.values.eval(decorator, frame, span.line).values:
                    self._apply(value, target)

    def _apply(self, value: Any, target: Held) -> None:
        if isinstance(value, Decorating):
            self.registry.apply(value, target)
        elif isinstance(value, Function):
            self._apply(Closure(value, self.module_frame(value.module)), target)
        elif isinstance(value, Closure) and value.function in self.scopes.relevant:
            params = list(value.function.facts.params)
            env: dict[str, Arg | Held] = {}
            if value.receiver is not None and params:
                env[params.pop(0).name] = value.receiver
            if params:
                env[params[0].name] = target
            self.run_frame(value.function, Frame(value.function, value.frame, env))

    def _class(self, cls: Class, frame: Frame) -> None:
        self.do(self.scopes.steps(cls), self.class_frame(cls, frame))

    def frame_at(self, where: Where, near: Frame | None = None) -> Frame:
        """Return the frame of a scope: one around *near*, or one without any arguments."""
        look = near
        while look is not None:
            if look.where is where and look.region is None:
                return look
            look = look.parent
        if isinstance(where, Module):
            return self.module_frame(where)
        if where not in self._static:
            around = self.frame_at(self.types.around(where))
            if isinstance(where, Class):
                self._static[where] = self.class_frame(where, around)
            else:
                env: dict[str, Arg | Held] = {}
                if where.owner is not None and where.facts.params:
                    env[where.facts.params[0].name] = self.calls.object_of(where.owner)
                self._static[where] = Frame(where, around, env)
        return self._static[where]

    def class_frame(self, cls: Class, frame: Frame) -> Frame:
        """Return the frame of a class's body, defined in *frame*."""
        key = cls, frame
        if key not in self._classes:
            self._classes[key] = Frame(cls, frame)
        return self._classes[key]

    def _loop(self, loop: Loop, frame: Frame) -> None:
        source = self.values.eval(loop.region.subject, frame, loop.region.line)
        rounds = self.values.rounds(source)
        doubt = Certainty.CERTAIN
        if rounds is None:
            rounds = [members.element(self.types, source)]
            doubt = Certainty.LIKELY
        for element in rounds:
            env: dict[str, Arg | Held] = {}
            for b in loop.targets:
                env[b.target] = (
                    element if b.position < 0 else members.item(self.types, element, b.position)
                )
            self.do(loop.steps, Frame(frame.where, frame, env, loop.region), doubt)

    @property
    def is_deep(self) -> bool:
        """Whether calls are nested so deeply, or so many, that no more are followed."""
        return self.depth > _DEEPEST or self.frames > _MOST_FRAMES

    def run_frame(self, function: Function, inner: Frame) -> None:
        """Do what a function does in *inner*."""
        if self.is_over:
            return
        self.ran.add(function)
        if self.is_deep or self._active[function] >= _MOST_OF_ONE:
            return
        self._active[function] += 1
        self.depth += 1
        self.frames += 1
        before = self.registry.doubt
        self.do(self.scopes.steps(function), inner)
        self.registry.doubt = before
        self.depth -= 1
        self._active[function] -= 1
