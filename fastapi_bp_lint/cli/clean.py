"""``fbp-lint clean``: forget what earlier runs have found."""

from __future__ import annotations

from pathlib import Path

import click

from fastapi_bp_lint.cachedir import clean
from fastapi_bp_lint.plan import Request, prepare


@click.command("clean")
@click.argument("path", default=Path(), type=click.Path(path_type=Path, exists=True))
@click.option(
    "--cache-dir",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder in which what was found is kept; by default that of the project.",
)
def command(path: Path, cache_dir: Path | None) -> None:
    """Remove what runs have kept of the project of PATH, by default of the current folder."""
    plan = prepare(Request(paths=(path,), accepting=False))
    folder = cache_dir or plan.location.root / plan.config.cache_dir
    try:
        removed = clean(folder)
    except OSError as error:
        message = f"{folder}: cannot be removed: {error.strerror}"
        raise click.ClickException(message) from None
    click.echo(f"{'removed' if removed else 'nothing is kept in'} {folder}")
