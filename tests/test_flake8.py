"""Real flake8 says what fbp-lint says, however it is run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from fastapi_bp_lint import __version__

ROOT = Path(__file__).parent.parent
BOOKSHOP = ROOT / "fixtures" / "projects" / "bookshop"
SPAWN = """\
import multiprocessing, sys
from flake8.main.cli import main

if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    sys.exit(main())
"""
# The blocking call stands in another module than the coroutine that reaches it.
PROJECT = {
    "pyproject.toml": "[tool.fbp-lint]\n",
    "src/__init__.py": "",
    "src/rates.py": (
        "import requests\n\n\ndef load():\n    return requests.get('https://rates.example')\n"
    ),
    "src/main.py": (
        "import time\n\nfrom fastapi import FastAPI\n\nfrom src import rates\n\n"
        "app = FastAPI()\n\n\n"
        "@app.get('/rates')\nasync def read_rates() -> str:\n    '语'; rates.load()\n"
        "    time.sleep(1)  # noqa: blocking-call\n"
        "    time.sleep(2)  # noqa: FBP101\n"
        "    time.sleep(3)  # noqa: FBP102\n"
        "    return 'done'\n"
    ),
}
HELPER, SLEEP, UNUSED = (
    ("src/main.py", 12, 10, "FBP102"),
    ("src/main.py", 15, 5, "FBP101"),
    ("src/main.py", 15, 20, "FBP004"),
)

Row = tuple[str, int, int, str]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install our entry points for flake8 to find, whether or not this package is installed."""
    site = tmp_path_factory.mktemp("site")
    info = site / f"fastapi_bp_lint-{__version__}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: fastapi-bp-lint\nVersion: {__version__}\n"
    )
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = [
        f"[{group}]\n{name} = {value}\n"
        for group, points in project["entry-points"].items()
        for name, value in points.items()
    ]
    (info / "entry_points.txt").write_text("".join(lines))
    (site / "spawned_flake8.py").write_text(SPAWN)
    return site


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for path, text in PROJECT.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    return tmp_path


