"""What `--infer` adds, and what it costs: on the labelled cases, and on real packages.

    python -m tests.detection.infer [NAME=FOLDER ...] [--write]

FOLDER holds the package's own folder as it is installed; the packages that it needs are looked for
in the active virtual environment. Every finding that is added is printed, to be judged.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.detection import labels, results
from tests.detection.score import STALLS, ours, score

Key = tuple[str, int, str]


def lint(root: Path, *options: str) -> tuple[dict[Key, dict[str, Any]], float]:
    """Return the findings about held loops by their place, and the seconds of CPU it took."""
    command = [sys.executable, "-m", "fastapi_bp_lint", "check", "--select", "FBP1", *options]
    started = _children()
    done = subprocess.run(
        [*command, "--output-format", "json", str(root)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in {0, 1}:
        raise RuntimeError(done.stderr)
    found = [f for f in json.loads(done.stdout)["findings"] if f["code"] in STALLS]
    return {(f["path"], f["line"], f["code"]): f for f in found}, _children() - started


def _children() -> float:
    import resource  # noqa: PLC0415 - not on every platform

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def package(name: str, folder: Path) -> str:
    """Lint a package with and without; return the numbers."""
    with tempfile.TemporaryDirectory() as place:
        root = Path(place).resolve()
        for inner in sorted(folder.iterdir()):
            if inner.is_dir() and not inner.name.endswith("-info"):
                ignored = shutil.ignore_patterns("*.pyc", "*.js", "*.map", "node_modules")
                shutil.copytree(inner, root / inner.name, ignore=ignored)
        (root / "fbp-lint.toml").write_text("")
        plain, seconds = lint(root)
        more, longer = lint(root, "--infer")
        _, again = lint(root, "--infer")
        calls = json.loads((root / ".fbp_cache" / "inferred.json").read_text("utf-8"))["calls"]
    for key in sorted(more.keys() - plain.keys()):
        path, line, code = key
        print(f"  {name} {path}:{line} {code} {more[key]['message']}")  # noqa: T201
    told = sum(bool(kept["names"]) for kept in calls.values())
    return (
        f"{len(calls)} calls asked about, {told} answered, {len(more.keys() - plain.keys())}"
        f" findings more; {seconds:.1f} s without, {longer:.1f} s with, {again:.1f} s the next time"
    )


def main() -> int:
    """Print what is added."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", nargs="*", metavar="NAME=FOLDER")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    told = {}
    if not options.packages:
        cases = list(labels.cases())
        plain, more = (score(cases, ours("--select", "FBP1", *o)) for o in ((), ("--infer",)))
        told["the labelled cases"] = (
            f"{len(more.hits) - len(plain.hits)} true and {len(more.alarms) - len(plain.alarms)}"
            " false findings more"
        )
    for given in options.packages:
        name, _, folder = given.partition("=")
        told[name] = package(name, Path(folder))
    for name, numbers in told.items():
        print(f"{name}: {numbers}")  # noqa: T201
        if options.write:
            results.keep("infer", name, numbers)
    return 0


if __name__ == "__main__":
    sys.exit(main())
