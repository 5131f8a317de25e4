"""Downloads the pinned distributions from the package index and unpacks their Python files.

    python tests/truth/fetch.py [--cache DIR] [NAME ...]

With FBP_TRUTH_OFFLINE=skip a download that fails is reported and passed over; without it the
command fails, so that a comparison is never lost in silence.
"""

# ruff: noqa: T201 - printing is what the script is for

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from recipes import Recipe, cache_folder, recipes

DOWNLOAD_SECONDS = 600


class FetchError(Exception):
    """The index did not give what the recipe pins."""


def main() -> int:
    """Unpack the named projects, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--cache", type=Path)
    options = parser.parse_args()
    known = recipes()
    for name in options.names or known:
        try:
            print(name, unpacked(known[name], cache_folder(options.cache)))
        except FetchError as error:
            if not skips_offline():
                print(f"{name}: {error}", file=sys.stderr)
                return 2
            print(f"{name}: skipped, FBP_TRUTH_OFFLINE=skip and {error}")
    return 0


def skips_offline() -> bool:
    """Tell whether a missing network may be passed over."""
    return os.environ.get("FBP_TRUTH_OFFLINE") == "skip"


def unpacked(recipe: Recipe, cache: Path) -> Path:
    """Return the folder with the project's sources, downloaded once."""
    folder = cache / recipe.folder
    if folder.is_dir():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as scratch:
        project = Path(scratch) / "project"
        for requirement in recipe.packages:
            _unpack(download(requirement, recipe.source, Path(scratch)), recipe, project)
        missing = [each for each in recipe.keep if not (project / each).is_dir()]
        if missing:
            message = f"{recipe.packages} hold no {missing}"
            raise FetchError(message)
        (project / "pyproject.toml").write_text(_marker(recipe), encoding="utf-8")
        project.rename(folder)
    return folder


def download(requirement: str, source: str, scratch: Path) -> Path:
    """Return the archive that pip downloaded: its own client knows the index and its proxies.

    Raises:
        FetchError: there is none.

    """
    target = scratch / requirement.partition("==")[0]
    kind = "--no-binary" if source == "sdist" else "--only-binary"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += [kind, ":all:", "--dest", str(target), requirement]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=DOWNLOAD_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        message = f"pip gave up on {requirement} after {DOWNLOAD_SECONDS} seconds"
        raise FetchError(message) from error
    archives = sorted(target.glob("*")) if target.is_dir() else []
    if done.returncode or not archives:
        last = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
        message = f"pip could not download {requirement}: {last}"
        raise FetchError(message)
    return archives[0]


def _unpack(archive: Path, recipe: Recipe, project: Path) -> None:
    for name, content in _members(archive):
        path = PurePosixPath(name)
        inside = any(path.is_relative_to(each) for each in recipe.keep)
        if inside and path.suffix == ".py" and ".." not in path.parts:
            target = project / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def _members(archive: Path) -> Iterator[tuple[str, bytes]]:
    """Yield path and content; the leading folder of an sdist is dropped."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            yield from ((name, wheel.read(name)) for name in wheel.namelist())
        return
    with tarfile.open(archive) as sdist:
        for member in sdist:
            opened = sdist.extractfile(member)
            if opened is not None:
                yield member.name.partition("/")[2], opened.read()


def _marker(recipe: Recipe) -> str:
    """Return the file that makes the folder a project root and pins its FastAPI.

    Single modules are imported from that folder, which nothing in them says.
    """
    source = '[tool.fbp-lint]\nsrc = ["."]\n' if recipe.modules else ""
    return (
        f'[project]\nname = "{recipe.name}"\nversion = "0"\n'
        f'dependencies = ["fastapi=={recipe.fastapi}"]\n{source}'
    )


if __name__ == "__main__":
    sys.exit(main())
