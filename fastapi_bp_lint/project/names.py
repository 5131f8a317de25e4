"""What a name at module level means: definitions, imports, re-exports, star imports, submodules."""

from __future__ import annotations

import builtins
from functools import cache
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from fastapi_bp_lint.facts.model import Binding, Import
from fastapi_bp_lint.finding import Certainty
from fastapi_bp_lint.knowledge.tables import canonical
from fastapi_bp_lint.project.modules import Module, Modules
from fastapi_bp_lint.project.values import (
    UNKNOWN,
    Class,
    External,
    Function,
    Held,
    Package,
    one,
    union,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fastapi_bp_lint.facts.model import FileFacts

Definition: TypeAlias = "Import | Function | Class | Binding"
Thing = TypeVar("Thing")
_BUILTINS = frozenset(dir(builtins))


class Names:
    """The definitions of every module, function and class of the project."""

    def __init__(self, modules: Modules) -> None:
        self.modules = modules
        self.functions: list[Function] = []
        self.classes: list[Class] = []
        self._external: dict[str, Held] = {}
        self._scopes: dict[tuple[str, str], dict[str, list[Definition]]] = {}
        self._stars: dict[tuple[str, str], list[Import]] = {}
        self._by_qualname: dict[tuple[str, str], Function | Class] = {}
        self._of_file: dict[str, tuple[list[Class], list[Function]]] = {}
        for module in modules.by_path.values():
            self._enter(module, module.facts)

    def _enter(self, module: Module, facts: FileFacts) -> None:
        path = module.path
        classes = [Class(module, c) for c in facts.classes]
        for made in classes:
            self.classes.append(made)
            self._by_qualname[path, made.facts.qualname] = made
        functions = [Function(module, f) for f in facts.functions]
        for function in functions:
            self.functions.append(function)
            self._by_qualname[path, function.facts.qualname] = function
            if function.facts.in_class and not function.facts.is_lambda:
                owner = self._by_qualname.get((path, function.facts.parent))
                if isinstance(owner, Class):
                    function.owner = owner
                    kept = owner.setters if _is_setter(function) else owner.methods
                    kept[function.name] = function
        self._of_file[path] = classes, functions
        self._define_all(module)

    def _define_all(self, module: Module) -> None:
        """Note what is defined and imported in each scope of *module*, in source order."""
        path, facts = module.path, module.facts
        for item in facts.imports:
            if item.kind == "star":
                self._stars.setdefault((path, item.scope), []).append(item)
            else:
                self._define(path, item.scope, item.local, item)
        classes, functions = self._of_file[path]
        for made in classes:
            self._define(path, made.facts.parent, made.name, made)
        for function in functions:
            if not function.facts.in_class and not function.facts.is_lambda:
                self._define(path, function.facts.parent, function.name, function)
        for binding in facts.body.bindings:
            if "." not in binding.target and binding.kind not in {"comprehension", "generator"}:
                self._define(path, "", binding.target, binding)

    def of_file(self, path: str) -> tuple[list[Class], list[Function]]:
        """Return the classes and the functions of a file, in source order."""
        return self._of_file[path]

    def renew(self, module: Module) -> None:
        """Read the scopes of *module* again, whose facts are others now, for the same names."""
        for scopes in (self._scopes, self._stars):
            for key in [key for key in scopes if key[0] == module.path]:
                del scopes[key]
        self._define_all(module)

    def _define(self, path: str, scope: str, name: str, thing: Definition) -> None:
        add(self._scopes.setdefault((path, scope), {}), name, thing)

    def scope(self, module: Module, qualname: str) -> Mapping[str, list[Definition]]:
        """Return what is defined or imported right in that scope, "" being the module."""
        return self._scopes.get((module.path, qualname), {})

    def stars(self, module: Module, qualname: str = "") -> list[Import]:
        """Return the star imports of that scope."""
        return self._stars.get((module.path, qualname), [])

    def at(self, module: Module, qualname: str) -> Function | Class | None:
        """Return the function or class of that qualified name."""
        return self._by_qualname.get((module.path, qualname))

    def imported(self, item: Import, importer: Module) -> Held | tuple[Module, str]:
        """Return what an import binds, or the module and name where to look further."""
        base = self.modules.target(item, importer)
        if item.kind == "module":
            return self.dotted(base if item.has_alias else base.partition(".")[0], importer)
        module = self.modules.find(base, importer)
        if module is importer and item.level and importer.is_package:
            inner = self.dotted(f"{base}.{item.name}", importer, within=True)
            if inner.values:
                return inner
        if module is not None and (module is not importer or item.level):
            if item.name in self.scope(module, "") or self.stars(module):
                return module, item.name
            return self.dotted(f"{base}.{item.name}", importer, within=True)
        if self.modules.is_package(base, importer):
            return self.dotted(f"{base}.{item.name}", importer, within=True)
        return UNKNOWN if item.level else self.external(f"{base}.{item.name}")

    def dotted(self, name: str, importer: Module, *, within: bool = False) -> Held:
        """Return the module or package called *name*; *within* the project, nothing else."""
        module = self.modules.find(name, importer)
        if module is not None:
            return one(module)
        if self.modules.is_package(name, importer):
            return one(Package(name, importer))
        return UNKNOWN if within else self.external(name)

    def external(self, name: str) -> Held:
        """Return what a dotted name of another library means: the same object each time."""
        kept = self._external.get(name)
        if kept is None:
            kept = self._external[name] = one(External(canonical(name)))
        return kept

    def star_sources(self, module: Module, qualname: str, name: str) -> Iterator[Module | None]:
        """Give the modules from which a star import may bring *name*; None for foreign ones."""
        for item in self.stars(module, qualname):
            source = self.modules.find(self.modules.target(item, module), module)
            if source is None:
                yield None
            elif source is not module and self._offers(source, name):
                yield source

    def _offers(self, source: Module, name: str) -> bool:
        if source.facts.exports is not None:
            return name in source.facts.exports
        return not name.startswith("_")


def add(things: dict[str, list[Thing]], name: str, thing: Thing) -> None:
    """Put *thing* with those of its name; nearly all are the only one, and take no spare room."""
    known = things.get(name)
    if known is None:
        things[name] = [thing]
    else:
        known.append(thing)


def _is_setter(function: Function) -> bool:
    return any(
        isinstance(d, str) and d.endswith((".setter", ".deleter"))
        for d in function.facts.decorators
    )


@cache
def builtin(name: str) -> Held:
    """Return what *name* means when nothing else does."""
    return one(External(f"builtins.{name}")) if name in _BUILTINS else UNKNOWN


def latest(definitions: list[Definition]) -> list[Definition]:
    """Drop what a later definition of the same name surely replaced.

    Functions and classes replace their own kind (overloads, stubs); two imports or assignments
    of one name are usually the branches of a condition, so both count.
    """
    defs = [d for d in definitions if isinstance(d, Function | Class)]
    rest: list[Definition] = [d for d in definitions if not isinstance(d, Function | Class)]
    return [*rest, *defs[-1:]] if defs else rest


def merged(options: list[Held]) -> Held:
    """Return the union of several definitions of one name."""
    known = [o for o in options if o.values]
    if not known:
        return UNKNOWN
    return union(*known).doubted(
        Certainty.CERTAIN if len(known) == len(options) else Certainty.LIKELY
    )
