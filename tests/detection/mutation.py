"""Plants blocking calls below async routes of real packages and counts how many are found.

    python -m tests.detection.mutation NAME=FOLDER ... [--plants 200] [--verbose]

FOLDER holds the package's own folder as it is installed. A walk of one to six functions starts at
a random async route and follows calls that are there; at its end a random call of the blocking
table is planted as the first statement. A plant is found when a new finding stands in the last
coroutine of the walk, at its call, or when its trail ends at the plant. Walks that share no
function are planted together, and one that is missed then alone: of two plants that a coroutine
leads to, the nearer one is told of, once. A package that has next to
no async route gets them: its plain ones become coroutines before anything is counted.
"""

from __future__ import annotations

import argparse
import ast
import itertools
import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from tests.detection import results
from tests.detection.score import STALLS
from tests.detection.walking import Func, Package, Step

_TABLE = Path(__file__).parents[2] / "fastapi_bp_lint" / "knowledge" / "blocking.tsv"
_SEED = 4
_BATCH = 20
_DEEPEST = 6
_TRIES = 5000
_ENOUGH_ROUTES = 20


class Plant(NamedTuple):
    """A planted call: the walk's functions, the calls between them, the text."""

    functions: tuple[Func, ...]
    steps: tuple[Step, ...]
    text: str
    name: str


@cache
def planted_calls() -> list[tuple[str, str]]:
    """Return (name, statement) of the table's calls that wait: functions, methods of classes."""
    head, *rows = _TABLE.read_text("utf-8").splitlines()
    columns = head.split("\t")
    found = []
    for line in rows:
        row = dict(zip(columns, line.split("\t"), strict=False))
        parts = row["name"].split(".")
        if row["tier"] != "A" or row["kind"] == "nested-loop" or ":" in row["name"]:
            continue
        module, last = ".".join(parts[:-1]), parts[-1]
        if row["form"] == "call" and module.islower() and module != "builtins":
            found.append((row["name"], f"import {module} as _p; _p.{last}('x')"))
        elif row["form"] == "method" and parts[-2][:1].isupper() and not last.startswith("_"):
            base = ".".join(parts[:-2])
            if base and base.islower():
                text = f"from {base} import {parts[-2]} as _P; _P().{last}('x')"
                found.append((row["name"], text))
    return found


def walk(package: Package, draw: random.Random, routes: list[Func], length: int) -> Plant | None:
    """Draw a walk of *length* functions, or nothing when it comes to an end before."""
    functions = [draw.choice(routes)]
    steps: list[Step] = []
    while len(functions) < length:
        options = [(f, s) for f, s in package.calls(functions[-1]) if f not in functions]
        if not options:
            return None
        found, step = draw.choice(options)
        functions.append(found)
        steps.append(step)
    name, text = draw.choice(planted_calls())
    return Plant(tuple(functions), tuple(steps), text, name)


def draw_plants(package: Package, count: int, flagged: set[tuple[str, int]]) -> list[Plant]:
    """Draw walks of one to six functions, each as often, none where there is a finding already.

    Where all longer ones have a finding, shorter ones are drawn in their place.
    """
    draw = random.Random(_SEED)
    routes = package.routes()
    plants: list[Plant] = []
    for number in range(count):
        tries = (
            walk(package, draw, routes, length)
            for length in range(1 + number % _DEEPEST, 0, -1)
            for _ in range(_TRIES)
        )
        found = (p for p in tries if p and p not in plants and not is_told(p, flagged))
        plants += itertools.islice(found, 1)
    return plants


def is_told(plant: Plant, flagged: set[tuple[str, int]]) -> bool:
    """Whether there is a finding already at the call that begins the way to the plant."""
    at = last_coroutine(plant)
    if at == len(plant.steps):
        return False
    step = plant.steps[at]
    lines = range(step.line, step.end_line + 1)
    return any((plant.functions[at].path, line) in flagged for line in lines)


def last_coroutine(plant: Plant) -> int:
    """Return the place in the walk of the coroutine that answers for the plant."""
    return max(n for n, function in enumerate(plant.functions) if function.is_async)


def batches(plants: list[Plant]) -> Iterator[list[Plant]]:
    """Give plants in groups whose walks share no function."""
    left = list(plants)
    while left:
        chosen: list[Plant] = []
        used: set[tuple[str, str]] = set()
        for plant in left:
            keys = {(f.path, f.name) for f in plant.functions}
            if len(chosen) < _BATCH and not keys & used:
                chosen.append(plant)
                used |= keys
        left = [plant for plant in left if plant not in chosen]
        yield chosen


def sow(package: Package, plants: list[Plant], root: Path) -> dict[str, list[int]]:
    """Write the planted files; return the lines of each before which a line was put in."""
    put: dict[str, list[tuple[int, str]]] = {}
    for plant in plants:
        body = plant.functions[-1].node.body
        indent = " " * body[0].col_offset
        row = place(plant), f"{indent}{plant.text}"
        put.setdefault(plant.functions[-1].path, []).append(row)
    for path, rows in put.items():
        lines = package.sources[path].split("\n")
        for line, text in sorted(rows, reverse=True):
            lines.insert(line - 1, text)
        (root / path).write_text("\n".join(lines), "utf-8")
    return {path: sorted(line for line, _ in rows) for path, rows in put.items()}


