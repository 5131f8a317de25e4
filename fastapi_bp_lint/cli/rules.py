"""``fbp-lint rules``: the catalogue."""

from __future__ import annotations

import json

import click

from fastapi_bp_lint.rule import Rule
from fastapi_bp_lint.rules import catalogue, load


@click.command("rules")
@click.option(
    "--output-format",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="How the list is printed.",
)
def command(output_format: str) -> None:
    """List every rule."""
    rules = load(catalogue()).values()
    if output_format == "json":
        document = {"version": 1, "rules": [_object(rule) for rule in rules]}
        click.echo(json.dumps(document, indent=2))
    elif output_format == "markdown":
        click.echo("| code | slug | preset | severity | fix | what |\n|---|---|---|---|---|---|")
        for rule in rules:
            row = (
                f"[{rule.code}]({rule.url})",
                rule.slug,
                rule.preset.value,
                rule.severity.value,
                fix_of(rule),
                rule.title,
            )
            click.echo(f"| {' | '.join(row)} |")
    else:
        width = max((len(rule.slug) for rule in rules), default=0)
        for rule in rules:
            click.echo(f"{rule.code}  {rule.slug:<{width}}  {rule.preset.value:<11}  {rule.title}")


def fix_of(rule: Rule) -> str:
    """Return how far the fixes of *rule* may be trusted, the best first; "-" when it has none."""
    order = ["safe", "unsafe", "display"]
    found = {applicability.value for _, applicability in rule.fixers.values()}
    return ", ".join(sorted(found, key=order.index)) or "-"


def _object(rule: Rule) -> dict[str, object]:
    return {
        "code": rule.code,
        "slug": rule.slug,
        "family": rule.family,
        "title": rule.title,
        "preset": rule.preset.value,
        "severity": rule.severity.value,
        "fix": None if fix_of(rule) == "-" else fix_of(rule),
        "since": rule.since,
        "options": [
            {"name": o.name, "default": o.default, "choices": o.choices, "help": o.help}
            for o in rule.options
        ],
        "url": rule.url,
    }
