from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest

from fastapi_bp_lint.finding import Applicability, Finding
from fastapi_bp_lint.fixes import ROUNDS, Policy, fix_files, judging
from fastapi_bp_lint.fixes.encoded import soundness
from tests.fixing import AWAITS, SLEEPS, Linter, calls_of, linter, sleep, unwrap

if TYPE_CHECKING:
    import libcst as cst

    from fastapi_bp_lint.edits import Editor


def test_files_are_fixed_and_counted() -> None:
    run = Linter({"a.py": SLEEPS.encode(), "b.py": b"x = 1\n", "c.py": SLEEPS.encode()})
    run.add("fbp101_sleep", calls_of("time.sleep"), sleep)
    outcome = run.fix()
    assert [change.path for change in outcome.changes] == ["a.py", "c.py"]
    assert run.text(outcome) == AWAITS
    assert outcome.fixed == {"a.py": {"FBP101": 2}, "c.py": {"FBP101": 2}}
    assert (outcome.findings, outcome.left, outcome.restored) == ((), (), {})


def test_a_second_run_changes_nothing() -> None:
    run = Linter({"a.py": SLEEPS.encode()})
    run.add("fbp101_sleep", calls_of("time.sleep"), sleep)
    run.files["a.py"] = run.fix().changes[0].after
    assert run.fix().changes == ()


