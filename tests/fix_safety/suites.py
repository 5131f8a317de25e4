"""The tests of an application itself, run against the sources in a folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from fetch import download

SECONDS = 1800


def outcomes(python: Path, root: Path, table: dict[str, Any], scratch: Path) -> dict[str, str]:
    """Run the tests that *table* names against the sources in *root*; return what became of each.

    Raises:
        SystemExit: they could not be run.

    """
    command = [str(python), "-m", "pip", "install", "--quiet", "pytest", *table.get("requires", ())]
    subprocess.run(command, check=True, timeout=SECONDS)
    shutil.copy(_unpacked(table["sdist"], scratch) / "pyproject.toml", root)
    report = root / "report.xml"
    command = [str(python), "-m", "pytest", "-p", "no:cacheprovider", f"--junitxml={report}"]
    settings = {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1", **table.get("env", {})}
    done = subprocess.run(
        [*command, *table.get("pytest", ()), *table["tests"]],
        cwd=root,
        env=os.environ | settings,
        check=False,
        timeout=SECONDS,
        capture_output=True,
        text=True,
    )
    cases = list(ET.parse(report).getroot().iter("testcase")) if report.exists() else []  # noqa: S314 - pytest wrote it
    if not cases:
        said = done.stdout[-2000:] + done.stderr[-2000:]
        message = f"the tests of {table['sdist']} cannot be run: {said}"
        raise SystemExit(message)
    return {f"{case.get('classname')}.{case.get('name')}": _outcome(case) for case in cases}


def add(root: Path, table: dict[str, Any], scratch: Path) -> None:
    """Put the tests into the project in *root*: fixes must see who calls what."""
    shutil.copytree(_unpacked(table["sdist"], scratch) / "tests", root / "tests")


def _unpacked(requirement: str, scratch: Path) -> Path:
    """Return the folder of the source distribution."""
    folder = scratch / "sdist"
    if not folder.exists():
        archive = download(requirement, "sdist", scratch / "archive")
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")
    return next(folder.iterdir())


def _outcome(case: ET.Element) -> str:
    ends = ("failure", "error", "skipped")
    return next((end for end in ends if case.find(end) is not None), "passed")
