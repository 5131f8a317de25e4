from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from fastapi_bp_lint.fixes import Change, write


def one(path: Path, after: bytes = b"new\n") -> list[Change]:
    return [Change(path.name, path.read_bytes(), after)]


def test_writing_keeps_the_mode(tmp_path: Path) -> None:
    for mode in (0o644, 0o755, 0o600, 0o664):
        file = tmp_path / "a.py"
        file.write_bytes(b"old\n")
        file.chmod(mode)
        assert write(tmp_path, one(file)) == {}
        assert file.read_bytes() == b"new\n"
        assert stat.S_IMODE(file.stat().st_mode) == mode
        assert [path.name for path in tmp_path.iterdir()] == ["a.py"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root")
def test_writing_keeps_the_owner(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"old\n")
    os.chown(file, 1234, 4321)
    file.chmod(0o4755)
    assert write(tmp_path, one(file)) == {}
    status = file.stat()
    assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (1234, 4321, 0o4755)


def test_an_owner_that_cannot_be_kept_stops_the_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"old\n")
    real = os.fstat

    def foreign(descriptor: int) -> os.stat_result:
        return os.stat_result((*real(descriptor)[:4], 99_999, 99_999, *real(descriptor)[6:]))

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "fchown", refuse)
    monkeypatch.setattr("fastapi_bp_lint.fixes.writing.os.fstat", foreign)
    assert write(tmp_path, one(file)) == {"a.py": "Operation not permitted"}
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.py", b"old\n")]


@pytest.mark.skipif(sys.platform != "linux", reason="extended attributes are Linux's here")
def test_writing_keeps_extended_attributes(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"old\n")
    try:
        os.setxattr(file, "user.note", b"kept")
    except OSError:
        pytest.skip("the file system has none")
    assert write(tmp_path, one(file)) == {}
    assert os.getxattr(file, "user.note") == b"kept"


def test_a_link_stays_a_link_to_the_changed_file(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    target = tmp_path / "real" / "b.py"
    target.write_bytes(b"old\n")
    link = tmp_path / "a.py"
    link.symlink_to("real/b.py")
    assert write(tmp_path, one(link)) == {}
    assert str(link.readlink()) == "real/b.py"
    assert target.read_bytes() == b"new\n"
    assert [path.name for path in target.parent.iterdir()] == ["b.py"]


def test_what_cannot_be_written_is_told_and_the_rest_written(tmp_path: Path) -> None:
    for name in ("changed.py", "fine.py"):
        (tmp_path / name).write_bytes(b"old\n")
    (tmp_path / "folder.py").mkdir()
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "loop.py").symlink_to("loop.py")
    names = ["changed.py", "folder.py", "gone.py", "loop.py", "pipe.py", "fine.py"]
    changes = [Change(name, b"old\n", b"new\n") for name in names]
    (tmp_path / "changed.py").write_bytes(b"newer\n")
    failures = write(tmp_path, changes)
    assert list(failures) == names[:-1]
    assert failures["changed.py"] == "changed on disk since it was linted"
    assert failures["folder.py"] == failures["pipe.py"] == "not a regular file"
    assert failures["gone.py"] == "No such file or directory"
    assert (tmp_path / "changed.py").read_bytes() == b"newer\n"
    assert (tmp_path / "fine.py").read_bytes() == b"new\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted({*names} - {"gone.py"})


def test_a_file_that_is_not_to_be_written_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"old\n")
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write anything
    assert write(tmp_path, one(file)) == {"a.py": "not writable"}
    assert file.read_bytes() == b"old\n"


def test_a_file_that_says_so_is_not_written_by_root_either(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"old\n")
    file.chmod(0o444)
    assert write(tmp_path, one(file)) == {"a.py": "not writable"}
    assert file.read_bytes() == b"old\n"


def test_what_is_as_it_shall_be_is_no_failure(tmp_path: Path) -> None:
    target = tmp_path / "b.py"
    target.write_bytes(b"old\n")
    (tmp_path / "a.py").symlink_to("b.py")
    changes = [Change(name, b"old\n", b"new\n") for name in ("a.py", "b.py")]
    assert write(tmp_path, changes) == {}
    assert target.read_bytes() == b"new\n"


def test_what_is_written_meanwhile_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"old\n")
    changes = one(file)
    monkeypatch.setattr(os, "fsync", lambda _: file.write_bytes(b"theirs\n"))
    assert write(tmp_path, changes) == {"a.py": "changed on disk since it was linted"}
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [
        ("a.py", b"theirs\n")
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="extended attributes are Linux's here")
def test_an_attribute_that_cannot_be_kept_costs_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"old\n")
    kept = []

    def keep(_: int, name: str, value: bytes) -> None:
        if name.startswith("security."):
            raise PermissionError(1, "Operation not permitted")
        kept.append((name, value))

    monkeypatch.setattr(os, "listxattr", lambda _: ["security.label", "user.note"])
    monkeypatch.setattr(os, "getxattr", lambda _, name: name.encode())
    monkeypatch.setattr(os, "setxattr", keep)
    assert write(tmp_path, one(file)) == {}
    assert kept == [("user.note", b"user.note")]

    def refuse(_: object) -> list[str]:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "listxattr", refuse)
    assert write(tmp_path, one(file, b"newer\n")) == {}


LIMITED = """
import resource, sys
from pathlib import Path
from fastapi_bp_lint.fixes import Change, write
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
changes = [Change(n, b"old\\n", b"new\\n" * k) for n, k in (("a.py", 99), ("b.py", 1))]
print(write(Path(sys.argv[1]), changes))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
def test_a_disk_that_takes_no_more_leaves_the_old_file(tmp_path: Path) -> None:
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_bytes(b"old\n")
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path)], capture_output=True, check=True, text=True
    )
    assert done.stdout == "{'a.py': 'File too large'}\n"
    texts = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert texts == {"a.py": b"old\n", "b.py": b"new\n"}


@pytest.mark.parametrize("step", ["os.fsync", "os.replace", "os.fchmod"])
def test_a_full_disk_leaves_the_old_file_and_nothing_else(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"old\n")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(step, full)
    assert write(tmp_path, one(file)) == {"a.py": "No space left on device"}
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.py", b"old\n")]


@pytest.mark.parametrize("step", ["os.fsync", "os.replace"])
def test_control_c_leaves_old_or_new_files_and_nothing_else(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.py", "b.py", "c.py"):
        (tmp_path / name).write_bytes(b"old\n")
    calls: list[tuple[object, ...]] = []

    def interrupted(*args: object) -> object:
        calls.append(args)
        if len(calls) > 2:
            raise KeyboardInterrupt
        return real(*args)

    real = getattr(os, step.partition(".")[2])
    monkeypatch.setattr(step, interrupted)
    changes = [Change(name, b"old\n", b"new\n") for name in ("a.py", "b.py", "c.py")]
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path, changes)
    texts = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert sorted(texts) == ["a.py", "b.py", "c.py"]
    assert texts["a.py"] == b"new\n"
    assert texts["c.py"] == b"old\n"
