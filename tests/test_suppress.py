"""What noqa comments and per-file-ignores silence."""

from __future__ import annotations

import pytest

from fastapi_bp_lint.facts.extract import extract
from fastapi_bp_lint.facts.model import Comment
from fastapi_bp_lint.finding import Applicability, Finding, Place, Severity, Span
from fastapi_bp_lint.suppress import Outcome, apply, directive

RULES = {"FBP004": "unused-suppression", "FBP101": "blocking-call", "FBP102": "in-helper"}
ENABLED = frozenset(RULES)


def found(line: int, code: str = "FBP101", path: str = "a.py") -> Finding:
    place = Place(path, Span(line, 4, line, 9))
    return Finding(code, RULES[code], Severity.ERROR, place, "message")


def outcome(
    source: str, *findings: Finding, enabled: frozenset[str] = ENABLED, **per_file: tuple[str, ...]
) -> Outcome:
    patterns = {name.replace("_", "."): codes for name, codes in per_file.items()}
    files = {"a.py": extract(source.encode(), "a.py", {})}
    return apply(findings, files, RULES, enabled, patterns)


def kept(source: str, *findings: Finding) -> list[tuple[int, str]]:
    return [(f.place.span.line, f.code) for f in outcome(source, *findings).kept]


def words(text: str) -> list[str] | None:
    read = directive(Comment(text, 1, 0), RULES)
    return None if read is None else [item.word for item in read.items]


@pytest.mark.parametrize(
    ("comment", "codes"),
    [
        ("# noqa", []),
        ("#noqa", []),
        ("# NoQA", []),
        ("# noqa:", []),
        ("# noqa: FBP101", ["FBP101"]),
        ("# noqa:FBP101,E501", ["FBP101", "E501"]),
        ("# noqa : fbp101", ["fbp101"]),
        ("# noqa: FBP101 E501", ["FBP101", "E501"]),
        ("# noqa: FBP101, because it is fast", ["FBP101"]),
        ("# noqa: blocking-call", ["blocking-call"]),
        ("# noqa: FBP1", ["FBP1"]),
        ("# noqa: because", []),
        ("# type: ignore # noqa: FBP101", ["FBP101"]),
        ("# noqa-me", None),
        ("# noqaqa", None),
        ("# a noqa", None),
        ("# fbp-lint: noqa", []),
        ("# fbp-lint: noqa: FBP101", ["FBP101"]),
        ("# flake8: noqa: FBP101", ["FBP101"]),
        ("# ruff: noqa", None),
    ],
)
def test_how_a_comment_is_read(comment: str, codes: list[str] | None) -> None:
    assert words(comment) == codes


@pytest.mark.parametrize(
    ("comment", "silenced"),
    [
        ("# noqa", True),
        ("# noqa: FBP101", True),
        ("# noqa: fbp1", True),
        ("# noqa: FBP", True),
        ("# noqa: blocking-call", True),
        ("# noqa: FBP102", False),
        ("# noqa: E501", False),
        ("# noqa: FBP102, FBP101", True),
    ],
)
def test_a_line_is_silenced(comment: str, *, silenced: bool) -> None:
    assert (kept(f"x = 1\ny = 2  {comment}\n", found(1), found(2)) == [(1, "FBP101")]) is silenced


STATEMENT = "call(\n    1,\n    2,\n)"


def test_a_statement_of_several_lines_is_silenced_from_its_ends() -> None:
    first, middle, last = (
        STATEMENT.replace(*pair)
        for pair in (("(", "(  # noqa"), ("1,", "1,  # noqa"), (")", ")  # noqa"))
    )
    both = found(1), found(3)
    assert kept(first, *both) == []
    assert kept(last, *both) == []
    assert kept(middle, *both) == [(1, "FBP101"), (3, "FBP101")]
    assert kept(middle, found(2)) == []


def test_a_compound_statement_is_silenced_in_its_header_only() -> None:
    source = "if (\n    a\n    and b\n):  # noqa\n    x = 1\n"
    assert kept(source, found(2), found(5)) == [(5, "FBP101")]


def test_a_string_is_no_comment() -> None:
    assert kept('x = "# noqa"\n', found(1)) == [(1, "FBP101")]


