from __future__ import annotations

import json
import os
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from fastapi_bp_lint import cachedir, engine, workspace
from fastapi_bp_lint.cache import MOST
from fastapi_bp_lint.cachedir import clean
from fastapi_bp_lint.cli.app import run as command
from fastapi_bp_lint.config import Config
from fastapi_bp_lint.discovery import Listing, discover
from fastapi_bp_lint.disk import digest
from fastapi_bp_lint.engine import run
from fastapi_bp_lint.finding import Preset
from fastapi_bp_lint.plan import Request, prepare
from fastapi_bp_lint.report import Report
from fastapi_bp_lint.selection import Layer

FOLDER = ".fbp_cache"
BOOKSHOP = Path(__file__).parent.parent / "fixtures" / "projects" / "bookshop"
ROUTER = """\
import time

from fastapi import APIRouter

router = APIRouter()


@router.get("/slow")
async def slow() -> None:
    time.sleep(1)
"""
CALM = ROUTER.replace("time.sleep(1)", "time.ctime( )")
assert len(CALM) == len(ROUTER)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("[tool.fbp-lint]\n")
    (tmp_path / "app.py").write_text(ROUTER)
    (tmp_path / "other.py").write_text("x = 1\n")
    age(tmp_path)
    return tmp_path


def age(root: Path, seconds: int = 3600) -> None:
    """Let the files look old, so that their stat is believed."""
    then = time.time_ns() - seconds * 10**9
    for file in root.rglob("*"):
        if FOLDER not in file.parts:
            os.utime(file, ns=(then, then))


def linted(root: Path, **asked: object) -> Report:
    return run(prepare(Request(paths=(root,), caching=True, **asked)))  # type: ignore[arg-type]


