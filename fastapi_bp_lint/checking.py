"""Runs the rules on a linked project: what they say, less what comments and settings silence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from fastapi_bp_lint import suppress
from fastapi_bp_lint.asking import LOCAL, checked, kinds, told, told_by_two
from fastapi_bp_lint.config import Config, matching
from fastapi_bp_lint.finding import Applicability, Finding, Place, Span, sort_key
from fastapi_bp_lint.project.blocking import Stall
from fastapi_bp_lint.project.project import Project
from fastapi_bp_lint.report import Found
from fastapi_bp_lint.rule import Rule
from fastapi_bp_lint.rules import slugs
from fastapi_bp_lint.rules.linter.fbp003_rule_crashed import crashed_rule

Moved = Callable[[Span], Span | None]
_TOP = Span(1, 0, 1, 0)
_CONCURRENCY = "FBP1"
_SHARES = 20


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
    by_rule = told(project, rules) if alone else told_by_two(project, rules)
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


def glance(
    last: Checked, path: str, config: Config, rules: Mapping[str, Rule], moved: Moved
) -> Checked:
    """Return a first answer about the project of *last*, in which bodies of *path* were retouched.

    Rules that look at calls on the event loop are asked about all of the project, those that look
    at one file, function or class about *path*. What others found stays, as far as *moved* tells
    where it stands now.
    """
    project = last.project
    local = {code: rule for code, rule in rules.items() if rule.checks and kinds(rule) <= LOCAL}
    fresh = [f for f in project.files[path].findings if f.code in local]
    for rule in local.values():
        fresh += checked(rule, project, path)
    stalls = {code for code, rule in local.items() if Stall in kinds(rule)}
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
