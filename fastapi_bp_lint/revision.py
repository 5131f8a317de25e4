"""The files of a project at an earlier revision, as git keeps them; nothing is checked out."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

_REGULAR = frozenset({"100644", "100755", "100664"})
_SUBMODULE = "160000"
# What a hook of git sets speaks of the commit in the making; the files are those of the disk.
_OF_HOOKS = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")


class RevisionError(Exception):
    """A revision that cannot be read; the text says why in one line."""


class Earlier(NamedTuple):
    """The Python files of a project at a revision; paths are relative to the project's root.

    *same* are those that are today what they were, *texts* has the content of the others.
    *renamed* has today's path of each that git holds for the same file.
    """

    same: frozenset[str]
    texts: dict[str, bytes]
    renamed: dict[str, str]


class _Entry(NamedTuple):
    mode: str
    sha: str


def earlier(root: Path, revision: str, today: Collection[str], edited: Collection[str]) -> Earlier:
    """Return the Python files below *root* at *revision*.

    *today* are the paths of now, *edited* those of them whose text is not that of the disk.

    Raises:
        RevisionError: there is no git, no repository or no such revision.

    """
    return _earlier(root, _commit(root, revision), frozenset(today), frozenset(edited))


def _earlier(root: Path, commit: str, today: frozenset[str], edited: frozenset[str]) -> Earlier:
    tree = _tree(root, commit)
    changed, renamed = _changes(root, commit)
    other = changed | edited
    same = {path for path in tree if path in today and path not in other}
    # What is neither of today nor changed is there, and not the project's.
    wanted = {path: e.sha for path, e in tree.items() if path in other and e.mode in _REGULAR}
    texts = dict(zip(wanted, _blobs(root, wanted.values()), strict=True))
    for path, entry in tree.items():
        if entry.mode == _SUBMODULE:
            inner = _submodule(root, path, entry.sha, today, edited)
            same |= inner.same
            texts |= inner.texts
            renamed |= inner.renamed
    return Earlier(frozenset(same), texts, renamed)


def _submodule(
    root: Path, path: str, commit: str, today: frozenset[str], edited: frozenset[str]
) -> Earlier:
    """Return the files of a submodule at its own *commit*; as they are now where it has none."""
    prefix = f"{path}/"
    own, own_edited = (
        frozenset(name.removeprefix(prefix) for name in names if name.startswith(prefix))
        for names in (today, edited)
    )
    if not own:
        return Earlier(frozenset(), {}, {})
    try:
        # Without a repository of its own git would speak of the one around it.
        if _text(_git(root / path, "rev-parse", "--show-prefix")):
            return Earlier(frozenset(prefix + name for name in own), {}, {})
        inner = _earlier(root / path, _commit(root / path, commit), own, own_edited)
    except RevisionError:
        return Earlier(frozenset(prefix + name for name in own), {}, {})
    return Earlier(
        frozenset(prefix + name for name in inner.same),
        {prefix + name: text for name, text in inner.texts.items()},
        {prefix + old: prefix + new for old, new in inner.renamed.items()},
    )


def _commit(root: Path, revision: str) -> str:
    """Return the commit that *revision* stands for."""
    try:
        _git(root, "rev-parse", "--git-dir")
    except RevisionError as error:
        if "not a git repository" in str(error):
            message = f"{root} is in no git repository"
            raise RevisionError(message) from None
        raise
    try:
        resolve = ("rev-parse", "--verify", "--quiet", "--end-of-options")
        # Apart, for what follows `:/` is all of it a text to look for.
        name = _text(_git(root, *resolve, revision))
        return _text(_git(root, *resolve, f"{name}^{{commit}}"))
    except RevisionError:
        message = f'git knows no revision "{revision}"{_reason(root)}'
        raise RevisionError(message) from None


def _reason(root: Path) -> str:
    try:
        if _text(_git(root, "rev-parse", "--is-shallow-repository")) == "true":
            return ": this clone is shallow, fetch more of its history (git fetch --unshallow)"
        _git(root, "rev-parse", "--verify", "--quiet", "HEAD")
    except RevisionError:
        return ": nothing has been committed yet"
    return ""


def _tree(root: Path, commit: str) -> dict[str, _Entry]:
    """Return mode and object of every file below *root*."""
    entries = {}
    for row in _rows(_git(root, "ls-tree", "-r", "-z", commit)):
        about, _, path = row.partition("\t")
        mode, _, sha = about.split(" ")
        entries[path] = _Entry(mode, sha)
    return entries


def _changes(root: Path, commit: str) -> tuple[frozenset[str], dict[str, str]]:
    """Return the paths that are not what they were, and which of them are one file, renamed."""
    import tempfile  # noqa: PLC0415 - whoever catches our error may never need it

    with tempfile.TemporaryDirectory(prefix="fbp-lint-") as folder:
        index = _index(root, Path(folder))
        flags = ("--raw", "-z", "-M", "--relative", "--ignore-submodules=all")
        rows = _rows(_git(root, "diff-index", *flags, commit, "--", "*.py", index=index))
    changed: set[str] = set()
    renamed: dict[str, str] = {}
    for row in rows:
        path = next(rows)
        changed.add(path)
        if row.split(" ")[4].startswith("R"):
            renamed[path] = next(rows)
            changed.add(renamed[path])
    return frozenset(changed), renamed


def _index(root: Path, folder: Path) -> Path | None:
    """Return a copy of the index that knows of the new files too; None when there are none."""
    import shutil  # noqa: PLC0415 - as above

    listed = ("ls-files", "--others", "--exclude-standard", "-z", "--", "*.py")
    if not (new := _git(root, *listed)):
        return None
    copy = folder / "index"
    present = root / os.fsdecode(_git(root, "rev-parse", "--git-path", "index")).rstrip("\n")
    if present.exists():
        shutil.copy2(present, copy)
    how = ("--intent-to-add", "--pathspec-from-file=-", "--pathspec-file-nul")
    try:
        _git(root, "--literal-pathspecs", "add", *how, index=copy, text=new)
    except RevisionError:  # outside of a sparse checkout: then they are renamed from nothing
        return None
    return copy


def _blobs(root: Path, shas: Iterable[str]) -> Iterator[bytes]:
    """Give the content of each object."""
    asked = "".join(f"{sha}\n" for sha in shas)
    found = _git(root, "cat-file", "--batch", text=asked.encode()) if asked else b""
    position = 0
    for sha in asked.split():
        end = found.index(b"\n", position)
        head = found[position:end].split(b" ")
        if head[1] != b"blob":
            message = f"git has lost the object {sha}"
            raise RevisionError(message)
        start = end + 1
        position = start + int(head[2]) + 1
        yield found[start : position - 1]


def _rows(output: bytes) -> Iterator[str]:
    return (os.fsdecode(row) for row in output.split(b"\0") if row)


def _text(output: bytes) -> str:
    return os.fsdecode(output).strip()


def _git(root: Path, *args: str, index: Path | None = None, text: bytes = b"") -> bytes:
    """Return what git prints; it reads, and runs none of the programs that a repository names."""
    import subprocess  # noqa: PLC0415 - as above

    command = ("git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", *args)
    try:
        done = subprocess.run(  # noqa: S603 - a fixed program, no shell
            command, cwd=root, env=_environment(index), input=text, capture_output=True, check=False
        )
    except FileNotFoundError:
        message = "git is not installed, or not on the PATH"
        raise RevisionError(message) from None
    except OSError as error:
        message = f"git cannot be run: {error.strerror}"
        raise RevisionError(message) from None
    if done.returncode != 0:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise RevisionError(lines[0] if lines else f"git {args[0]} failed")
    return done.stdout


def _environment(index: Path | None) -> Mapping[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _OF_HOOKS}
    own = {} if index is None else {"GIT_INDEX_FILE": str(index)}
    return {**kept, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", **own}
