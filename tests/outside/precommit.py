"""The hooks, run by pre-commit itself from a clone of this repository."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PROJECTS = ROOT / "fixtures" / "projects"
LINE = re.compile(r"^(\S+?):(\d+):(\d+): (FBP\d{3}) ", re.MULTILINE)
CONFIG = """\
repos:
- repo: {clone}
  rev: {rev}
  hooks:
  - id: fbp-lint
  - id: fbp-lint-fix
    stages: [manual]
"""

Found = list[tuple[str, ...]]
Make = Callable[[str], Path]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Clone this repository, as pre-commit will clone it again."""
    folder = tmp_path_factory.mktemp("clone") / "fastapi-bp-lint"
    call(ROOT, "git", "clone", "--quiet", "--no-hardlinks", ".", str(folder))
    return folder


@pytest.fixture(scope="module", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Iterable[None]:
    """Let pre-commit install the hooks anew, and only once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PRE_COMMIT_HOME", str(tmp_path_factory.mktemp("cache")))
        for who in ("AUTHOR", "COMMITTER"):
            patch.setenv(f"GIT_{who}_NAME", "nobody")
            patch.setenv(f"GIT_{who}_EMAIL", "nobody@example.com")
        yield


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Make a repository of a sample project."""

    def build(name: str) -> Path:
        project = tmp_path / name
        shutil.copytree(PROJECTS / name, project)
        call(project, "git", "init", "--quiet")
        call(project, "git", "add", "--all")
        call(project, "git", "commit", "--quiet", "--message", "begin")
        return project

    return build


def execute(cwd: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def call(cwd: Path, *command: str) -> str:
    done = execute(cwd, *command)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def hook(project: Path, clone: Path, name: str, *args: str) -> subprocess.CompletedProcess[str]:
    """Run a hook as a team does: from the configuration, installed once for all tests."""
    configure(project, clone)
    command = (sys.executable, "-m", "pre_commit", "run", "--hook-stage", "manual", name)
    return execute(project, *command, *(args or ("--all-files",)))


def configure(project: Path, clone: Path) -> None:
    rev = call(clone, "git", "rev-parse", "HEAD").strip()
    (project / ".pre-commit-config.yaml").write_text(CONFIG.format(clone=clone, rev=rev))
    call(project, "git", "add", ".pre-commit-config.yaml")


def found(text: str) -> Found:
    return sorted(match.groups() for match in LINE.finditer(text))


def fbp_lint(project: Path) -> Found:
    done = execute(project, sys.executable, "-m", "fastapi_bp_lint", "--output-format", "concise")
    return found(done.stdout)


def test_the_manifest_is_valid() -> None:
    manifest = str(ROOT / ".pre-commit-hooks.yaml")
    call(ROOT, sys.executable, "-m", "pre_commit", "validate-manifest", manifest)


def test_fails_on_the_bookshop_with_what_the_command_line_finds(make: Make, clone: Path) -> None:
    project = make("bookshop")
    command = ("-m", "pre_commit", "try-repo", str(clone), "fbp-lint", "--all-files")
    done = execute(project, sys.executable, *command)
    assert done.returncode == 1
    assert len(found(done.stdout)) > 50
    assert found(done.stdout) == fbp_lint(project)
    assert call(project, "git", "status", "--porcelain") == ""


def test_passes_on_the_clean_bookshop(make: Make, clone: Path) -> None:
    done = hook(make("bookshop_clean"), clone, "fbp-lint")
    assert done.returncode == 0, done.stdout
    assert re.search(r"^fbp-lint\.+Passed$", done.stdout, re.MULTILINE)


def test_fixes_what_is_safe_once(make: Make, clone: Path) -> None:
    project = make("bookshop")
    before = fbp_lint(project)
    first = hook(project, clone, "fbp-lint-fix")
    assert first.returncode == 1
    assert "files were modified by this hook" in first.stdout
    changed = call(project, "git", "diff")
    assert "\n+" in changed
    left = fbp_lint(project)
    assert 0 < len(left) < len(before)
    assert found(first.stdout) == left
    again = hook(project, clone, "fbp-lint-fix")
    assert "files were modified by this hook" not in again.stdout
    assert call(project, "git", "diff") == changed


def test_one_file_is_seen_with_its_project(make: Make, clone: Path) -> None:
    project = make("bookshop")
    path = "src/profiles/service.py"
    done = hook(project, clone, "fbp-lint", "--files", path)
    assert found(done.stdout) == [row for row in fbp_lint(project) if row[0] == path]
    assert "src/profiles/utils.py:13" in done.stdout  # where a helper of another module blocks


def test_stops_a_commit(make: Make, clone: Path) -> None:
    project = make("bookshop_clean")
    configure(project, clone)
    call(project, sys.executable, "-m", "pre_commit", "install")
    late = project / "src" / "late.py"
    late.write_text("import time\n\n\nasync def tick() -> None:\n    time.sleep(1)\n")
    call(project, "git", "add", "--all")
    commit = ("git", "commit", "--message", "more")
    stopped = execute(project, *commit)
    assert stopped.returncode == 1
    assert found(stopped.stderr + stopped.stdout) == [("src/late.py", "5", "5", "FBP103")]
    late.write_text("import asyncio\n\n\nasync def tick() -> None:\n    await asyncio.sleep(1)\n")
    call(project, "git", "add", "--all")
    call(project, *commit)
    assert "late.py" in call(project, "git", "ls-files")
