"""Runs the rules on a linked project: what they say, less what comments and settings silence."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from fastapi_bp_lint import suppress
from fastapi_bp_lint.config import Config, matching
from fastapi_bp_lint.facts.model import Mark
from fastapi_bp_lint.finding import Applicability, Finding, Place, Span, sort_key
from fastapi_bp_lint.fork import Fork, ForkError
from fastapi_bp_lint.project.blocking import Stall
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.project.project import Project
from fastapi_bp_lint.project.values import Class, Function
from fastapi_bp_lint.report import Found
from fastapi_bp_lint.rule import Rule
from fastapi_bp_lint.rules import slugs
from fastapi_bp_lint.rules.linter.fbp003_rule_crashed import crashed, crashed_rule

Moved = Callable[[Span], Span | None]
_TOP = Span(1, 0, 1, 0)
_CONCURRENCY = "FBP1"


class Checked(NamedTuple):
    """What is found in a whole project, in order; *doubtful* is less certain than is shown.

    *complete* are the codes of the rules that ran to their end.
    """

    project: Project
    found: list[Finding]
    doubtful: list[Finding]
    complete: frozenset[str]

    @property
    def told(self) -> Found:
        """The same without the linked project."""
        files = self.project.files
        is_whole = not any(facts.problem for facts in files.values())
        return Found(tuple(files), self.found, self.doubtful, self.complete, is_whole)


def check(
    project: Project, config: Config, rules: Mapping[str, Rule], *, alone: bool = True
) -> Checked:
    """Return all that *rules* find in *project*; not *alone*, a copy of this process helps."""
    found = [finding for facts in project.files.values() for finding in facts.findings]
    by_rule = _told(project, rules) if alone else _told_by_two(project, rules)
    for code in rules:
        found += by_rule[code]
    # What a rule that crashed would have found is not known to be absent.
    complete = frozenset(rules) - {crashed_rule(finding) for finding in found}
    outcome = suppress.apply(found, project.files, slugs(), complete, config.per_file_ignores)
    each = dict.fromkeys(sorted((*outcome.kept, *outcome.unused), key=sort_key))
    sure: list[Finding] = []
    doubtful: list[Finding] = []
    for finding in each:
        of = sure if finding.certainty.rank <= config.certainty.rank else doubtful
        of.append(_adjusted(finding, config))
    return Checked(project, sure, doubtful, complete)


def _told(project: Project, rules: Mapping[str, Rule]) -> dict[str, list[Finding]]:
    """Return what each rule finds in the linked project."""
    told: dict[str, list[Finding]] = {}
    for code, rule in rules.items():
        project.pulse()
        told[code] = list(_checked(rule, project))
    return told


def _told_by_two(project: Project, rules: Mapping[str, Rule]) -> dict[str, list[Finding]]:
    """Return the same, and leave to a copy of this process what does not ask for held loops.

    Both parts take about as long, and share little but the model of the web application.
    """
    ours = {code: rule for code, rule in rules.items() if code.startswith(_CONCURRENCY)}
    theirs = {code: rule for code, rule in rules.items() if code not in ours}
    if not ours or not theirs:
        return _told(project, rules)
    with contextlib.suppress(Exception):  # it is raised again where a rule asks
        _ = project.entries, project.dependencies
    try:
        copy = Fork(lambda: _told(project, theirs))
    except OSError:
        return _told(project, rules)
    told = _told(project, ours)
    try:
        return told | copy.result()
    except ForkError:
        return told | _told(project, theirs)


def glance(
    last: Checked, path: str, config: Config, rules: Mapping[str, Rule], moved: Moved
) -> Checked:
    """Return a first answer about the project of *last*, in which bodies of *path* were retouched.

    Rules that look at calls on the event loop are asked about all of the project, those that look
    at one file, function or class about *path*. What others found stays, as far as *moved* tells
    where it stands now.
    """
    project = last.project
    local = {code: rule for code, rule in rules.items() if rule.checks and _kinds(rule) <= _LOCAL}
    fresh = [f for f in project.files[path].findings if f.code in local]
    for rule in local.values():
        fresh += _checked(rule, project, path)
    stalls = {code for code, rule in local.items() if Stall in _kinds(rule)}
    outcome = suppress.apply(
        fresh, project.files, slugs(), last.complete - {"FBP004"}, config.per_file_ignores
    )

    def stays(finding: Finding) -> bool:
        here = finding.place.path == path
        return finding.code not in stalls and not (here and finding.code in local)

    kept = [_moved(f, path, moved) for f in (*last.found, *last.doubtful) if stays(f)]
    found = [*filter(None, kept), *(_adjusted(f, config) for f in outcome.kept)]
    each = dict.fromkeys(sorted(found, key=sort_key))
    sure = [f for f in each if f.certainty.rank <= config.certainty.rank]
    doubtful = [f for f in each if f.certainty.rank > config.certainty.rank]
    return Checked(project, sure, doubtful, last.complete)


def _kinds(rule: Rule) -> set[type]:
    return {kind for kind, _ in rule.checks if not issubclass(kind, ast.AST)}


_LOCAL: set[type] = {Mark, Module, Function, Class, Stall}


def _moved(finding: Finding, path: str, moved: Moved) -> Finding | None:
    """Return *finding* where it stands after lines of *path* have moved, None where they are gone.

    A step of a trail whose line is gone stays where it was.
    """
    place = finding.place
    if place.path == path:
        span = moved(place.span)
        if span is None:
            return None
        place = Place(path, span)
        if finding.fix is not None:
            at = moved(finding.fix.span)
            fix = None if at is None else finding.fix._replace(span=at)
            finding = finding._replace(fix=fix)
    trail = tuple(
        step._replace(place=Place(path, moved(step.place.span) or step.place.span))
        if step.place.path == path
        else step
        for step in finding.trail
    )
    return finding._replace(place=place, trail=trail)


def _checked(rule: Rule, project: Project, path: str | None = None) -> Iterator[Finding]:
    """Run the checks of *rule* that look at the linked project; with *path* at that file of it.

    What stalls is asked about all files in any case.
    """
    crashes: list[Finding] = []
    for kind, check in rule.checks:
        if issubclass(kind, ast.AST):
            continue
        entities = (
            _entities(rule, kind, project, crashes)
            if path is None or kind is Stall
            else _of_file(rule, kind, project, path)
        )
        for entity in entities:
            try:
                yield from check(entity, project)
            except Exception as error:  # noqa: BLE001 - the other rules go on
                crashes.append(crashed(rule.code, _place(entity), error))
    yield from _joined(crashes)


def _entities(rule: Rule, kind: type, project: Project, crashes: list[Finding]) -> Iterator[Any]:
    """Give what a check of *kind* looks at; linking it may be what crashes."""
    if kind is Mark:
        for facts in project.files.values():
            yield from (mark for code, mark in facts.marks if code == rule.code)
        return
    try:
        yield from project.each(kind)
    except Exception as error:  # noqa: BLE001
        crashes.append(crashed(rule.code, Place(".", _TOP), error))


def _of_file(rule: Rule, kind: type, project: Project, path: str) -> Iterable[Any]:
    """Return what a check of *kind* looks at in one file."""
    if kind is Mark:
        return [mark for code, mark in project.files[path].marks if code == rule.code]
    if kind is Module:
        return [project.modules.by_path[path]]
    classes, functions = project.names.of_file(path)
    return classes if kind is Class else functions


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
