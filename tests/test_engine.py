"""One run: what is linted, what is shown, in which order, and what a crash costs."""

from __future__ import annotations

import ast
import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from fastapi_bp_lint import asking, checking
from fastapi_bp_lint.checking import Checked
from fastapi_bp_lint.config import ConfigError
from fastapi_bp_lint.engine import look, repair, run
from fastapi_bp_lint.facts.extract import extract
from fastapi_bp_lint.facts.model import FileFacts, Mark
from fastapi_bp_lint.facts.source import Source
from fastapi_bp_lint.finding import (
    Applicability,
    Certainty,
    Finding,
    Place,
    Preset,
    Severity,
    Span,
)
from fastapi_bp_lint.fork import Fork, ForkError
from fastapi_bp_lint.plan import Plan, Request, prepare
from fastapi_bp_lint.project.blocking import Blocking, Stall
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.project.project import Project
from fastapi_bp_lint.project.values import Function
from fastapi_bp_lint.rule import Rule
from fastapi_bp_lint.rules import catalogue, load, syntax_checks
from fastapi_bp_lint.selection import Layer


def add(root: Path, **files: str) -> None:
    for name, text in files.items():
        file = root / f"{name.replace('__', '/')}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def made(number: int = 901) -> Rule:
    return Rule(
        f"tests.probe.fbp{number}_probe",
        "# A rule of the tests",
        severity=Severity.ERROR,
        preset=Preset.RECOMMENDED,
        since="0.1",
    )


def every_module(rule: Rule, **extra: Certainty) -> Rule:
    @rule.on(Module)
    def check(module: Module, _project: Project) -> Iterator[Finding]:
        yield rule.at(module.place(Span(1, 0, 1, 1)), "a module", **extra)  # type: ignore[arg-type]

    return rule


def planned(root: Path, *rules: Rule, request: Request | None = None) -> Plan:
    plan = prepare(request or Request(paths=(root,)))
    if rules:
        vars(plan)["rules"] = {rule.code: rule for rule in rules}
    return plan


def rows(plan: Plan) -> list[tuple[str, int, str]]:
    return [(f.place.path, f.place.span.line, f.code) for f in run(plan).findings]


def test_findings_are_sorted_and_told_once(tmp_path: Path) -> None:
    add(tmp_path, b="x = 1\n", a="x = 1\n")
    twice = every_module(every_module(made(902)))
    assert rows(planned(tmp_path, twice, every_module(made()))) == [
        ("a.py", 1, "FBP901"),
        ("a.py", 1, "FBP902"),
        ("b.py", 1, "FBP901"),
        ("b.py", 1, "FBP902"),
    ]


def test_paths_choose_what_is_shown_and_not_what_is_read(tmp_path: Path) -> None:
    add(tmp_path, a="", pkg__b="", pkg__c="", pkgs="")
    (tmp_path / "pyproject.toml").touch()
    seen: list[int] = []
    rule = made()

    @rule.on(Module)
    def count(module: Module, project: Project) -> Iterator[Finding]:
        seen.append(len(project.files))
        yield rule.at(module.place(Span(1, 0, 1, 0)), "a module")

    request = Request(paths=(tmp_path / "pkg",))
    plan = planned(tmp_path, rule, request=request)
    report = run(plan)
    assert [f.place.path for f in report.findings] == ["pkg/b.py", "pkg/c.py"]
    assert report.files == 2
    assert seen == [4, 4, 4, 4]
    request = Request(paths=(tmp_path / "pkg/c.py", tmp_path / "a.py"))
    assert [path for path, *_ in rows(planned(tmp_path, rule, request=request))] == [
        "a.py",
        "pkg/c.py",
    ]


def test_without_paths_the_project_around_the_current_folder_is_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(tmp_path, a="", pkg__b="")
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path / "pkg")
    plan = planned(tmp_path, every_module(made()), request=Request())
    assert [path for path, *_ in rows(plan)] == ["a.py", "pkg/b.py"]


