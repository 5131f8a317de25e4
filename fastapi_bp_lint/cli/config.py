"""``fbp-lint config``: what can be configured."""

from __future__ import annotations

import json

import click

from fastapi_bp_lint.config import reference, schema
from fastapi_bp_lint.plan import known


@click.command("config")
@click.argument("what", required=False, type=click.Choice(["schema"]))
def command(what: str | None) -> None:
    """Describe every setting; with `schema`, as the JSON schema of fbp-lint.toml."""
    click.echo(json.dumps(schema(known()), indent=2) if what else reference().rstrip("\n"))
