"""One run, from paths to a report: the only place that knows the order of the stages."""

from __future__ import annotations

import contextlib
import gc
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fastapi_bp_lint.checking import Checked, check
from fastapi_bp_lint.config import Config, Known, Location, Pins, load, locate, real
from fastapi_bp_lint.finding import Certainty, Finding, Preset
from fastapi_bp_lint.output import FORMATS
from fastapi_bp_lint.project.project import Project
from fastapi_bp_lint.report import Accepted, Fixed, Left, Report
from fastapi_bp_lint.rule import Option, Rule
from fastapi_bp_lint.rules import catalogue, slugs
from fastapi_bp_lint.rules import load as load_rules
from fastapi_bp_lint.selection import Layer, selected
from fastapi_bp_lint.workspace import Progress, Workspace

if TYPE_CHECKING:
    from fastapi_bp_lint.fixes import Change, Outcome, Policy


class Request(NamedTuple):
    """What a caller asks for besides the configuration; *overlays* have absolute paths.

    *baseline* takes the place of the configured one; not *accepting* there is none. *since* is a
    revision of git: what was found then is not shown.
    """

    paths: tuple[Path, ...] = ()
    config: Path | None = None
    isolated: bool = False
    layer: Layer = Layer()
    certainty: Certainty | None = None
    overlays: Mapping[Path, bytes] = {}
    jobs: int = 0
    baseline: Path | None = None
    accepting: bool = True
    since: str = ""


class Plan(NamedTuple):
    """What a run will do: *shown* are the paths under *root* whose findings are shown.

    *missing* are requested paths that do not exist, *outside* those of another project. *baseline*
    is the file that has the *accepted* findings; without one, None, nothing is.
    """

    location: Location
    config: Config
    rules: Mapping[str, Rule]
    workspace: Workspace
    shown: tuple[str, ...]
    missing: tuple[Path, ...]
    outside: tuple[Path, ...]
    baseline: Path | None = None
    accepted: tuple[Accepted, ...] | None = None
    since: str = ""


def known() -> Known:
    """Return what a configuration may name."""
    return Known(slugs(), _options, tuple(FORMATS))


def prepare(request: Request) -> Plan:
    """Find the project, read its configuration and choose the rules.

    Raises:
        ConfigError: the configuration cannot be used.

    """
    overlaid = {real(path) for path in request.overlays}
    missing = tuple(p for p in request.paths if not os.path.lexists(p) and real(p) not in overlaid)
    paths = [path for path in request.paths if path not in missing]
    location = _location(paths or [Path()], request)
    config = load(location.file, known())
    codes = _selected(config, request.layer)
    rules = load_rules(codes)
    workspace = Workspace(location.root, config, codes, jobs=request.jobs)
    for path, text in request.overlays.items():
        workspace.overlays |= dict.fromkeys(_under(location.root, path), text)
    inner = {path: _under(location.root, path) for path in paths}
    shown = tuple(name for names in inner.values() for name in names)
    outside = tuple(path for path, names in inner.items() if not names)
    if request.certainty is not None:
        config = config._replace(certainty=request.certainty)
    file = _baseline(location, config, request)
    return Plan(
        location,
        config,
        rules,
        workspace,
        shown if request.paths else ("",),
        missing,
        outside,
        file,
        None if file is None else _accepted(file),
        request.since,
    )


class Look(NamedTuple):
    """One run: what was found, and the linked project that it was found in."""

    report: Report
    project: Project


def look(plan: Plan, progress: Progress | None = None) -> Look:
    """Lint the project as it is now; who asks more of it than findings need not link it again."""
    checked = _lint(plan, progress)
    return Look(_report(plan, checked, _past(plan, checked)), checked.project)


def run(plan: Plan, progress: Progress | None = None) -> Report:
    """Lint the project as it is now.

    Raises:
        RevisionError: the revision to compare with cannot be read.

    """
    return look(plan, progress).report


class Repair(NamedTuple):
    """What fixing comes to: the changes, not yet written, and the report on the changed project."""

    changes: tuple[Change, ...]
    report: Report