def test_paths_of_several_projects(tmp_path: Path) -> None:
    add(tmp_path, one__a="", two__b="")
    (tmp_path / "one/pyproject.toml").touch()
    (tmp_path / "two/pyproject.toml").touch()
    both = tmp_path / "one/a.py", tmp_path / "two/b.py"
    plan = prepare(Request(paths=both))
    assert plan.location.root == tmp_path / "one"
    assert plan.outside == (tmp_path / "two/b.py",)
    (tmp_path / "pyproject.toml").touch()
    plan = prepare(Request(paths=both))
    assert plan.location.root == tmp_path
    assert plan.shown == ("one/a.py", "two/b.py")
    assert plan.outside == ()


def test_a_path_that_does_not_exist_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    add(tmp_path, a="")
    plan = prepare(Request(paths=(tmp_path / "none", tmp_path / "a.py")))
    assert plan.missing == (tmp_path / "none",)
    assert plan.shown == ("a.py",)


def test_a_linked_path_is_its_real_one(tmp_path: Path) -> None:
    add(tmp_path, real__a="")
    (tmp_path / "real/pyproject.toml").touch()
    (tmp_path / "link").symlink_to("real")
    plan = prepare(Request(paths=(tmp_path / "link/a.py",)))
    assert plan.location.root == tmp_path / "real"
    assert plan.shown == ("a.py",)


def test_certainty(tmp_path: Path) -> None:
    add(tmp_path, a="")
    rule = every_module(made(), certainty=Certainty.LIKELY)
    for certainty, shown in ((Certainty.CERTAIN, 0), (Certainty.LIKELY, 1), (None, 1)):
        request = Request(paths=(tmp_path,), certainty=certainty)
        assert len(rows(planned(tmp_path, rule, request=request))) == shown
    doubtful = every_module(made(902), certainty=Certainty.POSSIBLE)
    assert rows(planned(tmp_path, doubtful)) == []
    (tmp_path / "fbp-lint.toml").write_text('certainty = "possible"\n')
    assert len(rows(planned(tmp_path, doubtful))) == 1


def test_the_configuration_chooses_rules_and_the_request_has_the_last_word(tmp_path: Path) -> None:
    (tmp_path / "fbp-lint.toml").write_text('select = ["FBP101"]\n')
    assert set(prepare(Request(paths=(tmp_path,))).rules) == {
        "FBP001",
        "FBP002",
        "FBP003",
        "FBP101",
    }
    isolated = prepare(Request(paths=(tmp_path,), isolated=True)).rules
    recommended = [r.code for r in load(catalogue()).values() if r.preset is Preset.RECOMMENDED]
    assert list(isolated) == recommended
    layer = Layer(extend_select=("FBP004",), ignore=("FBP0",))
    assert set(prepare(Request(paths=(tmp_path,), layer=layer)).rules) == {"FBP101", "FBP004"}
    (tmp_path / "fbp-lint.toml").write_text("selct = 1\n")
    with pytest.raises(ConfigError, match="selct"):
        prepare(Request(paths=(tmp_path,)))


def test_a_rule_that_crashes_costs_itself_one_entity(tmp_path: Path) -> None:
    add(tmp_path, a="", b="", c="")
    rule = made()

    @rule.on(Module)
    def check(module: Module, _project: Project) -> Iterator[Finding]:
        if module.path == "b.py":
            message = "two\nlines"
            raise LookupError(message)
        yield rule.at(module.place(Span(1, 0, 1, 0)), "a module")

    report = run(planned(tmp_path, rule, every_module(made(902))))
    assert [(f.place.path, f.code) for f in report.findings] == [
        ("a.py", "FBP901"),
        ("a.py", "FBP902"),
        ("b.py", "FBP003"),
        ("b.py", "FBP902"),
        ("c.py", "FBP901"),
        ("c.py", "FBP902"),
    ]
    message = report.findings[2].message
    assert message.startswith("FBP901 crashed here at test_engine.py:")
    assert ": LookupError: two lines; how to report it: https://" in message


