"""Add the import paths and subclasses that the installed packages offer to the tables.

    python tests/knowledge/enlarge.py --group core --keep DIR

Runs `discover.py` in the environment of each group and merges what it finds into `aliases.tsv` and
`bases.tsv`; `verify.py` then checks those rows like all others. Rows are only added, never removed.
"""
# ruff: noqa: ANN401, T201 - answers are JSON; a script prints what it did

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import verify  # type: ignore[import-not-found]

DISCOVER = verify.HERE / "discover.py"

# Subclasses that do not do what their base does: a pipeline queues what a client sends.
NOT_A_BASE = {
    "redis.client.Pipeline",
    "redis.cluster.ClusterPipeline",
    "valkey.client.Pipeline",
    "valkey.cluster.ClusterPipeline",
}
# Modules whose classes no application names.
UNNAMED = (
    "fastapi.openapi.models.",
    "starlette.convertors.",
    "starlette.schemas.",
    "sqlmodel.sql.",
    "multiprocessing.dummy.",
    "asyncio.unix_events.",
    "asyncio.selector_events.",
    "asyncio.proactor_events.",
    "importlib.metadata.",
    # to be imported only after a switch was thrown
    "sklearn.impute.IterativeImputer",
    "sklearn.model_selection.Halving",
    "redis.commands.",
    "sqlalchemy.sql.annotation.",
    "sqlalchemy.testing.",
)


def top(name: str) -> str:
    """Give the importable top-level name."""
    return name.partition(".")[0].partition(":")[0]


def distributions(tables: list[verify.Table]) -> dict[str, str]:
    """Give the distribution of each known name and of all that it stands in."""
    found: dict[str, str] = {}
    for table in tables:
        for row in table.rows:
            parts = row["name"].partition(":")[0].split(".")
            for length in range(1, len(parts) + 1):
                found.setdefault(".".join(parts[:length]), row["package"].removesuffix(" (older)"))
    return found


def distribution(name: str, known: dict[str, str]) -> str:
    """Give the distribution of a name: that of the nearest known one above it."""
    parts = name.split(".")
    return next(
        (known[p] for n in range(len(parts), 0, -1) if (p := ".".join(parts[:n])) in known), ""
    )


def ask(
    python: str | Path,
    packages: list[str],
    whole: list[str],
    tables: list[verify.Table],
    prepare: str = "",
) -> Any:
    """Run the discovery with one interpreter."""
    names = {
        row["name"]
        for table in tables
        for row in table.rows
        if table.name not in {"aliases", "bases"}
    }
    for table in tables:
        column = verify.SECOND.get(table.name)
        if column and table.name not in {"aliases", "bases"}:
            names |= {row[column] for row in table.rows}
    asked = {
        "packages": packages,
        "names": sorted(name for name in names if top(name) in packages),
        "attributes": verify.attributes_of(tables),
        "whole": whole,
        "prepare": prepare,
    }
    with tempfile.TemporaryDirectory() as empty:
        done = subprocess.run(
            [python, DISCOVER],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            check=False,
            cwd=empty,
            env={**os.environ, "HOME": empty},
        )
    if not done.stdout:
        sys.exit(f"the discovery broke: {done.stderr[-2000:]}")
    return json.loads(done.stdout)


def merge(found: Any, tables: list[verify.Table]) -> int:
    """Add what is new to the tables of aliases and bases."""
    by_name = {table.name: table for table in tables}
    package = distributions(tables)
    added = 0
    taken = {
        row["name"]
        for table in tables
        for row in table.rows
        if table.name not in {"aliases", "bases"}
    }
    aliases = {row["name"] for row in by_name["aliases"].rows}
    classes = {row["name"] for row in by_name["bases"].rows} | {name for name, _ in found["bases"]}
    for name, canonical in found["aliases"].items():
        wanted = (
            not {name, canonical} & aliases
            and name not in taken | classes
            and not name.startswith(UNNAMED)
        )
        if wanted and distribution(name, package):
            by_name["aliases"].rows.append(
                {
                    "name": name,
                    "canonical": canonical,
                    "package": distribution(name, package),
                    "version": "",
                    "checked": "",
                }
            )
            added += 1
    bases = {(row["name"], row["base"]) for row in by_name["bases"].rows}
    for name, base in found["bases"]:
        wanted = (
            (name, base) not in bases and name not in NOT_A_BASE and not base.endswith("Pipeline")
        )
        wanted = wanted and not {name, base} & aliases
        if wanted and distribution(name, package) and not name.startswith(UNNAMED):
            by_name["bases"].rows.append(
                {
                    "name": name,
                    "base": base,
                    "package": distribution(name, package),
                    "version": "",
                    "checked": "",
                }
            )
            added += 1
    return added


def main() -> None:
    """Enlarge the tables from the groups that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--group", action="append", required=True)
    parser.add_argument("--keep", type=Path, required=True, help="folder of the environments")
    chosen = parser.parse_args()
    tables = [verify.read_table(name) for name in verify.NAMES]
    pythons, groups = verify.read_groups()
    if "python" in chosen.group:
        packages = sorted(
            {
                top(row["name"])
                for table in tables
                for row in table.rows
                if row["package"] == "python"
            }
        )
        for found in filter(None, map(verify.interpreter, pythons)):
            print("python", merge(ask(found, packages, [], tables), tables))
    for group in groups:
        if group.name in chosen.group and not group.label:
            pinned = {verify.normal(name) for name in group.install}
            packages = sorted(
                {
                    top(row["name"])
                    for table in tables
                    for row in table.rows
                    if verify.normal(row["package"]) in pinned
                }
            )
            executable = verify.make_environment(group, sys.executable, chosen.keep)
            print(
                group.name,
                merge(ask(executable, packages, group.whole, tables, group.prepare), tables),
            )
    for table in tables:
        verify.write_table(table)


if __name__ == "__main__":
    main()
