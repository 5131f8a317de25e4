"""``fbp-lint check``: lint a project."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from fastapi_bp_lint.cli.adopting import check_use, shrink, write_baseline
from fastapi_bp_lint.cli.completion import rules as complete_rules
from fastapi_bp_lint.cli.progress import Progress
from fastapi_bp_lint.config import KEYS, check_selector, toml
from fastapi_bp_lint.engine import repair, run, silence
from fastapi_bp_lint.finding import Certainty, Preset
from fastapi_bp_lint.output import FORMATS, render
from fastapi_bp_lint.output.summary import counted, left_alone, summary
from fastapi_bp_lint.plan import Plan, Request, is_shown, known, prepare
from fastapi_bp_lint.report import Left, Report
from fastapi_bp_lint.revision import RevisionError
from fastapi_bp_lint.selection import Layer

if TYPE_CHECKING:
    from fastapi_bp_lint.fixes import Change

FOUND = 1
WRONG_USE = 2
Command = TypeVar("Command", bound=Callable[..., Any])


def _selectors(
    _context: click.Context, _option: click.Parameter, values: tuple[str, ...]
) -> tuple[str, ...] | None:
    if not values:
        return None
    selectors = tuple(part.strip() for value in values for part in value.split(",") if part.strip())
    for selector in selectors:
        if problem := check_selector(selector, known().rules):
            raise click.BadParameter(problem)
    return selectors


def _rules_option(name: str, text: str) -> Callable[[Command], Command]:
    return click.option(
        name,
        multiple=True,
        metavar="RULES",
        callback=_selectors,
        shell_complete=complete_rules,
        help=f"{text} Comma-separated.",
    )


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, allow_dash=True))
@_rules_option("--select", "Run these rules only: codes, prefixes (FBP1), slugs or ALL.")
@_rules_option("--ignore", "Do not run these rules.")
@_rules_option("--extend-select", "Run these rules too.")
@click.option(
    "--preset", type=click.Choice([p.value for p in Preset]), help="The rule set to start from."
)
@click.option(
    "--certainty",
    type=click.Choice([c.value for c in Certainty]),
    help="The least certainty shown; likely by default.",
)
@click.option("--output-format", type=click.Choice(list(FORMATS)), help="How findings are printed.")
@click.option(
    "--output-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the findings to a file.",
)
@click.option("--statistics", is_flag=True, help="Count the findings of each rule instead.")
@click.option("--show-files", is_flag=True, help="List the files that would be linted, and stop.")
@click.option(
    "--show-settings",
    is_flag=True,
    help="Print the settings in force, how the project is laid out, and stop.",
)
@click.option(
    "--stdin-filename",
    type=click.Path(path_type=Path),
    help="With - as path: the file that standard input stands for.",
)
@click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path),
    help="Read the settings from this file.",
)
@click.option("--no-cache", is_flag=True, help="Neither use nor keep what a run has found.")
@click.option(
    "--cache-dir",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder in which what is found is kept for as long as nothing changes.",
)
@click.option("--isolated", is_flag=True, help="Read no configuration file.")
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="Processes to work in; by default as many as there are cores, where it pays.",
)
@click.option(
    "--infer",
    is_flag=True,
    help="Ask astroid about calls in coroutines whose receiver is unknown; needs the extra infer.",
)
@click.option("--fix", is_flag=True, help="Make the safe fixes.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix or --diff: the unsafe ones too.")
@click.option("--diff", is_flag=True, help="Print what --fix would change, and write nothing.")
@click.option(
    "--baseline",
    type=click.Path(path_type=Path, readable=False),
    help="Do not show the findings that this file accepts, and take out of it those that are gone.",
)
@click.option(
    "--write-baseline",
    type=click.Path(path_type=Path, readable=False),
    help="Accept the findings: write them to this file.",
)
@click.option(
    "--since",
    metavar="REV",
    help="Show only the findings that are new against this revision of git.",
)
@click.option("--add-noqa", is_flag=True, help="Silence the findings with noqa comments.")
@click.option("--watch", is_flag=True, help="Lint again on every change, until Ctrl-C.")
@click.option("--exit-non-zero-on-fix", is_flag=True, help="Exit with 1 if anything was fixed.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even if there are findings.")
@click.option("-v", "--verbose", is_flag=True, help="Say more; show the traceback of a crash.")
@click.option("-q", "--quiet", is_flag=True, help="No warnings, no progress bar.")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="Colour; by default where the terminal has it and NO_COLOR is not set.",
)
def command(paths: tuple[Path, ...], **options: Any) -> int:  # noqa: ANN401 - as declared above
    """Lint the project that PATHS belong to, by default that of the current folder.

    The whole project is read in any case: PATHS choose the files whose findings are shown.
    """
    started = time.perf_counter()
    if options["unsafe_fixes"] and not (options["fix"] or options["diff"]):
        message = "--unsafe-fixes goes with --fix or --diff"
        raise click.UsageError(message)
    check_use(options)
    request = _request(paths, options)
    if options["watch"]:
        from fastapi_bp_lint.cli.watching import watch  # noqa: PLC0415 - most runs watch nothing

        return watch(request, partial(_show, options=options), options)
    plan = prepare(request)
    wrong = _complain(plan)
    if options["show_settings"] or options["show_files"]:
        (_show_settings if options["show_settings"] else _show_files)(plan)
        return WRONG_USE if wrong else 0
    report, code = _run(plan, request, options)
    quiet = options["quiet"]
    if not report.files and not wrong and not quiet:
        where = ", ".join(str(path) for path in request.paths) or str(plan.location.root)
        click.echo(f"warning: no Python file of the project in {where}", err=True)
    if options["verbose"]:
        seconds = time.perf_counter() - started
        click.echo(f"{report.files} files in {seconds:.2f} s", err=True)
    return WRONG_USE if wrong else code


def _show(plan: Plan, options: dict[str, Any]) -> Report:
    """Lint and print: what `--watch` does again and again."""
    _complain(plan)
    try:
        report = run(plan)
    except RevisionError as error:
        message = f"--since: {error}"
        raise click.ClickException(message) from None
    _print(report, plan, options)
    return report


def _run(plan: Plan, request: Request, options: dict[str, Any]) -> tuple[Report, int]:
    """Lint or change, print, and return the report and the exit code."""
    try:
        changes, report = _changed(plan, options, alone=bool(request.overlays))
    except RevisionError as error:
        message = f"--since: {error}"
        raise click.ClickException(message) from None
    if options["diff"]:
        _print_diff(changes, report)
        return report, FOUND if (changes or report.findings) and not options["exit_zero"] else 0
    if options["fix"] or options["add_noqa"]:
        report = _write(plan, request, changes, report)
    quiet = options["quiet"]
    if options["write_baseline"] is not None:
        report = write_baseline(report, plan, options["write_baseline"], quiet=quiet)
    elif not request.overlays:
        shrink(report, plan, quiet=quiet, verbose=options["verbose"])
    _print(report, plan, options)
    found = bool(report.findings) and not options["exit_zero"]
    mended = bool(report.fixed) and options["exit_non_zero_on_fix"]
    return report, FOUND if found or mended else 0


def _changed(
    plan: Plan, options: dict[str, Any], *, alone: bool
) -> tuple[Sequence[Change], Report]:
    """Lint, and make in memory the changes that were asked for."""
    adding = options["add_noqa"]
    fixing = options["fix"] or (options["diff"] and not adding)
    with Progress(enabled=not options["quiet"] and sys.stderr.isatty()) as progress:
        if not fixing and not adding:
            return (), run(plan, progress)
        fixed = None
        if fixing:
            _complain_of_formatter(plan, options)
            unsafe = options["unsafe_fixes"]
            fixed = repair(plan, unsafe=unsafe, alone=alone, progress=progress)
            if not adding:
                return fixed
        return silence(plan, fixed, progress=progress)


def _print_diff(changes: Sequence[Change], report: Report) -> None:
    from fastapi_bp_lint.fixes import diff  # noqa: PLC0415 - only fixing needs it

    sys.stdout.flush()
    sys.stdout.buffer.write(diff(changes))
    sys.stdout.buffer.flush()
    silenced = f" and {len(report.silenced)} silenced" if report.silenced else ""
    click.echo(
        f"{counted(len(report.fixed), 'finding')} would be fixed{silenced} in "
        f"{counted(len(changes), 'file')}, {len(report.findings)} would be left.",
        err=True,
    )
    for line in left_alone(report):
        click.echo(line, err=True)


def _complain_of_formatter(plan: Plan, options: dict[str, Any]) -> None:
    from fastapi_bp_lint.fixes import ruff_format  # noqa: PLC0415 - only fixing needs it

    wanted = plan.config.format_fixes and not options["quiet"]
    if wanted and ruff_format(plan.location.root) is None:
        why = "ruff is not installed, or the project does not configure it"
        click.echo(f"warning: format-fixes: nothing is formatted: {why}", err=True)


def _write(plan: Plan, request: Request, changes: Sequence[Change], report: Report) -> Report:
    """Write the changed files; text from standard input goes to standard output."""
    from fastapi_bp_lint.fixes import write  # noqa: PLC0415 - only fixing needs it

    if request.overlays:
        (text,) = request.overlays.values()
        sys.stdout.flush()
        sys.stdout.buffer.write(changes[0].after if changes else text)
        sys.stdout.buffer.flush()
        return report
    failures = write(plan.location.root, changes)
    if not failures:
        return report
    plan.workspace.overlays = {}
    left = tuple(Left(path, f"cannot be written: {why}") for path, why in failures.items())
    return run(plan)._replace(
        fixed=tuple(fixed for fixed in report.fixed if fixed.path not in failures),
        silenced=tuple(f for f in report.silenced if f.place.path not in failures),
        left=(*report.left, *left),
    )


def _request(paths: tuple[Path, ...], options: dict[str, Any]) -> Request:
    filename: Path | None = options["stdin_filename"]
    overlays: dict[Path, bytes] = {}
    if Path("-") in paths or filename is not None:
        if paths != (Path("-"),) or filename is None:
            message = "standard input is linted with: fbp-lint --stdin-filename PATH -"
            raise click.UsageError(message)
        overlays[filename] = sys.stdin.buffer.read()
        paths = (filename,)
    preset, certainty = options["preset"], options["certainty"]
    return Request(
        paths=paths,
        config=options["config_file"],
        isolated=options["isolated"],
        layer=Layer(
            Preset(preset) if preset else None,
            options["select"],
            options["extend_select"] or (),
            options["ignore"] or (),
        ),
        certainty=Certainty(certainty) if certainty else None,
        overlays=overlays,
        jobs=options["jobs"] or 0,
        baseline=options["baseline"],
        accepting=options["write_baseline"] is None,
        since=options["since"] or "",
        caching=not options["no_cache"],
        cache=options["cache_dir"],
        infer=_infer(wanted=options["infer"]),
    )


def _infer(*, wanted: bool) -> bool:
    from importlib.util import find_spec  # noqa: PLC0415 - only one option needs it

    if wanted and find_spec("astroid") is None:
        message = '--infer needs astroid: pip install "fastapi-bp-lint[infer]"'
        raise click.UsageError(message)
    return wanted


def _complain(plan: Plan) -> bool:
    """Name the paths that cannot be linted; the run goes on with the others."""
    for path in plan.missing:
        click.echo(f"error: {path}: no such file or folder", err=True)
    for path in plan.outside:
        root = plan.location.root
        click.echo(f"error: {path}: not in the project {root}; lint it in its own run", err=True)
    return bool(plan.missing or plan.outside)


def _print(report: Report, plan: Plan, options: dict[str, Any]) -> None:
    file: Path | None = options["output_file"]
    terminal = file is None and sys.stdout.isatty()
    name = options["output_format"] or plan.config.output_format
    name = name or ("full" if terminal else "concise")
    color = options["color"] == "always" or (
        options["color"] == "auto"
        and terminal
        and os.environ.get("TERM") != "dumb"
        and not os.environ.get("NO_COLOR")
    )
    changing = options["fix"] or options["add_noqa"]
    on_stderr = bool(changing and options["stdin_filename"])
    if options["statistics"]:
        text = _statistics(report)
    else:
        text = render(report, name, color=color, verbose=options["verbose"])
    if file is None:
        click.echo(text, nl=False, color=True, err=on_stderr)
        if changing and name not in {"full", "grouped"} and not options["quiet"]:
            click.echo(summary(report), nl=False, err=True)
        return
    try:
        file.write_text(text, "utf-8")
    except OSError as error:
        message = f"{file}: cannot be written: {error.strerror}"
        raise click.ClickException(message) from None


def _statistics(report: Report) -> str:
    counts = Counter((finding.code, finding.slug) for finding in report.findings)
    rows = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    return "".join(f"{count:>6}  {code}  {slug}\n" for (code, slug), count in rows)


def _show_settings(plan: Plan) -> None:
    from fastapi_bp_lint.output.layout import lines  # noqa: PLC0415 - only this needs it
    from fastapi_bp_lint.project.project import Project  # noqa: PLC0415

    click.echo(f"project root: {plan.location.root}")
    click.echo(f"configuration: {plan.location.file or 'none'}")
    click.echo(f"rules: {', '.join(plan.rules)}")
    for key in KEYS:
        value = getattr(plan.config, key.field)
        if value is not None and value != "":
            click.echo(f"{key.name} = {toml(value)}")
    for line in lines(Project(plan.workspace.refresh(), plan.config)):
        click.echo(line)


def _show_files(plan: Plan) -> None:
    for path in plan.workspace.refresh():
        if is_shown(path, plan):
            click.echo(path)