def test_a_rule_that_crashes_everywhere_in_a_file_is_told_once(tmp_path: Path) -> None:
    add(tmp_path, a="def f(): ...\ndef g(): ...\n")
    rule = made()

    @rule.on(ast.FunctionDef)
    def look(node: ast.FunctionDef, source: Source) -> Iterator[Mark]:
        yield Mark(source.place(node), (node.name,))

    @rule.on(Mark)
    def judge(mark: Mark, _project: Project) -> Iterator[Finding]:
        raise KeyError(mark.data[0])
        yield

    plan = planned(tmp_path, rule)
    plan.workspace._checks = syntax_checks({rule.code: rule})  # noqa: SLF001
    assert rows(plan) == [("a.py", 1, "FBP003")]


def test_a_rule_that_crashes_in_every_file_is_told_once(tmp_path: Path) -> None:
    add(tmp_path, a="", b="", c="")
    rule = made()

    @rule.on(Module)
    def look(module: Module, _project: Project) -> Iterator[Finding]:
        raise LookupError(module.path)
        yield

    (found,) = run(planned(tmp_path, rule)).findings
    assert found.place.path == "a.py"
    assert found.message.endswith("; the same in 2 other files")


def test_marks_come_back_to_their_rule(tmp_path: Path) -> None:
    add(tmp_path, a="def f(): ...\nclass C: ...\n")
    rules = []
    for number, kind in ((901, ast.FunctionDef), (902, ast.ClassDef)):
        rule = made(number)

        def look(node: ast.stmt, source: Source) -> Iterator[Mark]:
            yield Mark(source.place(node), (type(node).__name__,))

        def judge(mark: Mark, project: Project, rule: Rule = rule) -> Iterator[Finding]:
            yield rule.at(mark.place, f"{mark.data[0]} of {len(project.files)}")

        rule.on(kind)(look)
        rule.on(Mark)(judge)
        rules.append(rule)
    plan = planned(tmp_path, *rules)
    plan.workspace._checks = syntax_checks(plan.rules)  # noqa: SLF001
    found = [(f.code, f.place.span.line, f.message) for f in run(plan).findings]
    assert found == [("FBP901", 1, "FunctionDef of 1"), ("FBP902", 2, "ClassDef of 1")]


def test_linking_that_crashes_is_told_of_the_project(tmp_path: Path) -> None:
    add(tmp_path, a="")
    rule = made()

    @rule.on(Severity)
    def check(_severity: Severity, _project: Project) -> Iterator[Finding]:
        yield from ()

    report = run(planned(tmp_path, rule, every_module(made(902))))
    assert [(f.place.path, f.code) for f in report.findings] == [
        (".", "FBP003"),
        ("a.py", "FBP902"),
    ]


def test_a_syntax_check_that_crashes_leaves_the_others(tmp_path: Path) -> None:
    bad, good = made(), made(902)

    @bad.on(ast.Pass)
    def crash(node: ast.Pass, source: Source) -> Iterator[Finding]:
        yield bad.at(source.place(node), "before")
        raise ValueError

    @good.on(ast.Pass)
    def look(node: ast.Pass, source: Source) -> Iterator[Finding]:
        yield good.at(source.place(node), "a pass")

    facts = extract(b"\npass\n", "a.py", syntax_checks({"FBP901": bad, "FBP902": good}))
    assert [(f.code, f.place.span.line) for f in facts.findings] == [
        ("FBP901", 2),
        ("FBP003", 2),
        ("FBP902", 2),
    ]
    assert tmp_path.exists()


def test_what_a_crashed_rule_silences_is_not_called_superfluous(tmp_path: Path) -> None:
    add(tmp_path, a="x = 1  # noqa: FBP101\n")
    crashing = made(101)

    @crashing.on(Module)
    def check(_module: Module, _project: Project) -> Iterator[Finding]:
        raise ValueError
        yield

    unused = load(["FBP004"])["FBP004"]
    assert rows(planned(tmp_path, crashing, unused)) == [("a.py", 1, "FBP003")]
    assert rows(planned(tmp_path, made(101), unused)) == [("a.py", 1, "FBP004")]


