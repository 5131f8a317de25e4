"""Read what classes declare: annotations, getters, and what constructors set on their instances."""
# ruff: noqa: ANN401 - any object of any package is looked at

import ast
import functools
import importlib
import inspect
import sys
import textwrap
import types
import typing
from typing import Any

MISSING = object()


class NotFoundError(Exception):
    """The name does not exist in this environment."""


def member_of_module(module: types.ModuleType, part: str, path: str) -> Any:
    try:
        return getattr(module, part)
    except AttributeError:
        pass
    try:
        return importlib.import_module(path)
    except ModuleNotFoundError as error:
        if error.name and (path == error.name or path.startswith(f"{error.name}.")):
            raise NotFoundError(path) from None
        raise


def tree(value: Any) -> ast.AST:
    try:
        return ast.parse(textwrap.dedent(inspect.getsource(value)))
    except (OSError, TypeError, SyntaxError):
        return ast.Pass()


def is_self(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def made_by(node: ast.AST | None, owner: Any) -> Any:
    """Give the class that an expression constructs, or that the called method promises."""
    if not isinstance(node, ast.Call):
        return MISSING
    if isinstance(node.func, ast.Attribute) and is_self(node.func.value):
        method = inspect.getattr_static(owner, node.func.attr, None)
        made = result_class(getattr(method, "__func__", method))
    else:
        home = getattr(inspect.unwrap(owner.__init__), "__globals__", {})
        made = as_class(ast.unparse(node.func), home.get("__name__", owner.__module__))
    return MISSING if made is None else made


def getter(found: Any) -> Any:
    if isinstance(found, property):
        return found.fget
    if isinstance(found, functools.cached_property):
        return found.func
    inner = getattr(type(found), "__get__", None) and (
        getattr(found, "fget", None)
        or getattr(found, "func", None)
        or getattr(found, "__wrapped__", None)
    )
    is_memo = type(found).__name__ in {
        "cached_property",
        "memoized_property",
        "ro_memoized_property",
        "ro_non_memoized_property",
        "reify",
        "non_memoized_property",
    }
    return inner if is_memo else None


def declared(owner: Any, part: str) -> Any:
    """Look for `part: Type` in the class bodies of the owner."""
    cls = owner if inspect.isclass(owner) else type(owner)
    for base in cls.__mro__:
        written = inspect.get_annotations(base).get(part)
        if written is not None:
            return as_class(written, base.__module__)
    return None


def result_class(function: Any) -> Any:
    written = getattr(function, "__annotations__", {}).get("return")
    if written is not None:
        return as_class(written, function.__module__)
    if function is None:
        return None
    for node in ast.walk(tree(function)):
        if (
            isinstance(node, ast.Return)
            and isinstance(node.value, ast.Call)
            and not isinstance(node.value.func, ast.Attribute)
        ):
            return as_class(ast.unparse(node.value.func), function.__module__)
    return None


def as_class(written: Any, module: str) -> Any:
    if isinstance(written, str):
        written = evaluate(written.strip("'\""), module)
    if isinstance(written, typing.TypeVar):
        written = written.__bound__
    origin = typing.get_origin(written)
    if origin in {typing.Union, types.UnionType}:
        members = [m for m in typing.get_args(written) if m is not type(None)]
        return as_class(members[0], module) if len(members) == 1 else None
    if origin in {typing.ClassVar, typing.Final, typing.Annotated}:
        return as_class(typing.get_args(written)[0], module)
    if inspect.isclass(origin):
        return origin
    return written if inspect.isclass(written) else None


def evaluate(written: str, module: str) -> Any:
    """Evaluate an annotation, with the names that its module imports for type checkers only."""
    loaded = sys.modules[module]
    scope = {**vars(typing), **vars(loaded)}
    for _ in range(20):
        try:
            return eval(written, scope)  # noqa: S307 - annotations of installed packages
        except NameError as error:
            missing = error.name
            if missing is None or missing not in (found := imported_for_typing(loaded, missing)):
                return None
            scope.update(found)
        except Exception:  # noqa: BLE001 - an annotation that cannot be evaluated says nothing
            return None
    return None


def imported_for_typing(module: types.ModuleType, missing: str) -> dict[str, Any]:
    try:
        tree = ast.parse(inspect.getsource(module))
    except (OSError, TypeError):
        return {}
    package = module.__package__ or module.__name__
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if (alias.asname or alias.name) == missing:
                    origin = "." * node.level + (node.module or "")
                    source = importlib.import_module(origin, package)
                    return {
                        missing: member_of_module(
                            source, alias.name, f"{source.__name__}.{alias.name}"
                        )
                    }
    return {}
