"""``fbp-lint dependencies``: which route needs which dependency, and where each runs."""

from __future__ import annotations

from pathlib import Path

import click

from fastapi_bp_lint.cli.linking import routes_of, wants_color
from fastapi_bp_lint.output.dependency_graph import FORMATS, render


@click.command("dependencies")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--output-format",
    type=click.Choice(["text", *FORMATS]),
    default="text",
    show_default=True,
    help="How the graph is printed.",
)
@click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path),
    help="Read the settings from this file.",
)
def command(paths: tuple[Path, ...], output_format: str, config_file: Path | None) -> None:
    """Show what each route depends on, in the order in which FastAPI runs it.

    PATHS choose the project, and the files whose routes are shown.
    """
    routes = routes_of(paths, config_file)
    click.echo(render(routes, output_format, color=wants_color()), nl=False)
