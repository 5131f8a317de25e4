"""Facts that outlive a run: who reads them again, and what becomes of damaged ones."""

from __future__ import annotations

import os
import pickle
import random
import shutil
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from fastapi_bp_lint import cachedir, pool, workspace
from fastapi_bp_lint.archive import MOST, Archive
from fastapi_bp_lint.cachedir import clean
from fastapi_bp_lint.disk import digest
from fastapi_bp_lint.engine import run
from fastapi_bp_lint.facts.extract import extract
from fastapi_bp_lint.facts.model import FileFacts
from fastapi_bp_lint.finding import Preset
from fastapi_bp_lint.lsp.roots import Root
from fastapi_bp_lint.lsp.settings import Settings, read
from fastapi_bp_lint.packing import pack, unpack
from fastapi_bp_lint.plan import Request, prepare
from fastapi_bp_lint.reading import facts_of
from fastapi_bp_lint.report import Report
from fastapi_bp_lint.rules import load, slugs, syntax_checks
from fastapi_bp_lint.selection import Layer

ROOT = Path(__file__).parent.parent
SLOW = "import time\n\n\nasync def f() -> None:\n    time.sleep(1)\n    print(1 == None)\n"
CALM = SLOW.replace("time.sleep(1)", "time.ctime( )")
assert len(CALM) == len(SLOW)
FILES = [f"m{number:02}.py" for number in range(60)]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("[tool.fbp-lint]\n")
    for name in FILES:
        (tmp_path / name).write_text(SLOW)
    age(tmp_path)
    return tmp_path


def age(root: Path) -> None:
    """Let the files look old, so that their stat is believed."""
    then = time.time_ns() - 3600 * 10**9
    for file in root.glob("*.py"):
        os.utime(file, ns=(then, then))


def linted(root: Path, *, caching: bool = True, **asked: object) -> Report:
    return run(prepare(Request(paths=(root,), caching=caching, **asked)))  # type: ignore[arg-type]


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """List the files whose facts are made from their text."""
    made: list[str] = []

    def reading(root: str, path: str, checks: object) -> FileFacts:
        made.append(path)
        return facts_of(root, path, checks)  # type: ignore[arg-type]

    monkeypatch.setattr(workspace, "facts_of", reading)
    monkeypatch.setattr(pool, "facts_of", reading)
    monkeypatch.setattr(workspace, "spare_processes", lambda jobs: jobs - 1 if jobs else 0)
    return made


@pytest.fixture
def kept(root: Path) -> Path:
    """Return the database of a project that was linted twice, and edited in between."""
    linted(root)
    edit(root, "m00.py")
    linted(root)
    (file,) = (root / ".fbp_cache").glob("*.facts")
    return file


def edit(root: Path, name: str) -> None:
    with (root / name).open("a") as stream:
        stream.write("\nEDITED = 1\n")


@pytest.mark.parametrize("jobs", [1, 2])
def test_only_what_changed_is_read(root: Path, reads: list[str], jobs: int) -> None:
    linted(root, jobs=1)
    assert not list((root / ".fbp_cache").glob("*.facts"))  # not for who lints once
    edit(root, "m07.py")
    linted(root, jobs=jobs)
    reads.clear()
    edit(root, "m08.py")
    (root / "m09.py").unlink()
    (root / "new.py").write_text(SLOW)
    found = linted(root, jobs=jobs)
    assert set(reads) <= {"m08.py", "new.py"}  # a copy may have read them
    assert reads or jobs > 1
    assert found.findings == linted(root, caching=False).findings
    assert {f.place.path for f in found.findings} == {*FILES, "new.py"} - {"m09.py"}
    reads.clear()
    (root / "m09.py").write_text(CALM)
    assert "m09.py" not in {f.place.path for f in linted(root).findings}
    assert reads == ["m09.py"]


@pytest.mark.parametrize("jobs", [1, 4])
def test_kept_facts_lead_to_the_same_findings(tmp_path: Path, jobs: int) -> None:
    copied = shutil.copytree(ROOT / "fixtures" / "projects" / "bookshop", tmp_path / "bookshop")
    strict = Layer(preset=Preset.STRICT)
    edited = sorted((copied / "src").rglob("*.py"))[::20]
    for file in [copied / "README.md", *edited]:
        with file.open("a") as stream:
            stream.write("\n\nasync def edited():\n    open('x').read()\n")
        found = linted(copied, layer=strict, jobs=jobs).findings
        assert found == linted(copied, caching=False, layer=strict, jobs=1).findings
        assert len(found) > 100
    assert len(edited) > 3
    assert list((copied / ".fbp_cache").glob("*.facts"))


