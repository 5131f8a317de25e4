"""What a service can keep of a document: names of files and source may hold what is no text."""

from __future__ import annotations

from typing import TypeVar, cast

from fastapi_bp_lint.output.display import REPLACEMENT

Json = TypeVar("Json")


def storable(value: Json) -> Json:
    """Return the JSON *value* with its strings free of NUL and of bytes that are no UTF-8."""
    kept: object = value
    if isinstance(value, str):
        kept = value.encode("utf-8", "replace").decode().replace("\0", REPLACEMENT)
    elif isinstance(value, dict):
        kept = {key: storable(inner) for key, inner in value.items()}
    elif isinstance(value, list):
        kept = [storable(inner) for inner in value]
    return cast("Json", kept)
