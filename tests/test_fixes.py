from __future__ import annotations

import ast
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fastapi_bp_lint.edits import Editor
from fastapi_bp_lint.finding import Applicability, Finding
from fastapi_bp_lint.fixes import ROUNDS, Change, Policy, diff, fix_files, judging, write
from fastapi_bp_lint.fixes.encoded import decode, soundness
from fastapi_bp_lint.fixes.tidy import changed_lines, ruff_format
from tests.fixing import Finder, Found, Linter, node_span

if TYPE_CHECKING:
    import libcst as cst


def calls_of(name: str) -> Finder:
    def find(tree: ast.Module, text: str) -> Iterable[Found]:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == name:
                yield node_span(text, node), f"{name} is called", ()

    return find


def sleep(call: cst.Call, edit: Editor) -> cst.BaseExpression:
    return edit.awaited(call.with_changes(func=edit.expr(f"{edit.need_import('asyncio')}.sleep")))


def unwrap(call: cst.Call, _edit: Editor) -> cst.BaseExpression:
    return call.args[0].value


def linter(name: str = "bad", code: str = "good", **files: str | bytes) -> Linter:
    texts = {
        f"{stem}.py": text.encode() if isinstance(text, str) else text
        for stem, text in files.items()
    }
    made = Linter(texts)

    def put(_call: cst.Call, edit: Editor) -> cst.BaseExpression:
        return edit.expr(code)

    made.add("fbp101_bad", calls_of(name), put)
    return made


SLEEPS = "import time\n\n\nasync def f():\n    time.sleep(1)  # a\n    return time.sleep(2)\n"
AWAITS = (
    "import asyncio\nimport time\n\n\nasync def f():\n"
    "    await asyncio.sleep(1)  # a\n    return await asyncio.sleep(2)\n"
)


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
    assert [left.reason for left in outcome.left] == ["the text of its file was not given"]


# --- bytes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        b"bad()\n",
        b"bad()",
        b"x\r\nbad()\r\n",
        b"x\nbad()\r\ny\rz\n",
        b"\xef\xbb\xbfbad()\n",
        b"\xef\xbb\xbf# coding: utf-8\r\nbad()\r\n",
        b"# coding: latin-1\n'\xe9'; bad('\xfc')  # \xdf\n",
        "# -*- coding: cp1252 -*-\n'\u20ac', bad()\n".encode("cp1252"),
        "'日本', bad('語'); '\U0001f600'\n".encode(),
        b"x\n\x0c\nbad()\n",
    ],
)
def test_bytes_around_a_fix_stay(source: bytes) -> None:
    run = linter(a=source)

    def relint(overlays: Mapping[str, bytes]) -> list[Finding]:
        text = decode(overlays["a.py"]).text
        plain = Linter({"a.py": text.encode()})
        plain.finders = run.finders
        return plain.lint()

    outcome = fix_files(relint({"a.py": source}), run.files, relint, Policy(run.rules))
    start = source.index(b"bad(")
    end = source.index(b")", start) + 1
    assert outcome.changes[0].after == source[:start] + b"good" + source[end:]


def test_a_text_that_the_encoding_cannot_hold_is_put_back() -> None:
    run = linter(code="'日'", a="# coding: latin-1\nbad()\n")
    assert run.fix().restored == {
        "a.py": "the file's encoding cannot hold its text after the fix of FBP101"
    }


@pytest.mark.parametrize(
    "source", [b"\xff\n", b"# coding: nonsense\n", b"# coding: utf-7\n+AGE-\n"]
)
def test_bytes_that_are_no_text_are_left(source: bytes) -> None:
    run = linter(a="bad()\n")
    outcome = fix_files(run.lint(), {"a.py": source}, run.lint, Policy(run.rules))
    assert outcome.restored == {"a.py": "the file cannot be decoded"}


def test_a_file_that_has_become_unreadable_is_left() -> None:
    run = linter(a="bad()\n")
    outcome = fix_files(run.lint(), {"a.py": b"bad(\n"}, run.lint, Policy(run.rules))
    assert outcome.restored == {"a.py": "the file cannot be parsed"}


# --- patches -------------------------------------------------------------------------------------

