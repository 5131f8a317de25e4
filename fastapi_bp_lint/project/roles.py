"""What part a module or folder plays in its domain: by what it defines, then by its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Body, Call, Import
from fastapi_bp_lint.knowledge.class_names import APPLICATIONS, ROUTERS
from fastapi_bp_lint.knowledge.layout_names import ROLE_NAMES
from fastapi_bp_lint.project.kinds import SCHEMA, TABLE, kind_of
from fastapi_bp_lint.project.members import mro
from fastapi_bp_lint.project.values import Class, External, Function, Instance, Where

if TYPE_CHECKING:
    from fastapi_bp_lint.project.modules import Module
    from fastapi_bp_lint.project.types import Types

_FRAMEWORKS = frozenset(name.partition(".")[0] for name in ROUTERS)


class Roles:
    """Tells roles; *configured* replaces the names of the roles that it has."""

    def __init__(self, types: Types, configured: Mapping[str, tuple[str, ...]]) -> None:
        self._types = types
        self.canonical: dict[str, str] = {}
        self._accepted: dict[str, str] = {}
        for role, names in ROLE_NAMES.items():
            own = configured.get(role, ())
            self.canonical.update(dict.fromkeys(own or names[:1], role))
            self._accepted.update(dict.fromkeys(own or names, role))

    def of_folder(self, name: str) -> str:
        """Return the role of a folder within a domain, "" when it has none."""
        return self._accepted.get(name, "")

    def of_module(self, module: Module) -> str:
        """Return the role of a module within a domain, "" when it has none."""
        return self.surely(module) or self._accepted.get(module.name.rpartition(".")[2], "")

    def surely(self, module: Module) -> str:
        """Return the role that shows without knowing that the module stands in a domain."""
        if self.makes_router(module):
            return "router"
        role = self.canonical.get(module.name.rpartition(".")[2], "")
        if role in {"", "models", "schemas"}:
            return self._by_classes(module) or role
        return role

    def by_content(self, module: Module) -> str:
        """Return router, models or schemas where the module defines such, whatever its name is."""
        return "router" if self.makes_router(module) else self._by_classes(module)

    def _by_classes(self, module: Module) -> str:
        """Return models or schemas where the module defines tables, or nothing but schemas."""
        found = [self._types.names.at(module, c.qualname) for c in module.facts.classes]
        kinds = {
            kind_of(self._types, c) for c in found if isinstance(c, Class) and not c.facts.parent
        }
        if TABLE in kinds:
            return "models"
        functions = any(not f.parent and not f.is_lambda for f in module.facts.functions)
        return "schemas" if kinds and kinds <= {SCHEMA} and not functions else ""

    def is_app(self, module: Module) -> bool:
        """Whether the module makes an application."""
        return self._makes(module, module.facts.body, "FastAPI", APPLICATIONS)

    def makes_router(self, module: Module) -> bool:
        """Whether the module makes a router."""
        return self._makes(module, module.facts.body, "Router", ROUTERS)

    def gives_router(self, module: Module) -> bool:
        """Whether the module makes a router, or has a function that does."""
        if self.makes_router(module):
            return True
        return any(_may_bring_router(item) for item in module.facts.imports) and any(
            self._makes(function, function.facts.body, "Router", ROUTERS)
            for f in module.facts.functions
            if isinstance(function := self._types.names.at(module, f.qualname), Function)
        )

    def _makes(self, where: Where, body: Body, ending: str, classes: frozenset[str]) -> bool:
        """Whether a name holds an object of *classes*, made by a call of what has that ending."""
        for binding in body.bindings:
            value = binding.value
            if (
                isinstance(value, Call)
                and isinstance(value.func, str)
                and value.func.endswith(ending)
                and any(self._is(v, classes) for v in self._types.binding(binding, where).values)
            ):
                return True
        return False

    def _is(self, value: object, classes: frozenset[str]) -> bool:
        if not isinstance(value, Instance):
            return False
        of = value.of
        order = mro(self._types, of) if isinstance(of, Class) else [of]
        return any(isinstance(base, External) and base.name in classes for base in order)


def _may_bring_router(item: Import) -> bool:
    return item.local.endswith("Router") or item.module.partition(".")[0] in _FRAMEWORKS
