"""Asks the rules about a linked project, in this process or with the help of a copy of it."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from fastapi_bp_lint.facts.model import Mark
from fastapi_bp_lint.finding import Finding, Place, Span
from fastapi_bp_lint.fork import Fork, ForkError, Shares
from fastapi_bp_lint.project.blocking import Stall
from fastapi_bp_lint.project.handover import Sheet, give, take
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.project.project import Project
from fastapi_bp_lint.project.values import Class, Function
from fastapi_bp_lint.rule import Rule
from fastapi_bp_lint.rules.linter.fbp003_rule_crashed import crashed, crashed_rule

LOCAL: set[type] = {Mark, Module, Function, Class, Stall}
"""What rules can look at file by file; of stalls, there are some in a file or none."""
Told = dict[str, list[Finding]]
_TOP = Span(1, 0, 1, 0)
_CONCURRENCY = "FBP1"
_SHARES = 100


def told(project: Project, rules: Mapping[str, Rule]) -> Told:
    """Return what each rule finds in the linked project."""
    found: Told = {}
    for code, rule in rules.items():
        project.pulse()
        found[code] = list(checked(rule, project))
    return found


class Half(NamedTuple):
    """What a process has worked out of the *taken* shares of the files.

    That is what rules have *told* that look at single files, and what the *seen* functions run.
    """

    taken: int
    told: Told
    seen: set[Function]


def told_by_two(project: Project, rules: Mapping[str, Rule]) -> Told:
    """Return the same, with the help of a copy of this process.

    It begins to find out, file by file, what functions run, which takes longer than all else and
    asks nothing of the model of the web application. This process makes that model and asks the
    rules that do not look at held loops, and then takes its share of the files.
    """
    loop = {code: rule for code, rule in rules.items() if code.startswith(_CONCURRENCY)}
    local = {code: rule for code, rule in loop.items() if kinds(rule) <= LOCAL - {Stall}}
    rest = {code: rule for code, rule in rules.items() if code not in loop}
    if len(local) == len(loop):
        return told(project, rules)
    with contextlib.closing(Shares(_SHARES)) as shares:

        def handed_over() -> tuple[int, Told, Sheet]:
            taken, found, seen = _half(project, local, shares)
            return taken, found, give(project, seen)

        try:
            _ = project.calls
            copy = Fork(handed_over)
        except Exception:  # noqa: BLE001 - it is raised again where a rule asks
            return told(project, rules)
        found = told(project, rest)
        with contextlib.suppress(Exception):  # as above
            project.blocking.prepare()
        ours = _half(project, local, shares)
    try:
        taken, theirs, sheet = copy.result()
    except ForkError:
        return found | told(project, loop)
    if ours.taken + taken < _SHARES:  # something was raised, which is to happen again
        return found | told(project, loop)
    take(project, sheet)
    for code, rule in local.items():
        both = ours.told[code] + theirs[code]
        # A rule that crashed in several files says so once.
        found[code] = list(checked(rule, project)) if any(map(crashed_rule, both)) else both
    return found | told(project, {code: rule for code, rule in loop.items() if code not in local})


def _half(project: Project, local: Mapping[str, Rule], shares: Iterable[int]) -> Half:
    """Work on the files that nobody else does."""
    paths = list(project.files)
    size = len(paths) // _SHARES + 1
    seen: set[Function] = set()
    found: Told = {code: [] for code in local}
    taken = 0
    with contextlib.suppress(Exception):
        for number in shares:
            for path in paths[number * size : (number + 1) * size]:
                functions = project.names.of_file(path)[1]
                project.blocking.explore([f for f in functions if f.is_async], seen)
                for code, rule in local.items():
                    found[code] += checked(rule, project, path)
            taken += 1
    return Half(taken, found, seen)


def kinds(rule: Rule) -> set[type]:
    """Return what of the linked project a rule looks at."""
    return {kind for kind, _ in rule.checks if not issubclass(kind, ast.AST)}


def checked(rule: Rule, project: Project, path: str | None = None) -> Iterator[Finding]:
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
