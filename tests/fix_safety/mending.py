"""A project fixed on the disk: what was fixed, what no longer compiles or does not settle.

    python tests/fix_safety/mending.py [--unsafe] FOLDER ...

fixes a copy of each folder and prints what came of it; exits with 1 when something must not be.
"""

# ruff: noqa: T201 - printing is what the script is for

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from fastapi_bp_lint.engine import Request, prepare, repair
from fastapi_bp_lint.finding import Preset
from fastapi_bp_lint.fixes import Change, diff, write
from fastapi_bp_lint.selection import Layer

sys.setrecursionlimit(20_000)  # some generated files nest deeper than Python's default


class Mended(NamedTuple):
    """What fixing came to; *broken* says what must not be, *uncompiled* counts the worst of it."""

    files: int
    changed: int
    fixed: Counter[str]
    left: tuple[str, ...]
    broken: tuple[str, ...]
    uncompiled: int


NOTHING = Mended(0, 0, Counter(), (), (), 0)


def both(one: Mended, two: Mended) -> Mended:
    """Return what fixing two projects came to."""
    return Mended(
        one.files + two.files,
        one.changed + two.changed,
        one.fixed + two.fixed,
        one.left + two.left,
        one.broken + two.broken,
        one.uncompiled + two.uncompiled,
    )


def mend(root: Path, *, unsafe: bool) -> Mended:
    """Fix the project in *root* on the disk, under every rule, and look at what became of it."""
    request = Request(paths=(root,), layer=Layer(preset=Preset.STRICT))
    plan = prepare(request)
    changes, report = repair(plan, unsafe=unsafe)
    spoiled = list(uncompiled(changes))
    broken = [*spoiled, *_unpatched(root, changes)]
    broken += [f"{path}: cannot be written: {why}" for path, why in write(root, changes).items()]
    again = repair(prepare(request), unsafe=unsafe).changes
    broken += [f"{change.path}: a second run changes it" for change in again]
    left = tuple(f"{each.path}: {each.reason}" for each in report.left)
    fixed = Counter(each.code for each in report.fixed)
    return Mended(report.files, len(changes), fixed, left, tuple(broken), len(spoiled))


def uncompiled(changes: Iterable[Change]) -> Iterator[str]:
    """Give the files that compiled before and no longer do."""
    for change in changes:
        if (error := _error(change.after)) and not _error(change.before):
            yield f"{change.path}: does not compile: {error}"


def _error(source: bytes) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, "<source>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        return str(error)
    return ""


def _unpatched(root: Path, changes: tuple[Change, ...]) -> Iterator[str]:
    """Give the files that ``patch`` makes something else of than the fixes do."""
    if not changes or shutil.which("patch") is None:
        return
    scratch = root.with_name(f"{root.name}-patched")
    for change in changes:
        file = scratch / change.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(change.before)
    command = ["patch", "-p0", "-s", "-d", str(scratch)]
    done = subprocess.run(command, input=diff(changes), capture_output=True, check=False)
    if done.returncode:
        yield f"patch: {(done.stdout + done.stderr).decode()}"
    for change in changes:
        if (scratch / change.path).read_bytes() != change.after:
            yield f"{change.path}: patch makes something else of it"
    shutil.rmtree(scratch)


def main(arguments: list[str]) -> int:
    """Fix a copy of each folder; tell whether anything is wrong."""
    unsafe = "--unsafe" in arguments
    bad = False
    for name in arguments:
        if name == "--unsafe":
            continue
        with tempfile.TemporaryDirectory() as scratch:
            root = Path(scratch).resolve() / Path(name).name
            shutil.copytree(name, root)
            mended = mend(root, unsafe=unsafe)
        codes = ", ".join(f"{code} {n}" for code, n in sorted(mended.fixed.items()))
        print(f"| {root.name} | {mended.files} | {mended.changed} | {codes} |", flush=True)
        for line in (*mended.broken, *mended.left):
            print(f"    {line}")
        bad |= bool(mended.broken)
    return int(bad)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
