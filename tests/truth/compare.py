"""Runs the linter over each project and prints how far it agrees with FastAPI.

    python tests/truth/compare.py [--command CMD] [--cache DIR] [--differences N] [--check]
                                  [NAME ...]

The command gets the project's folder as its last argument. `--check` fails below the limits.
"""

# ruff: noqa: T201 - printing is what the script is for

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
from collections import Counter
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

from fetch import FetchError, skips_offline, unpacked
from judge import Row, Rules, Verdict, judge
from recipes import HERE, Recipe, cache_folder, recipes
from store import load

COLUMNS = (
    "routes", "exact", "found", "invented", "possible", "edges", "edges found", "edges invented",
    "run", "run equal", "run unknown", "outside", "outside found",
)  # fmt: skip


class Limits(NamedTuple):
    """The least shares that are accepted, and the greatest share of invented routes."""

    routes: float
    edges: float
    run: float
    invented: float


# The documentation's examples must agree in everything, the applications in what exists where.
DOCS = Limits(0.995, 0.995, 0.98, 0.005)
APPS = Limits(0.97, 0.97, 0.98, 0.005)


def main() -> int:
    """Compare the named projects, or all."""
    options = _options()
    known = recipes()
    failed = False
    print(_line("app", dict(zip(COLUMNS, COLUMNS, strict=True))))
    for name in options.names or known:
        try:
            verdict = compared(known[name], options.command, cache_folder(options.cache))
        except FetchError as error:
            if not skips_offline():
                print(f"{name}: {error}", file=sys.stderr)
                return 2
            print(f"{name}: skipped, FBP_TRUTH_OFFLINE=skip and {error}")
            continue
        print(_line(name, verdict.numbers), flush=True)
        for difference in verdict.differences[: options.differences]:
            print("   ", difference)
        below = below_limits(verdict.numbers, DOCS if name == "docs_src" else APPS)
        if options.check and below:
            failed = True
            print(f"    below the limits: {', '.join(below)}")
    return int(failed)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    command = f"{shlex.quote(sys.executable)} -m fastapi_bp_lint routes --output-format json"
    parser.add_argument("--command", default=command)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--differences", type=int, default=0, help="how many to print per app")
    parser.add_argument("--check", action="store_true")
    return parser.parse_args()


def compared(recipe: Recipe, command: str, cache: Path) -> Verdict:
    """Return the numbers and differences of one project."""
    dump = load(recipe.dump)
    said = _ask(command, unpacked(recipe, cache).resolve())
    failed = tuple(dump["failed"])
    ours = [row for row in said if not _not_judged(row, recipe, failed)]
    rules = Rules(recipe.opaque, fastapi_only=dump.get("converted", False))
    return judge(dump["routes"], ours, rules)


def _ask(command: str, project: Path) -> list[Row]:
    done = subprocess.run(
        [*shlex.split(command), str(project)],
        cwd=HERE.parent.parent,  # `python -m` finds the linter there when it is not installed
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        message = f"{command} {project} ended with {done.returncode}:\n{done.stderr[-2000:]}"
        raise SystemExit(message)
    answer: dict[str, Any] = json.loads(done.stdout)
    return list(answer["routes"])


def _not_judged(row: Row, recipe: Recipe, failed: tuple[str, ...]) -> bool:
    """Leave out modules that cannot be imported and applications that were not dumped."""
    app = row.get("app") or ""
    if any(fnmatchcase(app, pattern) for pattern in recipe.other_apps):
        return True
    names = [app, row.get("handler") or ""]
    return any(name.startswith(f"{module}.") for name in names for module in failed)


def below_limits(numbers: Counter[str], limits: Limits) -> list[str]:
    """Return which limits are missed, in words."""
    docs = limits == DOCS
    shares = (
        ("exact" if docs else "found", "routes", limits.routes),
        ("edges found", "edges", limits.edges),
        ("run equal", "run", limits.run),
    )
    below = [
        f"{part} {numbers[part]} of {numbers[whole]}"
        for part, whole, least in shares
        if numbers[part] < least * numbers[whole]
    ]
    if numbers["invented"] > limits.invented * numbers["routes"]:
        below.append(f"invented {numbers['invented']} of {numbers['routes']}")
    return below


def _line(name: str, numbers: dict[str, Any] | Counter[str]) -> str:
    return "  ".join(
        [f"{name:18}", *(f"{numbers.get(each, 0)!s:>{len(each)}}" for each in COLUMNS)]
    )


if __name__ == "__main__":
    sys.exit(main())
