"""What the site shows of the code: rules, settings, commands and formats, read from it at build.

A page says where with a comment: `<!-- generated: settings -->`.
"""

from __future__ import annotations

import ast
import configparser
import re
import runpy
from collections.abc import Callable, Iterable
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fastapi_bp_lint.cli.app import COMMANDS, app
from fastapi_bp_lint.cli.rules import fix_of
from fastapi_bp_lint.config import reference, toml
from fastapi_bp_lint.finding import Preset
from fastapi_bp_lint.lsp.settings import SETTINGS
from fastapi_bp_lint.output import FORMATS
from fastapi_bp_lint.rule import Rule
from fastapi_bp_lint.rules import catalogue, load

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "fastapi_bp_lint"
MARK = re.compile(r"<!-- generated: (?P<name>[a-z-]+) -->")
_PRESETS = tuple(Preset)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put every rule into the navigation, by family."""
    families = groupby(rules(), key=lambda rule: rule.family)
    pages: list[Any] = ["rules.md"]
    for family, members in families:
        listed = [{f"{rule.code} {rule.slug}": path(rule)} for rule in members]
        pages.append({family.capitalize(): listed})
    for entry in config.nav or []:
        if isinstance(entry, dict) and "Rules" in entry:
            entry["Rules"] = pages
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the page of every rule."""
    from mkdocs.structure.files import File  # noqa: PLC0415 - the tests do without MkDocs

    for rule in rules():
        files.append(File.generated(config, path(rule), content=page(rule)))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:  # noqa: ANN401 - as MkDocs calls it
    """Fill in what the page asks for."""
    return MARK.sub(lambda match: PARTS[match["name"]](), markdown)


def rules() -> list[Rule]:
    """Return every rule, in the order of its code."""
    return list(load(catalogue()).values())


def path(rule: Rule) -> str:
    """Return the source path of the page of *rule*."""
    return f"rules/{rule.code}.md"


def page(rule: Rule) -> str:
    """Return the page of *rule*: its facts, its docstring, its options."""
    title, _, body = rule.doc.strip().partition("\n")
    facts = (
        f"# {rule.code}: {title.lstrip('# ')}\n\n"
        f"**`{rule.slug}`** · {rule.severity.value} · preset `{rule.preset.value}` · "
        f"fix: {fix_of(rule).replace('-', 'none')} · since {rule.since}\n"
    )
    options = "".join(
        f"### `{option.name}`\n\n{option.help}"
        f"{f' One of {_listed(option.choices)}.' if option.choices else ''}"
        f" Default: `{toml(option.default)}`.\n\n"
        f"```toml\n[tool.fbp-lint.rules.{rule.slug}]\n"
        f"{option.name} = {toml(option.default)}\n```\n\n"
        for option in rule.options
    )
    return f"{facts}{body}\n\n{f'## Options{chr(10) * 2}{options}' if options else ''}"


def rule_table() -> str:
    """Return a table of the rules of each family."""
    parts: list[str] = []
    for family, members in groupby(rules(), key=lambda rule: rule.family):
        rows = [
            f"| [{rule.code}]({path(rule)}) | `{rule.slug}` | {rule.title} "
            f"| {rule.preset.value} | {rule.severity.value} | {fix_of(rule)} |"
            for rule in members
        ]
        head = "| code | name | what | preset | severity | fix |\n|---|---|---|---|---|---|"
        parts.append("\n".join((f"## {family.capitalize()}", "", head, *rows, "")))
    return "\n".join(parts)


def preset_table() -> str:
    """Return how many rules each preset runs."""
    counts = [
        sum(_PRESETS.index(rule.preset) <= position for rule in rules())
        for position in range(len(_PRESETS))
    ]
    rows = [f"| `{one.value}` | {count} |" for one, count in zip(_PRESETS, counts, strict=True)]
    return "\n".join(("| preset | rules |", "|---|---|", *rows))


def format_table() -> str:
    """Return a table of the output formats."""
    rows = [f"| `{name}` | {one.help} |" for name, one in FORMATS.items()]
    return "\n".join(("| format | what it is |", "|---|---|", *rows))


def command_reference() -> str:
    """Return every command with its arguments and options."""
    context = click.Context(app, info_name="fbp-lint")
    commands = [(name, app.get_command(context, name)) for name in COMMANDS]
    return "\n".join(_command(name, one) for name, one in commands if one is not None)


def _command(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=f"fbp-lint {name}")
    usage = " ".join(("fbp-lint", name, *command.collect_usage_pieces(context)))
    rows = [_option(one) for one in command.params if isinstance(one, click.Option)]
    table = ("| option | meaning |", "|---|---|", *rows, "") if rows else ()
    text = re.sub(r"\s*\n\s*(?=\S)", " ", command.help or "")
    head = f"## `fbp-lint {name}`\n\n```console\n$ {usage}\n```\n"
    return "\n".join((head, text, "", *table))