@pytest.fixture
def links(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count how often a project is really linted."""
    real, count = engine._lint, []  # noqa: SLF001

    def counted(*args: object) -> object:
        count.append(1)
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(engine, "_lint", counted)
    return count


def test_an_unchanged_project_is_not_linted_again(root: Path, links: list[int]) -> None:
    first, second = linted(root), linted(root)
    assert len(links) == 1
    assert first.findings
    assert second.findings == first.findings
    assert (second.root, second.files) == (first.root, first.files)
    assert second.lines("app.py")[9] == "    time.sleep(1)"


def _edit(root: Path) -> None:
    (root / "app.py").write_text(CALM)


def _edit_keeping_stat(root: Path) -> None:
    status = (root / "app.py").stat()
    (root / "app.py").write_text(CALM)
    os.utime(root / "app.py", ns=(status.st_atime_ns, time.time_ns() - 10**9))


def _add(root: Path) -> None:
    (root / "new.py").write_text("y = 1\n")


def _remove(root: Path) -> None:
    (root / "other.py").unlink()


def _rename(root: Path) -> None:
    (root / "other.py").rename(root / "another.py")


def _configure(root: Path) -> None:
    (root / "pyproject.toml").write_text('[tool.fbp-lint]\nignore = ["FBP101"]\n')


def _pin(root: Path) -> None:
    (root / "requirements.txt").write_text("fastapi==0.100.0\n")


def _ignore(root: Path) -> None:
    (root / ".gitignore").write_text("other.py\n")


def _break(root: Path) -> None:
    (root / "odd.py").symlink_to("nowhere.py")


@pytest.mark.parametrize(
    "change",
    [_edit, _edit_keeping_stat, _add, _remove, _rename, _configure, _pin, _ignore, _break],
)
def test_what_changes_is_linted(
    root: Path, links: list[int], change: Callable[[Path], None]
) -> None:
    linted(root)
    change(root)
    changed = linted(root)
    assert len(links) == 2
    assert changed.findings == run(prepare(Request(paths=(root,)))).findings


def test_a_file_that_is_touched_or_written_alike_is_unchanged(root: Path, links: list[int]) -> None:
    linted(root)
    (root / "app.py").write_text(ROUTER)
    (root / "other.py").touch()
    linted(root)
    assert len(links) == 1


def test_a_file_written_while_it_was_read_is_looked_at(root: Path, links: list[int]) -> None:
    (root / "app.py").write_text(ROUTER)
    status = (root / "app.py").stat()
    linted(root)
    (root / "app.py").write_text(CALM)
    os.utime(root / "app.py", ns=(status.st_mtime_ns, status.st_mtime_ns))
    assert not [f for f in linted(root).findings if f.code == "FBP101"]
    assert len(links) == 2


def test_each_way_of_asking_has_its_own_answer(root: Path, links: list[int]) -> None:
    every = linted(root)
    none = linted(root, layer=Layer(select=("FBP7",)))
    assert every.findings
    assert not none.findings
    assert linted(root).findings == every.findings
    assert len(links) == 2


def test_paths_choose_from_one_answer(root: Path, links: list[int]) -> None:
    linted(root)
    asked = run(prepare(Request(paths=(root / "other.py",), caching=True)))
    assert (asked.files, asked.findings) == (1, ())
    assert len(links) == 1


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda content: content[:-1],
        lambda content: content.replace(b"FBP101", b"FBP102"),
        lambda _: b"not ours",
        lambda _: _signed(b"[1]"),
        lambda _: _signed(b"null"),
        lambda _: _signed(b"{}"),
        lambda _: _signed(b"[" * 100_000),
        lambda content: _without(content, "digests"),
        lambda content: _without(content, "complete"),
        lambda content: _with(content, "sure", [["FBP101"]]),
        lambda content: _with(content, "sure", 3),
        lambda content: _with(content, "stamps", {"app.py": 3, "other.py": None}),
    ],
)
def test_what_is_damaged_is_absent(
    root: Path, links: list[int], damage: Callable[[bytes], bytes]
) -> None:
    first = linted(root)
    (file,) = (root / FOLDER).glob("*.found")
    file.write_bytes(damage(file.read_bytes()))
    assert linted(root).findings == first.findings
    assert len(links) == 2
    linted(root)
    assert len(links) == 2


def _signed(document: bytes) -> bytes:
    return document + b"\n" + digest(document).encode()


def _parsed(content: bytes) -> dict[str, object]:
    parsed: dict[str, object] = json.loads(content.rpartition(b"\n")[0])
    return parsed


def _without(content: bytes, key: str) -> bytes:
    document = _parsed(content)
    del document[key]
    return _signed(json.dumps(document).encode())


def _with(content: bytes, key: str, value: object) -> bytes:
    return _signed(json.dumps({**_parsed(content), key: value}).encode())


def test_what_may_change_by_itself_is_not_kept(root: Path, links: list[int]) -> None:
    (root / "gone.py").symlink_to("nowhere.py")
    linted(root)
    linted(root)
    assert len(links) == 2
    assert not (root / FOLDER).exists()


def test_nothing_is_kept_for_texts_that_are_not_on_the_disk(root: Path) -> None:
    overlays = {root / "app.py": CALM.encode()}
    run(prepare(Request(paths=(root / "app.py",), overlays=overlays, caching=True)))
    assert not (root / FOLDER).exists()


def test_a_folder_that_cannot_be_written_is_no_error(root: Path, links: list[int]) -> None:
    (root / FOLDER).write_text("in the way")
    assert linted(root).findings
    assert linted(root).findings
    assert len(links) == 2
    assert (root / FOLDER).read_text() == "in the way"


def test_the_folder_says_what_it_is_and_stays_small(root: Path) -> None:
    for number in range(MOST + 4):
        linted(root, layer=Layer(ignore=(f"FBP{number + 101}",)))
    kept = sorted(entry.name for entry in (root / FOLDER).iterdir())
    assert {".gitignore", "CACHEDIR.TAG"} < set(kept)
    assert len(kept) == 2 + MOST
    assert (root / FOLDER / ".gitignore").read_text() == "*\n"
    assert (root / FOLDER / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d17")


def test_runs_at_once_agree(root: Path) -> None:
    found: list[Report] = []
    threads = [threading.Thread(target=lambda: found.append(linted(root))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({report.findings for report in found}) == 1
    assert len(found) == 6
    assert not list((root / FOLDER).glob("*.tmp"))


def test_another_version_of_the_linter_does_not_believe_it(
    root: Path, links: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    linted(root)
    monkeypatch.setattr(cachedir, "maker", lambda: ("other",))
    linted(root)
    assert len(links) == 2


def test_a_baseline_is_compared_with_what_is_kept(root: Path, links: list[int]) -> None:
    baseline = root.parent / f"{root.name}-baseline.json"
    assert command([str(root), "--write-baseline", str(baseline), "-q"]) == 0
    fresh = linted(root, baseline=baseline)
    assert (fresh.findings, fresh.known) == ((), 1)
    (root / "app.py").write_text(CALM)
    gone = linted(root, baseline=baseline)
    assert [one.code for one in gone.stale] == ["FBP101"]
    assert linted(root, baseline=baseline).stale == gone.stale
    assert len(links) == 2


@pytest.mark.parametrize("jobs", [1, 4])
def test_all_ways_to_the_findings_agree(root: Path, jobs: int) -> None:
    for number in range(30):
        (root / f"router{number}.py").write_text(ROUTER)
    plain = run(prepare(Request(paths=(root,), jobs=1))).findings
    assert len(plain) == 31
    cold, warm = linted(root, jobs=jobs), linted(root, jobs=jobs)
    assert cold.findings == warm.findings == plain


def test_the_order_in_which_files_are_found_does_not_show(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = Layer(preset=Preset.STRICT)
    request = Request(paths=(BOOKSHOP,), layer=whole, jobs=1)
    plain = run(prepare(request)).findings
    assert len(plain) > 100
    for seed in range(3):

        def shuffled(root: Path, config: Config, seed: int = seed) -> Listing:
            listing = discover(root, config)
            files = sorted(listing.files.items())
            random.Random(seed).shuffle(files)  # noqa: S311 - the same order every time
            assert [path for path, _ in files] != sorted(listing.files)
            return listing._replace(files=dict(files))

        monkeypatch.setattr(workspace, "discover", shuffled)
        for jobs in (1, 4):
            assert run(prepare(request._replace(jobs=jobs))).findings == plain


def test_the_command_line_keeps_and_forgets(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    assert command(["--no-cache"]) == 1
    assert not (root / FOLDER).exists()
    first = capsys.readouterr().out
    assert command(["--cache-dir", "elsewhere"]) == 1
    assert (root / "elsewhere" / "CACHEDIR.TAG").is_file()
    assert command(["--cache-dir", "elsewhere"]) == 1
    assert capsys.readouterr().out == first * 2
    assert command(["clean", "--cache-dir", "elsewhere"]) == 0
    assert not (root / "elsewhere").exists()
    assert command(["clean"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert [line.partition(str(root))[0] for line in out] == [
        "removed elsewhere",
        "nothing is kept in ",
    ]


def test_cleaning_leaves_what_is_not_ours(root: Path) -> None:
    linted(root)
    (root / FOLDER / "notes.md").write_text("mine")
    assert clean(root / FOLDER)
    assert [entry.name for entry in (root / FOLDER).iterdir()] == ["notes.md"]
    assert not clean(root / FOLDER)
    assert not clean(root)
