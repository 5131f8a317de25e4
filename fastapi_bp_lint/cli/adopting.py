"""What the command line does with a baseline: write one, and take out of it what is gone."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from fastapi_bp_lint.baseline import accepted, dump, load, parse, without
from fastapi_bp_lint.config import ConfigError
from fastapi_bp_lint.output.display import one_line
from fastapi_bp_lint.output.summary import counted
from fastapi_bp_lint.plan import Plan, is_shown
from fastapi_bp_lint.report import Accepted, Report
from fastapi_bp_lint.rules import catalogue
from fastapi_bp_lint.selection import ALWAYS

_SHOWN = 10


def check_use(options: dict[str, Any]) -> None:
    """Refuse options that contradict each other.

    Raises:
        UsageError: two of them do.

    """
    if options["since"] == "":
        message = "--since needs a revision of git"
        raise click.UsageError(message)
    if options["write_baseline"] is None:
        return
    for name in ("baseline", "since", "add_noqa", "diff", "stdin_filename"):
        if options[name]:
            message = f"--write-baseline does not go with --{name.replace('_', '-')}"
            raise click.UsageError(message)


def write_baseline(report: Report, plan: Plan, file: Path, *, quiet: bool) -> Report:
    """Accept what *report* found, and return the report on what cannot be accepted.

    What *file* says of paths and rules that were not looked at stays.
    """
    taken = [finding for finding in report.findings if finding.code not in ALWAYS]
    before = load(file) if file.exists() else []
    kept = [one for one in before if not _looked_at(one, plan)]
    _put(file, dump([*kept, *accepted(taken)]))
    if not quiet:
        click.echo(f"Accepted {counted(len(taken), 'finding')} in {file}.", err=True)
    left = tuple(finding for finding in report.findings if finding.code in ALWAYS)
    return report._replace(findings=left)


def _looked_at(one: Accepted, plan: Plan) -> bool:
    return is_shown(one.path, plan) and (one.code in plan.rules or one.code not in catalogue())


def shrink(report: Report, plan: Plan, *, quiet: bool, verbose: bool) -> None:
    """Take what is gone out of the baseline, and say so."""
    file = plan.baseline
    if file is None or plan.accepted is None or not report.stale:
        return
    kept = without(plan.accepted, report.stale)
    try:
        if parse(file.read_bytes(), file) != list(plan.accepted):
            return
    except (OSError, ConfigError):
        return  # somebody else is just writing it
    try:
        _put(file, dump(kept))
        done = f"taken out of {file}"
    except click.ClickException as error:
        done = error.message
    if quiet:
        return
    gone = counted(len(report.stale), "accepted finding")
    are = "is" if len(report.stale) == 1 else "are"
    click.echo(f"{gone} {are} gone; {done}:", err=True)
    for line in _listed(report.stale, verbose=verbose):
        click.echo(f"  {line}", err=True)


def _listed(stale: Iterable[Accepted], *, verbose: bool) -> list[str]:
    lines = [one_line(f"{one.path}: {one.code} in {one.symbol}: {one.words}") for one in stale]
    if verbose or len(lines) <= _SHOWN:
        return lines
    return [*lines[:_SHOWN], f"and {len(lines) - _SHOWN} more (--verbose lists them)"]


def _put(file: Path, content: bytes) -> None:
    from fastapi_bp_lint.fixes import put  # noqa: PLC0415 - only who writes needs it

    try:
        put(file, content)
    except OSError as error:
        message = f"{file}: cannot be written: {error.strerror or error}"
        raise click.ClickException(message) from None
