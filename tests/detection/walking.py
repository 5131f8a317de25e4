"""The functions of a package and what they call, by a resolver that is not the linter's own.

It follows imports, `self` and method names that only one class of the package has, and leaves out
whatever may not run where it is called: generators, decorated functions, nested ones.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_VERBS = {"get", "post", "put", "patch", "delete", "head", "options", "api_route", "websocket"}
_PLAIN = {"staticmethod", "classmethod"}
_UNIQUE = re.compile(r"(?!model_)[a-z]+(_[a-z0-9]+)+")
"""A method name that, where one class has it, is taken to mean that class: two words or more."""

Node = ast.FunctionDef | ast.AsyncFunctionDef


class Func(NamedTuple):
    """A function of the package."""

    path: str
    name: str
    node: Node
    owner: str

    @property
    def is_async(self) -> bool:
        """Whether it is a coroutine function."""
        return isinstance(self.node, ast.AsyncFunctionDef)


class Step(NamedTuple):
    """A call of the walk: where it stands and how it was resolved."""

    line: int
    end_line: int
    how: str


class Package:
    """The functions of a package and what they call, by a resolver that is not the linter's."""

    def __init__(self, root: Path) -> None:
        self.sources: dict[str, str] = {}
        self.modules: dict[str, str] = {}
        self.trees: dict[str, ast.Module] = {}
        for file in sorted(root.rglob("*.py")):
            path = file.relative_to(root).as_posix()
            text = file.read_text("utf-8", errors="replace")
            try:
                self.trees[path] = ast.parse(text)
            except SyntaxError:
                continue
            self.sources[path] = text
            self.modules[path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")] = (
                path
            )
        self.functions: dict[tuple[str, str], Func] = {}
        self.classes: dict[tuple[str, str], ast.ClassDef] = {}
        self.imports: dict[str, dict[str, tuple[str, str]]] = {}
        self._calls: dict[tuple[str, str], list[tuple[Func, Step]]] = {}
        for path, tree in self.trees.items():
            self._read(path, tree)
        names = Counter(f.name.rpartition(".")[2] for f in self.functions.values())
        self.unique = {
            f.name.rpartition(".")[2]: f
            for f in self.functions.values()
            if f.owner and names[f.name.rpartition(".")[2]] == 1 and self._is_own(f)
        }

    def _is_own(self, method: Func) -> bool:
        """Whether no library has the method as well: its class has bases of the package only."""
        bases = self.classes[method.path, method.owner].bases
        return all(isinstance(b, ast.Name) and self.thing(method.path, b.id) for b in bases)

    def _read(self, path: str, tree: ast.Module) -> None:
        for node in tree.body:
            if isinstance(node, Node):
                self.functions[path, node.name] = Func(path, node.name, node, "")
            elif isinstance(node, ast.ClassDef):
                self.classes[path, node.name] = node
                for inner in node.body:
                    if isinstance(inner, Node):
                        name = f"{node.name}.{inner.name}"
                        self.functions[path, name] = Func(path, name, inner, node.name)
        self.imports[path] = dict(self._imported(path, tree))

    def _imported(self, path: str, tree: ast.Module) -> Iterator[tuple[str, tuple[str, str]]]:
        package = path.removesuffix(".py").split("/")[:-1]
        for node in tree.body:
            if isinstance(node, ast.ImportFrom):
                start = package[: len(package) - node.level + 1] if node.level else []
                module = ".".join([*start, *(node.module or "").split(".")]).strip(".")
                for alias in node.names:
                    yield alias.asname or alias.name, (module, alias.name)
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    if alias.asname:
                        yield alias.asname, (alias.name, "")

    def thing(self, path: str, name: str, depth: int = 0) -> tuple[str, str] | None:
        """Return (path, name) of what a module's global name is; the name is "" for a module."""
        if (path, name) in self.functions or (path, name) in self.classes:
            return path, name
        if depth > 5 or name not in self.imports[path]:
            return None
        module, inner = self.imports[path][name]
        whole = f"{module}.{inner}" if inner else module
        if whole in self.modules:
            return self.modules[whole], ""
        target = self.modules.get(module)
        return self.thing(target, inner, depth + 1) if target and inner else None

    def method(self, path: str, cls: str, name: str, depth: int = 0) -> Func | None:
        """Return a method of a class or of its bases."""
        found = self.functions.get((path, f"{cls}.{name}"))
        if found or depth > 5 or (path, cls) not in self.classes:
            return found
        for base in self.classes[path, cls].bases:
            if isinstance(base, ast.Name) and (thing := self.thing(path, base.id)):
                found = self.method(*thing, name, depth + 1)
                if found:
                    return found
        return None

    def calls(self, function: Func) -> list[tuple[Func, Step]]:
        """Return the functions that a body calls on its own thread."""
        key = function.path, function.name
        if key not in self._calls:
            self._calls[key] = list(self._called_by(function))
        return self._calls[key]

    def _called_by(self, function: Func) -> Iterator[tuple[Func, Step]]:
        local = _locals(function.node)
        for call, awaited in _own_calls(function.node):
            found, how = self._callee(function, call.func, local)
            if found is None or found.is_async is not awaited or not _is_plain(found.node):
                continue
            yield found, Step(call.lineno, call.end_lineno or call.lineno, how)

    def _callee(self, where: Func, func: ast.expr, local: set[str]) -> tuple[Func | None, str]:
        if isinstance(func, ast.Name) and func.id not in local:
            thing = self.thing(where.path, func.id)
            return (self._called(thing), "name") if thing else (None, "")
        if not isinstance(func, ast.Attribute):
            return None, ""
        if isinstance(func.value, ast.Name):
            name = func.value.id
            first = where.node.args.args[0].arg if where.node.args.args else ""
            if where.owner and name == first and name in {"self", "cls"}:
                return self.method(where.path, where.owner, func.attr), "self"
            thing = self.thing(where.path, name) if name not in local else None
            if thing and not thing[1]:
                inner = self.thing(thing[0], func.attr)
                return (self._called(inner), "module") if inner else (None, "")
            if thing and thing in self.classes:
                return self.method(*thing, func.attr), "class"
        if _UNIQUE.fullmatch(func.attr) and func.attr in self.unique:
            return self.unique[func.attr], "method"
        return None, ""

    def _called(self, thing: tuple[str, str]) -> Func | None:
        if thing in self.classes:
            return self.functions.get((thing[0], f"{thing[1]}.__init__"))
        return self.functions.get(thing)

    def routes(self, *, plain: bool = False) -> list[Func]:
        """Return the coroutines that are decorated as routes, or the *plain* functions that are."""
        found = self.functions.values()
        return [f for f in found if f.is_async is not plain and _is_route(f.node)]


