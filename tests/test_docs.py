"""The site shows what the code has, and every page of it is in the navigation."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import click
import pytest

from fastapi_bp_lint.cli.app import COMMANDS, app
from fastapi_bp_lint.config import KEYS
from fastapi_bp_lint.finding import Applicability, Certainty, Preset
from fastapi_bp_lint.lsp.actions import FIX_ALL
from fastapi_bp_lint.lsp.settings import SETTINGS
from fastapi_bp_lint.output import FORMATS
from fastapi_bp_lint.rules import catalogue, load

ROOT = Path(__file__).parent.parent
PAGES = sorted((ROOT / "docs").glob("*.md"))
TABLES = sorted((ROOT / "fastapi_bp_lint" / "knowledge").glob("*.tsv"))


@pytest.fixture(scope="module")
def hooks() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hooks", ROOT / "docs" / "hooks.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def shown(hooks: ModuleType, page: str) -> str:
    text = hooks.on_page_markdown((ROOT / "docs" / page).read_text("utf-8"))
    assert isinstance(text, str)
    return text


@pytest.mark.parametrize("code", catalogue())
def test_every_rule_has_its_page(code: str, hooks: ModuleType) -> None:
    rule = load([code])[code]
    page = hooks.page(rule)
    assert page.startswith(f"# {code}: {rule.title}\n")
    assert rule.slug in page
    assert all(f"### `{option.name}`" in page for option in rule.options)
    assert f"| [{code}](rules/{code}.md) | `{rule.slug}` |" in shown(hooks, "rules.md")


def test_every_setting_is_described(hooks: ModuleType) -> None:
    page = shown(hooks, "configuration.md")
    assert [key.name for key in KEYS if f"## `{key.name}`" not in page] == []


def test_every_setting_of_an_editor_is_described(hooks: ModuleType) -> None:
    page = shown(hooks, "editors.md")
    assert [name for name in SETTINGS if f"| `{name}` |" not in page] == []
    assert FIX_ALL in page


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_of_a_command_is_described(name: str, hooks: ModuleType) -> None:
    page = shown(hooks, "command_line.md")
    command = app.get_command(click.Context(app), name)
    assert command
    _, _, section = page.partition(f"## `fbp-lint {name}`")
    section = section.partition("\n## ")[0]
    missed = [
        option
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for option in parameter.opts
        if f"`{option}`" not in section
    ]
    assert section
    assert missed == []
    assert "None" not in section


def test_every_format_is_described(hooks: ModuleType) -> None:
    page = shown(hooks, "output_formats.md")
    assert [name for name in FORMATS if f"| `{name}` |" not in page] == []


def test_presets_are_counted_and_each_contains_the_one_before(hooks: ModuleType) -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \|$", shown(hooks, "quick_start.md"), re.MULTILINE)
    counts = [int(count) for _, count in rows]
    assert [name for name, _ in rows] == [preset.value for preset in Preset]
    assert counts == sorted(counts)
    assert counts[-1] == len(catalogue())


def test_accuracy_is_counted(hooks: ModuleType) -> None:
    page = shown(hooks, "accuracy.md")
    assert re.search(r"^\| FBP101 \| [1-9]\d* \| 0 \| 0 \|$", page, re.MULTILINE)
    assert "| all |" in page


def test_words_with_fixed_values_are_in_the_glossary() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    values = [one.value for kind in (Applicability, Certainty, Preset) for one in kind]
    assert [value for value in values if f"*{value}*" not in text] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_page_is_in_the_navigation(page: Path, hooks: ModuleType) -> None:
    assert f": {page.name}\n" in (ROOT / "mkdocs.yml").read_text("utf-8")
    assert "<!-- generated" not in shown(hooks, page.name)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_options_that_pages_name_exist(page: Path) -> None:
    known = {
        option
        for name in COMMANDS
        if (command := app.get_command(click.Context(app), name))
        for parameter in command.params
        for option in parameter.opts
    }
    of_others = {"--jobs", "--stdin-display-name", "--disable-noqa", "--all-files"}
    of_others |= {"--install-extension"}
    of_others |= {"--help", "--only", "--ours", "--write"}  # of our scripts
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", page.read_text("utf-8")))
    assert named - known - of_others == set()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.stem)
def test_columns_and_forms_of_every_table_are_explained(table: Path, hooks: ModuleType) -> None:
    page = shown(hooks, "knowledge.md")
    head, *lines = table.read_text("utf-8").splitlines()
    columns = head.split("\t")
    rows = [dict(zip(columns, line.split("\t"), strict=True)) for line in lines]
    words = {row[column] for row in rows for column in ("form", "tier", "runs") if column in row}
    named = {*columns[1:], table.stem, *words} - {"name", "-"}
    assert [word for word in sorted(named) if f"`{word}`" not in page] == []
    assert f"| `{table.stem}` | {len(rows)} |" in page
