"""Installs an application in an environment of its own, dumps what FastAPI says, and stores it.

    python tests/truth/remake.py --envs DIR [--cache DIR] [NAME ...]

Needs the index and minutes; the stored dumps need neither. An environment that exists is reused.
"""

# ruff: noqa: T201 - printing is what the script is for

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

from fetch import unpacked
from recipes import HERE, Recipe, cache_folder, recipes
from store import save

INSTALL_SECONDS = 1800
DUMP_SECONDS = 600


def main() -> int:
    """Remake the dumps of the named applications, or of all that say what to install."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--envs", type=Path, required=True)
    parser.add_argument("--cache", type=Path)
    options = parser.parse_args()
    known = recipes()
    for name in options.names or [each for each in known if known[each].install]:
        dump = remade(known[name], options.envs.resolve(), cache_folder(options.cache))
        save(known[name].dump, dump)
        print(f"{name}: {len(dump['routes'])} routes, FastAPI {dump['fastapi']}", flush=True)
        for module, reason in dump["failed"].items():
            print(f"    not importable: {module}: {reason}")
    return 0


def remade(recipe: Recipe, envs: Path, cache: Path) -> dict[str, Any]:
    """Return what FastAPI says of an application."""
    python = environment(recipe, envs)
    root = unpacked(recipe, cache).resolve() if recipe.modules else site_packages(python)
    command = [*dumping(recipe, python, root, HERE / "dump.py")]
    with tempfile.TemporaryDirectory() as folder:
        for name in recipe.files:
            file = Path(folder, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
        # An application that looks for settings or keeps state does so in the scratch folder.
        settings = {"HOME": folder, **dict(recipe.env)}
        done = subprocess.run(
            [*command, "--cwd", folder],
            env=os.environ | {key: value.format(cwd=folder) for key, value in settings.items()},
            capture_output=True,
            text=True,
            check=False,
            timeout=DUMP_SECONDS,
        )
    if done.returncode:
        print(done.stderr[-3000:], file=sys.stderr)
        message = f"{recipe.name} could not be dumped"
        raise SystemExit(message)
    dump: dict[str, Any] = json.loads(done.stdout)
    if dump["fastapi"] != recipe.fastapi:
        message = f"{recipe.name}: installed FastAPI is {dump['fastapi']}, not {recipe.fastapi}"
        raise SystemExit(message)
    return dump


def dumping(recipe: Recipe, python: Path, root: Path, script: Path) -> list[str]:
    """Return the command that dumps an application out of the sources in *root*."""
    command = [str(python), str(script), "--root", str(root)]
    command += [word for each in recipe.keep for word in ("--package", f"{each}/")]
    command += [word for each in recipe.app for word in ("--app", each)]
    command += ["--modules", recipe.modules] if recipe.modules else []
    command += ["--setup", recipe.setup] if recipe.setup else []
    return [*command, "--startup"] if recipe.startup else command


def environment(recipe: Recipe, envs: Path) -> Path:
    """Return the interpreter of the application's environment."""
    folder = envs / recipe.name
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        command = [str(python), "-m", "pip", "install", "--quiet", *recipe.install]
        subprocess.run(command, check=True, timeout=INSTALL_SECONDS)
    return python


def site_packages(python: Path) -> Path:
    """Return where *python* keeps what is installed."""
    command = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return Path(done.stdout.strip())


if __name__ == "__main__":
    sys.exit(main())