def place(plant: Plant) -> int:
    """Return the line before which a plant is put: that of the first statement."""
    body = plant.functions[-1].node.body
    has_text = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    first = body[1] if has_text and len(body) > 1 else body[0]
    decorators: list[ast.expr] = getattr(first, "decorator_list", [])
    return min([first.lineno, *(d.lineno for d in decorators)])


def lint(root: Path) -> list[dict[str, Any]]:
    """Return the findings about held loops in *root*."""
    command = [sys.executable, "-m", "fastapi_bp_lint", "check", "--select", "FBP1"]
    done = subprocess.run(
        [*command, "--output-format", "json", str(root)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in {0, 1}:
        raise RuntimeError(done.stderr)
    return [f for f in json.loads(done.stdout)["findings"] if f["code"] in STALLS]


def is_found(plant: Plant, said: list[dict[str, Any]], put: dict[str, list[int]]) -> str:
    """Return the code of the finding that tells of a plant, or "" when none does."""

    def moved(path: str, line: int) -> int:
        return line + sum(before <= line for before in put.get(path, []))

    last = plant.functions[-1]
    at = last_coroutine(plant)
    coroutine = plant.functions[at]
    site = moved(last.path, place(plant)) - 1
    for f in said:
        if f["path"] != coroutine.path or not f["symbol"].endswith(f".{coroutine.name}"):
            continue
        end = f["trail"][-1] if f["trail"] else f
        if (end["path"], end["line"]) == (last.path, site):
            return str(f["code"])
        if at < len(plant.steps):
            step = plant.steps[at]
            begin = moved(coroutine.path, step.line)
            if begin <= f["line"] <= moved(coroutine.path, step.end_line):
                return str(f["code"])
    return ""


def said_of(package: Package, plants: list[Plant], root: Path) -> list[str]:
    """Return the code of the finding that tells of each plant when all of them are put in."""
    put = sow(package, plants, root)
    said = lint(root)
    for path in put:
        (root / path).write_text(package.sources[path], "utf-8")
    return [is_found(plant, said, put) for plant in plants]


def main() -> int:
    """Plant, lint and count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", nargs="+", metavar="NAME=FOLDER")
    parser.add_argument("--plants", type=int, default=200)
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--write", action="store_true", help="keep the numbers for the docs")
    options = parser.parse_args()
    for given in options.packages:
        name, _, folder = given.partition("=")
        told = _package(name, Path(folder), options.plants, verbose=options.verbose)
        if options.write:
            results.keep("mutation", name, told)
    return 0


def _package(name: str, folder: Path, count: int, *, verbose: bool) -> str:
    with tempfile.TemporaryDirectory() as place:
        root = Path(place).resolve()
        for inner in sorted(folder.iterdir()):
            if inner.is_dir() and not inner.name.endswith("-info"):
                ignored = shutil.ignore_patterns("*.pyc", "*.js", "*.map", "node_modules")
                shutil.copytree(inner, root / inner.name, ignore=ignored)
        (root / "fbp-lint.toml").write_text("")
        package = _with_coroutines(root)
        flagged = {
            (f["path"], line) for f in lint(root) for line in range(f["line"], f["end_line"] + 1)
        }
        plants = draw_plants(package, count, flagged)
        depth: Counter[tuple[int, bool]] = Counter()
        how: Counter[tuple[str, bool]] = Counter()
        codes: Counter[str] = Counter()
        for chosen in batches(plants):
            for plant, among in zip(chosen, said_of(package, chosen, root), strict=True):
                code = among or said_of(package, [plant], root)[0]
                depth[len(plant.functions), bool(code)] += 1
                codes[code] += 1
                for step in plant.steps[-1:]:
                    how[step.how, bool(code)] += 1
                if verbose and not code:
                    print("  MISS", plant.name, _way(plant), flush=True)  # noqa: T201
    hits = sum(n for (_, found), n in depth.items() if found)
    print(f"{name}: {hits} of {len(plants)} plants found ({hits / max(1, len(plants)):.1%})")  # noqa: T201
    lengths = ", ".join(
        f"{d}: {depth[d, True]}/{depth[d, True] + depth[d, False]}" for d in range(1, _DEEPEST + 1)
    )
    ways = ", ".join(
        f"{w}: {how[w, True]}/{how[w, True] + how[w, False]}" for w in sorted({w for w, _ in how})
    )
    print(f"  by depth {lengths}; by last call {ways}; {dict(codes)}", flush=True)  # noqa: T201
    return f"{hits} of {len(plants)} plants found; by depth {lengths}"


def _with_coroutines(root: Path) -> Package:
    """Return the package below *root*; where few of its routes are coroutines, all become ones."""
    package = Package(root)
    if len(package.routes()) >= _ENOUGH_ROUTES:
        return package
    for function in package.routes(plain=True):
        lines = package.sources[function.path].split("\n")
        at = function.node.lineno - 1
        lines[at] = lines[at].replace("def ", "async def ", 1)
        package.sources[function.path] = "\n".join(lines)
    for path, text in package.sources.items():
        (root / path).write_text(text, "utf-8")
    return Package(root)


def _way(plant: Plant) -> str:
    steps = [*(f"{s.line} ({s.how})" for s in plant.steps), ""]
    return " > ".join(f"{f.path}:{f.name} {s}" for f, s in zip(plant.functions, steps, strict=True))


if __name__ == "__main__":
    sys.exit(main())