def _is_route(node: Node) -> bool:
    return any(
        isinstance(d, ast.Call) and isinstance(d.func, ast.Attribute) and d.func.attr in _VERBS
        for d in node.decorator_list
    )


def _is_plain(node: Node) -> bool:
    """Whether calling it runs its body: no generator, no decorator that may do something else."""
    if any(not (isinstance(d, ast.Name) and d.id in _PLAIN) for d in node.decorator_list):
        return False
    return not any(isinstance(n, ast.Yield | ast.YieldFrom) for n in _own(node))


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """Give what stands in a body, nested functions and classes left out."""
    body = node.body if isinstance(node, Node) else ast.iter_child_nodes(node)
    for inner in body:
        if isinstance(inner, Node | ast.Lambda | ast.ClassDef | ast.GeneratorExp):
            continue
        yield inner
        yield from _own(inner)


def _own_calls(node: Node) -> Iterator[tuple[ast.Call, bool]]:
    awaited = {id(n.value) for n in _own(node) if isinstance(n, ast.Await)}
    for inner in _own(node):
        if isinstance(inner, ast.Call):
            yield inner, id(inner) in awaited


def _locals(node: Node) -> set[str]:
    given = node.args
    names = {a.arg for a in (*given.posonlyargs, *given.args, *given.kwonlyargs)}
    names |= {a.arg for a in (given.vararg, given.kwarg) if a}
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
            names.add(inner.id)
        elif isinstance(inner, Node | ast.ClassDef) and inner is not node:
            names.add(inner.name)
        elif isinstance(inner, ast.Import | ast.ImportFrom):
            names |= {(a.asname or a.name).partition(".")[0] for a in inner.names}
    return names