def execute(
    cwd: Path, site: Path, *command: str, text: str | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": f"{site}{os.pathsep}{ROOT}", "PYTHONUTF8": "1"},
        input=text,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def flake8(
    cwd: Path, site: Path, *args: str, text: str | None = None, module: str = "flake8"
) -> list[Row]:
    form = "--format=%(path)s|%(row)d|%(col)d|%(code)s"
    done = execute(cwd, site, "-m", module, "--select=FBP,E9", form, *args, text=text)
    assert not done.stderr, done.stderr
    rows = [line.split("|") for line in done.stdout.splitlines()]
    return sorted((os.path.normpath(p), int(r), int(c), code) for p, r, c, code in rows)


def fbp_lint(cwd: Path, site: Path, *args: str) -> list[Row]:
    done = execute(cwd, site, "-m", "fastapi_bp_lint", "--output-format", "json", *args)
    assert not done.stderr, done.stderr
    findings = json.loads(done.stdout)["findings"]
    return sorted((f["path"], f["line"], f["column"], f["code"]) for f in findings)


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("module", ["flake8", "spawned_flake8"])
def test_finds_the_same_however_it_starts(
    module: str, jobs: str, project: Path, site: Path
) -> None:
    expected = [HELPER, SLEEP, UNUSED]
    assert fbp_lint(project, site, "src") == expected
    assert flake8(project, site, "src", f"--jobs={jobs}", module=module) == expected


def test_one_file_says_what_the_whole_project_says(project: Path, site: Path) -> None:
    assert flake8(project, site, "src/main.py") == [HELPER, SLEEP, UNUSED]
    assert flake8(project, site, "src/rates.py") == []
    assert flake8(project / "src", site, "main.py") == [
        (path.removeprefix("src/"), *rest) for path, *rest in (HELPER, SLEEP, UNUSED)
    ]


def test_standard_input_stands_for_its_file(project: Path, site: Path) -> None:
    text = PROJECT["src/main.py"].replace("'语'; ", "")
    found = flake8(project, site, "--stdin-display-name", "src/main.py", "-", text=text)
    assert found == [("src/main.py", 12, 5, "FBP102"), SLEEP, UNUSED]


def test_standard_input_without_a_name(project: Path, site: Path) -> None:
    found = flake8(project, site, "-", text=PROJECT["src/main.py"])
    assert found == [("stdin", *rest) for _, *rest in (HELPER, SLEEP, UNUSED)]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_agrees_on_the_bookshop(jobs: str, site: Path) -> None:
    expected = fbp_lint(BOOKSHOP, site, "--preset", "strict")
    assert len(expected) > 20
    assert flake8(BOOKSHOP, site, "--fbp-preset=strict", f"--jobs={jobs}") == expected


def test_options_stand_in_the_configuration_of_flake8(project: Path, site: Path) -> None:
    (project / "elsewhere.toml").write_text('select = ["FBP003", "FBP102"]\n')
    (project / "setup.cfg").write_text("[flake8]\nfbp-config = elsewhere.toml\n")
    assert flake8(project, site, "src") == [HELPER]
    (project / "setup.cfg").write_text("[flake8]\nfbp-certainty = certain\nextend-ignore = FBP1\n")
    assert flake8(project, site, "src") == [UNUSED]


def test_what_is_accepted_is_not_reported(project: Path, site: Path) -> None:
    fbp_lint(project, site, "--select", "FBP102", "--write-baseline", "b.json", "-q")
    (project / "pyproject.toml").write_text("[tool.fbp-lint]\nbaseline = 'b.json'\n")
    before = (project / "b.json").read_bytes()
    assert flake8(project, site, "src") == [SLEEP, UNUSED]
    text = PROJECT["src/main.py"].replace("'语'; rates.load()", "'x'")
    found = flake8(project, site, "--stdin-display-name", "src/main.py", "-", text=text)
    assert found == [SLEEP, UNUSED]
    assert (project / "b.json").read_bytes() == before


def test_a_rule_that_is_named_runs_whatever_the_preset(project: Path, site: Path) -> None:
    code = PROJECT["src/main.py"] + "\n\ndef readX() -> None: ...\n"
    (project / "src" / "main.py").write_text(
        code.replace("@app.get('/rates')", "@app.get('/rates', status_code=200)"), "utf-8"
    )
    assert "FBP403" not in {row[3] for row in flake8(project, site, "src")}
    for how in ("--extend-select=FBP403", "--select=FBP403,FBP102"):
        done = execute(project, site, "-m", "flake8", how, "--format=%(code)s", "src")
        assert not done.stderr
        found = set(done.stdout.split())
        assert {"FBP102", "FBP403"} <= found
        assert ("FBP101" in found) is how.startswith("--extend")
    (project / "setup.cfg").write_text("[flake8]\nselect = E9\nextend-select = FBP403\n")
    done = execute(project, site, "-m", "flake8", "--format=%(code)s", "src")
    assert done.stdout.split() == ["FBP403"]


def test_is_selected_beside_other_plugins(project: Path, site: Path) -> None:
    (project / "setup.cfg").write_text("[flake8]\nselect = E9\n")
    done = execute(project, site, "-m", "flake8", "--extend-select=FBP", "--format=%(code)s", "src")
    assert set(done.stdout.split()) == {"FBP004", "FBP101", "FBP102"}
    done = execute(project, site, "-m", "flake8", "--format=%(code)s", "src")
    assert done.stdout == ""


def test_projects_side_by_side_keep_their_own_settings(project: Path, site: Path) -> None:
    other = project / "other"
    other.mkdir()
    (other / "fbp-lint.toml").write_text('select = ["FBP001"]\n')
    (other / "main.py").write_text(PROJECT["src/main.py"])
    assert flake8(project, site, "src", "other") == [HELPER, SLEEP, UNUSED]


def test_a_file_that_does_not_parse_is_left_to_flake8(project: Path, site: Path) -> None:
    (project / "src" / "broken.py").write_text("def f(:\n")
    codes = [code for path, _, _, code in flake8(project, site, "src") if "broken" in path]
    assert codes == ["E999"]


def test_a_broken_configuration_is_one_message(project: Path, site: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.fbp-lint]\npresett = 1\n")
    done = execute(project, site, "-m", "flake8", "src")
    assert done.returncode == 1
    assert "presett" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_version_is_shown(project: Path, site: Path) -> None:
    done = execute(project, site, "-m", "flake8", "--version")
    assert f"fastapi-bp-lint: {__version__}" in done.stdout
