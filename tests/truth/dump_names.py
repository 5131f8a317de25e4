"""Where a live object was written: dotted name, file, line, kind, and how FastAPI runs it."""

# ruff: noqa: ANN401 - live objects of any make are looked at

from __future__ import annotations

import functools
import inspect
import re
import types
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

Target = Callable[..., Any]
ADDRESS = re.compile(r" at 0x[0-9a-f]+")


class Root(NamedTuple):
    """The folder that paths are relative to, and which parts of it are the project."""

    folder: Path
    packages: tuple[str, ...]


def innermost(call: Any) -> Any:
    """Return the function, class or instance under partials, bound methods and wrappers."""
    while True:
        if isinstance(call, functools.partial):
            call = call.func
        elif isinstance(call, types.MethodType):
            call = call.__func__
        elif hasattr(call, "__wrapped__"):
            call = call.__wrapped__
        else:
            return call


def called(call: Any) -> Any:
    """Return what runs: the function itself, the class, or the `__call__` of an instance."""
    inner = innermost(call)
    if inspect.isroutine(inner) or inspect.isclass(inner):
        return inner
    return innermost(type(inner).__call__)


def dotted(call: Any) -> str:
    """Return module and qualified name; of an instance those of its class."""
    inner = innermost(call)
    if not (inspect.isroutine(inner) or inspect.isclass(inner)):
        inner = type(inner)
    module = getattr(inner, "__module__", None) or "builtins"
    return f"{module}.{getattr(inner, '__qualname__', type(inner).__qualname__)}"


def place(call: Any, root: Root) -> tuple[str | None, int | None]:
    """Return file and line of the `def` (for a class of the `class`), null for built-ins."""
    target = called(call)
    code = getattr(target, "__code__", None)
    if code is not None:
        return relative(code.co_filename, root), _def_line(target, code)
    try:
        file = inspect.getsourcefile(target)
        line = inspect.getsourcelines(target)[1]
    except (OSError, TypeError):
        return None, None
    return relative(file, root), _past_decorators(target, line)


def relative(file: str | None, root: Root) -> str | None:
    """Return the path below the root, or from `site-packages` on for everything else."""
    if file is None or file.startswith("<"):
        return None
    path = Path(file)
    path = path if path.is_absolute() else path.resolve()
    if path.is_relative_to(root.folder):
        inside = path.relative_to(root.folder).as_posix()
        if not root.packages or inside.startswith(root.packages):
            return inside
    parts = path.parts
    for marker in ("site-packages", "dist-packages"):
        if marker in parts:
            index = len(parts) - 1 - parts[::-1].index(marker)
            return "/".join(["site-packages", *parts[index + 1 :]])
    return "/".join(["elsewhere", *parts[-2:]])


def _def_line(target: Any, code: types.CodeType) -> int:
    """Return the line of `def`: a code object starts at its first decorator."""
    if code.co_name == "<lambda>":
        return code.co_firstlineno
    try:
        lines, start = inspect.getsourcelines(target)
    except (OSError, TypeError):
        return code.co_firstlineno
    return _skip(lines, start, re.compile(r"\s*(async\s+)?def\b"))


def _past_decorators(target: Any, line: int) -> int:
    lines = inspect.getsourcelines(target)[0]
    return _skip(lines, line, re.compile(r"\s*class\b"))


def _skip(lines: list[str], start: int, opening: re.Pattern[str]) -> int:
    for offset, text in enumerate(lines):
        if opening.match(text):
            return start + offset
    return start


def kind_of(call: Any) -> str:
    """Return function, generator, class, instance, method, lambda, partial or unknown."""
    if isinstance(call, functools.partial):
        return "partial"
    inner = innermost(call)
    if inspect.isclass(inner):
        return "class"
    if not inspect.isroutine(inner):
        return "instance" if callable(inner) else "unknown"
    if getattr(inner, "__name__", "") == "<lambda>":
        return "lambda"
    if inspect.isgeneratorfunction(inner) or inspect.isasyncgenfunction(inner):
        return "generator"
    return "method" if isinstance(call, types.MethodType) else "function"


def type_name(annotation: Any) -> str | None:
    """Return an annotation as text with dotted names, `X | None` for optional, no metadata."""
    if annotation is None:
        return None
    if annotation is type(None):
        return "None"
    if isinstance(annotation, typing.TypeVar):
        return annotation.__name__
    metadata = getattr(annotation, "__pydantic_generic_metadata__", None)
    if metadata and metadata["origin"]:
        return _subscript(_class_name(metadata["origin"]), metadata["args"])
    origin = typing.get_origin(annotation)
    arguments = typing.get_args(annotation)
    if hasattr(annotation, "__metadata__"):
        return type_name(arguments[0])
    if origin in {typing.Union, types.UnionType}:
        return " | ".join(type_name(argument) or "None" for argument in arguments)
    if origin is typing.Literal:
        return f"Literal[{', '.join(map(repr, arguments))}]"
    if origin is not None:
        return _subscript(_class_name(origin), arguments)
    return _class_name(annotation) if inspect.isclass(annotation) else _text(annotation)


def _subscript(origin: str, arguments: tuple[Any, ...]) -> str:
    inner = ["..." if each is Ellipsis else type_name(each) or "None" for each in arguments]
    return f"{origin}[{', '.join(inner)}]"


def _class_name(cls: Any) -> str:
    module = cls.__module__
    return str(cls.__qualname__ if module == "builtins" else f"{module}.{cls.__qualname__}")


def _text(annotation: Any) -> str:
    return ADDRESS.sub("", str(annotation))
