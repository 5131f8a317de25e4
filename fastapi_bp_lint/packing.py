"""The facts of one file as bytes, and back again: nothing but facts can come out of them."""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterator
from enum import Enum
from typing import Any

from fastapi_bp_lint import finding
from fastapi_bp_lint.facts import model
from fastapi_bp_lint.facts.model import FileFacts


def pack(facts: FileFacts) -> bytes:
    """Return *facts* as bytes that `unpack` takes."""
    return pickle.dumps(facts, pickle.HIGHEST_PROTOCOL)


def unpack(packed: bytes) -> FileFacts:
    """Return the facts that were packed.

    Raises:
        ValueError: the bytes are of something else, or damaged.

    """
    try:
        facts = _Facts(io.BytesIO(packed)).load()
    except Exception as error:  # what damaged bytes lead to, nobody has listed
        message = f"not the facts of a file: {error}"
        raise ValueError(message) from error
    if not isinstance(facts, FileFacts):
        message = "not the facts of a file"
        raise ValueError(message)  # noqa: TRY004 - it is what the bytes say that is wrong
    return facts


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
