"""Comments that silence what is found: where they are put, and that they change nothing else."""

from __future__ import annotations

import ast
import io
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from fastapi_bp_lint import silencing
from fastapi_bp_lint.checking import Checked
from fastapi_bp_lint.cli.app import run
from fastapi_bp_lint.config import Config
from fastapi_bp_lint.facts.extract import extract
from fastapi_bp_lint.finding import Finding, Place, Severity, Span
from fastapi_bp_lint.fixes.encoded import parse
from fastapi_bp_lint.noqa import Commented, add
from fastapi_bp_lint.output import FORMATS
from fastapi_bp_lint.project.project import Project
from fastapi_bp_lint.rules import slugs
from fastapi_bp_lint.suppress import apply

Told = Callable[..., tuple[int, str, str]]
RULES = slugs()


def found(line: int, code: str = "FBP101") -> Finding:
    return Finding(code, RULES[code], Severity.ERROR, Place("a.py", Span(line, 0, line, 1)), "m")


def silenced(text: str, *findings: Finding) -> str:
    """Return the text with comments; all findings are silenced by them, and no comment is idle."""
    made = add(text, findings, extract(text.encode(), "a.py", {}).statements, RULES)
    assert made.refused == {}
    files = {"a.py": extract(made.text.encode(), "a.py", {})}
    assert apply(findings, files, RULES, frozenset(RULES), {}) == ([], [])
    return made.text


@pytest.mark.parametrize(
    ("line", "after"),
    [
        ("x = 1", "x = 1  # noqa: FBP101"),
        ("x = 1 \t", "x = 1  # noqa: FBP101"),
        ("x = '#'", "x = '#'  # noqa: FBP101"),
        ("x = 'ü語'", "x = 'ü語'  # noqa: FBP101"),
        ("x = 1  # why", "x = 1  # why  # noqa: FBP101"),
        ("x = 1  # type: ignore", "x = 1  # type: ignore  # noqa: FBP101"),
        ("x = 1  # noqa: E501", "x = 1  # noqa: E501, FBP101"),
        ("x = 1  # noqa:E501,F401", "x = 1  # noqa:E501,F401, FBP101"),
        ("x = 1  # noqa: E501 too long", "x = 1  # noqa: E501, FBP101 too long"),
        ("x = 1  # noqa: E501 # pylint: x", "x = 1  # noqa: E501, FBP101 # pylint: x"),
        ("x = 1  # NOQA : fbp402", "x = 1  # NOQA : fbp402, FBP101"),
        ("x = 1  # noqa: missing-status-code", "x = 1  # noqa: missing-status-code, FBP101"),
        ("x = 1  # ends in \\", "x = 1  # ends in \\  # noqa: FBP101"),
        ("# only a comment", "# only a comment  # noqa: FBP101"),
        ("# fbp-lint: noqa: FBP402", "# fbp-lint: noqa: FBP402, FBP101"),
        ("", "# noqa: FBP101"),
    ],
)
def test_a_line_gets_a_comment_or_its_noqa_a_code(line: str, after: str) -> None:
    # What the comment has silenced before is still found, so that none of it is idle.
    used = [found(1, "FBP402")] if "402" in after.lower() or "status" in after else []
    made = add(f"{line}\n", [found(1)], (), RULES)
    assert made.text == f"{after}\n"
    assert add(line, [found(1)], (), RULES).text == after
    files = {"a.py": extract(made.text.encode(), "a.py", {})}
    assert apply([found(1), *used], files, RULES, frozenset(RULES), {}) == ([], [])


def test_several_codes_of_a_line_share_a_comment() -> None:
    text = silenced("x = 1\ny = 2\n", found(1, "FBP402"), found(2), found(1), found(1))
    assert text == "x = 1  # noqa: FBP101, FBP402\ny = 2  # noqa: FBP101\n"


