"""Which names a file binds where: what an import may be called at a place, and what it is there."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from fastapi_bp_lint.edits.text import Range, Text

_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


class Bound(NamedTuple):
    """One binding of a name.

    *target* is the dotted name that an import binds it to, "" for any other binding; *plain* says
    that the import is a statement of the scope's own body, so that it always runs; *offers* is
    what can be reached through it: all of ``a.b`` for ``import a.b``, which binds ``a``.
    """

    target: str
    plain: bool
    statement: Range
    offers: tuple[tuple[str, str], ...] = ()


class Scope:
    """A module, function, class or comprehension and the names that are bound in it."""

    def __init__(
        self, kind: str, range_: Range, parent: Scope | None, own: Iterable[ast.AST]
    ) -> None:
        self.kind = kind
        self.range = range_
        self.parent = parent
        self.statements = {id(statement) for statement in own}
        self.names: dict[str, list[Bound]] = {}

    def bind(self, name: str, bound: Bound) -> None:
        """Record one more binding of *name*."""
        self.names.setdefault(name, []).append(bound)


class Scopes:
    """All scopes of a file, the module first, and where each name is read."""

    def __init__(self, text: Text, tree: ast.Module) -> None:
        self.text = text
        self.module = Scope("module", Range(0, len(text.value)), None, tree.body)
        self.all = [self.module]
        self.reads: dict[str, list[int]] = {}
        self.dotted: set[str] = set()
        self.star = -1  # where the last star import ends: it may rebind what stands before it
        self._collect(tree)

    def chain(self, place: Range) -> list[Scope]:
        """Return the scopes whose names are seen at *place*, innermost first.

        Those nested within *place* count as innermost: what is rewritten there may stand in them.
        """
        nested = [s for s in self.all if place.holds(s.range) and s.kind != "module"]
        around = [s for s in self.all if s.range.holds(place) and s not in nested]
        around.reverse()
        inner = next((s for s in around if s.kind != "comprehension"), self.module)
        return nested + [s for s in around if s.kind != "class" or s is inner]

    def free_for(self, name: str, target: str) -> bool:
        """Tell whether the module may bind *name* to *target* without changing what it means."""
        others = [b for b in self.module.names.get(name, ()) if b.target != target]
        if others or (hasattr(builtins, name) and name not in self.module.names):
            return False
        return name in self.module.names or not any(
            all(name not in scope.names for scope in self.chain(Range(read, read)))
            for read in self.reads.get(name, ())
        )

    def _collect(self, tree: ast.Module) -> None:
        stack: list[tuple[ast.AST, Scope]] = [(tree, self.module)]
        while stack:
            node, scope = stack.pop()
            for name, bound in _bindings(node, self.text, scope):
                self._bind(node, scope, name, bound)
            inner = self._open(node, scope)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                self.reads.setdefault(node.id, []).append(self.text.node(node).start)
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                self.dotted.add(f"{node.value.id}.{node.attr}")
            stack.extend((child, inner) for child in ast.iter_child_nodes(node))
        # Outer scopes before the inner ones, whatever the order of the walk.
        self.all.sort(key=lambda s: (s.range.start, -s.range.end))

    def _bind(self, node: ast.AST, scope: Scope, name: str, bound: Bound) -> None:
        scope.bind(name, bound)
        if name == "*":
            self.star = max(self.star, bound.statement.end)
        outer = scope.parent
        # A walrus binds in the function around the comprehension; global and nonlocal outside.
        while outer is not None and (
            isinstance(node, ast.Global | ast.Nonlocal)
            or (isinstance(node, ast.NamedExpr) and scope.kind == "comprehension")
        ):
            outer.bind(name, bound)
            scope, outer = outer, outer.parent

    def _open(self, node: ast.AST, scope: Scope) -> Scope:
        own: list[ast.stmt] = []
        if isinstance(node, _FUNCTIONS):
            kind = "function"
        elif isinstance(node, ast.ClassDef):
            kind = "class"
        elif isinstance(node, _COMPREHENSIONS):
            kind = "comprehension"
        else:
            return scope
        if not isinstance(node, ast.expr):
            own = node.body
        opened = Scope(kind, self.text.node(node), scope, own)
        self.all.append(opened)
        return opened


def _bindings(node: ast.AST, text: Text, scope: Scope) -> Iterator[tuple[str, Bound]]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield from _imported(node, text.node(node), id(node) in scope.statements)
        return
    other = Bound("", plain=False, statement=Range(0, 0))
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id, other
    elif isinstance(node, ast.NamedExpr):
        yield node.target.id, other
    elif isinstance(node, ast.arg):
        yield node.arg, other
    elif isinstance(node, ast.Global | ast.Nonlocal):
        yield from ((name, other) for name in node.names)
    elif isinstance(node, ast.MatchMapping):
        yield from ((name, other) for name in [node.rest] if name)
    else:
        name = getattr(node, "name", None)
        # Functions, classes, except clauses, match patterns and type parameters all say `name`.
        if isinstance(name, str) and not isinstance(node, ast.alias):
            yield name, other


def _imported(
    node: ast.Import | ast.ImportFrom,
    statement: Range,
    plain: bool,  # noqa: FBT001
) -> Iterator[tuple[str, Bound]]:
    if isinstance(node, ast.ImportFrom):
        source = "." * node.level + (node.module or "")
        for alias in node.names:
            local = alias.asname or alias.name
            target = join(source, alias.name)
            yield local, Bound(target, plain, statement, ((target, local),))
        return
    for alias in node.names:
        if alias.asname:
            offers = ((alias.name, alias.asname),)
            yield alias.asname, Bound(alias.name, plain, statement, offers)
            continue
        parts = alias.name.split(".")
        reached = (".".join(parts[: end + 1]) for end in range(len(parts)))
        bound = Bound(parts[0], plain, statement, tuple((name, name) for name in reached))
        yield parts[0], bound


def join(module: str, name: str) -> str:
    """Return the dotted name of *name* in *module*, which may be a relative ``.`` or ``.a``."""
    if not name:
        return module
    return module + name if module.endswith(".") or not module else f"{module}.{name}"
