"""Accepted findings: how they are counted, written and read, and how they become fewer."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastapi_bp_lint import engine, lint
from fastapi_bp_lint.baseline import accepted, compare, dump, load, parse, without
from fastapi_bp_lint.cli.app import run
from fastapi_bp_lint.config import ConfigError
from fastapi_bp_lint.finding import Finding, Place, Severity, Span
from fastapi_bp_lint.output import FORMATS
from fastapi_bp_lint.report import Accepted

Told = Callable[..., tuple[int, str, str]]
HERE = Path("b.json")


def found(
    path: str = "src/a.py", code: str = "FBP101", symbol: str = "src.a.f", message: str = "m"
) -> Finding:
    place = Place(path, Span(1, 0, 1, 1))
    return Finding(code, "x", Severity.ERROR, place, message, symbol)


def moved(finding: Finding, line: int) -> Finding:
    return finding._replace(place=Place(finding.place.path, Span(line, 2, line, 3)))


NAMES = st.text(st.characters(exclude_characters="\0/"), min_size=1, max_size=8)
FINDINGS = st.builds(
    found,
    st.sampled_from(["a.py", "b/c.py", "d\udc80.py", "ü/é.py"]) | NAMES,
    st.sampled_from(["FBP101", "FBP402"]),
    st.sampled_from(["", "a", "a.f", "b.c.C.m", "c.g", "elsewhere.f"]) | NAMES,
    st.sampled_from(["one", "two (x.py:12)", "in line 5", "größer"]) | NAMES,
)


@settings(deadline=None, database=None)
@given(st.lists(FINDINGS), st.randoms(use_true_random=False))
def test_what_is_written_is_read_and_explains_all_that_was_found(
    findings: list[Finding], seed: object
) -> None:
    known = accepted(findings)
    assert parse(dump(known), HERE) == known
    seed.shuffle(findings)  # type: ignore[attr-defined]
    later = [moved(finding, line) for line, finding in enumerate(findings, 1)]
    assert dump(accepted(later)) == dump(known)
    assert compare(later, known) == ([], [])


@settings(deadline=None, database=None)
@given(st.lists(FINDINGS), st.lists(FINDINGS), st.lists(FINDINGS))
def test_what_is_new_and_what_is_stale_are_counted(
    same: list[Finding], gone: list[Finding], new: list[Finding]
) -> None:
    known = accepted([*same, *gone])
    after = [*same, *new]
    comparison = compare(after, known)
    groups = {one[:3] for one in (*known, *accepted(after))}
    for group in groups:
        before = sum(one[:3] == group for one in known)
        now = sum(one[:3] == group for one in accepted(after))
        assert sum(one[:3] == group for one in accepted(comparison.new)) == max(now - before, 0)
        assert sum(one[:3] == group for one in comparison.stale) == max(before - now, 0)
    # What is left when it has shrunk explains as much, and holds nothing that is gone.
    smaller = without(known, comparison.stale)
    assert compare(after, smaller) == (comparison.new, [])


def test_of_more_findings_those_with_other_words_are_new() -> None:
    known = accepted([found(message="b in line 3"), found(message="c (x.py:7)")])
    first, second, third = (found(message=m) for m in ("a", "b in line 9", "c (x.py:8)"))
    assert compare([first, second, third], known).new == [first]
    # Of other words it is told by their order.
    changed = [found(message="x"), moved(found(message="x"), 2), moved(found(message="x"), 3)]
    assert compare(changed, known).new == changed[2:]


def test_equal_words_are_told_apart_by_their_lines() -> None:
    lines = {"src/a.py": ("one", "two", "three")}
    known = accepted([moved(found(), 2)], lines=lambda path: lines[path])
    now = {"src/a.py": ("new", "one", "", "two")}
    first, second = moved(found(), 1), moved(found(), 4)
    assert compare([first, second], known, lambda path: now[path]).new == [first]


@pytest.mark.parametrize(
    ("path", "symbol", "told"),
    [
        ("src/a.py", "src.a.C.f", "C.f"),
        ("src/a.py", "a.f", "f"),
        ("src/a/__init__.py", "src.a.f", "f"),
        ("src/a.py", "src.a", "<module>"),
        ("src/a.py", "", "<module>"),
        ("src/a.py", "other.f", "other.f"),
        ("src/a.py", "src.ab.f", "src.ab.f"),
    ],
)
def test_a_symbol_is_told_as_in_its_file(path: str, symbol: str, told: str) -> None:
    assert [one.symbol for one in accepted([found(path, symbol=symbol)])] == [told]


def test_the_file_is_one_line_for_each_finding() -> None:
    known = accepted([found(message="b"), found(message="ä"), found("b.py", "FBP4", "")])
    assert (
        dump(known).decode()
        == """\
{
  "version": 1,
  "findings": {
    "b.py": {
      "FBP4": {
        "<module>": [
          "m"
        ]
      }
    },
    "src/a.py": {
      "FBP101": {
        "f": [
          "b",
          "ä"
        ]
      }
    }
  }
}
"""
    )
    assert dump([]) == b'{\n  "version": 1,\n  "findings": {}\n}\n'


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"", "b.json:1: not a baseline: it is not valid JSON: Expecting value"),
        (b'{\n"version": 1,\n<<<<<<< HEAD\n', "b.json:3: not a baseline: it is not valid JSON"),
        (b"\xff", "b.json: not a baseline: byte 0 is not UTF-8"),
        (b"[" * 100_000, "b.json: not a baseline: it is nested too deeply"),
        (b"[]", 'b.json: not a baseline: it does not say "version": 1'),
        (b'{"version": true}', 'it does not say "version": 1'),
        (b'{"version": 0}', 'it does not say "version": 1'),
        (b'{"version": 2}', "its version is 2, and this fbp-lint knows 1"),
        (b'{"version": 1}', "findings is not an object"),
        (b'{"version": 1, "findings": {"a.py": []}}', "a.py is not an object"),
        (b'{"version": 1, "findings": {"a.py": {"F": 1}}}', "F of a.py is not an object"),
        (
            b'{"version": 1, "findings": {"a.py": {"F": {"f": 1}}}}',
            "F of f in a.py is not a list of texts",
        ),
        (b'{"version": 1, "findings": {"a.py": {"F": {"f": [1]}}}}', "is not a list of texts"),
    ],
)
def test_a_broken_file_is_one_message(text: bytes, why: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text, HERE)
    assert why in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_byte_order_mark_is_no_matter() -> None:
    assert parse(b"\xef\xbb\xbf" + dump([]), HERE) == []


def test_what_is_no_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe")
    cases = {
        tmp_path: "the baseline is not a regular file",
        tmp_path / "pipe": "the baseline is not a regular file",
        tmp_path / "none": "the baseline does not exist; write one with: fbp-lint --write-baseline",
    }
    for file, why in cases.items():
        with pytest.raises(ConfigError, match=why):
            load(file)

    def refuse(_: object) -> bytes:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "b.json").write_bytes(dump([]))
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(ConfigError, match=r"b\.json: the baseline cannot be read: Permission deni"):
        load(tmp_path / "b.json")


ROUTE = "@app.post('/{0}')\nasync def {0}() -> int:\n    time.sleep(1)\n    return 1\n\n\n"
HEAD = "import time\n\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n\n"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "fbp-lint.toml").write_text('select = ["FBP004", "FBP101", "FBP402"]\n')
    (tmp_path / "a.py").write_text(HEAD + ROUTE.format("one") + ROUTE.format("two"))
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg/b.py").write_text(HEAD + ROUTE.format("three"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    def tell(*args: str) -> tuple[int, str, str]:
        code = run(args)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return tell


def rows(file: Path = HERE) -> list[str]:
    return [f"{one.path} {one.code} {one.symbol}" for one in load(file)]


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_accepting_hides_all_and_moving_lines_changes_nothing(root: Path, told: Told) -> None:
    assert told("--write-baseline", "b.json") == (0, "", "Accepted 6 findings in b.json.\n")
    assert rows() == [
        "a.py FBP101 one",
        "a.py FBP101 two",
        "a.py FBP402 one",
        "a.py FBP402 two",
        "pkg/b.py FBP101 three",
        "pkg/b.py FBP402 three",
    ]
    written = HERE.read_bytes()
    edit(root / "a.py", "import time\n", "# moved\n\nimport time\n")
    (root / "a.py").write_text((root / "a.py").read_text() + ROUTE.format("new"))
    code, out, err = told("--baseline", "b.json")
    assert (code, err) == (1, "")
    assert [line.split(" ")[0] for line in out.splitlines()] == ["a.py:23:11:", "a.py:24:5:"]
    assert told("--baseline", "b.json", "pkg") == (0, "", "")
    assert HERE.read_bytes() == written
    assert (
        "6 known findings are not shown."
        in told("--baseline", "b.json", "--output-format", "full")[1]
    )


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize("name", FORMATS)
def test_every_format_shows_what_is_new(name: str, told: Told) -> None:
    told("--write-baseline", "b.json", "pkg")
    code, out, err = told("--baseline", "b.json", "--output-format", name)
    assert (code, err) == (1, "")
    assert "FBP101" in out
    assert "pkg/b.py" not in out


def test_the_configuration_names_it_for_everybody(root: Path, told: Told) -> None:
    (root / "fbp-lint.toml").write_text('select = ["FBP101"]\nbaseline = "b.json"\n')
    code, _, err = told()
    assert code == 2
    assert err == (
        f"error: {root}/b.json: the baseline does not exist; "
        f"write one with: fbp-lint --write-baseline {root}/b.json\n"
    )
    assert told("--write-baseline", "b.json")[0] == 0
    assert told() == (0, "", "")
    assert told("pkg") == (0, "", "")
    assert lint(root) == ()
    assert f'\nbaseline = "{HERE}"\n' in told("--show-settings")[1]
    # Written again it does not begin with what it says already.
    assert told("--write-baseline", "b.json")[2] == "Accepted 3 findings in b.json.\n"
    (root / "none.json").write_bytes(dump([]))
    assert told("--baseline", "none.json")[0] == 1
    assert told("--isolated", "--select", "FBP101")[0] == 1


def test_it_shrinks_by_itself_and_says_what_was_stale(root: Path, told: Told) -> None:
    told("--write-baseline", "b.json")
    edit(root / "a.py", "    time.sleep(1)\n    return 1\n\n\n@app", "    return 1\n\n\n@app")
    (root / "pkg/b.py").unlink()
    code, out, err = told("--baseline", "b.json")
    assert (code, out) == (0, "")
    first, *lines = err.splitlines()
    assert first == "3 accepted findings are gone; taken out of b.json:"
    assert [line.split(": ")[:2] for line in lines] == [
        ["  a.py", "FBP101 in one"],
        ["  pkg/b.py", "FBP101 in three"],
        ["  pkg/b.py", "FBP402 in three"],
    ]
    assert rows() == ["a.py FBP101 two", "a.py FBP402 one", "a.py FBP402 two"]
    assert told("--baseline", "b.json") == (0, "", "")
    edit(root / "a.py", "    time.sleep(1)\n", "")
    assert told("--baseline", "b.json", "-q") == (0, "", "")
    assert rows() == ["a.py FBP402 one", "a.py FBP402 two"]


def test_what_has_come_back_is_new(root: Path, told: Told) -> None:
    told("--write-baseline", "b.json")
    before = (root / "a.py").read_text()
    edit(root / "a.py", "    time.sleep(1)\n    return 1\n\n\n@app", "    return 1\n\n\n@app")
    told("--baseline", "b.json")
    (root / "a.py").write_text(before)
    code, out, _ = told("--baseline", "b.json")
    assert (code, out.split(" ")[:2]) == (1, ["a.py:10:5:", "FBP101"])


@pytest.mark.parametrize(
    "args",
    [
        ("--select", "FBP402"),
        ("--ignore", "FBP101"),
        ("--certainty", "certain"),
        ("--diff",),
    ],
)
def test_what_is_not_looked_for_is_not_stale(root: Path, told: Told, args: tuple[str, ...]) -> None:
    told("--write-baseline", "b.json")
    before = HERE.read_bytes()
    if "--diff" in args:
        edit(root / "a.py", "    time.sleep(1)\n", "")
    assert told("--baseline", "b.json", *args)[0] == 0
    assert HERE.read_bytes() == before


def test_nothing_is_stale_while_a_file_cannot_be_read(root: Path, told: Told) -> None:
    told("--write-baseline", "b.json")
    before = HERE.read_bytes()
    (root / "a.py").write_text("def f(:\n")
    code, out, err = told("--baseline", "b.json")
    assert (code, err) == (1, "")
    assert out.startswith("a.py:1:7: FBP001")
    assert HERE.read_bytes() == before
    # It is not accepted either, and what was accepted in other files stays so.
    code, out, err = told("--write-baseline", "c.json")
    assert (code, err) == (1, "Accepted 2 findings in c.json.\n")
    assert out.startswith("a.py:1:7: FBP001")


def test_standard_input_leaves_the_file_alone(
    root: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io  # noqa: PLC0415
    import sys  # noqa: PLC0415

    told("--write-baseline", "b.json")
    before = HERE.read_bytes()
    text = HEAD + ROUTE.format("one").replace("time.sleep(1)", "time.sleep(2); time.sleep(3)")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    code, out, err = told("--baseline", "b.json", "--stdin-filename", "a.py", "-")
    assert (code, out.split(" ")[:2], err) == (1, ["a.py:10:20:", "FBP101"], "")
    assert HERE.read_bytes() == before
    assert root.exists()


def test_a_code_that_no_rule_has_is_stale(root: Path, told: Told) -> None:
    old = [Accepted("a.py", "FBP998", "f", "gone"), Accepted("a.py", "FBP101", "f", "gone")]
    HERE.write_bytes(dump(old))
    assert "FBP998 in f: gone" in told("--baseline", "b.json", "--select", "FBP402")[2]
    assert rows() == ["a.py FBP101 f"]
    assert root.exists()


@pytest.mark.usefixtures("root")
def test_paths_and_rules_that_were_not_looked_at_stay_accepted(told: Told) -> None:
    told("--write-baseline", "b.json", "--select", "FBP101")
    assert told("--write-baseline", "b.json", "--select", "FBP402", "pkg")[0] == 0
    assert rows() == [
        "a.py FBP101 one",
        "a.py FBP101 two",
        "pkg/b.py FBP101 three",
        "pkg/b.py FBP402 three",
    ]


def test_all_is_fixed_before_the_rest_is_accepted(root: Path, told: Told) -> None:
    (root / "fbp-lint.toml").write_text('select = ["FBP101", "FBP402"]\nbaseline = "b.json"\n')
    told("--write-baseline", "b.json")
    assert told("--fix") == (0, "", "No findings in 2 files.\n6 known findings are not shown.\n")
    assert "time.sleep" in (root / "a.py").read_text()
    code, out, err = told("--fix", "--write-baseline", "b.json")
    assert (code, out) == (0, "")
    assert "Fixed 6 findings:" in err
    assert "status_code=status.HTTP_200_OK" in (root / "a.py").read_text()
    assert rows() == []


def test_only_what_is_new_is_fixed(root: Path, told: Told) -> None:
    told("--write-baseline", "b.json")
    new = ROUTE.format("new")
    (root / "a.py").write_text((root / "a.py").read_text() + new)
    code, _, err = told("--baseline", "b.json", "--fix", "--ignore", "FBP402")
    assert code == 0
    assert "Fixed 1 finding:\n  a.py: 1 x FBP101" in err
    text = (root / "a.py").read_text()
    assert text.count("    time.sleep(1)") == 2
    assert text.count("    await asyncio.sleep(1)") == 1


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize(
    "args",
    [
        ("--baseline", "b.json"),
        ("--since", "HEAD"),
        ("--add-noqa",),
        ("--diff",),
        ("--stdin-filename", "a.py", "-"),
    ],
)
def test_writing_one_does_not_go_with_everything(told: Told, args: tuple[str, ...]) -> None:
    code, _, err = told("--write-baseline", "b.json", *args)
    assert code == 2
    assert f"--write-baseline does not go with {args[0]}" in err
    assert not HERE.exists()


@pytest.mark.usefixtures("root")
def test_a_broken_one_ends_with_2_and_is_not_lost(told: Told) -> None:
    HERE.write_text("<<<<<<< HEAD\n")
    for option in ("--baseline", "--write-baseline"):
        code, out, err = told(option, "b.json")
        assert (code, out) == (2, "")
        assert err == (
            "error: b.json:1: not a baseline: it is not valid JSON: Expecting value; "
            "restore it, or delete and write it again\n"
        )
    assert HERE.read_text() == "<<<<<<< HEAD\n"


def test_a_file_that_cannot_be_written_is_told(
    root: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, _, err = told("--write-baseline", "none/b.json")
    assert code == 2
    assert err.endswith("Error: none/b.json: cannot be written: No such file or directory\n")
    told("--write-baseline", "b.json")
    edit(root / "a.py", "    time.sleep(1)\n", "")
    before = HERE.read_bytes()
    monkeypatch.setattr(os, "access", lambda *_: False)
    code, out, err = told("--baseline", "b.json")
    assert (code, out) == (0, "")
    assert err.startswith(
        "2 accepted findings are gone; b.json: cannot be written: not writable:\n"
    )
    assert HERE.read_bytes() == before


@pytest.mark.parametrize("other", [dump([Accepted("a.py", "FBP101", "x", "m")]), b"{", None])
def test_what_somebody_else_has_written_meanwhile_stays(
    other: bytes | None, root: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    told("--write-baseline", "b.json")
    edit(root / "a.py", "    time.sleep(1)\n", "")
    real = engine._stale  # noqa: SLF001

    def meanwhile(*args: object) -> object:
        HERE.unlink()
        if other is not None:
            HERE.write_bytes(other)
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(engine, "_stale", meanwhile)
    assert told("--baseline", "b.json") == (0, "", "")
    assert (HERE.read_bytes() if HERE.exists() else None) == other


def test_a_long_list_is_cut(root: Path, told: Told) -> None:
    many = [Accepted("a.py", "FBP101", f"f{n:02}", "gone") for n in range(12)]
    HERE.write_bytes(dump(many))
    err = told("--baseline", "b.json", "--exit-zero")[2].splitlines()
    assert err[-1] == "  and 2 more (--verbose lists them)"
    assert len(err) == 12
    HERE.write_bytes(dump(many))
    assert len(told("--baseline", "b.json", "--exit-zero", "-v")[2].splitlines()) == 14
    assert root.exists()


def test_a_new_file_has_the_mode_of_any_other(root: Path, told: Told) -> None:
    mask = os.umask(0o027)
    try:
        told("--write-baseline", "b.json")
    finally:
        os.umask(mask)
    assert HERE.stat().st_mode & 0o777 == 0o640
    assert json.loads(HERE.read_text())["version"] == 1
    assert [path.name for path in root.glob(".fbp-lint-*")] == []
