"""``fbp-lint explain``: the page of a rule."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator

import click

from fastapi_bp_lint.cli.completion import rules
from fastapi_bp_lint.cli.linking import wants_color
from fastapi_bp_lint.cli.rules import fix_of
from fastapi_bp_lint.config import check_selector, matching, toml
from fastapi_bp_lint.output.markdown import shown
from fastapi_bp_lint.output.style import Style
from fastapi_bp_lint.rule import Rule
from fastapi_bp_lint.rules import load, slugs

_WIDEST = 96


@click.command("explain")
@click.argument("rule", shell_complete=rules)
def command(rule: str) -> None:
    """Print the page of RULE, a code or slug: for a terminal, or as Markdown elsewhere."""
    codes = matching(rule, slugs())
    if len(codes) != 1:
        problem = (
            check_selector(rule, slugs()) or f"{rule} is more than one rule: {', '.join(codes)}"
        )
        raise click.UsageError(problem)
    text = "\n".join(_page(load(codes)[codes[0]]))
    if sys.stdout.isatty():
        columns = min(shutil.get_terminal_size().columns, _WIDEST)
        text = shown(text, columns, Style(wants_color()))
    click.echo(text.rstrip("\n"), color=True)


def _page(rule: Rule) -> Iterator[str]:
    yield rule.doc.strip()
    yield (
        f"\n## Facts\n{rule.code} `{rule.slug}`, {rule.severity.value}, preset "
        f"`{rule.preset.value}`, fix: {fix_of(rule)}, since {rule.since}."
    )
    if rule.options:
        yield "\n## Options"
    for option in rule.options:
        choices = f" (one of {', '.join(option.choices)})" if option.choices else ""
        yield f"- `{option.name}`{choices}, default `{toml(option.default)}`: {option.help}"
