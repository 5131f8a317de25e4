"""The steps of the GitHub action, run as its runner runs them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml  # type: ignore[import-untyped]

ROOT = Path(__file__).parent.parent.parent
PROJECTS = ROOT / "fixtures" / "projects"
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
EXPRESSION = re.compile(r"\$\{\{\s*(.+?)\s*\}\}")
ANNOTATION = re.compile(
    r"^::(?:error|warning|notice) title=(FBP\d{3}) [^,]+,file=([^,]+),", re.MULTILINE
)


class Ran(NamedTuple):
    """What a run of the action left: the code of the last step, its log, the outputs."""

    code: int
    log: str
    outputs: dict[str, str]


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the step that installs once, for all tests."""
    temp = tmp_path_factory.mktemp("runner")
    (step,) = (step for step in ACTION["runs"]["steps"] if step.get("id") == "install")
    known = {"steps.python.outputs.python-path": sys.executable, "github.action_path": str(ROOT)}
    ran = execute(step, known, temp, ROOT)
    assert ran.code == 0, ran.log
    return temp


def act(runner: Path, workspace: Path, **given: str) -> Ran:
    """Run what lints, in *workspace*, with the inputs *given* and the defaults of the others."""
    inputs = {name: one["default"] for name, one in ACTION["inputs"].items()}
    inputs |= {name.replace("_", "-"): value for name, value in given.items()}
    python = next(runner.glob("fbp-lint/*/python"))
    known = {f"inputs.{name}": value for name, value in inputs.items()}
    known["steps.install.outputs.python"] = str(python)
    (step,) = (step for step in ACTION["runs"]["steps"] if step.get("id") == "lint")
    return execute(step, known, runner, workspace / inputs["working-directory"])


def execute(step: dict[str, Any], known: dict[str, str], temp: Path, cwd: Path) -> Ran:
    env = {
        name: EXPRESSION.sub(lambda match: known[match[1]], value)
        for name, value in step["env"].items()
    }
    output = temp / "output"
    output.write_text("")
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]],
        cwd=cwd,
        env={**os.environ, **env, "RUNNER_TEMP": str(temp), "GITHUB_OUTPUT": str(output)},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = output.read_text("utf-8").splitlines()
    return Ran(
        done.returncode, done.stdout + done.stderr, dict(line.split("=", 1) for line in lines)
    )


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Check out a repository whose project stands in a folder."""
    shutil.copytree(PROJECTS / "bookshop", tmp_path / "back end")
    shutil.copytree(PROJECTS / "bookshop_clean", tmp_path / "clean")
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    return tmp_path


def test_what_is_given_never_becomes_script() -> None:
    scripts = [step["run"] for step in ACTION["runs"]["steps"] if "run" in step]
    assert len(scripts) == 2
    assert [script for script in scripts if EXPRESSION.search(script)] == []


def test_every_input_is_used_and_every_used_one_is_declared() -> None:
    text = json.dumps(ACTION["runs"])
    assert set(re.findall(r"inputs\.([\w-]+)", text)) == set(ACTION["inputs"])
    assert all(one["description"] for one in (*ACTION["inputs"].values(),))


def test_annotates_counts_and_fails(runner: Path, workspace: Path) -> None:
    ran = act(runner, workspace, working_directory="back end")
    annotations = ANNOTATION.findall(ran.log)
    assert ran.code == 1
    assert len(annotations) > 50
    assert ran.outputs["findings"] == str(len(annotations))
    assert {path.split("/")[0] for _, path in annotations} == {"back end"}
    log = json.loads(Path(ran.outputs["sarif"]).read_text("utf-8"))
    schema = ROOT / "tests" / "schemas" / "sarif-2.1.0-rtm.5.json"
    jsonschema.Draft4Validator(json.loads(schema.read_text("utf-8"))).validate(log)
    assert len(log["runs"][0]["results"]) == len(annotations)


def test_passes_where_nothing_is_found(runner: Path, workspace: Path) -> None:
    ran = act(runner, workspace, working_directory="clean")
    assert (ran.code, ran.outputs["findings"]) == (0, "0")
    assert ANNOTATION.findall(ran.log) == []


def test_findings_need_not_fail(runner: Path, workspace: Path) -> None:
    ran = act(runner, workspace, working_directory="back end", fail="false")
    assert ran.code == 0
    assert int(ran.outputs["findings"]) > 50


def test_a_broken_configuration_always_fails(runner: Path, workspace: Path) -> None:
    (workspace / "clean" / "fbp-lint.toml").write_text("presett = 1\n")
    ran = act(runner, workspace, working_directory="clean", fail="false")
    assert ran.code == 2
    assert "presett" in ran.log


def test_paths_and_options_stand_one_a_line(runner: Path, workspace: Path) -> None:
    args = "--select\nFBP102,FBP101\n"
    paths = "src/profiles\nsrc/posts/service.py\n"
    ran = act(runner, workspace, working_directory="back end", args=args, paths=paths)
    found = set(ANNOTATION.findall(ran.log))
    assert {code for code, _ in found} == {"FBP101", "FBP102"}
    assert {path.split("/")[2] for _, path in found} == {"profiles", "posts"}


def test_what_is_given_is_never_run(runner: Path, workspace: Path) -> None:
    paths = "src; touch stolen\n$(touch stolen)\n`touch stolen`\n--fix\n"
    ran = act(runner, workspace, working_directory="back end", paths=paths)
    assert ran.code == 2
    assert "--fix: no such file or folder" in ran.log
    assert not list(workspace.rglob("stolen"))


def test_without_annotations_the_log_holds_no_command(runner: Path, workspace: Path) -> None:
    (workspace / "clean" / "src" / "late.py").write_text(
        "import time\n\n\nasync def f():\n    time.sleep(1); x = '''\n::error::gotcha'''\n"
    )
    ran = act(runner, workspace, working_directory="clean", annotations="false")
    assert (ran.code, ran.outputs["findings"]) == (1, "1")
    assert ANNOTATION.findall(ran.log) == []
    token = re.search(r"^::stop-commands::(\w{32})$", ran.log, re.MULTILINE)
    assert token
    mark = rf"^::(?:stop-commands::)?{token[1]}(?:::)?$"
    before, between, after = re.split(mark, ran.log, flags=re.MULTILINE)
    assert "warning[FBP103]" in between
    assert "FBP103" not in before + after
