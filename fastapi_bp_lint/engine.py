"""One run, from paths to a report: the only place that knows the order of the stages."""

from __future__ import annotations

import contextlib
import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from fastapi_bp_lint.config import Pins
from fastapi_bp_lint.finding import Finding
from fastapi_bp_lint.fork import spare_processes
from fastapi_bp_lint.plan import Plan, Request, is_shown, known, prepare
from fastapi_bp_lint.report import Accepted, Fixed, Found, Left, Report

if TYPE_CHECKING:
    from fastapi_bp_lint.checking import Checked, Moved
    from fastapi_bp_lint.facts.model import FileFacts
    from fastapi_bp_lint.fixes import Change, Outcome, Policy
    from fastapi_bp_lint.inference import Inference
    from fastapi_bp_lint.project.project import Project
    from fastapi_bp_lint.workspace import Progress

# Of a project that a second process looks at as well, each soon has its own copy in memory.
_ENOUGH_LINES = 10_000
_MOST_LINES = 500_000

__all__ = [
    "Look",
    "Plan",
    "Repair",
    "Request",
    "Survey",
    "glance",
    "is_shown",
    "known",
    "look",
    "prepare",
    "repair",
    "run",
    "silence",
    "survey",
]


class Look(NamedTuple):
    """One run: what was found, and the linked project that it was found in."""

    report: Report
    project: Project


class Survey(NamedTuple):
    """One run that others go on from: the report, and all that was found whatever is shown."""

    report: Report
    checked: Checked

    @property
    def project(self) -> Project:
        """The linked project."""
        return self.checked.project


def look(plan: Plan, progress: Progress | None = None) -> Look:
    """Lint the project as it is now; who asks more of it than findings need not link it again."""
    checked = _lint(plan, progress)
    return Look(_report(plan, checked.told, _past(plan, checked)), checked.project)


def survey(plan: Plan, pulse: Callable[[], None] | None = None) -> Survey:
    """Lint the project as it is now, for `glance` to go on from.

    *pulse* is called now and then; what it raises ends the run.
    """
    checked = _lint(plan, None, pulse, is_asked_again=True)
    return Survey(_report(plan, checked.told, _past(plan, checked)), checked)


def glance(plan: Plan, last: Survey, moved: Callable[[str, FileFacts], Moved]) -> Survey | None:
    """Return a first answer where little has changed since *last*, whose project is changed for it.

    That is where one file has other bodies of functions, and where they stand. *moved* returns, for
    a path and its new facts, what tells where a span of before stands now. What `survey` finds may
    differ in other files, which conclude something from those bodies.
    """
    from fastapi_bp_lint import checking  # noqa: PLC0415 - as in _lint
    from fastapi_bp_lint.project.retouch import retouch  # noqa: PLC0415

    before = last.project.files
    with _uncollected():
        files = plan.workspace.refresh()
        changed = [path for path, facts in files.items() if before.get(path) is not facts]
        if plan.since or len(changed) > 1 or files.keys() != before.keys():
            return None
        checked = last.checked
        for path in changed:
            if not retouch(last.project, files[path]):
                return None
            there = moved(path, files[path])
            checked = checking.glance(checked, path, plan.config, plan.rules, there)
        return Survey(_report(plan, checked.told, None), checked)


def run(plan: Plan, progress: Progress | None = None) -> Report:
    """Lint the project as it is now; what was found in the very same is not looked for again.

    Raises:
        RevisionError: the revision to compare with cannot be read.

    """
    if plan.cache is None:
        return look(plan, progress).report
    found = plan.cache.answer()
    if found is None:
        found = _lint(plan, progress).told
        plan.cache.keep(plan.workspace.state, found)
    return _report(plan, found, None)


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
    report = _report(plan, checked.told._replace(sure=outcome.findings), past)
    fixed = tuple(_fixed(before, outcome))
    return Repair(outcome.changes, report._replace(fixed=fixed, left=tuple(_left(outcome, policy))))


def silence(
    plan: Plan,
    mended: Repair | None = None,
    *,
    only: Callable[[Finding], bool] | None = None,
    progress: Progress | None = None,
) -> Repair:
    """Lint the project and silence, in memory, what is shown; *mended* has been fixed before.

    *only* says of each finding whether it is to be silenced.
    """
    from fastapi_bp_lint.silencing import silence as add_comments  # noqa: PLC0415 - as above

    given = dict(plan.workspace.overlays)
    checked = _lint(plan, progress)
    past = _past(plan, checked)
    is_new = _judge(plan, checked.found, past)

    def relint(overlays: Mapping[str, bytes]) -> Checked:
        plan.workspace.overlays = {**given, **overlays}
        return _lint(plan, None)

    asked = [f for f in checked.found if is_shown(f.place.path, plan) and is_new(f)]
    wanted = [finding for finding in asked if only is None or only(finding)]
    sources = _sources(plan, (finding.place.path for finding in wanted))
    outcome = add_comments(checked, wanted, sources, relint)
    report = _report(plan, outcome.checked.told, past)
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


def _lint(
    plan: Plan,
    progress: Progress | None,
    pulse: Callable[[], None] | None = None,
    *,
    is_asked_again: bool = False,
) -> Checked:
    """Return all that is found in the project, whatever is shown."""
    from fastapi_bp_lint.checking import check  # noqa: PLC0415 - what was found may be kept
    from fastapi_bp_lint.project.project import Project  # noqa: PLC0415

    with _uncollected():
        files = plan.workspace.refresh(progress)
        guess = _guess(plan)
        project = Project(files, plan.config, Pins(plan.location.root), guess)
        project.is_asked_again = is_asked_again
        if pulse is not None:
            project.pulse = pulse
        alone = guess is not None or pulse is not None or _is_alone(plan.jobs, files)
        checked = check(project, plan.config, plan.rules, alone=alone)
        if guess is not None:
            guess.save()
        return checked


def _is_alone(jobs: int, files: Mapping[str, FileFacts]) -> bool:
    """Whether one process runs all of the rules: where two are no quicker, or need much memory."""
    if not spare_processes(jobs):
        return True
    return not jobs and not _ENOUGH_LINES <= sum(f.lines for f in files.values()) <= _MOST_LINES


def _guess(plan: Plan) -> Inference | None:
    """Return what asks astroid, where that is wanted."""
    if not plan.infer:
        return None
    from fastapi_bp_lint.inference import Inference  # noqa: PLC0415 - an extra

    return Inference(plan.location.root, plan.workspace.text, plan.folder)


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
    from fastapi_bp_lint.baseline import judge  # noqa: PLC0415 - most runs do without

    return judge(found, plan.accepted, past, _lines(plan))


def _report(plan: Plan, found: Found, past: tuple[Accepted, ...] | None) -> Report:
    asked = [finding for finding in found.sure if is_shown(finding.place.path, plan)]
    new = tuple(filter(_judge(plan, found.sure, past), asked))
    return Report(
        str(plan.location.root),
        sum(is_shown(path, plan) for path in found.paths),
        new,
        _lines(plan),
        known=len(asked) - len(new),
        stale=_stale(plan, found),
    )


def _lines(plan: Plan) -> Callable[[str], tuple[str, ...]]:
    """Return what reads the lines of a file, once somebody asks."""

    def lines(path: str) -> tuple[str, ...]:
        return plan.workspace.lines(path)

    return lines


def _stale(plan: Plan, found: Found) -> tuple[Accepted, ...]:
    if plan.accepted is None:
        return ()
    from fastapi_bp_lint.baseline import stale  # noqa: PLC0415 - most runs do without

    return stale(found, plan.accepted)


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