@pytest.mark.parametrize(
    ("text", "line", "marked"),
    [
        ("x = f(\n    1,\n    2,\n)\n", 2, 2),
        ('x = """\na\nb"""\n', 1, 3),
        ('x = """\na\nb"""\n', 2, 3),
        ('f(\n    """\n    a""",\n    2,\n)\n', 2, 5),
        ('f(\n    """\n    a""", g(\n        2),\n)\n', 3, 3),
        ("x = 1 + \\\n    2 + \\\n    3\n", 1, 3),
        ("x = 1 + \\\n    2 + \\\n    3\n", 2, 3),
        ('x = f"""\n{a}\nb"""\n', 2, 3),
        ('"""Doc.\n\nMore.\n"""\n', 1, 4),
        ("with a as b, \\\n        c as d:\n    pass\n", 1, 2),
        ('@f("""\na""")\ndef g(): pass\n', 1, 2),
        ("def f(\n    a='''\n''',\n):\n    pass\n", 2, 4),
        ("x = '\\\n'\n", 1, 2),
        ("if x:\n    y = [\n        '''\n        ''']; z = 1\n", 3, 4),
    ],
)
def test_where_a_comment_can_stand(text: str, line: int, marked: int) -> None:
    lines = silenced(text, found(line)).splitlines()
    assert [n for n, row in enumerate(lines, 1) if "# noqa: FBP101" in row] == [marked]
    assert ast.dump(ast.parse("\n".join(lines))) == ast.dump(ast.parse(text))


@pytest.mark.parametrize(
    ("head", "after"),
    [
        ("#!/bin/python\nx = 1\n", "#!/bin/python\n# fbp-lint: noqa: FBP704\nx = 1\n"),
        (
            "#!/bin/python\r\n# -*- coding: latin-1 -*-\r\n\r\n",
            "#!/bin/python\r\n# -*- coding: latin-1 -*-\r\n# fbp-lint: noqa: FBP704\r\n\r\n",
        ),
        ("#!/bin/python", "#!/bin/python\n# fbp-lint: noqa: FBP704"),
        (
            "#!/bin/python\n# coding: utf-8",
            "#!/bin/python\n# coding: utf-8\n# fbp-lint: noqa: FBP704",
        ),
        ("# coding: utf-8\n", "# coding: utf-8  # noqa: FBP704\n"),
    ],
)
def test_the_lines_that_must_come_first_stay_as_they_are(head: str, after: str) -> None:
    assert silenced(head, found(1, "FBP704")) == after


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_newlines_stay(newline: str) -> None:
    text = newline.join(("x = 1", "y = 2\x0c", "z = '''", "'''", ""))
    after = newline.join(
        ("x = 1  # noqa: FBP101", "y = 2  # noqa: FBP101", "z = '''", "'''  # noqa: FBP101", "")
    )
    assert silenced(text, found(1), found(2), found(3)) == after


def test_what_can_bear_no_comment_is_refused() -> None:
    made = add("x = '''\n'''\n", [found(1)], (), RULES)
    assert made.text == "x = '''\n'''\n"
    assert list(made.refused.values()) == ["no comment can stand at its line"]
    made = add("x = (\n", [found(1)], (), RULES)
    assert made.text == "x = (\n"
    assert list(made.refused.values()) == ["the file cannot be read token by token"]


PIECES = [
    "x = 1",
    "x = f(1)  # é",
    "x = 'ü#'  # noqa: E501 why",
    "x = 1  # noqa: FBP402",
    "x = '''\n  a # noqa\n'''",
    'f("""\n""", g(\n    1,  # one\n), f"""\n{x}\n""")',
    "x = 1 + \\\n    2",
    "if x:\n    y = '''\n'''; z = 2\nelse: pass",
    "@f(\n    1,\n)\nasync def g(\n    a='''\n''',\n):\n    '''Doc\n    more.'''\n    return a",
    "class A:\n\t'''\n\t'''\n\tx = [\n\t\t1,\n\t]",
    "with a as b, \\\n    c as d:\n    pass",
    "try:\n    x = {\n        'a': 1}\nexcept (\n    A,\n): pass",
    "# only a comment",
    "# fbp-lint: noqa: FBP402",
    "x = 1  # fbp-lint: noqa: FBP402",
    "",
    "\x0c",
]


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """Give files of any newlines, with and without a head, a mark and an end."""
    head = draw(st.sampled_from(["", "#!/bin/sh\n", "# coding: utf-8\n", "'''Doc.\n'''\n"]))
    text = head + "\n".join(draw(st.lists(st.sampled_from(PIECES), min_size=1, max_size=8)))
    lines = text.split("\n")
    ends = draw(st.lists(st.sampled_from(["\n", "\r\n", "\r"]), min_size=1, max_size=3))
    text = "".join(line + ends[n % len(ends)] for n, line in enumerate(lines))
    if draw(st.booleans()):
        text = text.rstrip("\r\n")
    return (b"\xef\xbb\xbf" if draw(st.booleans()) else b"") + text.encode()


