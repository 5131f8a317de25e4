"""Where an imported name is used, and who else counts on its being there."""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from fastapi_bp_lint.facts.model import Binding, Body, Call, Import, Literal, Param
from fastapi_bp_lint.finding import Span
from fastapi_bp_lint.project.crossings import reached
from fastapi_bp_lint.project.values import Class, Function

if TYPE_CHECKING:
    from fastapi_bp_lint.project.modules import Module
    from fastapi_bp_lint.project.names import Names

_BY_NAME = ("setattr", "getattr", "hasattr", "delattr", "object", "multiple")
_COMPREHENSIONS = frozenset({"comprehension", "generator", "async-comprehension"})


class Other(NamedTuple):
    """What else counts on a name: *text* says it.

    *old* and *receiver* are of the `Retarget` that lets *path* follow a change of the name. What
    is *lost* cannot follow: it would break.
    """

    text: str
    path: str = ""
    old: str = ""
    receiver: str = ""
    lost: bool = False


class Uses(NamedTuple):
    """Every plain read of an imported name, and what else counts on the name."""

    spans: tuple[Span, ...]
    others: tuple[Other, ...]


class ImportUses:
    """Answers for the whole project where imported names are used."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def of(self, item: Import, module: Module) -> Uses | None:
        """Return the uses of what *item* binds; None where they cannot all be told."""
        if self._names.scope(module, item.scope).get(item.local) != [item]:
            return None
        return self._of(item.local, item.scope, module)

    def of_function(self, function: Function) -> Uses | None:
        """Return the uses of a module's own function in its file, as `of` does."""
        if self._names.scope(function.module, "").get(function.name) != [function]:
            return None
        return self._of(function.name, "", function.module)

    def of_binding(self, binding: Binding, module: Module) -> Uses | None:
        """Return the uses of a module's global in its file, as `of` does."""
        if self._names.scope(module, "").get(binding.target) != [binding]:
            return None
        return self._of(binding.target, "", module, binding)

    def _of(
        self, local: str, scope_of: str, module: Module, own: Binding | None = None
    ) -> Uses | None:
        places: list[tuple[int, int]] = []
        for scope, body, params in bodies(module):
            if local in body.outer:
                return None
            # A class that binds the name may read ours before it does.
            is_class = isinstance(self._names.at(module, scope), Class)
            hidden = scope != scope_of and not is_class and _binds(body, params, local)
            if hidden or not self._is_seen(local, scope_of, module, scope):
                continue
            found = body.places(local)
            if found and any(b.target == local and b is not own for b in body.bindings):
                return None
            places += found
        spans = tuple(Span(n, c, n, c + len(local)) for n, c in sorted(places))
        return Uses(spans, () if scope_of else tuple(self._others(local, module)))

    def _is_seen(self, local: str, scope_of: str, module: Module, scope: str) -> bool:
        """Whether *local* of *scope_of* is in force in *scope*, with nothing that hides it."""
        inner = scope
        while inner != scope_of:
            if not inner:
                return False
            thing = self._names.at(module, inner)
            if inner == scope or isinstance(thing, Function):
                if local in self._names.scope(module, inner):
                    return False
                if isinstance(thing, Function) and inner != scope:
                    facts = thing.facts
                    if _binds(facts.body, facts.params, local):
                        return False
            if thing is None:
                return False
            inner = thing.facts.parent
        # The body of a class does not reach into its methods.
        return inner == scope or not isinstance(self._names.at(module, inner), Class)

    def _others(self, local: str, module: Module) -> Iterator[Other]:
        if local in module.facts.strings or any(
            s.startswith(f"{local}.") for s in module.facts.strings
        ):
            yield Other("a string names it")
        if any(b.target == "__all__" for b in module.facts.body.bindings) and (
            module.facts.exports is None or local in module.facts.exports
        ):
            yield Other("`__all__` names it", lost=True)
        importers = self._importers.get(module.path, {})
        for other in importers.get(local, []) or importers.get("*", []):
            yield Other(f"`{other.name}` imports it from here", lost=True)
        dotted = f"{module.name}.{local}"
        for path in self._strings.get(dotted, []):
            yield Other(f"{path} names `{dotted}`", path, dotted)
        for other in importers.get("", []):
            if self._reads(other, module, local):
                yield Other(f"`{other.name}` reads it as an attribute", lost=True)
        yield from self._by_lookup(local, module)

    def _by_lookup(self, local: str, module: Module) -> Iterator[Other]:
        for other, receiver, is_plain in self._by_name.get(local, ()):
            known = {
                self._found(item, other)
                for item in other.facts.imports
                if (item.local if item.kind == "name" or item.has_alias else item.module)
                == receiver
            }
            if known and None not in known and module not in known:
                continue
            text = f"it is looked up by name in {other.path}"
            if known == {module}:
                yield Other(text, other.path, local, receiver, lost=not is_plain)
            else:
                yield Other(text)

    def _found(self, item: Import, importer: Module) -> Module | None:
        """Return the module that an import gives, None where it gives something else."""
        path, name = reached(item, importer, self._names)
        return None if name else self._names.modules.find(path, importer)

    @cached_property
    def _importers(self) -> dict[str, dict[str, list[Module]]]:
        """Path of a module -> name taken out of it ("" for the module itself) -> importers."""
        found: dict[str, dict[str, list[Module]]] = {}
        for module in self._names.modules.by_path.values():
            for item in module.facts.imports:
                path, name = reached(item, module, self._names)
                target = self._names.modules.find(path, module)
                if target is not None and target is not module:
                    found.setdefault(target.path, {}).setdefault(name, []).append(module)
        return found

    @cached_property
    def _strings(self) -> dict[str, list[str]]:
        """Dotted string, or the beginning of one -> the paths where it stands."""
        found: dict[str, list[str]] = {}
        for module in self._names.modules.by_path.values():
            for text in module.facts.strings:
                parts = text.split(".")
                for length in range(2, len(parts) + 1):
                    found.setdefault(".".join(parts[:length]), []).append(module.path)
        return found

    @cached_property
    def _by_name(self) -> dict[str, list[tuple[Module, str, bool]]]:
        """Names in calls such as ``patch.object(module, "name")`` -> where, and on what.

        The last says whether the name is the second argument.
        """
        found: dict[str, list[tuple[Module, str, bool]]] = {}
        for module in self._names.modules.by_path.values():
            for _, body, _ in bodies(module):
                for call in body.calls:
                    receiver = call.args[0] if call.args else None
                    for name, is_plain in _looked_up(call):
                        place = module, receiver if isinstance(receiver, str) else "", is_plain
                        found.setdefault(name, []).append(place)
        return found

    @cached_property
    def assigned_attributes(self) -> frozenset[str]:
        """Every name that is assigned as an attribute somewhere: ``constants.seen = True``."""
        return frozenset(
            binding.target.rpartition(".")[2]
            for module in self._names.modules.by_path.values()
            for _, body, _ in bodies(module)
            for binding in body.bindings
            if "." in binding.target and not binding.target.startswith(("self.", "cls."))
        )

    @cached_property
    def literals(self) -> frozenset[str]:
        """Every string that is an argument of a call, such as the name of a route."""
        found: set[str] = set()
        for module in self._names.modules.by_path.values():
            for _, body, _ in bodies(module):
                for call in body.calls:
                    for arg in call.args:
                        if isinstance(arg, Literal) and isinstance(arg.value, str):
                            found.add(arg.value)
                    for _, arg in call.keywords:
                        if isinstance(arg, Literal) and isinstance(arg.value, str):
                            found.add(arg.value)
        return frozenset(found)

    def _reads(self, reader: Module, module: Module, name: str) -> bool:
        locals_ = [
            (i.local if i.has_alias or i.kind != "module" else i.module)
            for i in reader.facts.imports
            if reached(i, reader, self._names) == (module.name, "")
        ]
        wanted = {f"{local}.{name}" for local in locals_}
        for _, body, _ in bodies(reader):
            written = {load.name for load in body.loads}
            written.update(c.func for c in body.calls if isinstance(c.func, str))
            if any(w in wanted or w.startswith(tuple(f"{x}." for x in wanted)) for w in written):
                return True
        return False

    def is_free(self, name: str, module: Module) -> bool:
        """Whether *name* means nothing yet anywhere in the file."""
        if keyword.iskeyword(name) or hasattr(builtins, name):
            return False
        facts = module.facts
        taken = {i.local for i in facts.imports}
        taken.update(c.qualname.rpartition(".")[2] for c in facts.classes)
        for function in facts.functions:
            taken.add(function.qualname.rpartition(".")[2])
            taken.update(p.name for p in function.params)
        for _, body, _ in bodies(module):
            taken.update(b.target for b in body.bindings)
            taken.update(body.outer)
        return name not in taken


def bodies(module: Module) -> Iterator[tuple[str, Body, tuple[Param, ...]]]:
    """Give the body of the module, its classes and functions, with its scope and parameters."""
    yield "", module.facts.body, ()
    for cls in module.facts.classes:
        yield cls.qualname, cls.body, ()
    for function in module.facts.functions:
        yield function.qualname, function.body, function.params


def _binds(body: Body, params: tuple[Param, ...], name: str) -> bool:
    """Whether a function has a variable of that *name*, which hides that of the module."""
    return any(p.name == name for p in params) or any(
        b.target == name and b.kind not in _COMPREHENSIONS for b in body.bindings
    )


def _looked_up(call: Call) -> Iterator[tuple[str, bool]]:
    if isinstance(call.func, str) and call.func.rpartition(".")[2] in _BY_NAME:
        for arg in call.args[1:2]:
            if isinstance(arg, Literal) and isinstance(arg.value, str):
                yield arg.value, True
        for name, _ in call.keywords:
            if name and call.func.endswith(".multiple"):
                yield name, False
