"""Prints what an application shows to the outside: its routes as FastAPI has them, and its OpenAPI.

Runs inside the application's environment, with the options of `tests/truth/dump.py`. Documents are
rows of the kind ``openapi`` among the routes.
"""

# ruff: noqa: ANN401 - live objects of any make are looked at

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path = [entry for entry in sys.path if Path(entry or ".").resolve() != HERE]
sys.path.insert(0, str(HERE.parent / "truth"))

import dump  # noqa: E402
from dump_walk import rows  # noqa: E402


def surface(app: Any, name: str, root: Any) -> list[dict[str, Any]]:
    """Return the routes of *app* and its document, or why there is none."""
    try:
        document = app.openapi()
    except Exception as error:  # noqa: BLE001 - the same must be raised after the fixes
        document = {"raises": f"{type(error).__name__}: {error}"}
    return [*rows(app, name, root), {"kind": "openapi", "app": name, "document": document}]


if __name__ == "__main__":
    dump.rows = surface
    dump.main()
