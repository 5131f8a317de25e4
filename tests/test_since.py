"""What is new against a revision of git, in repositories of every make."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from fastapi_bp_lint.cli.app import run
from fastapi_bp_lint.config import Config
from fastapi_bp_lint.discovery import belongs

Told = Callable[..., tuple[int, list[str], str]]

APP = """\
from fastapi import FastAPI

from src import rates

app = FastAPI()


@app.get("/old")
async def read_old() -> str:
    return rates.load()
"""
NEW = """

@app.get("/new")
async def read_new() -> str:
    return rates.load()
"""
RATES = "import requests\n\n\ndef load() -> str:\n    return requests.get('https://x').text\n"
FILES = {
    "fbp-lint.toml": 'select = ["FBP1"]\n',
    "src/__init__.py": "",
    "src/main.py": APP,
    "src/rates.py": RATES,
}


def git(root: Path, *args: str) -> str:
    own = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    allowed = ("-c", "protocol.file.allow=always", "-c", "init.defaultBranch=main")
    done = subprocess.run(
        ["git", *own, *allowed, *args], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def put(root: Path, **files: str) -> None:
    for name, text in files.items():
        write(root, {f"src/{name}.py": text})


def write(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")


def commit(root: Path, message: str = "more") -> None:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", message)


def repository(root: Path, files: dict[str, str] = FILES) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    git(root, "init", "--quiet")
    write(root, files)
    commit(root)
    return root


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no setting of the machine, and no hook that runs these tests, speak."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = repository(tmp_path / "project")
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    def tell(*args: str) -> tuple[int, list[str], str]:
        code = run(args)
        captured = capsys.readouterr()
        return code, [line.split(": ")[0] for line in captured.out.splitlines()], captured.err

    return tell


FOUND: tuple[int, list[str], str] = (1, ["src/main.py:15:12"], "")
CLEAN: tuple[int, list[str], str] = (0, [], "")


def test_a_new_caller_of_an_old_blocker_in_an_untouched_file_and_nothing_else(
    root: Path, told: Told
) -> None:
    put(root, main=APP + NEW)
    commit(root)
    assert told()[1] == ["src/main.py:10:12", "src/main.py:15:12"]
    assert told("--since", "HEAD~1") == FOUND
    assert told("--since", "HEAD") == CLEAN
    # The route is in one file, the helper on the way in another, the blocker in a third.
    put(root, main=APP + NEW.replace("rates.load", "news.load").replace("rates", "news"))
    put(root, news="from src.rates import load as of\n\n\ndef load() -> str:\n    return of()\n")
    text = (root / "src/main.py").read_text()
    put(root, main=text.replace("import rates", "import news, rates"))
    commit(root)
    put(root, news="def load() -> str:\n    return ''\n")
    commit(root)
    assert told("--since", "HEAD~1") == CLEAN
    put(root, news="from src.rates import load as of\n\n\ndef load() -> str:\n    return of()\n")
    assert told("--since", "HEAD") == FOUND


@pytest.mark.parametrize("state", ["in the working tree", "in the index", "committed"])
def test_wherever_the_change_is(state: str, root: Path, told: Told) -> None:
    put(root, main=APP + NEW)
    if state == "in the index":
        git(root, "add", "--all")
    elif state == "committed":
        commit(root)
    since = "HEAD~1" if state == "committed" else "HEAD"
    assert told("--since", since) == FOUND
    assert told("--since", since, "src/rates.py") == CLEAN


def test_the_blocker_is_new_and_the_caller_is_not(root: Path, told: Told) -> None:
    put(root, rates="def load() -> str:\n    return ''\n")
    commit(root)
    put(root, rates=RATES)
    assert told("--since", "HEAD") == (1, ["src/main.py:10:12"], "")


def test_moved_lines_are_not_new(root: Path, told: Told) -> None:
    put(root, rates="# moved\n\n" + RATES, main='"""Moved."""\n\n\n' + APP)
    assert told()[1] == ["src/main.py:13:12"]
    assert told("--since", "HEAD") == CLEAN


@pytest.mark.parametrize("known_to_git", [True, False])
def test_a_renamed_file_is_the_same_file(root: Path, told: Told, *, known_to_git: bool) -> None:
    text = APP.replace("from src import rates", "from src import rates, tables")
    put(root, main=text, tables="X = 1\n")
    commit(root)
    (root / "src/main.py").rename(root / "src/application.py")
    put(root, application=f"# renamed\n{text}{NEW}")
    if known_to_git:
        git(root, "add", "--all")
    assert told("--since", "HEAD") == (1, ["src/application.py:16:12"], "")


def test_a_deleted_file_is_no_news(root: Path, told: Told) -> None:
    put(root, jobs="import requests\n\n\nasync def job() -> None:\n    requests.get('https://x')\n")
    commit(root)
    (root / "src/jobs.py").unlink()
    assert told("--since", "HEAD") == CLEAN
    # What it called is untouched, what is called in its place is new.
    put(root, main=APP + NEW)
    assert told("--since", "HEAD") == FOUND


def test_a_project_in_a_subfolder(tmp_path: Path, told: Told) -> None:
    files = {f"services/api/{path}": text for path, text in FILES.items()}
    top = repository(tmp_path / "mono", {**files, "other/main.py": APP})
    api = top / "services/api"
    put(api, main=APP + NEW)
    put(top / "other", main=APP + NEW)
    assert told("--since", "HEAD", str(api)) == FOUND
    assert told("--since", "HEAD", str(api / "src/rates.py")) == CLEAN


def test_a_worktree(root: Path, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    put(root, main=APP + NEW)
    commit(root)
    git(root, "worktree", "add", "--quiet", "../aside", "HEAD~1")
    monkeypatch.chdir(root.parent / "aside")
    assert told("--since", "HEAD") == CLEAN
    put(root.parent / "aside", main=APP + NEW)
    assert told("--since", "HEAD") == FOUND
    assert told("--since", "main") == CLEAN


def test_a_submodule_is_compared_with_its_own_commit(
    root: Path, told: Told, tmp_path: Path
) -> None:
    library = repository(tmp_path / "library", {"lib.py": RATES + "X = 1\n", "gone.py": "Y = 1\n"})
    git(root, "submodule", "--quiet", "add", str(library), "vendor")
    caller = "import requests\n\n\nasync def job() -> None:\n    requests.get('https://x')\n"
    commit(root)
    assert told("--since", "HEAD") == CLEAN
    write(root / "vendor", {"lib.py": caller})
    assert told("--since", "HEAD") == (1, ["vendor/lib.py:5:5"], "")
    commit(root / "vendor")
    commit(root)
    assert told("--since", "HEAD~1") == (1, ["vendor/lib.py:5:5"], "")
    assert told("--since", "HEAD") == CLEAN
    # Without its history a submodule is taken as it is.
    (root / "vendor/.git").unlink()
    write(root / "vendor", {"lib.py": caller + caller.replace("job", "other")})
    assert told("--since", "HEAD") == CLEAN
    git(root / "vendor", "init", "--quiet")
    assert told("--since", "HEAD") == CLEAN
    for path in (root / "vendor").glob("*.py"):
        path.unlink()
    assert told("--since", "HEAD") == CLEAN


def test_standard_input_is_the_text_of_today(
    root: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io  # noqa: PLC0415
    import sys  # noqa: PLC0415

    for text, expected in ((APP + NEW, FOUND), (APP, CLEAN)):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        assert told("--since", "HEAD", "--stdin-filename", "src/main.py", "-") == expected
    assert (root / "src/main.py").read_text() == APP


def test_what_is_accepted_is_not_new_either(root: Path, told: Told) -> None:
    put(root, main=APP + NEW)
    assert told("--since", "HEAD", "src/main.py")[0] == 1
    told("--write-baseline", "b.json", "-q")
    more = NEW.replace("new", "newer")
    put(root, main=APP + NEW + more)
    assert told("--since", "HEAD", "--baseline", "b.json") == (1, ["src/main.py:20:12"], "")
    assert told("--since", "HEAD")[1] == ["src/main.py:15:12", "src/main.py:20:12"]


def test_only_what_is_new_is_fixed(root: Path, told: Told) -> None:
    write(root, {"fbp-lint.toml": 'select = ["FBP403"]\n'})
    route = "@app.post('/{0}', status_code=201)\nasync def {0}() -> None: ...\n\n\n"
    head = "from fastapi import FastAPI, status\n\napp = FastAPI()\n\n\n"
    put(root, main=head + route.format("one"))
    commit(root)
    put(root, main=head + route.format("two") + route.format("one"))
    code, _, err = told("--since", "HEAD", "--fix")
    assert code == 0
    assert "Fixed 1 finding:" in err
    assert (root / "src/main.py").read_text() == (
        head + route.format("two").replace("201", "status.HTTP_201_CREATED") + route.format("one")
    )


def test_names_that_are_not_ascii_and_lines_of_windows(root: Path, told: Told) -> None:
    (root / "src/größe ü.py").write_bytes((RATES + APP.replace("rates.", "")).encode())
    write(root, {".gitattributes": "*.py text eol=crlf\n"})
    commit(root)
    git(root, "rm", "--cached", "--quiet", "-r", ".")
    git(root, "reset", "--quiet", "--hard")
    assert b"\r\n" in (root / "src/rates.py").read_bytes()
    assert told("--since", "HEAD") == CLEAN
    with (root / "src/main.py").open("ab") as file:
        file.write(NEW.replace("\n", "\r\n").encode())
    assert told("--since", "HEAD") == FOUND


def test_new_rules_do_not_make_old_findings_new(root: Path, told: Told) -> None:
    write(root, {"fbp-lint.toml": 'select = ["FBP403"]\n'})
    commit(root)
    write(root, {"fbp-lint.toml": 'select = ["FBP1"]\n'})
    assert told("--since", "HEAD") == CLEAN


def test_what_is_suppressed_no_longer_is_new(root: Path, told: Told) -> None:
    put(root, main=APP.replace("load()", "load()  # noqa: FBP102"))
    commit(root)
    put(root, main=APP)
    assert told("--since", "HEAD") == (1, ["src/main.py:10:12"], "")


def test_excluded_files_are_of_no_revision(root: Path, told: Told) -> None:
    write(root, {"old/main.py": APP + NEW, "old/x.py": "X = 1\n"})
    commit(root)
    write(root, {"fbp-lint.toml": 'select = ["FBP1"]\nexclude = ["old/"]\n', "old/x.py": "X = 2\n"})
    (root / "old/main.py").unlink()
    assert told("--since", "HEAD") == CLEAN


@pytest.mark.parametrize(
    ("path", "config", "expected"),
    [
        ("src/a.py", Config(), True),
        ("src/a.txt", Config(), False),
        ("build/a.py", Config(), False),
        ("node_modules/a/b.py", Config(), False),
        ("src/a.py", Config(include=("lib/*.py",)), False),
        ("src/a.py", Config(extend_exclude=("a.py",)), False),
    ],
)
def test_what_would_belong_to_the_project(path: str, config: Config, *, expected: bool) -> None:
    assert belongs(path, config) is expected


def test_a_link_and_a_file_that_is_no_text_stand_for_nothing(root: Path, told: Told) -> None:
    (root / "src/link.py").symlink_to("nowhere.py")
    commit(root)
    (root / "src/link.py").unlink()
    put(root, link=NEW.replace("@app", "@x"))
    (root / "src/bytes.py").write_bytes(b"\xff = 1\n")
    commit(root)
    put(root, main=APP + NEW)
    code, lines, err = told("--since", "HEAD", "--select", "FBP1")
    assert (code, lines, err) == FOUND


def test_a_file_that_could_not_be_read_then_either(root: Path, told: Told) -> None:
    (root / "src/bytes.py").write_bytes(b"\xff = 1\n")
    commit(root)
    (root / "src/bytes.py").write_bytes(b"\xff = 2\n")
    assert told("--since", "HEAD") == CLEAN


def test_without_an_index_every_file_is_as_good_as_a_new_one(root: Path, told: Told) -> None:
    (root / ".git/index").unlink()
    assert told("--since", "HEAD") == CLEAN
    put(root, main=APP + NEW)
    assert told("--since", "HEAD") == FOUND


def test_new_files_outside_of_a_sparse_checkout(root: Path, told: Told) -> None:
    write(root, {"docs/a.py": "X = 1\n"})
    commit(root)
    git(root, "sparse-checkout", "set", "src")
    assert not (root / "docs/a.py").exists()
    assert told("--since", "HEAD") == CLEAN
    write(root, {"docs/b.py": "X = 1\n"})
    put(root, main=APP + NEW)
    assert told("--since", "HEAD") == FOUND


def test_unmerged_files(root: Path, told: Told) -> None:
    git(root, "checkout", "--quiet", "-b", "other")
    put(root, rates=RATES.replace("https://x", "https://y"))
    commit(root)
    git(root, "checkout", "--quiet", "main")
    put(root, rates=RATES.replace("https://x", "https://z"))
    commit(root)
    with pytest.raises(AssertionError):
        git(root, "merge", "--quiet", "other")
    assert "<<<<<<<" in (root / "src/rates.py").read_text()
    put(root, rates=RATES, main=APP + NEW)
    assert told("--since", "HEAD") == FOUND


def test_a_hook_of_git_sets_variables_that_are_not_meant_for_us(
    root: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(root, main=APP + NEW)
    monkeypatch.setenv("GIT_INDEX_FILE", "nowhere/index")
    monkeypatch.setenv("GIT_DIR", "nowhere")
    assert told("--since", "HEAD") == FOUND


def test_nothing_is_written_and_no_program_of_the_repository_runs(root: Path, told: Told) -> None:
    trap = root.parent / "trap"
    program = root.parent / "program"
    program.write_text(f"#!/bin/sh\ntouch {trap}\n")
    program.chmod(0o755)
    for name in ("core.fsmonitor", "diff.external", "diff.x.textconv", "filter.x.smudge"):
        git(root, "config", name, str(program))
    (root / ".git/hooks/post-index-change").symlink_to(program)
    write(root, {".gitattributes": "*.py diff=x filter=x\n"})
    put(root, main=APP + NEW, fresh="X = 1\n")
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    assert told("--since", "HEAD") == FOUND
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before
    assert not trap.exists()


@pytest.mark.parametrize("revision", ["HEAD~1", "v1", "@{1}", ":/fir", "main^", "v1^{}"])
def test_any_name_of_a_commit(revision: str, root: Path, told: Told) -> None:
    git(root, "commit", "--quiet", "--amend", "--message", "first")
    git(root, "tag", "--annotate", "v1", "--message", "v1")
    put(root, main=APP + NEW)
    commit(root)
    assert told("--since", revision) == FOUND


@pytest.mark.parametrize(
    ("revision", "message"),
    [
        ("nonsense", '--since: git knows no revision "nonsense"'),
        ("--all", '--since: git knows no revision "--all"'),
        ("HEAD:src", '--since: git knows no revision "HEAD:src"'),
        ("", "--since needs a revision of git"),
    ],
)
@pytest.mark.usefixtures("root")
def test_a_wrong_revision_is_one_message(revision: str, message: str, told: Told) -> None:
    code, out, err = told("--since", revision)
    assert (code, out) == (2, [])
    assert err.rstrip().endswith(message)
    assert "Traceback" not in err


def test_a_shallow_clone_says_so(root: Path, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    put(root, main=APP + NEW)
    commit(root)
    git(root, "clone", "--quiet", "--depth", "1", root.as_uri(), "../shallow")
    monkeypatch.chdir(root.parent / "shallow")
    assert told("--since", "HEAD") == CLEAN
    code, _, err = told("--since", "HEAD~1")
    assert code == 2
    assert "this clone is shallow, fetch more of its history" in err
    git(root.parent / "shallow", "fetch", "--quiet", "--unshallow")
    assert told("--since", "HEAD~1") == FOUND


def test_a_repository_without_commits(tmp_path: Path, told: Told) -> None:
    git(tmp_path, "init", "--quiet")
    write(tmp_path, FILES)
    code, _, err = told("--since", "HEAD", str(tmp_path))
    assert code == 2
    assert 'git knows no revision "HEAD": nothing has been committed yet' in err


def test_no_repository(tmp_path: Path, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    write(tmp_path, FILES)
    code, _, err = told("--since", "HEAD", str(tmp_path))
    assert (code, err) == (2, f"Error: --since: {tmp_path} is in no git repository\n")


def test_no_git(root: Path, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(root))
    code, _, err = told("--since", "HEAD")
    assert (code, err) == (2, "Error: --since: git is not installed, or not on the PATH\n")
    (root / "git").write_text("")
    (root / "git").chmod(0o755)
    code, _, err = told("--since", "HEAD")
    assert (code, err) == (2, "Error: --since: git cannot be run: Exec format error\n")


def test_a_lost_object_is_one_message(root: Path, told: Told) -> None:
    put(root, main=APP + NEW)
    sha = git(root, "rev-parse", "HEAD:src/main.py")
    (root / ".git/objects" / sha[:2] / sha[2:]).unlink()
    code, _, err = told("--since", "HEAD")
    assert (code, err) == (2, f"Error: --since: git has lost the object {sha}\n")