def repair(
    plan: Plan,
    *,
    unsafe: bool = False,
    only: Callable[[Finding], bool] | None = None,
    alone: bool = False,
    progress: Progress | None = None,
) -> Repair:
    """Lint the project and fix, in memory, what is shown; *unsafe* fixes too.

    *only* says of each finding whether it is to be fixed. What has to change in other files with a
    fix does so, unless each file is to be fixed *alone*: then such a fix is not made.
    """
    from fastapi_bp_lint import fixes  # noqa: PLC0415 - most runs fix nothing

    given = dict(plan.workspace.overlays)
    checked = _lint(plan, progress)
    before, past = checked.found, _past(plan, checked)
    is_new = _judge(plan, before, past)

    def relint(overlays: Mapping[str, bytes]) -> list[Finding]:
        nonlocal checked, is_new
        plan.workspace.overlays = {**given, **overlays}
        gc.collect()  # the project of the round before; the command line collects nothing
        checked = _lint(plan, None)
        is_new = _judge(plan, checked.found, past)
        return checked.found

    def wanted(finding: Finding) -> bool:
        asked = is_shown(finding.place.path, plan) and is_new(finding)
        return asked and (only is None or only(finding))

    sources = _sources(plan, _changeable(before, alone=alone))
    tidy = fixes.ruff_format(plan.location.root) if plan.config.format_fixes else None
    policy = fixes.Policy(plan.rules, unsafe=unsafe, wanted=wanted, tidy=tidy)
    outcome = fixes.fix_files(before, sources, relint, policy)
    plan.workspace.overlays = {**given, **{change.path: change.after for change in outcome.changes}}
    plan.workspace.refresh()
    report = _report(plan, checked._replace(found=list(outcome.findings)), past)
    fixed = tuple(_fixed(before, outcome))
    return Repair(outcome.changes, report._replace(fixed=fixed, left=tuple(_left(outcome, policy))))


def silence(plan: Plan, mended: Repair | None = None, progress: Progress | None = None) -> Repair:
    """Lint the project and silence, in memory, what is shown; *mended* has been fixed before."""
    from fastapi_bp_lint.silencing import silence as add_comments  # noqa: PLC0415 - as above

    given = dict(plan.workspace.overlays)
    checked = _lint(plan, progress)
    past = _past(plan, checked)
    is_new = _judge(plan, checked.found, past)

    def relint(overlays: Mapping[str, bytes]) -> Checked:
        plan.workspace.overlays = {**given, **overlays}
        return _lint(plan, None)

    wanted = [f for f in checked.found if is_shown(f.place.path, plan) and is_new(f)]
    sources = _sources(plan, (finding.place.path for finding in wanted))
    outcome = add_comments(checked, wanted, sources, relint)
    report = _report(plan, outcome.checked, past)
    left = tuple(
        Left(f.place.path, f"{f.code} on line {f.place.span.line}: {why}")
        for f, why in outcome.refused.items()
    )
    report = report._replace(silenced=outcome.findings, left=left)
    return _joined(mended, Repair(outcome.changes, report))


def _joined(first: Repair | None, then: Repair) -> Repair:
    """Return as one what was changed one after the other."""
    if first is None:
        return then
    changes = {change.path: change for change in first.changes}
    for change in then.changes:
        before = changes.get(change.path, change).before
        changes[change.path] = change._replace(before=before)
    report = then.report._replace(
        fixed=first.report.fixed, left=(*first.report.left, *then.report.left)
    )
    return Repair(tuple(changes[path] for path in sorted(changes)), report)


def _lint(plan: Plan, progress: Progress | None) -> Checked:
    """Return all that is found in the project, whatever is shown."""
    with _uncollected():
        project = Project(plan.workspace.refresh(progress), plan.config, Pins(plan.location.root))
        return check(project, plan.config, plan.rules)


def _past(plan: Plan, checked: Checked) -> tuple[Accepted, ...] | None:
    """Return what was found at the revision to compare with, None where there is none."""
    if not plan.since:
        return None
    from fastapi_bp_lint.news import past  # noqa: PLC0415 - most runs do without

    with _uncollected():
        root, world = plan.location.root, plan.workspace
        return past(root, plan.since, checked.project, plan.rules, world.overlays, world.lines)


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    collecting = gc.isenabled()
    gc.disable()  # nearly all that a run allocates lives until its end
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _judge(
    plan: Plan, found: Iterable[Finding], past: tuple[Accepted, ...] | None
) -> Callable[[Finding], bool]:
    """Return what tells the findings that are shown from those that are known."""
    if plan.accepted is None and past is None:
        return lambda _: True
    from fastapi_bp_lint.news import judge  # noqa: PLC0415 - most runs do without

    return judge(found, plan.accepted, past, plan.workspace.lines)


