"""What an editor may ask for besides the project's configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from fastapi_bp_lint.config import check_selector
from fastapi_bp_lint.finding import Certainty, Preset
from fastapi_bp_lint.plan import Request
from fastapi_bp_lint.rules import slugs
from fastapi_bp_lint.selection import Layer

SECTION = "fbp-lint"
SETTINGS = {
    "config": "Read the settings of the project from this file.",
    "isolated": "Read no configuration file.",
    "preset": "The rule set to start from.",
    "select": "Run these rules only: codes, prefixes of codes, slugs or ALL.",
    "extendSelect": "Run these rules too.",
    "ignore": "Do not run these rules.",
    "certainty": "The least certainty shown.",
    "codeLens": "Show the full path of a route above its handler; on by default.",
}


class Settings(NamedTuple):
    """The editor's settings: *request* for every project, and what to show."""

    request: Request = Request(caching=True)
    code_lens: bool = True


class Read(NamedTuple):
    """Settings, and what is wrong with those that were left out."""

    settings: Settings
    problems: tuple[str, ...]


def read(given: object) -> Read:
    """Read what an editor sends: the settings themselves, or a table with them under our name."""
    table = given if isinstance(given, dict) else {}
    for name in ("settings", SECTION):
        if isinstance(table.get(name), dict):
            table = table[name]
    values, problems = dict(table), list(_problems(table))
    for name, _ in problems:
        values.pop(name)
    return Read(_settings(values), tuple(f"{name}: {problem}" for name, problem in problems))


def _settings(values: Mapping[str, Any]) -> Settings:
    preset, certainty = values.get("preset"), values.get("certainty")
    select = values.get("select")
    layer = Layer(
        Preset(preset) if preset else None,
        None if select is None else tuple(select),
        tuple(values.get("extendSelect") or ()),
        tuple(values.get("ignore") or ()),
    )
    request = Request(
        config=Path(values["config"]) if values.get("config") else None,
        isolated=bool(values.get("isolated")),
        layer=layer,
        certainty=Certainty(certainty) if certainty else None,
        caching=True,
    )
    lens = values.get("codeLens")
    return Settings(request, code_lens=lens is None or lens)


def _problems(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give the name of each setting that cannot be used, and why; None is "not set"."""
    for name, value in table.items():
        if name not in SETTINGS:
            yield name, f"there is no such setting; there are {', '.join(SETTINGS)}"
        elif value is not None and (problem := _problem(name, value)):
            yield name, problem


def _problem(name: str, value: object) -> str:
    if name in {"isolated", "codeLens"}:
        return "" if isinstance(value, bool) else "should be true or false"
    if name in {"select", "extendSelect", "ignore"}:
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            return "should be a list of rules"
        wrong = (check_selector(selector, slugs()) for selector in value)
        return next(filter(None, wrong), "")
    if not isinstance(value, str):
        return "should be a text"
    if name == "config":
        return ""
    choices = [one.value for one in (Preset if name == "preset" else Certainty)]
    return "" if not value or value in choices else f"should be one of {', '.join(choices)}"