def _option(option: click.Option) -> str:
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    kind = option.type
    choices = ""
    if isinstance(kind, click.Choice):
        choices = f" One of {_listed(map(str, kind.choices))}."
    default = option.default
    shown = f" Default: `{default}`." if isinstance(default, str) else ""
    word = option.metavar or kind.name.split()[0].upper()
    value = "" if option.is_flag or choices else f" `{word}`"
    return f"| {names}{value} | {option.help}{choices}{shown} |"


def action_table() -> str:
    """Return what the GitHub action takes and gives."""
    import yaml  # type: ignore[import-untyped]  # noqa: PLC0415

    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    rows = [
        f"| `{name}` | {one['description']} | `{one['default']}` |".replace(" `` |", " |")
        for name, one in action["inputs"].items()
    ]
    given = [f"| `{name}` | {one['description']} |" for name, one in action["outputs"].items()]
    inputs = ("| input | what it says | default |", "|---|---|---|", *rows)
    return "\n".join((*inputs, "", "| output | what it is |", "|---|---|", *given))


def layer_list() -> str:
    """Return the layers of the package, highest first, as import-linter is told to hold them."""
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter", encoding="utf-8")
    layers = contracts["importlinter:contract:layers"]["layers"].split("\n")
    present = [
        [name for name in layer.split(" | ") if _is_there(name)] for layer in layers if layer
    ]
    rows = ["  ".join(layer) for layer in present if layer]
    return "\n".join(("```text", *rows, "```"))


def _is_there(name: str) -> bool:
    return (PACKAGE / name).is_dir() or (PACKAGE / f"{name}.py").is_file()


def module_table() -> str:
    """Return what each module says of itself; rules are listed elsewhere."""
    files = [*PACKAGE.glob("*.py"), *PACKAGE.glob("*/*.py")]
    rows = [
        f"| `{file.relative_to(PACKAGE).as_posix()}` | {_first_sentence(file)} |"
        for file in sorted(files, key=lambda file: (len(file.parts), file))
    ]
    return "\n".join(("| module | what it knows |", "|---|---|", *rows))


def _first_sentence(file: Path) -> str:
    text = ast.get_docstring(ast.parse(file.read_text("utf-8"))) or ""
    return " ".join(text.partition("\n\n")[0].split()).replace("|", "\\|")


def editor_settings() -> str:
    """Return a table of what an editor may set."""
    rows = [f"| `{name}` | {text} |" for name, text in SETTINGS.items()]
    return "\n".join(("| setting | meaning |", "|---|---|", *rows))


def knowledge_table() -> str:
    """Return how many rows each table has, of how many packages."""
    rows = []
    for file in sorted((PACKAGE / "knowledge").glob("*.tsv")):
        head, *lines = file.read_text("utf-8").splitlines()
        package = head.split("\t").index("package")
        packages = {line.split("\t")[package] for line in lines}
        rows.append(f"| `{file.stem}` | {len(lines)} | {len(packages)} |")
    return "\n".join(("| table | rows | packages |", "|---|---|---|", *rows))


def accuracy_table() -> str:
    """Return what the linter finds, misses and makes up in the sample project."""
    script = runpy.run_path(str(ROOT / "tests" / "accuracy" / "__init__.py"))
    breaks = script["PROJECTS"] / "bookshop" / "expected" / "breaks.tsv"
    return str(script["table"](script["judge"](breaks)))


def verdict_table() -> str:
    """Return how many findings in real projects were read, by rule, and what they were."""
    script = runpy.run_path(str(ROOT / "tests" / "accuracy" / "verdicts.py"))
    return str(script["table"](script["verdicts"]()))


def fresh_table() -> str:
    """Return the same of packages that nobody had looked at, by package."""
    script = runpy.run_path(str(ROOT / "tests" / "accuracy" / "verdicts.py"))
    return str(script["table"](script["verdicts"](script["FRESH"]), "project"))


def verdict_list() -> str:
    """Return every finding in real projects that was read, with what was said of it."""
    script = runpy.run_path(str(ROOT / "tests" / "accuracy" / "verdicts.py"))
    return str(script["listing"](script["verdicts"]() + script["verdicts"](script["FRESH"])))


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def measured(what: str) -> str:
    """Return what a script of the detection benchmark has measured."""
    script = runpy.run_path(str(ROOT / "tests" / "detection" / "results.py"))
    return str(script["table"](what))


PARTS: dict[str, Callable[[], str]] = {
    "rules": rule_table,
    "presets": preset_table,
    "settings": reference,
    "editor-settings": editor_settings,
    "commands": command_reference,
    "formats": format_table,
    "action": action_table,
    "layers": layer_list,
    "modules": module_table,
    "knowledge": knowledge_table,
    "accuracy": accuracy_table,
    "verdicts": verdict_table,
    "fresh": fresh_table,
    "verdict-list": verdict_list,
    "detection": lambda: measured("detection"),
    "observed": lambda: measured("observed"),
    "mutation": lambda: measured("mutation"),
    "strip": lambda: measured("strip"),
    "infer": lambda: measured("infer"),
}
