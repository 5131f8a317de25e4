"""One run, from paths to a report: the only place that knows the order of the stages."""

from __future__ import annotations

import ast
import contextlib
import gc
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from fastapi_bp_lint import suppress
from fastapi_bp_lint.config import Config, Known, Location, load, locate, matching, real
from fastapi_bp_lint.facts.model import FileFacts, Mark
from fastapi_bp_lint.finding import Applicability, Certainty, Finding, Place, Preset, Span, sort_key
from fastapi_bp_lint.output import FORMATS
from fastapi_bp_lint.project.project import Project
from fastapi_bp_lint.report import Fixed, Left, Report
from fastapi_bp_lint.rule import Option, Rule
from fastapi_bp_lint.rules import catalogue, slugs
from fastapi_bp_lint.rules import load as load_rules
from fastapi_bp_lint.rules.linter.fbp003_rule_crashed import crashed, crashed_rule
from fastapi_bp_lint.selection import Layer, selected
from fastapi_bp_lint.workspace import Progress, Workspace

if TYPE_CHECKING:
    from fastapi_bp_lint.fixes import Change, Outcome, Policy

_TOP = Span(1, 0, 1, 0)


class Request(NamedTuple):
    """What a caller asks for besides the configuration; *overlays* have absolute paths."""

    paths: tuple[Path, ...] = ()
    config: Path | None = None
    isolated: bool = False
    layer: Layer = Layer()
    certainty: Certainty | None = None
    overlays: Mapping[Path, bytes] = {}
    jobs: int = 0


class Plan(NamedTuple):
    """What a run will do: *shown* are the paths under *root* whose findings are shown.

    *missing* are requested paths that do not exist, *outside* those of another project.
    """

    location: Location
    config: Config
    rules: Mapping[str, Rule]
    workspace: Workspace
    shown: tuple[str, ...]
    missing: tuple[Path, ...]
    outside: tuple[Path, ...]


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
    return Plan(
        location, config, rules, workspace, shown if request.paths else ("",), missing, outside
    )


class Look(NamedTuple):
    """One run: what was found, and the linked project that it was found in."""

    report: Report
    project: Project


def look(plan: Plan, progress: Progress | None = None) -> Look:
    """Lint the project as it is now; who asks more of it than findings need not link it again."""
    project, found = _lint(plan, progress)
    return Look(_report(plan, project.files, found), project)


def run(plan: Plan, progress: Progress | None = None) -> Report:
    """Lint the project as it is now."""
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
    progress: Progress | None = None,
) -> Repair:
    """Lint the project and fix, in memory, what is shown; *unsafe* fixes too.

    *only* says of each finding whether it is to be fixed.
    """
    from fastapi_bp_lint.fixes import Policy, fix_files  # noqa: PLC0415 - most runs fix nothing

    given = dict(plan.workspace.overlays)
    project, before = _lint(plan, progress)

    def relint(overlays: Mapping[str, bytes]) -> list[Finding]:
        plan.workspace.overlays = {**given, **overlays}
        gc.collect()  # the project of the round before; the command line collects nothing
        return _lint(plan, None)[1]

    def wanted(finding: Finding) -> bool:
        return is_shown(finding.place.path, plan) and (only is None or only(finding))

    sources = _sources(plan, (finding.place.path for finding in before if finding.fix))
    policy = Policy(plan.rules, unsafe=unsafe, wanted=wanted)
    outcome = fix_files(before, sources, relint, policy)
    plan.workspace.overlays = {**given, **{change.path: change.after for change in outcome.changes}}
    plan.workspace.refresh()
    report = _report(plan, project.files, outcome.findings)
    fixed = tuple(_fixed(before, outcome))
    return Repair(outcome.changes, report._replace(fixed=fixed, left=tuple(_left(outcome, policy))))


def _lint(plan: Plan, progress: Progress | None) -> tuple[Project, list[Finding]]:
    """Return the linked project and all that is found in it, whatever is shown."""
    collecting = gc.isenabled()
    gc.disable()  # nearly all that a run allocates lives until its end
    try:
        project = Project(plan.workspace.refresh(progress), plan.config)
        return project, _findings(plan, project)
    finally:
        if collecting:
            gc.enable()