def _report(plan: Plan, checked: Checked, past: tuple[Accepted, ...] | None) -> Report:
    asked = [finding for finding in checked.found if is_shown(finding.place.path, plan)]
    new = tuple(filter(_judge(plan, checked.found, past), asked))
    return Report(
        str(plan.location.root),
        sum(is_shown(path, plan) for path in checked.project.files),
        new,
        plan.workspace.lines,
        known=len(asked) - len(new),
        stale=_stale(plan, checked),
    )


def _stale(plan: Plan, checked: Checked) -> tuple[Accepted, ...]:
    if plan.accepted is None:
        return ()
    from fastapi_bp_lint.news import stale  # noqa: PLC0415 - most runs do without

    return stale(checked, plan.accepted)


def _changeable(findings: Iterable[Finding], *, alone: bool) -> Iterator[str]:
    """Give the files that fixes may change: those with findings and, if not *alone*, others."""
    for finding in findings:
        if finding.fix is not None:
            yield finding.place.path
            yield from (t.path for t in finding.fix.elsewhere if not alone)


def _sources(plan: Plan, paths: Iterable[str]) -> dict[str, bytes]:
    sources: dict[str, bytes] = {}
    for path in dict.fromkeys(paths):
        with contextlib.suppress(OSError):
            sources[path] = plan.workspace.linted(path)
    return sources


def _fixed(before: Iterable[Finding], outcome: Outcome) -> Iterator[Fixed]:
    """Tell which findings are gone: as many as were counted, those that are nowhere to be seen."""
    left = Counter((f.place.path, f.code, f.symbol, f.message) for f in outcome.findings)
    counts = {path: dict(by_code) for path, by_code in outcome.fixed.items()}
    for finding in before:
        path, code = finding.place.path, finding.code
        same = path, code, finding.symbol, finding.message
        if left[same] > 0:
            left[same] -= 1
        elif counts.get(path, {}).get(code, 0) > 0:
            counts[path][code] -= 1
            text = finding.fix.message if finding.fix else ""
            yield Fixed(code, finding.slug, path, finding.place.span.line, text)


def _left(outcome: Outcome, policy: Policy) -> Iterator[Left]:
    """Tell what could not be fixed, though it was asked for."""
    for path, reason in outcome.restored.items():
        yield Left(path, reason)
    for finding, reason in outcome.left:
        place = finding.place
        if place.path not in outcome.restored and not policy.refusal(finding):
            yield Left(place.path, f"{finding.code} on line {place.span.line}: {reason}")


def is_shown(path: str, plan: Plan) -> bool:
    """Whether the findings of *path* were asked for."""
    return any(not top or path == top or path.startswith(f"{top}/") for top in plan.shown)


def _location(paths: Iterable[Path], request: Request) -> Location:
    """Return the project of the first path, or the one around all of them if there is one."""
    first, *others = paths
    location = locate(first, request.config, isolated=request.isolated)
    if any(not _under(location.root, path) for path in others):
        shared = Path(os.path.commonpath([real(path) for path in (first, *others)]))
        wider = locate(shared, request.config, isolated=request.isolated)
        if wider.marked:
            return wider
    return location


def _under(root: Path, path: Path) -> tuple[str, ...]:
    """Return *path* relative to *root*, "" for the root itself; nothing outside of it.

    A link to a file has two names: its own and that of the file.
    """
    places = dict.fromkeys((real(path), Path(os.path.realpath(path))))
    return tuple(
        "" if place == root else place.relative_to(root).as_posix()
        for place in places
        if place == root or root in place.parents
    )


def _baseline(location: Location, config: Config, request: Request) -> Path | None:
    if request.baseline is not None or not request.accepting:
        return request.baseline
    return location.root / config.baseline if config.baseline else None


def _accepted(file: Path) -> tuple[Accepted, ...]:
    from fastapi_bp_lint.baseline import load  # noqa: PLC0415 - most runs do without

    return tuple(load(file))


def _selected(config: Config, layer: Layer) -> frozenset[str]:
    own = Layer(config.preset, config.select, config.extend_select, config.ignore)
    return selected([own, layer], slugs(), _presets)


def _presets() -> dict[str, Preset]:
    return {code: rule.preset for code, rule in load_rules(catalogue()).items()}


def _options(code: str) -> tuple[Option, ...]:
    return load_rules([code])[code].options
