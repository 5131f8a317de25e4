"""The catalogue of rules: a module that stands here is a rule, and nothing else lists it."""

from __future__ import annotations

import ast
import importlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from fastapi_bp_lint.finding import Preset

if TYPE_CHECKING:
    from fastapi_bp_lint.facts.source import Source
    from fastapi_bp_lint.finding import Finding
    from fastapi_bp_lint.rule import Mark, Rule

SyntaxCheck = Callable[[Any, "Source"], "Iterator[Finding | Mark]"]

_STEM = re.compile(r"(fbp\d{3})_(\w+)\.py")
_PRESET = re.compile(r"^rule = Rule\([^)]*?\bpreset=Preset\.([A-Z]+)", re.MULTILINE)


class Listed(NamedTuple):
    """A rule as its file's name tells it, before it is imported."""

    code: str
    slug: str
    family: str
    module: str


@cache
def catalogue() -> dict[str, Listed]:
    """Return every rule by its code, in order, without importing one."""
    here = Path(__file__).parent
    found: list[Listed] = []
    for family in (entry for entry in os.scandir(here) if entry.is_dir()):
        for name in (entry.name for entry in os.scandir(family.path)):
            if match := _STEM.fullmatch(name):
                slug = match[2].replace("_", "-")
                module = f"{__name__}.{family.name}.{name.removesuffix('.py')}"
                found.append(Listed(match[1].upper(), slug, family.name, module))
    return {listed.code: listed for listed in sorted(found)}


def slugs() -> dict[str, str]:
    """Return the slug of every rule by its code."""
    return {code: listed.slug for code, listed in catalogue().items()}


@cache
def presets() -> dict[str, Preset]:
    """Return the preset of every rule by its code, without importing one: most do not run."""
    here = Path(__file__).parent
    found: dict[str, Preset] = {}
    for code, listed in catalogue().items():
        text = (here / listed.family / f"{listed.module.rpartition('.')[2]}.py").read_text("utf-8")
        said = _PRESET.search(text)
        found[code] = Preset[said[1]] if said else load([code])[code].preset
    return found


def load(codes: Iterable[str]) -> dict[str, Rule]:
    """Import the rules of *codes*; they keep the order of the catalogue."""
    wanted = set(codes)
    rules: dict[str, Rule] = {}
    for code, listed in catalogue().items():
        if code in wanted:
            rules[code] = importlib.import_module(listed.module).rule
    return rules


def syntax_checks(rules: Mapping[str, Rule]) -> dict[type[ast.AST], list[tuple[str, SyntaxCheck]]]:
    """Return the checks of *rules* that look at syntax, by the class of node they look for.

    One that raises gives an FBP003 for that node instead.
    """
    table: dict[type[ast.AST], list[tuple[str, SyntaxCheck]]] = {}
    for code, rule in rules.items():
        for kind, check in rule.checks:
            if issubclass(kind, ast.AST):
                table.setdefault(kind, []).append((code, _guarded(code, check)))
    return table


def _guarded(code: str, check: SyntaxCheck) -> SyntaxCheck:
    def run(node: ast.AST, source: Source) -> Iterator[Finding | Mark]:
        try:
            yield from check(node, source)
        except Exception as error:  # noqa: BLE001 - the other rules go on
            from fastapi_bp_lint.rules.linter.fbp003_rule_crashed import (  # noqa: PLC0415
                crashed,
            )

            yield crashed(code, source.place(node), error)

    return run
