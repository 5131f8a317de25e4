"""Which module a file is: source roots, dotted names, and what a dotted name means to a file."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from fastapi_bp_lint.facts.model import FileFacts, Import
from fastapi_bp_lint.finding import Place, Span


class Module:
    """One file of the project as Python imports it; *root* is its source root, "" the project's."""

    __slots__ = ("__weakref__", "facts", "is_package", "name", "path", "root")

    def __init__(self, facts: FileFacts, root: str) -> None:
        self.facts = facts
        self.path = facts.path
        self.root = root
        self.is_package = posixpath.basename(facts.path) == "__init__.py"
        self.name = dotted(facts.path, root)

    @property
    def package(self) -> str:
        """The dotted name that the first dot of a relative import stands for."""
        return self.name if self.is_package else self.name.rpartition(".")[0]

    @property
    def is_test(self) -> bool:
        """Whether the file belongs to the project's tests, by its name or its folder's."""
        folder, name = posixpath.split(self.path)
        return (
            name.startswith("test_")
            or name.endswith("_test.py")
            or name == "conftest.py"
            or bool({"tests", "test", "testing"} & set(folder.split("/")))
        )

    def place(self, span: Span) -> Place:
        """Return *span* as a place of this file."""
        return Place(self.path, span)

    def __repr__(self) -> str:
        return f"Module({self.name!r})"


def dotted(path: str, root: str) -> str:
    """Return the module name of *path* under the source *root*; both with ``/``."""
    inner = path[len(root) + 1 :] if root else path
    inner = inner.removesuffix(".py")
    if inner == "__init__":
        return posixpath.basename(root) or "__init__"
    return inner.removesuffix("/__init__").replace("/", ".")


class Modules:
    """All modules of the project, and which of them a dotted name means to one that imports it."""

    def __init__(self, files: Mapping[str, FileFacts], configured: Sequence[str] = ()) -> None:
        roots = _roots(files, configured)
        self.by_path = {path: Module(facts, roots[path]) for path, facts in files.items()}
        self._by_name: dict[str, list[Module]] = {}
        self._packages: dict[str, set[str]] = {}
        for module in self.by_path.values():
            self._by_name.setdefault(module.name, []).append(module)
            parent = module.name.rpartition(".")[0]
            while parent:
                self._packages.setdefault(parent, set()).add(module.root)
                parent = parent.rpartition(".")[0]

    def __iter__(self) -> Iterator[Module]:
        return iter(self.by_path.values())

    def find(self, name: str, importer: Module) -> Module | None:
        """Return the module called *name* as *importer* sees it: its own source root's first."""
        found = self._by_name.get(name)
        if not found:
            return None
        for module in found:
            if module.root == importer.root:
                return module
        return found[0] if len(found) == 1 else None

    def is_package(self, name: str, importer: Module) -> bool:
        """Whether *name* is a package of the project, with or without an ``__init__.py``."""
        roots = self._packages.get(name, ())
        return importer.root in roots or len(roots) == 1

    def target(self, item: Import, importer: Module) -> str:
        """Return the absolute dotted name that *item* imports from or, for kind module, imports."""
        if not item.level:
            return item.module
        parts = importer.package.split(".") if importer.package else []
        parts = parts[: len(parts) - item.level + 1] if item.level > 1 else parts
        return ".".join([*parts, item.module] if item.module else parts)


def _roots(files: Mapping[str, FileFacts], configured: Sequence[str]) -> dict[str, str]:
    """Return the source root of every file.

    A folder's files are named from the folder above the outermost package, unless the project's
    own imports show that it is named from further up: `from src.auth import service` makes the
    folder above `src` the root, whether or not `src` has an `__init__.py`.
    """
    names = _imported(files.values())
    folders: dict[str, list[str]] = {}
    for path in files:
        folders.setdefault(posixpath.dirname(path), []).append(path)
    chosen: dict[str, str] = {}
    roots: dict[str, str] = {}
    doubtful: list[str] = []
    for folder in sorted(folders):
        fixed = [
            c for c in configured if folder == c or folder.startswith(f"{c}/") or c in {"", "."}
        ]
        if fixed:
            root = max(fixed, key=len).removeprefix("./").rstrip("/")
            root = "" if root == "." else root
        else:
            root = _root(folder, folders[folder], files, names, chosen)
            if root == folder:
                doubtful.append(folder)
        chosen[folder] = root
        roots.update((path, root) for path in folders[folder])
    for folder in sorted(doubtful, key=lambda f: -f.count("/")):
        # Nothing imports from it by name: the folders in and beside it tell what it is called.
        near = {r for f, r in chosen.items() if f.startswith(f"{folder}/")} & _above(folder)
        near = near or {r for f, r in chosen.items() if _are_beside(f, folder)} & _above(folder)
        if not near and "/" in folder and folder.replace("/", "_").isidentifier():
            near = {""}
        if len(near) == 1:
            chosen[folder] = near.pop()
            roots.update((path, chosen[folder]) for path in folders[folder])
    return roots


def _above(folder: str) -> set[str]:
    parts = folder.split("/")
    return {"/".join(parts[:length]) for length in range(len(parts))}


def _are_beside(one: str, other: str) -> bool:
    return bool(one and one != other) and posixpath.dirname(one) == posixpath.dirname(other)


def _imported(files: Iterable[FileFacts]) -> set[str]:
    names: set[str] = set()
    for facts in files:
        for item in facts.imports:
            if not item.level:
                names.add(item.module)
                if item.name:
                    names.add(f"{item.module}.{item.name}")
    return names


def _root(
    folder: str,
    paths: Sequence[str],
    files: Mapping[str, FileFacts],
    names: set[str],
    chosen: Mapping[str, str],
) -> str:
    outer = _outermost(folder, paths, files)
    votes: Counter[str] = Counter()
    root = outer
    while True:
        for path in paths:
            name = dotted(path, root)
            if name in names and (root == outer or "." in name):
                votes[root] += 1
        if not root:
            break
        root = posixpath.dirname(root)
    if votes:
        best = max(votes.values())
        return max((r for r, n in votes.items() if n == best), key=len)
    parent = posixpath.dirname(folder)
    if folder and parent in chosen and (outer != folder or f"{parent}/__init__.py" in files):
        # A relative import may have shown that the root is further up than the parent's.
        return min(chosen[parent], outer, key=len)
    return _nearest(outer, chosen)


def _outermost(folder: str, paths: Sequence[str], files: Mapping[str, FileFacts]) -> str:
    """Return the folder above the outermost one that shows by itself that it is a package."""
    outer = _above_packages(folder, files)
    above = folder
    for _ in range(max((i.level for p in paths for i in files[p].imports), default=0)):
        above = posixpath.dirname(above)
    return min(outer, _above_packages(above, files), key=len)


def _above_packages(folder: str, files: Mapping[str, FileFacts]) -> str:
    """Return *folder*, or the nearest folder above it that has no ``__init__.py``."""
    while folder and f"{folder}/__init__.py" in files:
        folder = posixpath.dirname(folder)
    return folder


def _nearest(outer: str, chosen: Mapping[str, str]) -> str:
    """Return the root of the enclosing folder if it is named from further up than itself."""
    above = posixpath.dirname(outer)
    while above and above not in chosen:
        above = posixpath.dirname(above)
    between = outer[len(above) :].replace("/", "_")
    if outer and above in chosen and chosen[above] != above and between.isidentifier():
        return chosen[above]
    return outer