@pytest.mark.parametrize("owner", ["fbp-lint", "flake8"])
def test_a_file_is_silenced(owner: str) -> None:
    assert kept(f"# {owner}: noqa\nx = 1\n", found(2), found(2, "FBP102")) == []
    assert kept(f"x = 1\n# {owner}: noqa: FBP101\n", found(1), found(1, "FBP102")) == [
        (1, "FBP102")
    ]
    assert kept(f"x = 1  # {owner}: noqa\n", found(1)) == [(1, "FBP101")]


def test_per_file_ignores() -> None:
    source = "x = 1\n"
    assert outcome(source, found(1), a_py=("FBP1",)).kept == []
    assert outcome(source, found(1), b_py=("FBP1",)).kept == [found(1)]
    # What is ignored here anyway makes no comment superfluous.
    assert outcome("x = 1  # noqa: FBP101\n", a_py=("FBP101",)).unused == []


def messages(source: str, *findings: Finding, enabled: frozenset[str] = ENABLED) -> list[str]:
    return [finding.message for finding in outcome(source, *findings, enabled=enabled).unused]


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ("# noqa: FBP101", ["`FBP101` suppresses nothing here"]),
        ("# noqa: blocking-call", ["`blocking-call` suppresses nothing here"]),
        ("# noqa: FBP101, FBP102", ["`FBP101`, `FBP102` suppress nothing here"]),
        ("# noqa: FBP999", ["no rule is called `FBP999`"]),
        (
            "# noqa: FBP101, FBP999",
            ["`FBP101` suppresses nothing here; no rule is called `FBP999`"],
        ),
        ("# noqa", []),
        ("# noqa: E501", []),
        ("# noqa: FBP004", []),
        ("# noqa: FBP101, FBP004", []),
        ("# flake8: noqa", []),
    ],
)
def test_what_suppresses_nothing_is_told(comment: str, expected: list[str]) -> None:
    assert messages(f"x = 1  {comment}\n") == expected


def test_what_suppresses_something_is_not() -> None:
    assert messages("x = 1  # noqa: FBP101\n", found(1)) == []
    assert messages("x = 1  # noqa: FBP1\n", found(1)) == []
    assert messages("x = 1  # noqa: FBP101, FBP102\n", found(1)) == [
        "`FBP102` suppresses nothing here"
    ]


def test_a_rule_that_did_not_run_says_nothing() -> None:
    assert messages("x = 1  # noqa: FBP101\n", enabled=frozenset({"FBP004"})) == []
    # A prefix is used if any of its rules would be.
    assert messages("x = 1  # noqa: FBP1\n", enabled=frozenset({"FBP004", "FBP101"})) == []
    assert messages("x = 1  # noqa: FBP101\n", enabled=frozenset({"FBP101"})) == []


def test_a_whole_file_silences_its_superfluous_comments_too() -> None:
    assert messages("# fbp-lint: noqa: FBP004\nx = 1  # noqa: FBP101\n") == []
    assert messages("# fbp-lint: noqa\nx = 1  # noqa: FBP101\n") == []


@pytest.mark.parametrize(
    ("comment", "left"),
    [
        ("# noqa: FBP101", ""),
        ("# noqa: FBP101, E501", "# noqa: E501"),
        ("# noqa: E501, FBP101 why", "# noqa: E501 why"),
        ("# noqa:E1 FBP101,E2", "# noqa:E1, E2"),
        ("# type: ignore # noqa: FBP101", "# type: ignore"),
        ("# noqa: FBP101 # type: ignore", "# type: ignore"),
        ("# noqa: FBP101 it is fast", "# it is fast"),
        ("# a # noqa: FBP101 # b", "# a # b"),
    ],
)
def test_what_is_left_of_the_comment(comment: str, left: str) -> None:
    (finding,) = outcome(f"x = 1  {comment}\n").unused
    assert finding.fix is not None
    assert finding.fix.args[0] == left
    assert finding.fix.applicability is Applicability.SAFE
    assert finding.fix.span == Span(1, 7, 1, 7 + len(comment))


def test_while_a_file_cannot_be_read_no_removal_is_safe() -> None:
    files = {
        "a.py": extract(b"x = 1  # noqa: FBP101\n", "a.py", {}),
        "b.py": extract(b"x =", "b.py", {}),
    }
    (finding,) = apply([], files, RULES, ENABLED, {}).unused
    assert finding.fix is not None
    assert finding.fix.applicability is Applicability.UNSAFE


def test_findings_of_what_has_no_facts_are_kept() -> None:
    assert apply([found(1, path=".")], {}, RULES, ENABLED, {}).kept == [found(1, path=".")]
