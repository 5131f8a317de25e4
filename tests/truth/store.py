"""Reads and writes dumps: compact JSON, compressed, the same bytes for the same routes."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any


def load(path: Path) -> dict[str, Any]:
    """Return a dump."""
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        found: dict[str, Any] = json.load(stream)
    return found


def save(path: Path, dump: dict[str, Any]) -> None:
    """Write a dump without a time stamp."""
    text = json.dumps(dump, separators=(",", ":"), sort_keys=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