CHANGES = [
    Change("a.py", b"1\n2\n3\n", b"1\nb\n3\n"),
    Change("a.py", b"1\n2\n3\n4\n5\n6\n7\n8\n9\n", b"x\n1\n2\n3\n4\n5\n6\n7\n8\ny\n"),
    Change("a.py", b"1\r\n2\r\n3\r\n", b"1\r\nb\r\n3\r\n"),
    Change("a.py", b"1\r\n2\n3\r4\n", b"1\r\nb\n3\r5\n"),
    Change("a.py", b"1\n2", b"1\nb"),
    Change("a.py", b"1\n2", b"1\nb\n"),
    Change("a.py", b"1\n2\n", b"1\nb"),
    Change("a.py", b"x\n1\n2", b"y\n1\n2"),
    Change("a.py", b"", b"1\n"),
    Change("a.py", b"1\x0c2\x1c3\n", b"1\x0cb\x1c3\n"),
    Change("a.py", b"# \xe9\n2\n", b"# \xe9\nb\n"),
    Change("a.py", b"--- a\n+++ b\n", b"--- a\n+++ c\n"),
    Change("some folder/a file.py", b"1\n", b"2\n"),
    Change("pkg/caf\u00e9.py", b"1\n", b"2\n"),
    Change('pkg/quo"te\\.py', b"1\n", b"2\n"),
]


@pytest.mark.parametrize("tool", [["patch", "-p0", "-s"], ["git", "apply", "-p0"]])
@pytest.mark.parametrize("change", CHANGES)
def test_a_diff_is_what_patch_tools_apply(change: Change, tool: list[str], tmp_path: Path) -> None:
    if shutil.which(tool[0]) is None:
        pytest.skip(f"{tool[0]} is not installed")
    file = tmp_path / change.path
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(change.before)
    done = subprocess.run(
        tool, input=diff([change]), cwd=tmp_path, check=False, capture_output=True
    )
    assert done.returncode == 0, done.stderr + done.stdout
    assert file.read_bytes() == change.after
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [file]


def test_a_diff_of_many_files_reads_as_one() -> None:
    text = diff([CHANGES[0], Change("b.py", b"1\n", b"2\n")])
    assert text == (
        b"--- a.py\n+++ a.py\n@@ -1,3 +1,3 @@\n 1\n-2\n+b\n 3\n"
        b"--- b.py\n+++ b.py\n@@ -1 +1 @@\n-1\n+2\n"
    )


# --- files ---------------------------------------------------------------------------------------


def one(path: Path, after: bytes = b"new\n") -> list[Change]:
    return [Change(path.name, path.read_bytes(), after)]


def test_writing_keeps_the_mode(tmp_path: Path) -> None:
    for mode in (0o644, 0o755, 0o600, 0o664):
        file = tmp_path / "a.py"
        file.write_bytes(b"old\n")
        file.chmod(mode)
        assert write(tmp_path, one(file)) == {}
        assert file.read_bytes() == b"new\n"
        assert stat.S_IMODE(file.stat().st_mode) == mode
        assert [path.name for path in tmp_path.iterdir()] == ["a.py"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root")
def test_writing_keeps_the_owner(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"old\n")
    os.chown(file, 1234, 4321)
    file.chmod(0o4755)
    assert write(tmp_path, one(file)) == {}
    status = file.stat()
    assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (1234, 4321, 0o4755)


def test_an_owner_that_cannot_be_kept_stops_the_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"old\n")
    real = os.fstat

    def foreign(descriptor: int) -> os.stat_result:
        return os.stat_result((*real(descriptor)[:4], 99_999, 99_999, *real(descriptor)[6:]))

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "fchown", refuse)
    monkeypatch.setattr("fastapi_bp_lint.fixes.writing.os.fstat", foreign)
    assert write(tmp_path, one(file)) == {"a.py": "Operation not permitted"}
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.py", b"old\n")]


@pytest.mark.skipif(sys.platform != "linux", reason="extended attributes are Linux's here")
def test_writing_keeps_extended_attributes(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"old\n")
    try:
        os.setxattr(file, "user.note", b"kept")
    except OSError:
        pytest.skip("the file system has none")
    assert write(tmp_path, one(file)) == {}
    assert os.getxattr(file, "user.note") == b"kept"


def test_a_link_stays_a_link_to_the_changed_file(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    target = tmp_path / "real" / "b.py"
    target.write_bytes(b"old\n")
    link = tmp_path / "a.py"
    link.symlink_to("real/b.py")
    assert write(tmp_path, one(link)) == {}
    assert str(link.readlink()) == "real/b.py"
    assert target.read_bytes() == b"new\n"
    assert [path.name for path in target.parent.iterdir()] == ["b.py"]


def test_what_cannot_be_written_is_told_and_the_rest_written(tmp_path: Path) -> None:
    for name in ("changed.py", "fine.py"):
        (tmp_path / name).write_bytes(b"old\n")
    (tmp_path / "folder.py").mkdir()
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "loop.py").symlink_to("loop.py")
    names = ["changed.py", "folder.py", "gone.py", "loop.py", "pipe.py", "fine.py"]
    changes = [Change(name, b"old\n", b"new\n") for name in names]
    (tmp_path / "changed.py").write_bytes(b"newer\n")
    failures = write(tmp_path, changes)
    assert list(failures) == names[:-1]
    assert failures["changed.py"] == "changed on disk since it was linted"
    assert failures["folder.py"] == failures["pipe.py"] == "not a regular file"
    assert failures["gone.py"] == "No such file or directory"
    assert (tmp_path / "changed.py").read_bytes() == b"newer\n"
    assert (tmp_path / "fine.py").read_bytes() == b"new\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted({*names} - {"gone.py"})