def _findings(plan: Plan, project: Project) -> list[Finding]:
    config, rules, files = plan.config, plan.rules, project.files
    found = [finding for facts in files.values() for finding in facts.findings]
    for rule in rules.values():
        found += _checked(rule, files, project)
    # What a rule that crashed would have found is not known to be absent.
    complete = frozenset(rules) - {crashed_rule(finding) for finding in found}
    outcome = suppress.apply(found, files, slugs(), complete, config.per_file_ignores)
    sure = (
        _adjusted(finding, config)
        for finding in (*outcome.kept, *outcome.unused)
        if finding.certainty.rank <= config.certainty.rank
    )
    return list(dict.fromkeys(sorted(sure, key=sort_key)))


def _report(plan: Plan, files: Iterable[str], found: Iterable[Finding]) -> Report:
    return Report(
        str(plan.location.root),
        sum(is_shown(path, plan) for path in files),
        tuple(finding for finding in found if is_shown(finding.place.path, plan)),
        plan.workspace.lines,
    )


def _sources(plan: Plan, paths: Iterable[str]) -> dict[str, bytes]:
    sources: dict[str, bytes] = {}
    for path in dict.fromkeys(paths):
        with contextlib.suppress(OSError):
            sources[path] = plan.workspace.text(path)
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


def _checked(rule: Rule, files: Mapping[str, FileFacts], project: Project) -> Iterator[Finding]:
    """Run the checks of *rule* that look at the linked project."""
    crashes: list[Finding] = []
    for kind, check in rule.checks:
        if issubclass(kind, ast.AST):
            continue
        for entity in _entities(rule, kind, files, project, crashes):
            try:
                yield from check(entity, project)
            except Exception as error:  # noqa: BLE001 - the other rules go on
                crashes.append(crashed(rule.code, _place(entity), error))
    yield from _joined(crashes)


def _entities(
    rule: Rule,
    kind: type,
    files: Mapping[str, FileFacts],
    project: Project,
    crashes: list[Finding],
) -> Iterator[Any]:
    """Give what a check of *kind* looks at; linking it may be what crashes."""
    if kind is Mark:
        for facts in files.values():
            yield from (mark for code, mark in facts.marks if code == rule.code)
        return
    try:
        yield from project.each(kind)
    except Exception as error:  # noqa: BLE001
        crashes.append(crashed(rule.code, Place(".", _TOP), error))


def _joined(crashes: Iterable[Finding]) -> Iterator[Finding]:
    """Say once what crashed at the same line of ours, and in how many other files."""
    same: dict[str, list[Finding]] = {}
    for crash in crashes:
        same.setdefault(crash.message.partition(": ")[0], []).append(crash)
    for found in same.values():
        others = len({crash.place.path for crash in found}) - 1
        more = f"; the same in {others} other file{'s' if others > 1 else ''}" if others else ""
        yield found[0]._replace(message=found[0].message + more)


def _place(entity: object) -> Place:
    place = getattr(entity, "place", None)
    if isinstance(place, Place):
        return place
    path = getattr(entity, "path", None)
    return Place(path if isinstance(path, str) else ".", _TOP)


def _adjusted(finding: Finding, config: Config) -> Finding:
    """Apply what the project thinks of the rule's fixes."""
    fix = finding.fix
    if fix is None or not (config.extend_safe_fixes or config.extend_unsafe_fixes):
        return finding
    for selectors, before, after in (
        (config.extend_safe_fixes, Applicability.UNSAFE, Applicability.SAFE),
        (config.extend_unsafe_fixes, Applicability.SAFE, Applicability.UNSAFE),
    ):
        named = (finding.code in matching(selector, slugs()) for selector in selectors)
        if fix.applicability is before and any(named):
            return finding._replace(fix=fix._replace(applicability=after))
    return finding


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


def _selected(config: Config, layer: Layer) -> frozenset[str]:
    own = Layer(config.preset, config.select, config.extend_select, config.ignore)
    return selected([own, layer], slugs(), _presets)


def _presets() -> dict[str, Preset]:
    return {code: rule.preset for code, rule in load_rules(catalogue()).items()}


def _options(code: str) -> tuple[Option, ...]:
    return load_rules([code])[code].options
