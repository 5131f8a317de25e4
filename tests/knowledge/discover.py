"""Find the other import paths of known objects, and the subclasses of known classes.

`verify.py --discover` runs this file with the interpreter of a throwaway environment. Every public
module of the asked packages is imported. A path counts when its module means to offer it: the name
is in `__all__`, is imported as itself (`from x import y as y`), stands in a package's `__init__`,
or is where the object is defined.
"""
# ruff: noqa: ANN401 - any object of any package is looked at

import ast
import importlib
import inspect
import json
import pkgutil
import sys
import types
import warnings
from collections.abc import Iterator
from typing import Any

import probe  # type: ignore[import-not-found]

_TESTS = {
    "tests",
    "test",
    "testing",
    "conftest",
    "benchmarks",
    "examples",
    "__main__",
    "idlelib",
    "vendor",
    "vendored",
}


def modules(package: str) -> Iterator[types.ModuleType]:
    """Import a package and its public modules, those that can be."""
    root = _imported(package)
    if root is None:
        return
    yield root
    for found in pkgutil.walk_packages(
        getattr(root, "__path__", ()), f"{package}.", onerror=lambda _: None
    ):
        parts = found.name.split(".")
        if _TESTS.isdisjoint(parts) and not any(_hidden(part) for part in parts) and len(parts) < 6:
            module = _imported(found.name)
            if module is not None:
                yield module


def _hidden(part: str) -> bool:
    return part.startswith("_") and not part.startswith("__init__")


def _imported(name: str) -> types.ModuleType | None:
    try:
        return importlib.import_module(name)
    except BaseException:  # noqa: BLE001 - optional parts of other people's packages
        return None


def offered(module: types.ModuleType, top: str) -> Iterator[tuple[str, Any]]:
    """Give the classes, functions and modules that a module means to offer."""
    listed = set(getattr(module, "__all__", ()) or ())
    renamed = _imported_as_themselves(module)
    package = hasattr(module, "__path__")
    for name in sorted({*vars(module), *listed}):
        value = None if name.startswith("_") or not name.isidentifier() else _value(module, name)
        if value is None:
            continue
        home, own_name = _said(value, "__module__"), _said(value, "__qualname__")
        is_definition = home == module.__name__ and own_name == name
        in_package = (
            package and home is not None and home.partition(".")[0] == top.split(".", maxsplit=1)[0]
        )
        if issubclass(type(value), types.ModuleType):
            if name in renamed and value.__name__ != f"{module.__name__}.{name}":
                yield name, value
        elif callable(value) and (name in listed or name in renamed or is_definition or in_package):
            yield name, value


def _value(module: types.ModuleType, name: str) -> Any:
    try:
        return getattr(module, name)  # a lazily loaded name is imported now
    except BaseException:  # noqa: BLE001 - optional parts of other people's packages
        return None


def _said(value: Any, attribute: str) -> str | None:
    try:
        said = getattr(value, attribute, None)
    except BaseException:  # noqa: BLE001 - stand-ins that are set up when they are first asked
        return None
    return said if isinstance(said, str) else None


def _imported_as_themselves(module: types.ModuleType) -> set[str]:
    try:
        tree = ast.parse(inspect.getsource(module))
    except (OSError, TypeError, SyntaxError):
        return set()
    return {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname == alias.name
    }


def roots(names: list[str], attributes: dict[str, str]) -> dict[int, tuple[str, Any]]:
    """Give the class or module-level function that each name starts with, by its identity."""
    found: dict[int, tuple[str, Any]] = {}
    for name in names:
        if name.startswith(("boto3.client:", "boto3.resource:")):
            continue
        parts = name.replace(":sync", "").split(".")
        for length in range(2, len(parts) + 1):
            path = ".".join(parts[:length])
            try:
                value, _ = probe.look_up(path, attributes)
            except BaseException:  # noqa: BLE001 - verify.py reports what does not exist
                break
            if not isinstance(value, types.ModuleType):
                if callable(value) and not isinstance(value, types.MethodType):
                    # a class that has a second name, a function-like one, is known by its own
                    own = parts[length - 1] == _said(value, "__name__")
                    found[id(value)] = (path, value) if own else found.get(id(value), (path, value))
                break
    return found


def best(paths: set[str], value: Any) -> str:
    """Choose the canonical path: the shortest one, the place of definition among equals."""
    home = f"{getattr(value, '__module__', '')}.{getattr(value, '__qualname__', '')}"
    return min(paths, key=lambda path: (path.count("."), path != home, path))


