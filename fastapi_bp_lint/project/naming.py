"""How names are spelled, and which files have names that nobody chose."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fastapi_bp_lint.knowledge.layout_names import OUTSIDE

if TYPE_CHECKING:
    from fastapi_bp_lint.project.modules import Module

_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_PASCAL = re.compile(r"[^\W\d_a-z](?:[^\W_]|(?<=\d)_(?=\d))*")
_TEST_FILE = re.compile(r"(test_.*|.*_test|conftest|tests)\.py")
_GENERATED_FILE = re.compile(r".*_pb2(_grpc)?\.py")


def is_snake(name: str) -> bool:
    """Whether *name* is snake_case; dunder names and single letters are."""
    return len(name.strip("_")) <= 1 or name == name.lower()


def is_pascal(name: str) -> bool:
    """Whether *name* is PascalCase; underscores around it, and one between digits, are fine."""
    return _PASCAL.fullmatch(name.strip("_")) is not None


def is_screaming(name: str) -> bool:
    """Whether *name* is SCREAMING_SNAKE_CASE; dunder names are."""
    return name == name.upper() or (name.startswith("__") and name.endswith("__"))


def snake(name: str) -> str:
    """Return *name* in snake_case."""
    return re.sub("__+", "_", _WORD_START.sub("_", name)).lower()


def pascal(name: str) -> str:
    """Return *name* in PascalCase."""
    words = _WORD_START.sub("_", name).strip("_").split("_")
    hidden = name[: len(name) - len(name.lstrip("_"))]
    return hidden + "".join(word[:1].upper() + word[1:] for word in words)


def is_application_code(module: Module) -> bool:
    """Whether people chose the names in *module* for the application: no test, no migration.

    Generated code says so in the first line of its docstring, or by its file's name.
    """
    *folders, file = module.path.split("/")
    return (
        OUTSIDE.isdisjoint(folders)
        and not _TEST_FILE.fullmatch(file)
        and not _GENERATED_FILE.fullmatch(file)
        and "generated" not in module.facts.docstring.lower()
    )
