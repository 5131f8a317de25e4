"""The facts of files as bytes, and back again: nothing but facts can come out of them."""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Any

from fastapi_bp_lint import finding
from fastapi_bp_lint.facts import model
from fastapi_bp_lint.facts.model import FileFacts


def pack(many: Sequence[FileFacts]) -> bytes:
    """Return the facts of some files as bytes that `unpack` takes.

    There are none where an expression is nested too deep: then the files have to be read again.
    """
    try:
        return pickle.dumps(list(many), pickle.HIGHEST_PROTOCOL)
    except RecursionError:
        return b""


def unpack(packed: bytes) -> list[FileFacts]:
    """Return the facts that were packed.

    Raises:
        ValueError: the bytes are of something else, or damaged.

    """
    if not packed:
        return []
    try:
        many = _Facts(io.BytesIO(packed)).load()
    except Exception as error:  # what damaged bytes lead to, nobody has listed
        message = f"no facts of files: {error}"
        raise ValueError(message) from error
    if not isinstance(many, list) or not all(isinstance(each, FileFacts) for each in many):
        message = "no facts of files"
        raise ValueError(message)
    return many


class _Facts(pickle.Unpickler):  # there is no other way to say what may come out
    """Makes what facts consist of and looks up nothing else, whoever has written the bytes."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - as inherited
        return _PARTS[module, name]


def _parts() -> Iterator[tuple[tuple[str, str], object]]:
    for module in (model, finding):
        for name, value in vars(module).items():
            if isinstance(value, type) and issubclass(value, tuple | Enum):
                yield (value.__module__, name), value
    yield (finding.__name__, finding.span.__name__), finding.span


_PARTS = dict(_parts())
