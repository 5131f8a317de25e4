"""The workflows of the documentation, against the schemas that their services publish."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
FENCE = re.compile(r"^```yaml\n# (?P<name>\S+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
SCHEMAS = {
    ".github/workflows/fbp-lint.yml": "vendor.github-workflows",
    ".gitlab-ci.yml": "vendor.gitlab-ci",
    "azure-pipelines.yml": "vendor.azure-pipelines",
}
EXAMPLES = {
    match["name"]: match["text"]
    for page in sorted((ROOT / "docs").glob("*.md"))
    for match in FENCE.finditer(page.read_text("utf-8"))
}


def call(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_workflow_follows_the_schema_of_its_service(name: str, tmp_path: Path) -> None:
    file = tmp_path / Path(name).name
    file.write_text(EXAMPLES[name])
    check = ("-m", "check_jsonschema", "--builtin-schema", SCHEMAS[name])
    how = ("--data-transform", "gitlab-ci", "--regex-variant", "nonunicode")
    call(sys.executable, *check, *how, str(file))


def test_the_action_follows_its_schema() -> None:
    check = ("-m", "check_jsonschema", "--builtin-schema", "vendor.github-actions")
    call(sys.executable, *check, str(ROOT / "action.yml"))


def test_the_hooks_can_be_configured_as_documented(tmp_path: Path) -> None:
    file = tmp_path / ".pre-commit-config.yaml"
    file.write_text(EXAMPLES[".pre-commit-config.yaml"])
    call(sys.executable, "-m", "pre_commit", "validate-config", str(file))


def test_an_audit_of_the_action_and_the_workflow_finds_nothing(tmp_path: Path) -> None:
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    name = ".github/workflows/fbp-lint.yml"
    # Which tag of ours, and of the checkout, a team takes is its own affair.
    text = re.sub(r"@v[\d.]+$", "@" + "0" * 40, EXAMPLES[name], flags=re.MULTILINE)
    (tmp_path / name).write_text(text)
    zizmor = str(Path(sys.executable).parent / "zizmor")
    call(zizmor, "--offline", "--quiet", str(ROOT / "action.yml"), str(tmp_path / name))
