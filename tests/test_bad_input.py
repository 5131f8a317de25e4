"""Whatever stands in a project, the run goes on, says so in one line and touches nothing."""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import fastapi_bp_lint
from fastapi_bp_lint import disk, reading
from fastapi_bp_lint.cli.app import run

Capture = pytest.CaptureFixture[str]
GOOD = b"from fastapi import FastAPI\n\napp = FastAPI()  # noqa: FBP999\n"
EXPECTED = "good.py:3:18: FBP004 [*] no rule is called `FBP999`"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "fbp-lint.toml").write_text("")
    (tmp_path / "good.py").write_bytes(GOOD)
    monkeypatch.chdir(tmp_path)
    return tmp_path


CACHE = ".fbp_cache"


def state(root: Path) -> dict[str, str]:
    return {
        str(file): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(root.rglob("*"))
        if file.is_file() and not file.is_symlink() and CACHE not in file.parts
    }


def linted(capsys: Capture, *args: str) -> list[str]:
    """Run with the certainty that a good file is still linted and all files are as they were."""
    before = state(Path())
    code = run(args)
    captured = capsys.readouterr()
    lines = captured.out.splitlines()
    assert code == 1
    assert captured.err == ""
    assert any(line.startswith(EXPECTED.partition(" [*]")[0]) for line in lines)
    assert state(Path()) == before
    return [line for line in lines if not line.startswith("good.py")]


BAD = [
    ("syntax", b"def f(:\n", "1:7: FBP001 this file is not valid Python: invalid syntax"),
    ("tabs", b"if x:\n\ty\n        z\n", "FBP001 this file is not valid Python: inconsistent use"),
    ("indent", b"  x = 1\n", "FBP001 this file is not valid Python: unexpected indent"),
    ("python2", b'print "x"\n', "FBP001 this file is not valid Python: Missing parentheses"),
    ("bytes", b'x = "\xff\xfe"\n', "FBP002 this file cannot be read: invalid or missing encoding"),
    (
        "utf16",
        "x = 'ä'\n".encode("utf-16"),
        "FBP002 this file cannot be read: invalid or missing encoding",
    ),
    ("cookie", b"# coding: klingon\n", "FBP002 this file cannot be read: unknown encoding"),
    ("null", b"x = 1\0\n", "FBP002 this file cannot be read: source code string cannot"),
    ("deep", b"x = " + b"(" * 5000 + b")" * 5000 + b"\n", "FBP001 this file is not valid Python: "),
    ("long", b"x = 1\n" * 900_000, "FBP002 this file cannot be read: it is 5.4 MB long"),
]


@pytest.mark.parametrize(("content", "message"), [row[1:] for row in BAD], ids=[r[0] for r in BAD])
@pytest.mark.usefixtures("root")
def test_a_bad_file_is_one_line(capsys: Capture, content: bytes, message: str) -> None:
    Path("bad.py").write_bytes(content)
    (line,) = linted(capsys)
    assert line.startswith("bad.py:1:" if "inconsistent" not in message else "bad.py:3:")
    assert message in line


FINE = {
    "empty": b"",
    "blank": b"\n \n",
    "comment": b"# nothing",
    "bom": b"\xef\xbb\xbfx = '\xc3\xa4'\n",
    "latin": b"# -*- coding: latin-1 -*-\nx = '\xe4'\n",
    "crlf": b"x = 1\r\ny = (\r\n    2\r\n)\r\n",
    "cr": b"x = 1\ry = 2\r",
    "form feed": b"x = 1\n\x0c\ny = 2\n",
    "no newline": b"x = 1",
    "nested": b"x = " + b"[" * 90 + b"]" * 90 + b"\n",
    "chain": b"x = a" + b".b" * 900 + b"\n",
    "sum": b"x = 1" + b" + 1" * 900 + b"\n",
    "ifs": b"if a:\n    pass\n" + b"elif b:\n    pass\n" * 800,
    "surrogate": b"x = '\\ud800'\n",
    "warning": b"x = '\\d'\nassert (1, 'x')\n",
}


@pytest.mark.parametrize("content", FINE.values(), ids=FINE)
@pytest.mark.usefixtures("root")
def test_an_odd_file_is_just_read(capsys: Capture, content: bytes) -> None:
    Path("odd.py").write_bytes(content)
    assert linted(capsys) == []


@pytest.mark.parametrize(
    ("head", "newline", "column"),
    [(b"", b"\n", 8), (b"\xef\xbb\xbf", b"\n", 8), (b"", b"\r\n", 8), (b"", b"\r", 8)],
    ids=["plain", "bom", "crlf", "cr"],
)
@pytest.mark.usefixtures("root")
def test_places_are_right_whatever_ends_a_line(
    capsys: Capture, head: bytes, newline: bytes, column: int
) -> None:
    Path("odd.py").write_bytes(head + newline.join([b"'\xc3\xa4'", b"x = 1  # noqa: FBP998", b""]))
    (line,) = linted(capsys)
    assert line.startswith(f"odd.py:2:{column}: FBP004")