class World:
    """A project of one file in which the same places are found as long as nothing silences them."""

    def __init__(self, source: bytes, places: Mapping[tuple[int, str], int]) -> None:
        self.source = source
        self.places = places

    def lint(self, overlays: Mapping[str, bytes]) -> Checked:
        project = Project(
            {"a.py": extract(overlays.get("a.py", self.source), "a.py", {})}, Config()
        )
        findings = [
            found(line, code)._replace(message=f"{code} {number}")
            for (line, code), number in self.places.items()
        ]
        enabled = frozenset(RULES)
        outcome = apply(findings, project.files, RULES, enabled, {})
        return Checked(project, [*outcome.kept, *outcome.unused], [], enabled)


def messages(findings: Iterable[Finding]) -> list[str]:
    """Return what is said by rules whose findings comments may silence."""
    return sorted(f.message for f in findings if f.code not in silencing.UNSILENCED)


@settings(
    deadline=None, database=None, max_examples=120, suppress_health_check=[HealthCheck.too_slow]
)
@given(files(), st.data())
def test_silencing_changes_comments_alone_and_happens_once(
    source: bytes, data: st.DataObject
) -> None:
    text = source.decode("utf-8-sig")
    facts = extract(source, "a.py", {})
    assume(facts.problem is None)
    olds = re.split(r"(?<=\n)|(?<=\r)(?!\n)", text)
    assume(len(olds) > 2)
    # The first line may have to stay as it is.
    lines = st.integers(2, len(olds) - (olds[-1] == ""))
    places = data.draw(
        st.dictionaries(
            st.tuples(lines, st.sampled_from(["FBP101", "FBP402", "FBP104"])),
            st.integers(0, 3),
            min_size=1,
            max_size=6,
        )
    )
    world = World(source, places)
    checked = world.lint({})
    made = silencing.silence(checked, checked.found, {"a.py": source}, world.lint)
    after = made.changes[0].after if made.changes else source
    new = after.decode("utf-8-sig")
    assert ast.dump(parse(new)) == ast.dump(parse(text))
    assert after.startswith(b"\xef\xbb\xbf") is source.startswith(b"\xef\xbb\xbf")
    # Every line keeps what it began with, and its end.
    for old, line in zip(olds, re.split(r"(?<=\n)|(?<=\r)(?!\n)", new), strict=True):
        assert line.startswith(old.rstrip()) or "noqa" in old
        assert line[len(line.rstrip("\r\n")) :] == old[len(old.rstrip("\r\n")) :]
    # What is asked for is silenced or refused, and nothing else is found.
    asked = messages(checked.found)
    assert sorted(messages(made.findings) + messages(made.refused)) == asked
    assert messages(made.checked.found) == messages(made.refused)
    world.source = after
    again = world.lint({})
    once_more = silencing.silence(again, again.found, {"a.py": after}, world.lint)
    assert once_more.changes == ()


def test_of_two_that_read_alike_the_one_that_stays_is_named() -> None:
    source = b"x = 1\nx = 1  # fbp-lint: noqa: FBP402\nx = '''\n  a # noqa\n'''\n"
    world = World(source, {(2, "FBP402"): 0, (3, "FBP402"): 0})
    checked = world.lint({})
    made = silencing.silence(checked, checked.found, {"a.py": source}, world.lint)
    assert [f.place.span.line for f in made.findings] == [3]
    assert [f.place.span.line for f in made.refused] == [2]
    assert made.changes[0].after == source[:-1] + b"  # noqa: FBP402\n"


