"""Fixes applications, imports them again, and compares what they show and what their tests say.

    python tests/fix_safety/prove.py [--cache DIR] [--envs DIR | --python PATH] [--unsafe] [--tests]
                                     [NAME ...]

Exits with 1 when something differs that must not. The applications are imported by the
environments of --envs, which are made where they are missing, or by one given interpreter.
"""

# ruff: noqa: T201 - printing is what the script is for

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "truth"))

import remake  # noqa: E402
from comparing import differences, unannounced  # noqa: E402
from fetch import unpacked  # noqa: E402
from mending import NOTHING, Mended, both, mend  # noqa: E402
from recipes import Recipe, cache_folder, recipes  # noqa: E402
from suites import add, outcomes  # noqa: E402

SECONDS = 600
CHAPTERS = "handbook"  # not a name of a folder that rules pass over
HEAD = "| app | files | changed | fixed | no longer compile | OpenAPI | routes | tests |"


class Bench(NamedTuple):
    """Where one application is proved: its recipe and table, its interpreter, scratch space."""

    recipe: Recipe
    table: dict[str, Any]
    python: Path
    scratch: Path

    @property
    def sides(self) -> tuple[Path, Path]:
        """The folders of the sources before and after the fixes."""
        return self.scratch / "before", self.scratch / "after"


def main() -> int:
    """Prove the named applications, or all."""
    options = _options()
    known, tables = recipes(), tomllib.loads((HERE / "apps.toml").read_text("utf-8"))
    print(f"{HEAD}\n{'|---' * HEAD.count(' | ')}|---|", flush=True)
    bad = False
    for name in options.names or tables:
        recipe = known[name]
        python = options.python.absolute()
        if options.envs:
            python = remake.environment(recipe, options.envs.resolve())
        with tempfile.TemporaryDirectory(prefix=f"{name}-") as scratch:
            bench = Bench(recipe, tables[name], python, Path(scratch).resolve())
            bad |= _proved(bench, options)
    return int(bad)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--cache", type=Path, help="where the sources are unpacked")
    parser.add_argument("--envs", type=Path, help="the folder of the environments")
    parser.add_argument("--python", type=Path, default=Path(sys.executable))
    parser.add_argument("--unsafe", action="store_true", help="make the unsafe fixes, too")
    parser.add_argument("--tests", action="store_true", help="run the application's own tests")
    return parser.parse_args()


def _proved(bench: Bench, options: argparse.Namespace) -> bool:
    """Print the row of one application and what is wrong; tell whether anything is."""
    before, after = bench.sides
    _lay_out(bench, cache_folder(options.cache))
    if tested := options.tests and "tests" in bench.table:
        add(before, bench.table, bench.scratch)
    shutil.copytree(before, after)
    mended = _mend(bench, unsafe=options.unsafe)
    shown = _surfaces(bench)
    found = differences(*shown)
    unlike: list[str] = []
    tests = "-"
    if tested:
        told = [outcomes(bench.python, root, bench.table, bench.scratch) for root in bench.sides]
        names = told[0].keys() | told[1].keys()
        unlike = sorted(name for name in names if told[0].get(name) != told[1].get(name))
        passed = sum(outcome == "passed" for outcome in told[1].values())
        tests = f"{passed} of {len(names)} pass, {len(unlike)} unlike before"
    print(_row(bench.recipe.name, mended, shown[0], found, tests), flush=True)
    wrong = unannounced(found, mended.fixed, unsafe=options.unsafe)
    for line in (*mended.broken, *mended.left, *[f"{what}: {n}" for what, n in found.items()]):
        print(f"    {line}")
    for line in (*[f"unannounced: {what}: {n}" for what, n in wrong.items()], *unlike):
        print(f"    {line}")
    return bool(mended.broken or wrong or unlike)


def _row(name: str, mended: Mended, shown: dict[str, Any], found: Counter[str], tests: str) -> str:
    documents = sum(row["kind"] == "openapi" for row in shown["routes"])
    apart = sum(n for what, n in found.items() if what.startswith("openapi"))
    codes = ", ".join(f"{code} {n}" for code, n in sorted(mended.fixed.items()))
    return (
        f"| {name} | {mended.files} | {mended.changed} | {codes} | {mended.uncompiled} "
        f"| {apart} in {documents} | {found.total() - apart} in {len(shown['routes']) - documents} "
        f"| {tests} |"
    )


def _lay_out(bench: Bench, cache: Path) -> None:
    """Copy the application with its data, as it is installed, and mark the folder as a project."""
    source, target = unpacked(bench.recipe, cache), bench.sides[0]
    installed = source if bench.recipe.modules else remake.site_packages(bench.python)
    for folder in bench.recipe.keep:
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(installed / folder, target / folder, ignore=ignore)
    shutil.copy(source / "pyproject.toml", target)


def _mend(bench: Bench, *, unsafe: bool) -> Mended:
    """Fix the application, or each chapter of it as a project of its own."""
    root = bench.sides[1]
    if not bench.table.get("chapters"):
        return mend(root, unsafe=unsafe)
    total = NOTHING
    for folder in sorted(each for each in (root / bench.recipe.keep[0]).iterdir() if each.is_dir()):
        project = bench.scratch / "chapters" / folder.name
        shutil.copytree(folder, project / CHAPTERS / folder.name)
        shutil.copy(root / "pyproject.toml", project)
        total = both(total, mend(project, unsafe=unsafe))
        shutil.copytree(project / CHAPTERS / folder.name, folder, dirs_exist_ok=True)
    return total


def _surfaces(bench: Bench) -> list[dict[str, Any]]:
    """Import the application before and after; examples that keep no state, both at once."""
    with ThreadPoolExecutor(2 if bench.recipe.modules else 1) as threads:
        return list(threads.map(lambda root: _surface(bench, root), bench.sides))


def _surface(bench: Bench, root: Path) -> dict[str, Any]:
    command = remake.dumping(bench.recipe, bench.python, root, HERE / "surface.py")
    folder = bench.scratch / f"cwd-{root.name}"
    for name in bench.recipe.files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    folder.mkdir(exist_ok=True)
    settings = {"HOME": str(folder), **dict(bench.recipe.env)}
    done = subprocess.run(
        [*command, "--cwd", str(folder)],
        env=os.environ | {key: value.format(cwd=folder) for key, value in settings.items()},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    if done.returncode:
        message = f"{bench.recipe.name} cannot be imported from {root}: {done.stderr[-3000:]}"
        raise SystemExit(message)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


if __name__ == "__main__":
    sys.exit(main())