def test_a_file_that_is_not_to_be_written_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"old\n")
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write anything
    assert write(tmp_path, one(file)) == {"a.py": "not writable"}
    assert file.read_bytes() == b"old\n"


@pytest.mark.parametrize("step", ["os.fsync", "os.replace", "os.fchmod"])
def test_a_full_disk_leaves_the_old_file_and_nothing_else(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"old\n")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(step, full)
    assert write(tmp_path, one(file)) == {"a.py": "No space left on device"}
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.py", b"old\n")]


@pytest.mark.parametrize("step", ["os.fsync", "os.replace"])
def test_control_c_leaves_old_or_new_files_and_nothing_else(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.py", "b.py", "c.py"):
        (tmp_path / name).write_bytes(b"old\n")
    calls: list[tuple[object, ...]] = []

    def interrupted(*args: object) -> object:
        calls.append(args)
        if len(calls) > 2:
            raise KeyboardInterrupt
        return real(*args)

    real = getattr(os, step.partition(".")[2])
    monkeypatch.setattr(step, interrupted)
    changes = [Change(name, b"old\n", b"new\n") for name in ("a.py", "b.py", "c.py")]
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path, changes)
    texts = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert sorted(texts) == ["a.py", "b.py", "c.py"]
    assert texts["a.py"] == b"new\n"
    assert texts["c.py"] == b"old\n"


# --- tidying -------------------------------------------------------------------------------------


def test_changed_lines_are_those_of_the_new_text() -> None:
    assert changed_lines("a\nb\nc\n", "a\nB\nc\nd\n") == [(2, 2), (4, 4)]
    assert changed_lines("a\nb\n", "a\n") == []


def test_changed_lines_are_tidied_where_that_changes_no_finding() -> None:
    run = linter(code="good  (1)", a="x =  1\nbad()\n", b="bad()\n", c="bad()\n")
    seen = []

    def tidy(path: str, text: str, lines: list[tuple[int, int]]) -> str:
        seen.append((path, lines))
        worse = {"b.py": "bad()\n", "c.py": "(\n"}
        return worse.get(path, text.replace("good  (1)", "good(1)"))

    outcome = run.fix(tidy=tidy)
    assert seen == [("a.py", [(2, 2)]), ("b.py", [(1, 1)]), ("c.py", [(1, 1)])]
    assert run.text(outcome) == "x =  1\ngood(1)\n"
    assert run.text(outcome, "b.py") == run.text(outcome, "c.py") == "good  (1)\n"


@pytest.fixture
def ruff(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a stand-in for ruff on the path that notes how it is called."""
    tools = tmp_path / "tools"
    tools.mkdir()
    tool = tools / "ruff"
    tool.write_text(
        f"#!{sys.executable}\nimport sys\ntext = sys.stdin.read()\n"
        f"open({str(tools / 'log')!r}, 'a').write(' '.join(sys.argv[1:]) + '\\n')\n"
        "sys.exit('broken' in text or sys.stdout.write(text.replace('  ', ' ')) < 0)\n"
    )
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tools))
    return tools


def test_ruff_formats_from_the_last_changed_line_to_the_first(ruff: Path, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.ruff]\n")
    tidy = ruff_format(tmp_path)
    assert tidy is not None
    assert tidy("a.py", "é  =  1\n", [(1, 1), (3, 4)]) == "é = 1\n"
    assert tidy("b.py", "broken  = 1\n", [(1, 1)]) == "broken  = 1\n"
    assert (ruff / "log").read_text().splitlines() == [
        "format --quiet --stdin-filename a.py --range 3:1-5:1 -",
        "format --quiet --stdin-filename a.py --range 1:1-2:1 -",
        "format --quiet --stdin-filename b.py --range 1:1-2:1 -",
    ]


@pytest.mark.usefixtures("ruff")
@pytest.mark.parametrize(
    ("name", "text", "configured"),
    [
        ("ruff.toml", "", True),
        (".ruff.toml", "", True),
        ("pyproject.toml", "[tool.ruff.lint]\n", True),
        ("pyproject.toml", "[project]\nname = 'x'\n", False),
        ("pyproject.toml", "[", False),
    ],
)
def test_ruff_is_used_where_the_project_has_configured_it(
    name: str,
    text: str,
    configured: bool,  # noqa: FBT001
    tmp_path: Path,
) -> None:
    (tmp_path / name).write_text(text)
    assert (ruff_format(tmp_path) is not None) is configured


def test_without_ruff_nothing_is_formatted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ruff.toml").write_text("")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert ruff_format(tmp_path) is None
