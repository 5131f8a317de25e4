"""``fbp-lint explain``: the page of a rule."""

from __future__ import annotations

import click

from fastapi_bp_lint.cli.rules import fix_of
from fastapi_bp_lint.config import check_selector, matching, toml
from fastapi_bp_lint.rules import load, slugs


@click.command("explain")
@click.argument("rule")
def command(rule: str) -> None:
    """Print the page of RULE, a code or slug."""
    codes = matching(rule, slugs())
    if len(codes) != 1:
        problem = (
            check_selector(rule, slugs()) or f"{rule} is more than one rule: {', '.join(codes)}"
        )
        raise click.UsageError(problem)
    found = load(codes)[codes[0]]
    click.echo(found.doc.strip())
    click.echo(
        f"\n## Facts\n{found.code} `{found.slug}`, {found.severity.value}, preset "
        f"`{found.preset.value}`, fix: {fix_of(found)}, since {found.since}."
    )
    if found.options:
        click.echo("\n## Options")
    for option in found.options:
        choices = f" (one of {', '.join(option.choices)})" if option.choices else ""
        click.echo(f"- `{option.name}`{choices}, default `{toml(option.default)}`: {option.help}")
