"""The projects that are measured: wheels of fixed versions, fetched once and unpacked."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

PINNED = {
    "open-webui": "open-webui==0.12.4",
    "langflow-base": "langflow-base==1.13.0",
    "airflow-core": "apache-airflow-core==3.3.2",
    "litellm": "litellm==1.109.1",
}


def unpacked(name: str, folder: Path) -> Path:
    """Return the folder with the sources of *name*, below *folder*.

    Raises:
        subprocess.CalledProcessError: the wheel cannot be fetched.

    """
    target = folder / name
    if not target.is_dir():
        store = folder / "wheels" / name
        fetch = ("pip", "download", "--quiet", "--no-deps", "--only-binary=:all:")
        subprocess.run([sys.executable, "-m", *fetch, "-d", str(store), PINNED[name]], check=True)
        (wheel,) = store.glob("*.whl")
        partial = target.with_suffix(".partial")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(partial)
        partial.rename(target)
    return target


def sources(folder: Path) -> list[str]:
    """Return the Python files below *folder*."""
    return [str(path) for path in sorted(folder.rglob("*.py")) if path.is_file()]