def discover(
    packages: list[str], names: list[str], attributes: dict[str, str], whole: list[str]
) -> dict[str, Any]:
    """Give the aliases and the subclasses; *whole* packages have all their classes followed."""
    known = roots(names, attributes)
    seen: dict[int, tuple[Any, set[str]]] = {}
    for package in sorted({part for name in packages for part in _whole_packages(name, names)}):
        for module in modules(package):
            for name, value in offered(module, package):
                if _resolves(path := f"{module.__name__}.{name}", value):
                    seen.setdefault(id(value), (value, set()))[1].add(path)
    for _, value in known.values():
        path = f"{_said(value, '__module__')}.{_said(value, '__qualname__')}"
        if not any(_hidden(part) for part in path.split(".")) and _resolves(path, value):
            seen.setdefault(id(value), (value, set()))[1].add(path)
    chosen = {key: canonical for key, (canonical, _) in known.items()}
    for key, (value, paths) in seen.items():
        if key not in chosen and _follows(value, whole):
            home = (_said(value, "__module__") or _said(value, "__name__") or "").split(".")[0]
            own = {path for path in paths if path.split(".")[0] == home} or paths
            chosen[key] = (
                value.__name__ if isinstance(value, types.ModuleType) else best(own, value)
            )
    inherited = _subclasses(seen, known, chosen)
    aliases = {
        path: chosen[key]
        for key, (_, paths) in seen.items()
        if key in chosen
        for path in paths
        if path != chosen[key]
    }
    return {"aliases": aliases, "bases": inherited}


def _whole_packages(package: str, names: list[str]) -> set[str]:
    """Give the packages below a namespace that names stand in, or the package itself."""
    root = _imported(package)
    if root is None or getattr(root, "__file__", None) or not hasattr(root, "__path__"):
        return {package}
    found = set()
    for name in names:
        parts = name.split(".")
        for length in range(2, len(parts)):
            module = _imported(path := ".".join(parts[:length])) if parts[0] == package else None
            if module is not None and getattr(module, "__file__", None):
                found.add(path)
                break
    return found


def _resolves(path: str, value: Any) -> bool:
    try:
        return probe.look_up(path, {})[0] is value
    except BaseException:  # noqa: BLE001 - a function may hide the module of its name
        return False


def _follows(value: Any, whole: list[str]) -> bool:
    home = _said(value, "__module__") or _said(value, "__name__") or ""
    return home.partition(".")[0] in whole


def _subclasses(
    seen: dict[int, tuple[Any, set[str]]], known: dict[int, tuple[str, Any]], chosen: dict[int, str]
) -> list[tuple[str, str]]:
    classes = {key: value for key, (value, _) in seen.items() if inspect.isclass(value)}
    classes |= {key: value for key, (_, value) in known.items() if inspect.isclass(value)}
    found = []
    for key, cls in classes.items():
        nearest: list[type] = []
        for above in cls.__mro__[1:]:
            if (
                id(above) in chosen
                and not any(issubclass(one, above) for one in nearest)
                and _related(cls, above)
            ):
                nearest.append(above)
        if nearest and key not in chosen and key in seen:
            chosen[key] = best(seen[key][1], cls)
        found += [(chosen[key], chosen[id(above)]) for above in nearest if key in chosen]
    return found


def _related(cls: type, above: type) -> bool:
    """Tell whether a subclass may stand in for its base: an asynchronous one may not."""
    if (
        above.__module__.split(".")[0] in sys.stdlib_module_names
        and cls.__module__.split(".")[0] not in sys.stdlib_module_names
    ):
        return False
    return _asynchronous(above) or not _asynchronous(cls)


def _asynchronous(cls: type) -> bool:
    words = f"{cls.__module__}.{cls.__qualname__}".lower()
    return "async" in words or ".aio." in words or cls.__qualname__.startswith("Aio")


def main() -> None:
    """Answer the question on standard input."""
    warnings.simplefilter("ignore")
    asked = json.load(sys.stdin)
    exec(asked.get("prepare", ""), {})  # noqa: S102 - what a library wants before it can be looked at
    out = sys.stdout
    sys.stdout = sys.stderr  # what is imported may print
    json.dump(discover(asked["packages"], asked["names"], asked["attributes"], asked["whole"]), out)


if __name__ == "__main__":
    main()
