"""Check every row of the knowledge tables against the real packages, and record what was seen.

    python tests/knowledge/verify.py                    # every group of packages.toml
    python tests/knowledge/verify.py --group core       # one of them
    python tests/knowledge/verify.py --check            # report only, write nothing
    python tests/knowledge/verify.py --keep DIR         # keep the environments for the next run

Each group gets an environment of its own under a temporary folder, with the pinned versions. A row
whose name exists gets `version` and `checked` rewritten; one whose name does not is reported, and
the run ends with exit code 1. `checked` says how the name was found: `import` (import and getattr),
`annotation` (declared by the class or built at run time), `source` (read, not imported).
"""
# ruff: noqa: ANN401, T201 - answers are JSON; a script prints what it found

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent
TABLES = HERE.parent.parent / "fastapi_bp_lint" / "knowledge"
PROBE = HERE / "probe.py"
SECOND = {"returns": "returns", "aliases": "canonical", "bases": "base", "async_twins": "sync"}
NAMES = ("blocking", "returns", "aliases", "bases", "offloaders", "async_twins")


class Table(NamedTuple):
    """One TSV file: its columns and its rows, each row a mapping."""

    name: str
    columns: list[str]
    rows: list[dict[str, str]]


class Group(NamedTuple):
    """Distributions that are installed together."""

    name: str
    install: dict[str, str]
    no_deps: bool
    whole: list[str]
    prepare: str
    label: str


