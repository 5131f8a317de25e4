"""Where a file stands in its repository, which is what code hosts count paths from."""

from __future__ import annotations

from pathlib import Path, PurePosixPath


def repository(root: str) -> Path:
    """Return the nearest folder upward from *root* that holds ``.git``, else *root* itself."""
    start = Path(root)
    for folder in (start, *start.parents):
        if (folder / ".git").exists():
            return folder
    return start


def prefix(root: str) -> PurePosixPath:
    """Return the project *root* as seen from its repository; join it with a finding's path."""
    return PurePosixPath(Path(root).relative_to(repository(root)).as_posix())