def test_what_is_known_of_a_file_is_of_its_content(
    root: Path, kept: Path, reads: list[str]
) -> None:
    linted(root)
    reads.clear()
    (root / "m01.py").write_text(SLOW)
    (root / "m02.py").write_text(CALM)
    status = (root / "m03.py").stat()
    (root / "m03.py").write_text(CALM)
    os.utime(root / "m03.py", ns=(status.st_atime_ns, time.time_ns() - 10**9))
    found = linted(root)
    assert sorted(reads) == ["m02.py", "m03.py"]
    assert {f.place.path for f in found.findings} == {*FILES} - {"m02.py", "m03.py"}
    assert kept.exists()


def test_texts_that_are_not_on_the_disk_are_not_kept(root: Path, kept: Path) -> None:
    before = kept.read_bytes()
    overlays = {root / "m05.py": CALM.encode(), root / "new.py": SLOW.encode()}
    found = linted(root, overlays=overlays)
    assert "m05.py" not in {f.place.path for f in found.findings}
    assert "new.py" in {f.place.path for f in found.findings}
    assert kept.read_bytes() == before
    assert "m05.py" in {f.place.path for f in linted(root).findings}


def test_the_server_reads_what_a_run_has_kept(root: Path, kept: Path, reads: list[str]) -> None:
    edit(root, "m20.py")
    before = kept.read_bytes()
    seen = Root(root, Settings().request).run([])
    assert seen is not None
    assert reads == ["m20.py"]
    assert len(seen.findings) == len(FILES)
    assert kept.read_bytes() != before
    again = Root(root, read({"preset": "recommended"}).settings.request).run([])
    assert again is not None
    assert reads == ["m20.py"]
    assert again.findings == seen.findings


def test_the_server_begins_no_folder(root: Path) -> None:
    assert Root(root, Settings().request).run([]) is not None
    assert not (root / ".fbp_cache").exists()


def test_runs_at_once_agree(root: Path, kept: Path) -> None:
    edit(root, "m20.py")
    found: list[Report] = []
    threads = [threading.Thread(target=lambda: found.append(linted(root))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {report.findings for report in found} == {linted(root, caching=False).findings}
    assert len(found) == 4
    with sqlite3.connect(kept) as database:
        assert database.execute("SELECT count(*) FROM facts").fetchone() == (len(FILES),)
    database.close()


def test_few_files_are_read_again(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.fbp-lint]\n")
    for number in range(3):
        (tmp_path / "app.py").write_text(f"x = {number}\n")
        linted(tmp_path)
    assert not list((tmp_path / ".fbp_cache").glob("*.facts"))


def _scribble(content: bytes) -> bytes:
    scribbled = bytearray(content)
    chosen = random.Random(7)  # noqa: S311 - the same every time
    for _ in range(400):
        scribbled[chosen.randrange(len(scribbled))] = chosen.randrange(256)
    return bytes(scribbled)


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda _: b"not ours, and longer than the head of a database is" * 40,
        lambda content: content[:4096],
        lambda content: content[: len(content) // 2],
        lambda content: content[:100] + _scribble(content[100:]),
        lambda content: content[:20_000] + _scribble(content[20_000:]),
    ],
)
def test_what_is_damaged_is_absent(
    root: Path, kept: Path, damage: Callable[[bytes], bytes]
) -> None:
    kept.write_bytes(damage(kept.read_bytes()))
    for name in ("m10.py", "m11.py"):
        edit(root, name)
        found = linted(root).findings
        assert found == linted(root, caching=False).findings
        assert len({f.place.path for f in found}) == len(FILES)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE facts SET packed = 'text', proof = 3",
        "UPDATE facts SET packed = NULL",
        "UPDATE facts SET packed = substr(packed, 2)",
        "UPDATE facts SET began = 'yesterday', digest = NULL",
        "UPDATE facts SET path = CAST(path AS TEXT)",
        "DROP TABLE facts",
        "ALTER TABLE facts DROP COLUMN proof",
    ],
)
def test_rows_that_say_something_else_are_absent(root: Path, kept: Path, statement: str) -> None:
    with sqlite3.connect(kept) as database:
        database.execute(statement)
    database.close()
    edit(root, "m10.py")
    assert linted(root).findings == linted(root, caching=False).findings


