"""``fbp-lint routes``: the routes as FastAPI will have them."""

from __future__ import annotations

from pathlib import Path

import click

from fastapi_bp_lint.cli.linking import routes_of, wants_color
from fastapi_bp_lint.output.routes import as_json, table


@click.command("routes")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--output-format",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="How the routes are printed.",
)
@click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path),
    help="Read the settings from this file.",
)
def command(paths: tuple[Path, ...], output_format: str, config_file: Path | None) -> None:
    """List every route with its full path, its handler and where that runs.

    PATHS choose the project, and the files whose routes are shown.
    """
    routes = routes_of(paths, config_file)
    if output_format == "json":
        click.echo(as_json(routes), nl=False)
    else:
        click.echo(table(routes, color=wants_color()), nl=False)
