"""Turns dumps in the older, flat shape into the schema of `fbp-lint routes`.

    python tests/truth/convert.py OLD.json.gz NAME

What the older shape never held is left out, and a key that is absent is not compared: the route's
name, a dependency's `use_cache` and `scope`, mounts and plain Starlette routes. `Annotated`
response models and the kinds that the older shape does not tell apart (function, method, lambda,
partial) are left out as well. Of an API that is served once per version only the newest is kept.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from recipes import recipes
from store import load, save

Row = dict[str, Any]
KINDS = {"gen": "generator", "asyncgen": "generator", "class": "class"}
LOOP = {"await", "asyncgen"}


def main() -> None:
    """Convert one dump."""
    old, name = Path(sys.argv[1]), sys.argv[2]
    dump = load(old)
    routes = _distinct([_route(row) for row in dump["routes"]])
    save(
        recipes()[name].dump,
        {
            "version": 1,
            "fastapi": dump["fastapi"],
            "converted": True,
            "failed": {},
            "folded": len(dump["routes"]) - len(routes),
            "routes": routes,
        },
    )


def _route(old: Row) -> Row:
    kind = "websocket" if old["type"] == "websocket" else "http"
    row: Row = {
        "kind": kind,
        "methods": old["methods"] or [],
        "path": old["path"],
        "app": old["app"].replace(":", ".", 1),
        "handler": f"{old['module']}.{old['handler']}",
        "file": old["file"],
        "line": old["line"],
        "is_async": old["is_async"],
        "exec": "thread" if old["exec"] == "threadpool" else "loop",
        "dependencies": _tree(old["dependencies"]),
    }
    if kind == "http":
        row["status_code"] = old["status_code"]
        row["tags"] = old["tags"] or []
        row["include_in_schema"] = old["in_schema"]
        model = old["response_model"]
        if model is None or ("<" not in model and "Annotated[" not in model):
            row["response_model"] = model
    return row


def _tree(flat: list[list[Any]]) -> list[Row]:
    """Nest the flat list: each entry belongs to the last one that is one level above it."""
    top: list[Row] = []
    levels = [top]
    for name, depth, file, line, qualname, kind, coroutine, runs in flat:
        row: Row = {
            "name": name,
            "call": f"{_module(file)}.{qualname}",
            "file": file,
            "line": line,
            "is_async": bool(coroutine),
            "exec": "loop" if runs in LOOP else "thread",
            "dependencies": [],
        }
        if kind.startswith("instance:"):
            row["kind"] = "instance"
        elif kind in KINDS:
            row["kind"] = KINDS[kind]
        del levels[depth:]
        levels[depth - 1].append(row)
        levels.append(row["dependencies"])
    return top


def _module(file: str) -> str:
    path = file.removeprefix("site-packages/").removesuffix(".py").removesuffix("/__init__")
    return path.replace("/", ".")


def _distinct(routes: list[Row]) -> list[Row]:
    """Keep the first row of each method, path and handler: an API that is served per version."""
    kept: dict[tuple[Any, ...], Row] = {}
    for row in routes:
        key = (row["kind"], *row["methods"], row["path"], row["file"], row["line"])
        kept.setdefault(key, row)
    return list(kept.values())


if __name__ == "__main__":
    main()
