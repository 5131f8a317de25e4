"""The settings of a project: one table that reading, the schema and the documentation share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from fastapi_bp_lint.finding import Certainty, Preset

OptionValue: TypeAlias = str | bool | int | tuple[str, ...]

TABLE = "tool.fbp-lint"
BLOCKING_KINDS = (
    "cache",
    "cloud-sdk",
    "cpu",
    "db",
    "dns",
    "email",
    "file",
    "http",
    "lock",
    "queue",
    "sleep",
    "socket",
    "subprocess",
)


class Config(NamedTuple):
    """The settings of one project; *select* is None where the preset decides."""

    preset: Preset = Preset.RECOMMENDED
    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = {}
    certainty: Certainty = Certainty.LIKELY
    include: tuple[str, ...] = ("*.py",)
    exclude: tuple[str, ...] = ("/build/", "/dist/", "venv/")
    extend_exclude: tuple[str, ...] = ()
    src: tuple[str, ...] = ()
    output_format: str = ""
    baseline: str = ""
    cache_dir: str = ".fbp_cache"
    extend_safe_fixes: tuple[str, ...] = ()
    extend_unsafe_fixes: tuple[str, ...] = ()
    format_fixes: bool = False
    blocking: Mapping[str, str] = {}
    non_blocking: tuple[str, ...] = ()
    offloaders: tuple[str, ...] = ()
    roles: Mapping[str, tuple[str, ...]] = {}
    domains: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    rules: Mapping[str, Mapping[str, OptionValue]] = {}


class Key(NamedTuple):
    """One setting: its dotted TOML name, the `Config` field, the type of its value, its meaning.

    *kind* is preset, certainty, format, file, flag, strings, names, selectors,
    selectors-by-pattern, kinds-by-name, strings-by-role or options; *example* is a TOML value.
    """

    name: str
    field: str
    kind: str
    help: str
    example: str

    @property
    def default(self) -> object:
        """The value of a project that says nothing."""
        return Config._field_defaults[self.field]


ROLES = (
    "router",
    "schemas",
    "models",
    "service",
    "dependencies",
    "constants",
    "config",
    "exceptions",
    "utils",
    "client",
)

KEYS = (
    Key(
        "preset",
        "preset",
        "preset",
        "The rule set to start from: `recommended` (bugs, stalls and conventions that leave no "
        "doubt), `conventions` (every convention), `strict` (matters of taste too).",
        '"conventions"',
    ),
    Key(
        "select",
        "select",
        "selectors",
        "The rules to run instead of a preset: codes, prefixes of codes (`FBP1`), slugs or `ALL`.",
        '["FBP1", "cross-domain-name-import"]',
    ),
    Key(
        "extend-select",
        "extend_select",
        "selectors",
        "Rules to run besides those of the preset or of `select`.",
        '["FBP403"]',
    ),
    Key(
        "ignore",
        "ignore",
        "selectors",
        "Rules not to run. The longer selector wins: `FBP101` selected and `FBP1` ignored runs "
        "FBP101.",
        '["FBP402"]',
    ),
    Key(
        "per-file-ignores",
        "per_file_ignores",
        "selectors-by-pattern",
        "Rules whose findings are not shown in the files that match a pattern.",
        '{ "tests/" = ["FBP3"], "src/legacy/*.py" = ["ALL"] }',
    ),
    Key(
        "certainty",
        "certainty",
        "certainty",
        "The least certainty that a finding needs to be shown.",
        '"certain"',
    ),
    Key(
        "include",
        "include",
        "strings",
        "Patterns, as in `.gitignore`, of the Python files that belong to the project.",
        '["src/**/*.py"]',
    ),
    Key(
        "exclude",
        "exclude",
        "strings",
        "Patterns, as in `.gitignore`, of files and folders that do not; replaces the default. "
        "What `.gitignore` names, virtual environments and caches are left out in any case.",
        '["migrations/", "*_pb2.py"]',
    ),
    Key(
        "extend-exclude",
        "extend_exclude",
        "strings",
        "More patterns for `exclude`.",
        '["scripts/"]',
    ),
    Key(
        "src",
        "src",
        "strings",
        "The folders that imports start from, relative to the project root. Found from the "
        "project's own imports when absent.",
        '["backend", "packages/shared"]',
    ),
    Key(
        "output-format",
        "output_format",
        "format",
        "How findings are printed; by default `full` on a terminal, `concise` otherwise.",
        '"grouped"',
    ),
    Key(
        "baseline",
        "baseline",
        "file",
        "The file, relative to the project root, with the findings that are accepted and so not "
        "shown; `--write-baseline` writes it. See [Adoption](adoption.md).",
        '"fbp-baseline.json"',
    ),
    Key(
        "cache-dir",
        "cache_dir",
        "file",
        "The folder, relative to the project root, in which findings are kept for as long as "
        "nothing changes. `fbp-lint clean` removes it.",
        '"build/fbp-lint"',
    ),
    Key(
        "extend-safe-fixes",
        "extend_safe_fixes",
        "selectors",
        "Rules whose unsafe fixes this project takes for safe.",
        '["FBP101"]',
    ),
    Key(
        "extend-unsafe-fixes",
        "extend_unsafe_fixes",
        "selectors",
        "Rules whose safe fixes this project takes for unsafe.",
        '["FBP201"]',
    ),
    Key(
        "format-fixes",
        "format_fixes",
        "flag",
        "Format the lines that fixes have changed, and no others, with the project's own ruff: "
        "where the project configures it and it is installed.",
        "true",
    ),
    Key(
        "blocking",
        "blocking",
        "kinds-by-name",
        "More functions that hold the thread, by dotted name, with their kind: "
        + ", ".join(f"`{kind}`" for kind in BLOCKING_KINDS)
        + ".",
        '{ "company.ldap.search" = "http" }',
    ),
    Key(
        "non-blocking",
        "non_blocking",
        "names",
        "Functions, by dotted name, that do not hold the thread whatever they look like.",
        '["company.metrics.push"]',
    ),
    Key(
        "offloaders",
        "offloaders",
        "names",
        "Functions and decorators, by dotted name, that run what they are given in another "
        "thread or process.",
        '["company.threads.offload"]',
    ),
    Key(
        "structure.roles",
        "roles",
        "strings-by-role",
        "The names that the modules of a domain have, for each role: "
        + ", ".join(f"`{role}`" for role in ROLES)
        + ".",
        '{ service = ["service", "usecases"] }',
    ),
    Key(
        "structure.domains",
        "domains",
        "strings",
        "The folders that are domains, where recognising them by their modules is not enough; "
        "`*` is any name.",
        '["src/auth", "src/modules/*"]',
    ),
    Key(
        "structure.shared",
        "shared",
        "names",
        "Dotted modules that every domain may import from freely.",
        '["src.common"]',
    ),
    Key(
        "rules",
        "rules",
        "options",
        "The options of single rules, one table for each slug or code; the rule's page lists them.",
        '{ missing-status-code = { methods = ["POST"] } }',
    ),
)