@pytest.mark.usefixtures("root")
def test_what_is_no_file_is_told_and_never_opened(capsys: Capture) -> None:
    os.mkfifo("pipe.py")
    Path("dangling.py").symlink_to("nowhere.py")
    Path("loop.py").symlink_to("loop.py")
    Path("again").symlink_to(".")
    with socket.socket(socket.AF_UNIX) as unix:
        unix.bind("socket.py")
    assert linted(capsys) == [
        f"{name}.py:1:1: FBP002 this file cannot be read: {why}"
        for name, why in (
            ("dangling", "a symbolic link to nowhere.py, which does not exist"),
            ("loop", "a symbolic link that leads to itself"),
            ("pipe", "a named pipe, not a regular file"),
            ("socket", "a socket, not a regular file"),
        )
    ]


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize("path", ["dangling.py", "loop.py", "pipe.py", "linked.py"])
def test_what_is_no_file_may_be_asked_for(capsys: Capture, path: str) -> None:
    os.mkfifo("pipe.py")
    Path("dangling.py").symlink_to("nowhere.py")
    Path("loop.py").symlink_to("loop.py")
    Path("linked.py").symlink_to("good.py")
    assert run([path]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("good.py" if path == "linked.py" else path)


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize("path", ["none.py", "loop/x.py", "good.py/x.py", "x" * 300])
def test_a_path_that_does_not_exist_shows_nothing_else(capsys: Capture, path: str) -> None:
    Path("loop").symlink_to("loop")
    assert run([path]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == f"error: {path}: no such file or folder\n"


@pytest.mark.usefixtures("root")
def test_a_file_that_may_not_be_read(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("secret.py").write_text("x = 1\n")
    Path("secret.py").chmod(0)
    if os.geteuid() == 0:
        # Permissions do not hold root back.
        real = os.open

        def refuse(path: str, *args: int) -> int:
            if path.endswith("secret.py"):
                raise PermissionError(13, "Permission denied", path)
            return real(path, *args)

        monkeypatch.setattr(os, "open", refuse)
    assert run([]) == 1
    good, bad = capsys.readouterr().out.splitlines()
    assert good.startswith("good.py")
    assert bad == "secret.py:1:1: FBP002 this file cannot be read: Permission denied"


@pytest.mark.usefixtures("root")
def test_a_file_that_vanishes(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("gone.py").write_text("x = 1\n")
    real = disk.read

    def vanish(file: str) -> bytes:
        Path("gone.py").unlink(missing_ok=True)
        return real(file)

    monkeypatch.setattr(reading, "read", vanish)
    run([])
    (line,) = [x for x in capsys.readouterr().out.splitlines() if x.startswith("gone.py")]
    assert line == "gone.py:1:1: FBP002 this file cannot be read: No such file or directory"


@pytest.mark.usefixtures("root")
def test_a_file_that_becomes_a_pipe(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("pipe.py").write_text("x = 1\n")
    real = disk.read

    def swap(file: str) -> bytes:
        if file.endswith("pipe.py"):
            Path(file).unlink()
            os.mkfifo(file)
        return real(file)

    monkeypatch.setattr(reading, "read", swap)
    run([])
    (line,) = [x for x in capsys.readouterr().out.splitlines() if x.startswith("pipe.py")]
    assert line == "pipe.py:1:1: FBP002 this file cannot be read: not a regular file"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("pyproject.toml", b"[project\n", "pyproject.toml:1: not valid TOML: "),
        ("pyproject.toml", b"\xff", "pyproject.toml: not valid TOML: byte 0 is not UTF-8"),
        ("fbp-lint.toml", b"preset = \n", "fbp-lint.toml:1: not valid TOML: "),
        ("fbp-lint.toml", b'preset = "x"\n', "fbp-lint.toml:1: preset: should be one of"),
    ],
)
def test_a_broken_configuration_is_one_line(
    root: Path, capsys: Capture, name: str, content: bytes, message: str
) -> None:
    (root / "fbp-lint.toml").unlink()
    (root / name).write_bytes(content)
    before = state(root)
    assert run(["--fix"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"error: {root}/{message}")
    assert captured.err.count("\n") == 1
    assert state(root) == before


def test_names_that_no_terminal_shows(root: Path) -> None:
    name = os.fsdecode(b"caf\xe9.py")
    (root / name).write_bytes(GOOD)
    (root / "two\nlines.py").write_bytes(GOOD)
    done = subprocess.run(
        [sys.executable, "-m", "fastapi_bp_lint"],
        capture_output=True,
        check=False,
        env={
            **os.environ,
            "PYTHONPATH": str(Path(fastapi_bp_lint.__file__).parents[1]),
            "PYTHONIOENCODING": "ascii",
        },
    )
    assert done.returncode == 1
    assert done.stderr == b""
    assert len(done.stdout.splitlines()) == 3


TRAP = """
import pathlib
pathlib.Path("{mark}").write_text("executed")
raise SystemExit("executed")
"""


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_nothing_of_the_project_is_ever_run(root: Path, jobs: str) -> None:
    mark = root / "mark"
    trap = TRAP.format(mark=mark)
    (root / "good.py").unlink()
    # Names that Python or a library would import from the current folder.
    for name in (
        "ast",
        "click",
        "conftest",
        "fastapi",
        "json",
        "libcst",
        "main",
        "pathspec",
        "re",
        "setup",
        "sitecustomize",
        "typing",
        "usercustomize",
    ):
        (root / f"{name}.py").write_text(trap + "x = 1  # noqa: FBP999\n")
    (root / "fastapi_bp_lint").mkdir()
    (root / "fastapi_bp_lint/__init__.py").write_text(trap)
    (root / "pkg").mkdir()
    (root / "pkg/__init__.py").write_text(trap)
    (root / "pkg/plugin.pth").write_text(f"import pathlib; pathlib.Path({str(mark)!r}).touch()\n")
    code = (
        f"import sys; sys.path.insert(0, {str(Path(fastapi_bp_lint.__file__).parents[1])!r})\n"
        "from fastapi_bp_lint.cli import main; main()"
    )
    # As the installed script runs: the current folder is not on the path.
    for options in ([], ["--fix"], ["--diff"], ["--output-format", "full"]):
        done = subprocess.run(
            [sys.executable, "-P", "-c", code, "--jobs", jobs, *options, "."],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in {0, 1}, done.stderr
        assert "executed" not in done.stderr
        assert not mark.exists()
