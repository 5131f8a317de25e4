"""Compares findings with what was recorded while real packages ran: recall and false alarms.

    python -m tests.detection.observed_packages.judge NAME=FOLDER ... [--verbose]

FOLDER holds the package's own folder as it is installed. A record is found when a finding stands
in its innermost coroutine, on the line from which the way leads on, or when the trail of a finding
ends at its very call. What a lifespan does is no matter of the default rules.
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from tests.detection import results
from tests.detection.score import STALLS

HERE = Path(__file__).parent
SHOWN = ("db", "http", "redis", "cloud", "socket", "subprocess", "sleep")
"""The kinds that the default rules are about."""


class Verdict(NamedTuple):
    """What was found of one package."""

    found: dict[str, int]
    total: dict[str, int]
    missed: list[dict[str, Any]]
    alarms: list[dict[str, Any]]
    quiet: int


def dump(name: str) -> dict[str, Any]:
    """Return what was recorded of a package."""
    told: dict[str, Any] = json.loads(
        gzip.decompress((HERE / f"blocking-{name}.json.gz").read_bytes())
    )
    return told


def findings(folder: Path, packages: set[str], *options: str) -> list[dict[str, Any]]:
    """Lint the packages of *folder* as a project of their own."""
    with tempfile.TemporaryDirectory() as place:
        root = Path(place).resolve()
        (root / "fbp-lint.toml").write_text("")
        for package in packages:
            shutil.copytree(
                folder / package, root / package, ignore=shutil.ignore_patterns("*.pyc")
            )
        command = [sys.executable, "-m", "fastapi_bp_lint", "check", "--output-format", "json"]
        done = subprocess.run(
            [*command, *options, str(root)], capture_output=True, text=True, check=False
        )
    if done.returncode not in {0, 1}:
        raise RuntimeError(done.stderr)
    return [f for f in json.loads(done.stdout)["findings"] if f["code"] in STALLS]


def judge(
    told: dict[str, Any], said: list[dict[str, Any]], packages: set[str], *, strict: bool
) -> Verdict:
    """Compare the strong records, and the coroutines that never held the loop, with findings."""
    lines: dict[str, set[int]] = defaultdict(set)
    ends: dict[str, set[int]] = defaultdict(set)
    for finding in said:
        lines[finding["path"]].update(range(finding["line"], finding["end_line"] + 1))
        end = finding["trail"][-1] if finding["trail"] else finding
        ends[end["path"]].add(end["line"])
    found: Counter[str] = Counter()
    total: Counter[str] = Counter()
    missed = []
    for record in told["records"]:
        is_early = record["entry"][3] == "lifespan"
        is_ours = record["file"].partition("/")[0] in packages
        if not is_ours or not record["strong"] or (is_early and not strict):
            continue
        total[record["kind"]] += 1
        site = range(record["line"], record["end_line"] + 1)
        path, line, _ = record["chain"][-1 - record["sync_depth"]]
        if line in lines[path] or not ends[record["file"]].isdisjoint(site):
            found[record["kind"]] += 1
        else:
            missed.append(record)
    quiet = {(path, name) for path, _, name, _ in told["negatives"]}
    alarms = [f for f in said if (f["path"], _within(f)) in quiet]
    return Verdict(found, total, missed, alarms, len(quiet))


def _within(finding: dict[str, Any]) -> str:
    """Return the function of a finding by its name inside the module."""
    module = finding["path"].removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return str(finding["symbol"]).removeprefix(f"{module}.")


@cache
def _explained() -> dict[tuple[str, str], str]:
    """(path, symbol) -> why a function is rightly alarmed that was not seen to hold the loop."""
    told = tomllib.loads((HERE / "alarms.toml").read_text("utf-8"))
    return {(row["path"], row["symbol"]): row["reason"] for row in told["alarm"]}


def main() -> int:
    """Print what was found of each package."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", nargs="+", metavar="NAME=FOLDER")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--write", action="store_true", help="keep the numbers for the docs")
    options = parser.parse_args()
    for given in options.packages:
        name, _, folder = given.partition("=")
        told = dump(name)
        files = {r["file"] for r in told["records"]} | {n[0] for n in told["negatives"]}
        packages = {path.partition("/")[0] for path in files}
        packages = {package for package in packages if (Path(folder) / package).is_dir()}
        for title, chosen in (("default", ()), ("strict", ("--preset", "strict"))):
            said = findings(Path(folder), packages, *chosen)
            verdict = judge(told, said, packages, strict=bool(chosen))
            numbers = _print(
                f"{name}, {title}", verdict, strict=bool(chosen), verbose=options.verbose
            )
            if options.write:
                results.keep("observed", f"{name}, {title}", numbers)
    return 0


def _print(title: str, verdict: Verdict, *, strict: bool, verbose: bool) -> str:
    kinds = [kind for kind in verdict.total if strict or kind in SHOWN]
    hits = sum(verdict.found.get(kind, 0) for kind in kinds)
    total = sum(verdict.total[kind] for kind in kinds)
    told = ", ".join(f"{kind} {verdict.found.get(kind, 0)}/{verdict.total[kind]}" for kind in kinds)
    alarmed = {(f["path"], f["symbol"]) for f in verdict.alarms}
    unexplained = {key for key in alarmed if key not in _explained()}
    numbers = (
        f"{hits} of {total} found ({told}); of {verdict.quiet} functions that never held"
        f" the loop {len(alarmed)} are alarmed, {len(unexplained)} without a reason"
    )
    print(f"{title}: {numbers}")  # noqa: T201
    if not verbose:
        return numbers
    for record in verdict.missed:
        if record["kind"] in kinds:
            way = " > ".join(f"{path}:{line} {name}" for path, line, name in record["chain"])
            print(f"  MISS {record['kind']} {record['primitive']} {record['api']}: {way}")  # noqa: T201
    for f in verdict.alarms:
        way = " > ".join(f"{s['path']}:{s['line']}" for s in f["trail"])
        place = f"{f['path']}:{f['line']} {f['symbol']}"
        print(f"  ALARM {f['code']} {f['certainty']} {place} {f['primitive']}: {way}")  # noqa: T201
    return numbers


if __name__ == "__main__":
    sys.exit(main())