class Harm:
    """What runs a command when it is unpickled by somebody who lets it."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("touch harmed",)


def test_nothing_but_facts_comes_out(
    root: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    harm = pickle.dumps(Harm())
    with pytest.raises(ValueError, match="no facts of files"):
        unpack(harm)
    with pytest.raises(ValueError, match="no facts of files"):
        unpack(pickle.dumps(["x", 1]))
    with sqlite3.connect(kept) as database:
        database.execute("UPDATE facts SET packed = ?, proof = ?", (harm, digest(harm)))
    database.close()
    edit(root, "m10.py")
    assert linted(root).findings == linted(root, caching=False).findings
    assert not (root / "harmed").exists()
    pickle.loads(harm)  # noqa: S301 - what it would have done
    assert (root / "harmed").exists()


def test_every_part_of_facts_comes_back() -> None:
    checks = syntax_checks(load(slugs()))
    found = 0
    for file in sorted((ROOT / "fixtures" / "projects").rglob("*.py")):
        facts = extract(file.read_bytes(), file.name, checks)
        assert unpack(pack([facts])) == [facts]
        found += len(facts.findings) + len(facts.marks)
    assert found > 20


def test_who_cannot_write_goes_on(root: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fastapi_bp_lint.archive._WAIT", 0.01)
    before = kept.read_bytes()
    holder = sqlite3.connect(kept, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    edit(root, "m10.py")
    assert linted(root).findings == linted(root, caching=False).findings
    holder.execute("ROLLBACK")
    holder.close()
    assert kept.read_bytes() == before


def test_a_python_without_a_database_reads_all(
    root: Path, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    linted(root)
    monkeypatch.delitem(sys.modules, "fastapi_bp_lint.archive", raising=False)
    monkeypatch.setitem(sys.modules, "sqlite3", None)
    for name in ("m10.py", "m11.py"):
        edit(root, name)
        reads.clear()
        assert linted(root).findings
        assert len(reads) == len(FILES)


def test_what_another_linter_kept_is_not_believed(
    root: Path, kept: Path, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cachedir, "maker", lambda: ("other",))
    linted(root)
    assert len(reads) == len(FILES)
    assert len(list(kept.parent.glob("*.facts"))) == 2


def test_each_set_of_rules_has_its_own_and_few_are_kept(root: Path, kept: Path) -> None:
    for number in range(MOST + 2):
        found = linted(root, layer=Layer(ignore=(f"FBP{number + 103}",)))
        assert ("FBP103" in {f.code for f in found.findings}) is bool(number)
    assert len(list(kept.parent.glob("*.facts"))) == MOST
    assert not kept.exists()
    (kept.parent / f"{kept.name}-journal").write_text("of a run that was killed")
    assert clean(kept.parent)
    assert not kept.parent.exists()


def test_what_cannot_be_packed_is_none(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def sink(*_: object) -> bytes:
        raise RecursionError

    facts = facts_of(str(root), "m30.py", {})
    monkeypatch.setattr("fastapi_bp_lint.packing.pickle.dumps", sink)
    assert pack([facts]) == b""
    assert unpack(b"") == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_is_nested_deep_is_read_again(root: Path, jobs: int) -> None:
    (root / "m30.py").write_text(f"{SLOW}\nlong = a{' + b' * 500}\n")
    for edited in ("m00.py", "m01.py", "m02.py"):
        found = linted(root, jobs=jobs).findings
        assert found == linted(root, caching=False, jobs=1).findings
        assert {f.place.path for f in found} == {*FILES}
        edit(root, edited)


def test_names_that_are_no_text_and_long_numbers_are_kept(root: Path) -> None:
    name = os.fsdecode(b"odd\xff.py")
    (root / name).write_text(SLOW)
    for edited in ("m00.py", "m01.py", "m02.py"):
        found = linted(root)
        assert name in {f.place.path for f in found.findings}
        assert found.findings == linted(root, caching=False).findings
        edit(root, edited)
    status = (root / name).stat()
    long: Any = SimpleNamespace(st_mtime_ns=1, st_size=status.st_size, st_ino=2**64 - 1)
    facts = facts_of(str(root), name, {})
    archive = Archive(root / ".fbp_cache", root, ("odd",))
    archive.add(facts, pack([facts]), time.time_ns(), long)
    archive.finish([name])
    again = Archive(root / ".fbp_cache", root, ("odd",))
    assert again.recall({name: long}) == {name: facts}


def test_a_defect_of_ours_is_not_kept(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    linted(root)

    def crash(source: bytes, path: str, checks: object) -> FileFacts:
        if path == "m03.py":
            raise ZeroDivisionError
        return extract(source, path, checks)  # type: ignore[arg-type]

    with monkeypatch.context() as broken:
        broken.setattr("fastapi_bp_lint.reading.extract", crash)
        edit(root, "m00.py")
        assert "FBP103" not in {f.code for f in linted(root).findings if f.place.path == "m03.py"}
    edit(root, "m01.py")
    assert "FBP103" in {f.code for f in linted(root).findings if f.place.path == "m03.py"}


def test_a_folder_that_is_gone_is_made_again(root: Path) -> None:
    archive = Archive(root / "kept" / "here", root, ())
    facts = facts_of(str(root), "m01.py", {})
    status = (root / "m01.py").stat()
    archive.add(facts, pack([facts]), time.time_ns(), status)
    archive.finish(FILES)
    assert (root / "kept" / "here" / ".gitignore").exists()
    again = Archive(root / "kept" / "here", root, ())
    assert again.recall({"m01.py": status}) == {"m01.py": facts}
    again.finish([])
    assert Archive(root / "kept" / "here", root, ()).recall({"m01.py": status}) == {}