def test_a_run_without_fixes_does_not_load_libcst() -> None:
    code = (
        "import sys, fastapi_bp_lint.fixes as fixes\n"
        "fixes.fix_files([], {}, lambda _: [], fixes.Policy({}))\n"
        "assert 'libcst' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)
    assert done.returncode == 0, done.stderr


def test_only_what_is_wanted_is_fixed() -> None:
    run = linter(a="bad()\n", b="bad()\n")
    outcome = run.fix(wanted=lambda finding: finding.place.path == "b.py")
    assert [change.path for change in outcome.changes] == ["b.py"]
    assert outcome.fixed == {"b.py": {"FBP101": 1}}
    assert outcome.left == ()
    assert len(outcome.findings) == 1


@pytest.mark.parametrize(
    ("level", "unsafe", "reason"),
    [
        (Applicability.SAFE, False, ""),
        (Applicability.UNSAFE, True, ""),
        (Applicability.UNSAFE, False, "the fix is unsafe"),
        (Applicability.DISPLAY, False, "the fix is only shown"),
        (Applicability.DISPLAY, True, "the fix is only shown"),
    ],
)
def test_applicability_decides(level: Applicability, unsafe: bool, reason: str) -> None:  # noqa: FBT001
    run = Linter({"a.py": b"time.sleep(1)\n"})
    run.add("fbp101_sleep", calls_of("time.sleep"), unwrap, level)
    outcome = run.fix(unsafe=unsafe)
    assert run.text(outcome) == ("time.sleep(1)\n" if reason else "1\n")
    assert [left.reason for left in outcome.left] == ([reason] if reason else [])


def test_a_finding_without_a_fix_is_not_left_by_the_run() -> None:
    run = Linter({"a.py": b"bad()\n"})
    run.add("fbp101_bad", calls_of("bad"))
    outcome = run.fix()
    assert (len(outcome.findings), outcome.left) == (1, ())


def test_a_safe_fix_keeps_comments_and_says_so() -> None:
    code = "x = bad(  # why\n    1)\n"
    run = linter(a=code)
    assert run.fix().changes == ()
    assert "delete a comment" in run.fix().left[0].reason
    assert run.text(run.fix(unsafe=True)) == "x = good\n"


def test_overlapping_fixes_are_made_in_later_rounds() -> None:
    run = Linter({"a.py": b"x = bad(bad(bad(1)), 2)\n"})
    run.add("fbp101_bad", calls_of("bad"), unwrap)
    outcome = run.fix()
    assert run.text(outcome) == "x = 1\n"
    assert outcome.fixed == {"a.py": {"FBP101": 3}}
    assert run.runs == 1 + 3


@pytest.mark.parametrize("depth", [ROUNDS, ROUNDS + 1])
def test_what_does_not_settle_is_put_back(depth: int) -> None:
    deep = f"x = {'bad(' * depth}1{')' * depth}\n"
    run = Linter({"a.py": deep.encode(), "b.py": b"bad(2)\n"})
    run.add("fbp101_bad", calls_of("bad"), unwrap)
    outcome = run.fix()
    if depth <= ROUNDS:
        assert (run.text(outcome), run.text(outcome, "b.py")) == ("x = 1\n", "2\n")
        return
    assert [change.path for change in outcome.changes] == ["b.py"]
    assert outcome.restored == {"a.py": "the fixes do not settle in 10 rounds"}
    assert outcome.fixed == {"b.py": {"FBP101": 1}}
    assert len(outcome.findings) == len(outcome.left) == depth
    assert {left.reason for left in outcome.left} == {"the fixes do not settle in 10 rounds"}


def test_a_fix_that_does_not_mend_is_put_back() -> None:
    run = linter(code="bad(2)", a="bad(1)\n", b="x = 1\n")
    outcome = run.fix()
    assert outcome.changes == ()
    assert outcome.restored["a.py"].startswith("a fix raised FBP101 at a.py:1")
    assert run.runs <= 3


def test_a_file_that_would_not_compile_is_put_back_alone() -> None:
    run = Linter(
        {
            "a.py": b"def f():\n    time.sleep(1)\n\nx = 1\n",
            "b.py": b"async def f():\n    time.sleep(1)\n",
        }
    )
    run.add("fbp101_sleep", calls_of("time.sleep"), sleep)
    outcome = run.fix()
    assert [change.path for change in outcome.changes] == ["b.py"]
    assert outcome.restored == {"a.py": "the file would no longer compile after the fix of FBP101"}
    assert [left.reason for left in outcome.left] == list(outcome.restored.values())


def test_a_file_that_would_not_parse_is_put_back() -> None:
    def spoil(call: cst.Call, edit: Editor) -> cst.BaseExpression:
        edit.replace(spans[0], "(")
        return call

    run = Linter({"a.py": b"bad()\n"})
    run.add("fbp101_bad", calls_of("bad"), spoil)
    spans = [run.lint()[0].place.span]
    assert run.fix().restored == {
        "a.py": "the file would no longer compile after the fix of FBP101"
    }


def test_what_did_not_compile_before_need_not_compile_after() -> None:
    run = linter(a="return bad()\n")
    assert run.text(run.fix()) == "return good\n"
    assert [soundness(code) for code in ("x", "return", "(")] == [2, 1, 0]


def test_a_fix_that_raises_another_finding_is_put_back() -> None:
    run = linter(code="worse()", a="bad()\nbad()\n", b="x = 1\n")
    run.add("fbp102_worse", calls_of("worse"))
    outcome = run.fix()
    assert outcome.changes == ()
    assert outcome.restored == {"a.py": "a fix raised FBP102 at a.py:1: worse is called"}
    assert [finding.code for finding in outcome.findings] == ["FBP101", "FBP101"]


def test_findings_that_were_there_before_are_no_fault_of_a_fix() -> None:
    run = linter(a="worse()\nbad()\n")
    run.add("fbp102_worse", calls_of("worse"))
    outcome = run.fix()
    assert run.text(outcome) == "worse()\ngood\n"
    assert [finding.code for finding in outcome.findings] == ["FBP102"]


@pytest.mark.parametrize("guilty", ["a.py", "c.py", "e.py", "g.py"])
def test_the_file_whose_fix_breaks_another_is_found(guilty: str) -> None:
    paths = [f"{letter}.py" for letter in "abcdefg"]
    run = Linter({**dict.fromkeys(paths, b"bad(1)\n"), "z.py": b"import this\n"})
    run.add("fbp101_bad", calls_of("bad"), unwrap)
    broken = run.add("fbp102_broken", lambda _tree, _text: (), None)

    def relint(overlays: Mapping[str, bytes]) -> list[Finding]:
        found = run.lint(overlays)
        if guilty in overlays:
            place = found[0].place._replace(path="z.py") if found else PLACE._replace(path="z.py")
            found.append(broken.at(place, "broken from afar"))
        return found

    PLACE = run.lint()[0].place  # noqa: N806
    outcome = fix_files(run.lint(), run.files, relint, Policy(run.rules))
    assert outcome.restored == {guilty: "a fix raised FBP102 at z.py:1: broken from afar"}
    assert [change.path for change in outcome.changes] == [p for p in paths if p != guilty]
    assert "z.py" not in {finding.place.path for finding in outcome.findings}


def test_findings_return_to_what_they_were_when_a_file_is_put_back() -> None:
    run = linter(code="worse()", a="bad()\n", b="good(bad)\n")
    run.add("fbp102_worse", calls_of("worse"))
    before = run.lint()
    assert list(run.fix().findings) == before


def test_a_relint_that_contradicts_itself_ends() -> None:
    run = linter(a="bad()\n")
    found = run.lint()
    more = found[0]._replace(code="FBP999")
    outcome = fix_files(found, run.files, lambda _: [*found, more], Policy(run.rules))
    assert outcome.changes == ()
    assert list(outcome.restored) == ["a.py"]


def test_a_renamed_symbol_is_no_new_finding() -> None:
    finding = linter(a="bad()\n").lint()[0]
    old = [finding._replace(symbol="getUser"), finding._replace(symbol="other", message="m")]
    new = [finding._replace(symbol="get_user"), old[1]]
    assert judging.raised(old, new, ()) == []
    assert judging.raised(old, new, [judging.key(old[0])]) == [new[0]]
    assert judging.raised(old, [*new, new[0]], ()) == [new[0]]
    assert judging.raised(old, [old[1], old[1]], ()) == [old[1]]


def test_the_next_way_to_a_blocking_call_is_no_new_finding() -> None:
    finding = linter(a="bad()\n").lint()[0]._replace(symbol="a.read", primitive="time.sleep")
    following = finding._replace(code="FBP102", message="another way")
    elsewhere = following._replace(symbol="a.other")
    applied = [judging.key(finding)]
    assert judging.raised([finding], [following, following], applied) == []
    assert judging.raised([finding], [elsewhere], applied) == [elsewhere]
    other = following._replace(primitive="")
    assert judging.raised([finding], [other], applied) == [other]


def test_rules_at_fault_stop_no_other_fix() -> None:
    def crash(_call: cst.Call, _edit: Editor) -> cst.BaseExpression:
        raise ZeroDivisionError

    run = linter(a="bad()\ncrash()\ngone()\n", b="bad()\n")
    run.add("fbp102_crash", calls_of("crash"), crash)
    run.add("fbp103_gone", calls_of("gone"), unwrap)

    def lint(overlays: Mapping[str, bytes]) -> list[Finding]:
        return [
            finding._replace(fix=finding.fix and finding.fix._replace(fixer="lost"))
            if finding.code == "FBP103"
            else finding
            for finding in run.lint(overlays)
        ]

    outcome = fix_files(lint({}), run.files, lint, Policy(run.rules))
    assert run.text(outcome) == "good\ncrash()\ngone()\n"
    assert [left.reason for left in outcome.left] == [
        "the fixer crash raised ZeroDivisionError: ",
        "FBP103 has no fixer lost",
    ]


def test_a_file_whose_text_is_not_given_stays() -> None:
    run = linter(a="bad()\n")
    outcome = fix_files(run.lint(), {}, run.lint, Policy(run.rules))
    reason = "its file cannot be read, or has changed since it was linted"
    assert [left.reason for left in outcome.left] == [reason]