APP = """\
import time

from fastapi import FastAPI

app = FastAPI()


@app.post("/one")
async def one() -> int:
    time.sleep(1)
    return 1
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "fbp-lint.toml").write_text('select = ["FBP004", "FBP101", "FBP402"]\n')
    (tmp_path / "a.py").write_text(APP)
    (tmp_path / "b.py").write_text(APP.replace("(1)", "(1)  # noqa: E501"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    def tell(*args: str) -> tuple[int, str, str]:
        code = run(args)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return tell


def marked(text: str = APP) -> str:
    after = text.replace("def one() -> int:", "def one() -> int:  # noqa: FBP402")
    if "E501" in text:
        return after.replace("E501", "E501, FBP101")
    return after.replace("sleep(1)", "sleep(1)  # noqa: FBP101")


def test_all_is_silenced_and_a_second_run_changes_nothing(root: Path, told: Told) -> None:
    code, out, err = told("--add-noqa")
    assert (code, out) == (0, "")
    assert err == (
        "Silenced 4 findings:\n"
        "  a.py: 1 x FBP101 blocking-call\n"
        "  a.py: 1 x FBP402 missing-status-code\n"
        "  b.py: 1 x FBP101 blocking-call\n"
        "  b.py: 1 x FBP402 missing-status-code\n"
        "No findings in 2 files.\n"
    )
    assert (root / "a.py").read_text() == marked()
    assert (root / "b.py").read_text() == marked(APP.replace("(1)", "(1)  # noqa: E501"))
    assert told() == (0, "", "")
    stamps = [path.stat() for path in sorted(root.iterdir())]
    assert told("--add-noqa") == (0, "", "No findings in 2 files.\n")
    assert [path.stat().st_mtime_ns for path in sorted(root.iterdir())] == [
        stamp.st_mtime_ns for stamp in stamps
    ]


def test_removing_what_was_added_brings_the_file_back(root: Path, told: Told) -> None:
    told("--add-noqa")
    texts = {path: path.read_text() for path in root.glob("*.py")}
    for path, text in texts.items():
        path.write_text(text.replace("time.sleep", "print").replace('.post("', '.get("'))
    code, _, err = told("--fix")
    assert code == 0
    assert "2 x FBP004" in err
    after = APP.replace("time.sleep", "print").replace('.post("', '.get("')
    assert (root / "a.py").read_text() == after
    assert (root / "b.py").read_text() == after.replace("(1)", "(1)  # noqa: E501")


def test_paths_and_rules_choose_what_is_silenced(root: Path, told: Told) -> None:
    assert told("--add-noqa", "-q", "--select", "FBP101", "a.py") == (0, "", "")
    assert (root / "a.py").read_text() == APP.replace("sleep(1)", "sleep(1)  # noqa: FBP101")
    assert "FBP" not in (root / "b.py").read_text()


def test_what_is_accepted_gets_no_comment(root: Path, told: Told) -> None:
    told("--write-baseline", "b.json")
    (root / "a.py").write_text(APP.replace("one", "two") + APP[APP.index("\n\n@") :])
    before = (root / "a.py").read_text()
    assert told("--add-noqa", "-q", "--baseline", "b.json", "--select", "FBP101") == (0, "", "")
    first, second = before.split("(1)")[0], before.split("(1)", 1)[1]
    assert (root / "a.py").read_text() == f"{first}(1)  # noqa: FBP101{second}"


def test_a_diff_writes_nothing(root: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run(["--add-noqa", "--diff", "--select", "FBP101", "a.py"]) == 1
    captured = capfdbinary.readouterr()
    assert b"-    time.sleep(1)\n+    time.sleep(1)  # noqa: FBP101\n" in captured.out
    assert captured.err == (
        b"0 findings would be fixed and 1 silenced in 1 file, 0 would be left.\n"
    )
    assert (root / "a.py").read_text() == APP


def test_first_what_can_be_is_fixed(root: Path, told: Told) -> None:
    (root / "b.py").unlink()
    code, out, err = told("--fix", "--add-noqa", "--ignore", "FBP402")
    assert (code, out) == (0, "")
    assert "Fixed 1 finding:" in err
    assert "Silenced" not in err
    (root / "a.py").write_text(APP)
    code, out, err = told("--fix", "--add-noqa", "--select", "FBP406,FBP402")
    assert (code, out) == (0, "")
    assert "Fixed 1 finding:\n  a.py: 1 x FBP402" in err
    assert "Silenced 1 finding:\n  a.py: 1 x FBP406" in err
    text = (root / "a.py").read_text()
    assert '@app.post("/one", status_code=status.HTTP_200_OK)\n' in text
    assert "async def one() -> int:  # noqa: FBP406\n" in text


def test_standard_input(root: Path, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    for args, expected in (
        (("--add-noqa",), marked()),
        (
            ("--add-noqa", "--fix", "--ignore", "FBP402"),
            APP.replace("import time\n", "import asyncio\nimport time\n").replace(
                "time.sleep", "await asyncio.sleep"
            ),
        ),
    ):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(APP.encode())))
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO()))
        assert told(*args, "-q", "--stdin-filename", "a.py", "-")[0] == 0
        assert isinstance(sys.stdout.buffer, io.BytesIO)
        assert sys.stdout.buffer.getvalue().decode() == expected
    assert (root / "a.py").read_text() == APP


def test_encoding_mark_newlines_and_mode_stay(root: Path, told: Told) -> None:
    head = "# coding: latin-1\r\n# größer\r\n"
    text = head + APP.replace("\n", "\r\n").replace("(1)", "(1)  # é")
    (root / "a.py").write_bytes(text.encode("latin-1"))
    (root / "a.py").chmod(0o755)
    (root / "b.py").write_bytes(b"\xef\xbb\xbf" + APP.rstrip("\n").encode())
    assert told("--add-noqa", "-q") == (0, "", "")
    assert (root / "a.py").read_bytes() == (
        text.replace("(1)  # é", "(1)  # é  # noqa: FBP101")
        .replace("int:", "int:  # noqa: FBP402")
        .encode("latin-1")
    )
    assert (root / "a.py").stat().st_mode & 0o777 == 0o755
    assert (root / "b.py").read_bytes() == b"\xef\xbb\xbf" + marked().rstrip("\n").encode()


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize("name", FORMATS)
def test_every_format_shows_what_is_left(name: str, told: Told) -> None:
    Path("c.py").write_text("def f(:\n")
    Path("d.py").write_text("x = 1  # noqa: FBP999\n")
    code, out, _ = told("--add-noqa", "--output-format", name)
    assert code == 1
    assert "FBP001" in out
    assert "FBP004" in out
    assert "time.sleep" not in out
    assert Path("c.py").read_text() == "def f(:\n"
    assert Path("d.py").read_text() == "x = 1  # noqa: FBP999\n"


def test_a_comment_that_would_not_help_is_not_made(root: Path, told: Told) -> None:
    text = APP.replace("sleep(1)", "sleep(1)  # flake8: noqa: E501").replace("post", "get")
    (root / "a.py").write_text(text)
    code, out, err = told("--add-noqa", "a.py")
    assert (code, out.split(" ")[:2]) == (1, ["a.py:10:5:", "FBP101"])
    assert "Left as it was: a.py: FBP101 on line 10: a comment there does not silence it\n" in err
    assert (root / "a.py").read_text() == text


def test_a_comment_that_raises_something_is_not_made(tmp_path: Path) -> None:
    source = b"x = 1\ny = 2\n"
    project = Project({"a.py": extract(source, "a.py", {})}, Config())
    first, second = found(1), found(2)
    other = found(1, "FBP402")

    def relint(overlays: Mapping[str, bytes]) -> Checked:
        text = overlays["a.py"]
        left = [f for f in (first, second) if text.split(b"\n")[f.place.span.line - 1].isalnum()]
        return Checked(project, [*left, other], [], frozenset())

    checked = Checked(project, [first, second], [], frozenset())
    made = silencing.silence(checked, checked.found, {"a.py": source}, relint)
    assert made.changes == ()
    assert set(made.refused.values()) == {"a comment there raises FBP402"}
    assert tmp_path.exists()


def test_what_has_no_file_of_its_own_is_left() -> None:
    project = Project({}, Config())
    one = found(1)
    checked = Checked(project, [one], [], frozenset())
    made = silencing.silence(checked, [one], {}, lambda _: checked)
    assert made.refused == {one: "its file takes no comment"}
    files = {"a.py": extract(b"x = 1\n", "a.py", {})}
    checked = Checked(Project(files, Config()), [one], [], frozenset())
    made = silencing.silence(checked, [one], {"a.py": b"\xff"}, lambda _: checked)
    assert made.refused == {one: "its file cannot be read"}


def test_what_would_change_the_program_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    one = found(1)
    source = b"x = 1\n"
    checked = Checked(
        Project({"a.py": extract(source, "a.py", {})}, Config()), [one], [], frozenset()
    )
    monkeypatch.setattr(silencing, "add", lambda *_: Commented("x = 2\n", {}))
    made = silencing.silence(checked, [one], {"a.py": source}, lambda _: checked)
    assert made.changes == ()
    assert made.refused == {one: "a comment there would be no comment"}


def test_what_cannot_be_written_is_left(
    root: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    code, _, err = told("--add-noqa")
    assert code == 1
    assert "Left as it was: a.py: cannot be written: not writable" in err
    assert "Silenced" not in err
    assert (root / "a.py").read_text() == APP


def test_flake8_is_silenced_by_the_same_comments(root: Path, told: Told) -> None:
    (root / "pyproject.toml").write_text("")
    told("--add-noqa", "-q")
    command = [sys.executable, "-m", "flake8", "--isolated", "--select=FBP,E9", "."]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
