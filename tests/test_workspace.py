"""What a workspace knows of its files, from one refresh to the next, alone or with helpers."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from fastapi_bp_lint import pool, workspace
from fastapi_bp_lint.config import Config
from fastapi_bp_lint.disk import LIMIT, read
from fastapi_bp_lint.facts.extract import Checks, extract
from fastapi_bp_lint.facts.model import FileFacts
from fastapi_bp_lint.pool import facts_of_many
from fastapi_bp_lint.reading import facts_of
from fastapi_bp_lint.workspace import Workspace


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "a.py").write_text("import os\n")
    (tmp_path / "b.py").write_text("x = 1\ny = 2\n")
    return tmp_path


def modules(facts: Mapping[str, FileFacts]) -> dict[str, list[str]]:
    return {path: [item.module for item in found.imports] for path, found in facts.items()}


def test_only_what_changed_is_read_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def reading(top: str, path: str, checks: object) -> FileFacts:
        asked.append(path)
        return facts_of(top, path, checks)  # type: ignore[arg-type]

    monkeypatch.setattr(workspace, "facts_of", reading)
    world = Workspace(root, Config())
    assert modules(world.refresh()) == {"a.py": ["os"], "b.py": []}
    assert modules(world.refresh()) == {"a.py": ["os"], "b.py": []}
    (root / "b.py").write_text("import re\nx = 3\n")
    (root / "c.py").write_text("import sys\n")
    (root / "a.py").unlink()
    assert modules(world.refresh()) == {"b.py": ["re"], "c.py": ["sys"]}
    assert asked == ["a.py", "b.py", "b.py", "c.py"]


def test_what_was_linted_is_told_from_what_has_changed_since(root: Path) -> None:
    world = Workspace(root, Config())
    world.refresh()
    assert world.linted("a.py") == b"import os\n"
    (root / "a.py").write_bytes(b"import re\nimport os\n")
    with pytest.raises(OSError, match="changed on disk since it was linted"):
        world.linted("a.py")
    world.overlays = {"a.py": b"x"}
    assert world.linted("a.py") == b"x"


def test_overlays_stand_for_files(root: Path) -> None:
    world = Workspace(root, Config(extend_exclude=("ignored.py",)))
    (root / "ignored.py").write_text("")
    world.overlays = {"a.py": b"import re\n", "new.py": b"import sys\n", "ignored.py": b"import os"}
    assert modules(world.refresh()) == {"a.py": ["re"], "b.py": [], "new.py": ["sys"]}
    assert world.text("a.py") == b"import re\n"
    assert world.lines("new.py") == ("import sys", "")
    world.overlays = {}
    assert modules(world.refresh()) == {"a.py": ["os"], "b.py": []}
    assert world.text("a.py") == b"import os\n"


def test_a_patient_workspace_keeps_what_it_knew_of_a_broken_overlay(root: Path) -> None:
    world = Workspace(root, Config())
    world.patient = True
    world.overlays = {"new.py": b"def f(:\n"}
    assert modules(world.refresh()) == {"a.py": ["os"], "b.py": [], "new.py": []}
    world.overlays = {"a.py": b"import os\nimport (\n"}
    facts = world.refresh()["a.py"]
    assert [item.module for item in facts.imports] == ["os"]
    assert facts.problem is not None
    assert (facts.problem.kind, facts.problem.span.line) == ("syntax", 2)
    world.overlays = {"a.py": b"import re\n"}
    facts = world.refresh()["a.py"]
    assert ([item.module for item in facts.imports], facts.problem) == (["re"], None)
    world.patient = False
    world.overlays = {"a.py": b"import (\n"}
    assert world.refresh()["a.py"].imports == ()


def test_lines_of_a_file(root: Path) -> None:
    world = Workspace(root, Config())
    assert world.lines("b.py") == ("x = 1", "y = 2", "")
    assert world.lines("none.py") == ()
    (root / "latin.py").write_bytes(b"# coding: latin-1\n# \xe4\r\n")
    assert world.lines("latin.py") == ("# coding: latin-1", "# ä", "")
    (root / "bad.py").write_bytes(b"# \xe4\n")
    assert world.lines("bad.py") == ()
    (root / "b.py").write_text("z = 3\n")
    world.refresh()
    assert world.lines("b.py") == ("z = 3", "")


def test_progress_is_told(root: Path) -> None:
    told: list[tuple[int, int]] = []
    Workspace(root, Config()).refresh(lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]


def many(root: Path, number: int) -> list[str]:
    names = [f"m{n:03}.py" for n in range(number)]
    for n, name in enumerate(names):
        broken = "def" if n % 10 == 7 else ""
        (root / name).write_text(f"import time\nx = {n}  # noqa\n{broken}\n")
    return names


def test_the_number_of_jobs_does_not_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = many(tmp_path, 60)
    alone = Workspace(tmp_path, Config(), jobs=1).refresh()
    monkeypatch.setattr(workspace, "spare_processes", lambda jobs: jobs - 1)
    assert Workspace(tmp_path, Config(), jobs=3).refresh() == alone
    assert list(alone) == names
    names.reverse()
    told: list[tuple[int, int]] = []
    found = facts_of_many(str(tmp_path), names, {}, 2, lambda *step: told.append(step))
    assert found == alone
    assert told[-1] == (60, 60)


def test_more_files_than_a_pipe_takes_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = many(tmp_path, 45)
    monkeypatch.setattr(pool, "MOST_SHARES", 10)
    told: list[tuple[int, int]] = []
    found = facts_of_many(str(tmp_path), names, {}, 0, lambda *step: told.append(step))
    assert found == Workspace(tmp_path, Config(), jobs=1).refresh()
    assert told == [*((done, 45) for done in range(5, 46, 5)), (45, 45)]


def test_a_copy_that_is_killed_costs_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names, here = many(tmp_path, 20), os.getpid()
    taken = tmp_path / "taken"

    def die_in_a_copy(root: str, path: str, checks: Checks) -> FileFacts:
        if os.getpid() != here:
            taken.write_text(path)
            os.kill(os.getpid(), signal.SIGKILL)
        while not taken.exists():
            time.sleep(0.001)
        return facts_of(root, path, checks)

    monkeypatch.setattr(pool, "facts_of", die_in_a_copy)
    found = facts_of_many(str(tmp_path), names, {}, 1)
    assert found == Workspace(tmp_path, Config(), jobs=1).refresh()


def test_without_another_process_one_reads_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = many(tmp_path, 10)
    monkeypatch.setattr(os, "fork", refuse)
    assert facts_of_many(str(tmp_path), names, {}, 3).keys() == set(names)


def refuse() -> int:
    message = "no more processes"
    raise OSError(message)


def test_reading_says_why_it_does_not(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "long.py").write_bytes(b"#" * LIMIT)
    (tmp_path / "nearly.py").write_bytes(b"#" * (LIMIT - 1))
    for name, why in (
        ("pipe.py", "not a regular file"),
        ("folder.py", "irectory"),
        ("long.py", "it is 5.0 MB long"),
        ("none.py", "No such file or directory"),
    ):
        with pytest.raises(OSError, match=why):
            read(str(tmp_path / name))
        problem = facts_of(str(tmp_path), name, {}).problem
        assert problem is not None
        assert problem.kind == "unreadable"
        assert why in problem.message
    assert len(read(str(tmp_path / "nearly.py"))) == LIMIT - 1


def test_a_defect_of_ours_costs_one_file(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(source: bytes, path: str, checks: object) -> FileFacts:
        if path == "a.py":
            raise ZeroDivisionError
        return extract(source, path, checks)  # type: ignore[arg-type]

    monkeypatch.setattr("fastapi_bp_lint.reading.extract", crash)
    facts = Workspace(root, Config()).refresh()
    assert facts["a.py"].problem is not None
    assert facts["a.py"].problem.kind == "crash"
    assert facts["b.py"].problem is None
