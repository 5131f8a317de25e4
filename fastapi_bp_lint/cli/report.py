"""``fbp-lint report``: what was found, as a page to look at."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from fastapi_bp_lint.cli.progress import Progress
from fastapi_bp_lint.engine import look
from fastapi_bp_lint.finding import Certainty, Preset
from fastapi_bp_lint.output.summary import counted
from fastapi_bp_lint.plan import Request, prepare
from fastapi_bp_lint.selection import Layer


@click.command("report")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    default="fbp-report.html",
    show_default=True,
    help="The file to write; - for standard output.",
)
@click.option(
    "--preset", type=click.Choice([p.value for p in Preset]), help="The rule set to start from."
)
@click.option(
    "--certainty",
    type=click.Choice([c.value for c in Certainty]),
    help="The least certainty shown; likely by default.",
)
@click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path),
    help="Read the settings from this file.",
)
def command(
    paths: tuple[Path, ...],
    output: Path,
    preset: str | None,
    certainty: str | None,
    config_file: Path | None,
) -> None:
    """Write one page with the routes, the dependencies, every stall and every finding.

    The page needs no network and nothing beside it. PATHS choose the files whose findings are
    shown.
    """
    from fastapi_bp_lint.page import render  # noqa: PLC0415 - nothing else needs it

    plan = prepare(
        Request(
            paths=paths,
            config=config_file,
            layer=Layer(preset=Preset(preset) if preset else None),
            certainty=Certainty(certainty) if certainty else None,
        )
    )
    for path in (*plan.missing, *plan.outside):
        message = f"{path}: not in the project {plan.location.root}"
        raise click.UsageError(message)
    with Progress(enabled=sys.stderr.isatty()) as progress:
        report, project = look(plan, progress)
    text = render(report, project).encode("utf-8")
    if output == Path("-"):
        sys.stdout.buffer.write(text)
        return
    try:
        output.write_bytes(text)
    except OSError as error:
        message = f"{output}: cannot be written: {error.strerror}"
        raise click.ClickException(message) from None
    click.echo(f"{output}: {counted(len(report.findings), 'finding')}")
