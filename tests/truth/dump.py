"""Prints what FastAPI itself says about an installed application, as `fbp-lint routes` would.

Runs inside the application's environment; needs nothing but FastAPI there.

    python dump.py --root SITE_PACKAGES --package zenml --app zenml.zen_server.zen_server_api:app
    python dump.py --root SDIST --modules docs_src
"""

# ruff: noqa: ANN401 - live objects of any make are looked at

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import os
import pickle
import sys
import traceback
from pathlib import Path
from typing import Any

sys.dont_write_bytecode = True

import fastapi  # noqa: E402
import starlette  # noqa: E402
from dump_names import Root  # noqa: E402
from dump_walk import Row, rows  # noqa: E402
from starlette.routing import Mount  # noqa: E402

HERE = str(Path(__file__).resolve().parent)


def main() -> None:
    """Dump the named applications, or each module under a package by itself."""
    options = _options()
    # The scripts of this folder must not shadow a module of the application.
    sys.path = [entry for entry in sys.path if str(Path(entry or ".").resolve()) != HERE]
    sys.path.insert(0, str(options.root))
    root = Root(options.root, tuple(options.package))
    # What an application prints while it is imported must not mix with the answer.
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    os.chdir(options.cwd)
    if options.setup:
        exec(options.setup, {})  # noqa: S102 - the recipe's own line of Python
    failed: dict[str, str] = {}
    if options.modules:
        found, failed = _each_module(options.modules, root)
    else:
        found, failed = (
            [row for app in options.app for row in _named(app, root, startup=options.startup)],
            {},
        )
    result = {
        "version": 1,
        "fastapi": fastapi.__version__,
        "starlette": starlette.__version__,
        "python": ".".join(map(str, sys.version_info[:3])),
        "failed": failed,
        "routes": found,
    }
    answer.write(json.dumps(result))
    answer.flush()
    # Some applications leave threads behind that would keep the process alive.
    os._exit(0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=lambda text: Path(text).resolve(), required=True)
    parser.add_argument("--package", action="append", default=[], help="project files only")
    parser.add_argument("--app", action="append", default=[], help="module:expression")
    parser.add_argument("--startup", action="store_true", help="enter the lifespan first")
    parser.add_argument("--modules", help="package whose modules are imported one by one")
    parser.add_argument("--setup", help="Python to run before the import")
    parser.add_argument("--cwd", default=".", help="the folder to run in")
    return parser.parse_args()


def _named(target: str, root: Root, *, startup: bool) -> list[Row]:
    module_name, _, expression = target.partition(":")
    module = importlib.import_module(module_name)
    app = eval(expression, vars(module))  # noqa: S307 - the recipe's own expression
    name = f"{module_name}.{expression.partition('(')[0]}"
    return asyncio.run(_started(app, name, root)) if startup else rows(app, name, root)


async def _started(app: Any, name: str, root: Root) -> list[Row]:
    """Walk inside the lifespan: some applications include their routers only then."""
    async with app.router.lifespan_context(app):
        return rows(app, name, root)


def _each_module(package: str, root: Root) -> tuple[list[Row], dict[str, str]]:
    """Import each module in a process of its own, so that none sees what another left."""
    found: list[Row] = []
    failed: dict[str, str] = {}
    for file in sorted((root.folder / package).rglob("*.py")):
        parts = file.relative_to(root.folder).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        outcome = _in_child(name, root)
        if isinstance(outcome, str):
            failed[name] = outcome
        else:
            found.extend(outcome)
    return found, failed


def _in_child(name: str, root: Root) -> list[Row] | str:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(_module_rows(name, root), pipe)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        data = pipe.read()
    os.waitpid(child, 0)
    return pickle.loads(data) if data else "the process died"  # noqa: S301 - our own child


def _module_rows(name: str, root: Root) -> list[Row] | str:
    made: list[tuple[Any, str]] = []
    _record(made)
    try:
        module = importlib.import_module(name)
        apps = [app for app, maker in made if maker == name]
        inner = {id(each) for app, _ in made for each in _mounted(app)}
        return [
            row
            for app in apps
            if id(app) not in inner
            for row in rows(app, f"{name}.{_variable(module, app)}", root)
        ]
    except BaseException as error:  # noqa: BLE001 - whatever the module raised is the answer
        traceback.print_exc()
        return f"{type(error).__name__}: {error}".split("\n")[0]


def _record(made: list[tuple[Any, str]]) -> None:
    """Note each application and the module that made it: others only import it."""
    build = fastapi.FastAPI.__init__

    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        frame = sys._getframe(1)  # noqa: SLF001 - the caller is what is asked for
        made.append((self, frame.f_globals.get("__name__", "")))
        build(self, *args, **kwargs)

    fastapi.FastAPI.__init__ = init  # type: ignore[method-assign]


def _mounted(app: Any) -> list[Any]:
    mounts = [route for route in app.routes if isinstance(route, Mount)]
    inner = [getattr(route, "_base_app", route.app) for route in mounts]
    return inner + [each for one in inner if hasattr(one, "routes") for each in _mounted(one)]


def _variable(module: Any, app: Any) -> str:
    names = [key for key, value in vars(module).items() if value is app]
    return names[0] if names else "<local>"


if __name__ == "__main__":
    main()
