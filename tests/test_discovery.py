"""Which files are the project's."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from fastapi_bp_lint.config import Config, ConfigError
from fastapi_bp_lint.discovery import NEVER, discover


def add(root: Path, *paths: str) -> None:
    for path in paths:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")


def listed(root: Path, **settings: Any) -> list[str]:  # noqa: ANN401
    return list(discover(root, Config()._replace(**settings)).files)


def test_only_python_files_in_order_of_path(tmp_path: Path) -> None:
    add(tmp_path, "b.py", "a/z.py", "a/b/c.py", "a.pyi", "a.pyc", "x.txt", "Makefile", "a-b.py")
    assert listed(tmp_path) == ["a-b.py", "a/b/c.py", "a/z.py", "b.py"]


def test_never_into_environments_and_caches(tmp_path: Path) -> None:
    add(tmp_path, "app/main.py", "odd/pyvenv.cfg", "odd/lib/x.py", "conda/conda-meta/history")
    add(tmp_path, "conda/x.py", "deep/env/pyvenv.cfg", "deep/env/bin/x.py", "deep/ok.py")
    add(tmp_path, *(f"{name}/x.py" for name in NEVER), *(f"app/{name}/x.py" for name in NEVER))
    assert listed(tmp_path) == ["app/main.py", "deep/ok.py"]
    assert listed(tmp_path, exclude=(), include=("**/*.py",)) == ["app/main.py", "deep/ok.py"]


def test_an_unpacked_wheel_in_an_environment_is_a_project_of_its_own(tmp_path: Path) -> None:
    root = tmp_path / ".venv/lib/site-packages/package"
    add(tmp_path, ".venv/pyvenv.cfg")
    add(root, "__init__.py", "main.py")
    assert listed(root) == ["__init__.py", "main.py"]


def test_exclude_and_include(tmp_path: Path) -> None:
    add(tmp_path, "src/a.py", "src/gen/b_pb2.py", "migrations/c.py", "build/d.py", "src/build/e.py")
    assert listed(tmp_path) == ["migrations/c.py", "src/a.py", "src/build/e.py", "src/gen/b_pb2.py"]
    assert listed(tmp_path, extend_exclude=("*_pb2.py", "migrations")) == [
        "src/a.py",
        "src/build/e.py",
    ]
    assert "build/d.py" in listed(tmp_path, exclude=())
    assert listed(tmp_path, include=("/src/*.py",)) == ["src/a.py"]
    with pytest.raises(ConfigError, match='exclude: "!" is not a valid pattern'):
        discover(tmp_path, Config(exclude=("!",)))


def test_gitignore_files_at_every_level(tmp_path: Path) -> None:
    add(tmp_path, "a/x.py", "a/keep.py", "a/gen/y.py", "b/x.py", "b/only.py", "c/d/z.py")
    (tmp_path / ".gitignore").write_text("x.py\ngen/\n")
    (tmp_path / "b/.gitignore").write_text("!x.py\n/only.py\n")
    (tmp_path / "c/.gitignore").write_text("*\n")
    assert listed(tmp_path) == ["a/keep.py", "b/x.py"]


def test_gitignore_above_the_root_and_the_repository_s_own_list(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    add(tmp_path, "services/a/x.py", "services/a/y.py", "services/a/z.py", "services/a/ok.py")
    (tmp_path / ".gitignore").write_text("/services/*/x.py\n")
    (tmp_path / "services/.gitignore").write_text("y.py\n")
    (tmp_path / ".git/info/exclude").write_text("z.py\n")
    assert listed(tmp_path / "services/a") == ["ok.py"]
    assert listed(tmp_path) == ["services/a/ok.py"]


def test_what_is_linted_on_purpose_may_be_ignored_as_a_whole(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    add(tmp_path, "vendored/app/x.py")
    (tmp_path / ".gitignore").write_text("vendored/\n")
    assert listed(tmp_path) == []
    assert listed(tmp_path / "vendored/app") == ["x.py"]


def test_an_odd_gitignore_does_no_harm(tmp_path: Path) -> None:
    add(tmp_path, "x.py", "a/y.py")
    (tmp_path / ".gitignore").write_bytes(b"\xff\n!\n[z-a]\nno\\\n")
    os.mkfifo(tmp_path / "a/.gitignore")
    assert listed(tmp_path) == ["a/y.py", "x.py"]


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    add(tmp_path, "project/app/x.py", "outside/y.py")
    root = tmp_path / "project"
    (root / "again").symlink_to("app")
    (root / "loop").symlink_to(".")
    (root / "app/up").symlink_to("..")
    (root / "outside").symlink_to(tmp_path / "outside")
    listing = discover(root, Config())
    assert list(listing.files) == ["app/x.py"]
    assert listing.problems == {}


def test_links_to_files(tmp_path: Path) -> None:
    add(tmp_path, "project/x.py", "project/template.txt", "shared/y.py")
    root = tmp_path / "project"
    (root / "twin.py").symlink_to("x.py")
    (root / "outside.py").symlink_to(tmp_path / "shared/y.py")
    (root / "named.py").symlink_to("template.txt")
    assert listed(root) == ["named.py", "outside.py", "x.py"]


def test_what_will_not_be_opened(tmp_path: Path) -> None:
    add(tmp_path, "ok.py")
    os.mkfifo(tmp_path / "pipe.py")
    with socket.socket(socket.AF_UNIX) as unix:
        unix.bind(str(tmp_path / "socket.py"))
    (tmp_path / "dangling.py").symlink_to("nowhere.py")
    (tmp_path / "self.py").symlink_to("self.py")
    (tmp_path / "there.py").symlink_to("back.py")
    (tmp_path / "back.py").symlink_to("there.py")
    (tmp_path / "null.py").symlink_to("/dev/null")
    (tmp_path / "dangling").symlink_to("nowhere")
    listing = discover(tmp_path, Config())
    assert list(listing.files) == ["ok.py"]
    assert listing.problems == {
        "back.py": "a symbolic link that leads to itself",
        "dangling.py": "a symbolic link to nowhere.py, which does not exist",
        "null.py": "a device, not a regular file",
        "pipe.py": "a named pipe, not a regular file",
        "self.py": "a symbolic link that leads to itself",
        "socket.py": "a socket, not a regular file",
        "there.py": "a symbolic link that leads to itself",
    }
    assert discover(tmp_path, Config(extend_exclude=("*.py",))).problems == {}


def test_a_folder_that_cannot_be_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add(tmp_path, "ok.py", "secret/x.py")
    real = os.scandir

    def scandir(path: str) -> object:
        if path.rstrip("/").endswith("secret"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    listing = discover(tmp_path, Config())
    assert list(listing.files) == ["ok.py"]
    assert listing.problems == {"secret": "cannot be listed: Permission denied"}


def test_names_that_are_not_text(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.py")
    (tmp_path / name).write_text("")
    (tmp_path / "new\nline.py").write_text("")
    assert listed(tmp_path) == [name, "new\nline.py"]