def test_a_file_of_which_the_facts_crashed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(tmp_path, a="x = 1\n", b="x =\n")

    def crash(_source: bytes, path: str, checks: object) -> FileFacts:
        if path == "a.py":
            raise ZeroDivisionError
        return extract(_source, path, checks)  # type: ignore[arg-type]

    monkeypatch.setattr("fastapi_bp_lint.reading.extract", crash)
    report = run(prepare(Request(paths=(tmp_path,), layer=Layer(select=("FBP101",)))))
    assert [(f.place.path, f.code) for f in report.findings] == [
        ("a.py", "FBP003"),
        ("b.py", "FBP001"),
    ]
    assert "reading facts crashed here: ZeroDivisionError" in report.findings[0].message


def test_fixes_that_the_project_trusts_more_or_less(tmp_path: Path) -> None:
    add(tmp_path, a="x = 1  # noqa: FBP999\n")
    text = 'select = ["FBP004"]\nextend-unsafe-fixes = ["FBP0"]\n'
    (tmp_path / "fbp-lint.toml").write_text(text)
    (finding,) = run(prepare(Request(paths=(tmp_path,)))).findings
    assert finding.fix is not None
    assert finding.fix.applicability is Applicability.UNSAFE
    assert repair(prepare(Request(paths=(tmp_path,)))).changes == ()
    add(tmp_path, b="x =\n")  # makes it unsafe by itself
    text = 'select = ["FBP004"]\nextend-safe-fixes = ["unused-suppression"]\n'
    (tmp_path / "fbp-lint.toml").write_text(text)
    changes, report = repair(prepare(Request(paths=(tmp_path,))))
    assert [change.after for change in changes] == [b"x = 1\n"]
    assert [f.code for f in report.findings] == ["FBP001"]


def test_repair_tells_what_it_did_and_leaves_the_disk_alone(tmp_path: Path) -> None:
    add(tmp_path, a="x = 1  # noqa: FBP999\ny = 1  # noqa: FBP999\n", b="z = 1  # noqa: FBP998\n")
    request = Request(paths=(tmp_path / "a.py",), layer=Layer(select=("FBP004",)))
    changes, report = repair(prepare(request))
    assert [(change.path, change.after) for change in changes] == [("a.py", b"x = 1\ny = 1\n")]
    assert [(f.code, f.path, f.line, f.text) for f in report.fixed] == [
        ("FBP004", "a.py", 1, "remove it"),
        ("FBP004", "a.py", 2, "remove it"),
    ]
    assert (report.findings, report.left) == ((), ())
    assert report.lines("a.py") == ("x = 1", "y = 1", "")
    assert "noqa" in (tmp_path / "a.py").read_text()


def test_only_the_findings_that_are_meant_are_repaired(tmp_path: Path) -> None:
    add(tmp_path, a="x = 1  # noqa: FBP999\ny = 1  # noqa: FBP999\n")
    plan = prepare(Request(paths=(tmp_path,), layer=Layer(select=("FBP004",))))
    changes, report = repair(plan, only=lambda finding: finding.place.span.line == 2)
    assert [change.after for change in changes] == [b"x = 1  # noqa: FBP999\ny = 1\n"]
    assert [finding.place.span.line for finding in report.findings] == [1]


def test_a_look_shows_the_project_that_was_linted(tmp_path: Path) -> None:
    add(tmp_path, a="x = 1  # noqa: FBP999\n")
    plan = prepare(Request(paths=(tmp_path,)))
    report, project = look(plan)
    assert report.findings == run(plan).findings
    assert list(project.files) == list(project.modules.by_path) == ["a.py"]


def test_a_run_can_be_repeated_after_changes(tmp_path: Path) -> None:
    add(tmp_path, a="x = 1  # noqa: FBP999\n")
    plan = prepare(Request(paths=(tmp_path,)))
    assert rows(plan) == [("a.py", 1, "FBP004")]
    add(tmp_path, a="\n\nx = 1  # noqa: FBP999\n")
    assert rows(plan) == [("a.py", 3, "FBP004")]


def test_garbage_collection_is_as_it_was(tmp_path: Path) -> None:
    add(tmp_path, a="")
    plan = planned(tmp_path, every_module(made()))
    assert gc.isenabled()
    run(plan)
    assert gc.isenabled()
    gc.disable()
    try:
        run(plan)
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_the_place_of_an_entity_that_has_none() -> None:
    class Placed:
        place = Place("x.py", Span(3, 0, 3, 1))

    assert asking._place(Placed()) == Placed.place  # noqa: SLF001
    assert asking._place(object()).path == "."  # noqa: SLF001