def read_table(name: str) -> Table:
    """Read one table of the package."""
    head, *lines = (TABLES / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    columns = head.split("\t")
    return Table(
        name, columns, [dict(zip(columns, line.split("\t"), strict=True)) for line in lines]
    )


def write_table(table: Table) -> None:
    """Write one table back, sorted by its key."""
    key = [
        column
        for column in ("name", "form", "base")
        if column in table.columns and table.name != "blocking"
    ]
    rows = sorted(table.rows, key=lambda row: [row[column] for column in key or ["name"]])
    lines = ["\t".join(table.columns)]
    lines += ["\t".join(row[column] for column in table.columns) for row in rows]
    (TABLES / f"{table.name}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def read_groups() -> tuple[list[str], list[Group]]:
    """Read the Python versions and the pinned groups."""
    pins = tomllib.loads((HERE / "packages.toml").read_text(encoding="utf-8"))
    groups = [
        Group(
            name,
            group.get("install", {}),
            group.get("no-deps", False),
            group.get("whole", []),
            group.get("prepare", ""),
            group.get("label", ""),
        )
        for name, group in pins["group"].items()
    ]
    return pins["python"], groups


def interpreter(version: str) -> str | None:
    """Find the interpreter of a minor version, also where a version manager keeps it."""
    if sys.version_info[:2] == tuple(map(int, version.split("."))):
        return sys.executable
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = sorted(kept.glob(f"{version}.*/bin/python"))
    return str(found[-1]) if found else shutil.which(f"python{version}")


def make_environment(group: Group, python: str, folder: Path) -> Path:
    """Install the pins of a group and give the environment's interpreter."""
    home = folder / group.name
    executable = home / "bin" / "python"
    if not executable.exists():
        subprocess.run([python, "-m", "venv", home], check=True)
    stamp = home / "pins.json"
    pins = json.dumps(group.install)
    if not stamp.exists() or stamp.read_text() != pins:
        command: list[str | Path] = [
            executable,
            "-m",
            "pip",
            "install",
            "-q",
            *(["--no-deps"] if group.no_deps else []),
        ]
        command += [f"{name}=={version}" for name, version in group.install.items()]
        subprocess.run(command, check=True)
        stamp.write_text(pins)
    return executable


def ask(
    python: str | Path,
    rows: dict[str, list[dict[str, str]]],
    attributes: dict[str, str],
    prepare: str = "",
) -> Any:
    """Run the probe with one interpreter over the rows of each table."""
    names = {row["name"] for table in rows.values() for row in table}
    for table, column in SECOND.items():
        names |= {row[column] for row in rows.get(table, ()) if row[column] not in {"self", "-"}}
    same = [(row["name"], row["canonical"]) for row in rows.get("aliases", ())]
    subclass = [(row["name"], row["base"]) for row in rows.get("bases", ())]
    asked = {
        "names": sorted(names),
        "same": same,
        "subclass": subclass,
        "attributes": attributes,
        "prepare": prepare,
    }
    with tempfile.TemporaryDirectory() as empty:
        done = subprocess.run(
            [python, "-E", "-s", PROBE],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            check=False,
            cwd=empty,
            env={**os.environ, "HOME": empty},
        )
    if done.returncode != 0 or not done.stdout:
        sys.exit(f"the probe broke: {done.stderr[-2000:]}")
    answers = json.loads(done.stdout)
    answers["same"] = dict(zip(same, answers["same"], strict=True))
    answers["subclass"] = dict(zip(subclass, answers["subclass"], strict=True))
    return answers


def judge(table: str, row: dict[str, str], answers: Any) -> tuple[str, str]:
    """Give how a row was confirmed, or what is wrong with it."""
    answer = answers["names"][row["name"]]
    if not answer["found"]:
        return "", answer["how"]
    if table == "blocking" and answer["sort"] == "async function" and row["tier"] != "-":
        return "", "is a coroutine function: it does not hold the thread"
    if table == "blocking" and (wrong := misfit(row, answer["sort"])):
        return "", wrong
    if table == "aliases" and (wrong := answers["same"][row["name"], row["canonical"]]):
        return "", wrong
    if table == "bases" and (wrong := answers["subclass"][row["name"], row["base"]]):
        return "", wrong
    other = row.get(SECOND.get(table, ""), "self")
    if other not in {"self", "-"} and table in {"returns", "async_twins"}:
        target = answers["names"][other]
        if not target["found"]:
            return "", f"{other}: {target['how']}"
        if table == "returns" and target["sort"] != "class" and ":" not in other:
            return "", f"{other} is no class"
    return answer["how"], ""


def misfit(row: dict[str, str], sort: str) -> str:
    """Say what is wrong with the form of a row, given what its name turned out to be."""
    if row["name"].endswith(".*") or row["tier"] == "-":
        return ""
    if sort == "generator function" and row["form"] != "iter":
        return "is a generator function: nothing happens before it is iterated"
    if sort == "property" and row["form"] != "property":
        return "is a property"
    if sort == "function" and row["form"] == "property":
        return "is no property"
    if sort == "class" and row["form"] == "method":
        return "is a class"
    return ""


def normal(name: str) -> str:
    """Write a distribution's name as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def record(row: dict[str, str], version: str, how: str) -> str:
    """Write what was seen into a row, and give the difference to what it said before."""
    before = (row["version"], row["checked"])
    row["version"], row["checked"] = version, how
    changed = before[0] and before != (version, how)
    return f"{row['name']}: {before} -> {(version, how)}" if changed else ""


def verify_group(tables: list[Table], group: Group, folder: Path, python: str) -> list[str]:
    """Check the rows of one group's distributions."""
    executable = make_environment(group, python, folder)
    versions = {normal(name + group.label): version for name, version in group.install.items()}
    rows = {
        table.name: [row for row in table.rows if normal(row["package"]) in versions]
        for table in tables
    }
    answers = ask(executable, rows, attributes_of(tables), group.prepare)
    wrong = []
    for name, group_rows in rows.items():
        for row in group_rows:
            how, problem = judge(name, row, answers)
            if problem and row["checked"].startswith("source: "):
                record(row, versions[normal(row["package"])], row["checked"])
            elif problem:
                wrong.append(f"{name}: {row['name']}: {problem}")
            elif difference := record(row, versions[normal(row["package"])], how):
                print("changed", difference)
    return wrong


def attributes_of(tables: list[Table]) -> dict[str, str]:
    """Give what the table of returns says instance attributes hold."""
    (returns,) = (table for table in tables if table.name == "returns")
    return {row["name"]: row["returns"] for row in returns.rows if row["form"] == "attribute"}


def verify_standard_library(tables: list[Table], pythons: list[str]) -> list[str]:
    """Check the standard library's rows on every supported Python."""
    rows = {
        table.name: [row for row in table.rows if row["package"] == "python"] for table in tables
    }
    asked = {
        version: ask(found, rows, attributes_of(tables))
        for version in pythons
        if (found := interpreter(version))
    }
    wrong = []
    for name, table_rows in rows.items():
        for row in table_rows:
            verdicts = {version: judge(name, row, answers) for version, answers in asked.items()}
            good = [version for version, (_, problem) in verdicts.items() if not problem]
            if good:
                span = good[0] if len(good) == 1 else f"{good[0]}-{good[-1]}"
                if difference := record(row, span, verdicts[good[-1]][0]):
                    print("changed", difference)
            elif not row["checked"].startswith("source"):
                wrong.append(f"{name}: {row['name']}: {verdicts[next(iter(verdicts))][1]}")
    return wrong


def main() -> int:
    """Run the groups that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--group",
        action="append",
        help="only this group (repeat; `python` is the standard library)",
    )
    parser.add_argument("--check", action="store_true", help="write nothing")
    parser.add_argument("--keep", type=Path, help="folder that keeps the environments")
    chosen = parser.parse_args()
    pythons, groups = read_groups()
    tables = [read_table(name) for name in NAMES]
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = chosen.keep or Path(temporary)
        if not chosen.group or "python" in chosen.group:
            wrong += verify_standard_library(tables, pythons)
        for group in groups:
            if not chosen.group or group.name in chosen.group:
                wrong += verify_group(tables, group, folder, sys.executable)
                if not chosen.keep:
                    shutil.rmtree(folder / group.name, ignore_errors=True)
    if not chosen.check:
        for table in tables:
            write_table(table)
    print(*wrong, f"{len(wrong)} rows wrong", sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