def _refuse(_work: object) -> None:
    message = "no more processes"
    raise OSError(message)


class _Lost:
    """A copy that was killed."""

    def __init__(self, _work: object) -> None:
        pass

    def result(self) -> None:
        raise ForkError


def _told_of_all_kinds() -> list[Rule]:
    """Return rules that look at held loops, at functions, and at neither, and two that crash."""
    stalls, functions, crashing, also = made(187), made(188), made(189), made(989)

    @stalls.on(Stall)
    def check_stall(stall: Stall, _project: Project) -> Iterator[Finding]:
        names = ",".join(f.symbol for f in stall.functions)
        yield stalls.at(stall.place, f"{names} {stall.primitive.name}")

    @functions.on(Function)
    def check(function: Function, _project: Project) -> Iterator[Finding]:
        yield functions.at(function.place, function.symbol)

    for rule in (crashing, also):

        @rule.on(Function)
        def crash(function: Function, _project: Project) -> Iterator[Finding]:
            raise ValueError(function.symbol)

    return [stalls, functions, crashing, every_module(made(988)), also]


def _stop_at(name: str) -> Callable[..., None]:
    real = Blocking.explore

    def explore(self: Blocking, functions: Iterable[Function], seen: set[Function]) -> None:
        functions = list(functions)
        if any(f.symbol == name for f in functions):
            raise ZeroDivisionError
        real(self, functions, seen)

    return explore


@pytest.mark.parametrize("copy", [Fork, _refuse, _Lost])
@pytest.mark.parametrize("stop", ["", "m03.shared", "m11.f"])
def test_a_copy_that_runs_some_of_the_rules_does_not_show(
    copy: object, stop: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fastapi_bp_lint.engine.spare_processes", lambda jobs: jobs - 1)
    shared = "import time\n\ndef helper():\n    time.sleep(1)\n"
    caller = "import shared\n\nasync def f():\n    shared.helper()\n    open('x').read()\n"
    add(tmp_path, shared=shared, **{f"m{n:02}": caller for n in range(12)})
    rules = _told_of_all_kinds()

    def found(jobs: int) -> list[Finding]:
        request = Request(paths=(tmp_path,), jobs=jobs)
        return list(run(planned(tmp_path, *rules, request=request)).findings)

    alone = found(1)
    told = Counter(f.code for f in alone)
    assert told == {"FBP003": 2, "FBP187": 24, "FBP188": 13, "FBP988": 13}
    monkeypatch.setattr(asking, "Fork", copy)
    monkeypatch.setattr(Blocking, "explore", _stop_at(stop))
    assert found(2) == alone


def test_rules_that_look_at_no_held_loops_need_no_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fastapi_bp_lint.engine.spare_processes", lambda jobs: jobs - 1)
    monkeypatch.setattr(asking, "Fork", None)
    add(tmp_path, app="x = 1\n")
    near, far = every_module(made(188)), every_module(made(988))
    request = Request(paths=(tmp_path,), jobs=2)
    found = run(planned(tmp_path, near, far, request=request)).findings
    assert [f.code for f in found] == ["FBP188", "FBP988"]


def test_a_second_process_is_for_projects_of_some_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    near, far = every_module(made(188)), every_module(made(988))
    asked: list[bool] = []

    def check(*given: object, alone: bool) -> Checked:
        asked.append(alone)
        return real_check(*given)  # type: ignore[arg-type]

    real_check = checking.check
    monkeypatch.setattr(checking, "check", check)
    spare = "fastapi_bp_lint.engine.spare_processes"
    monkeypatch.setattr(spare, lambda jobs: 0 if jobs == 1 else 1)
    for lines, jobs in ((10, 0), (10, 2), (60_000, 0), (60_000, 1), (600_000, 0), (600_000, 2)):
        add(tmp_path, app="\n" * lines)
        run(planned(tmp_path, near, far, request=Request(paths=(tmp_path,), jobs=jobs)))
    assert asked == [True, False, False, True, True, False]
