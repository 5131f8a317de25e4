"""Formats that services read stay well formed, whatever stands in the linted files."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import jsonschema  # type: ignore[import-untyped]
import pytest
import xmlschema
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fastapi_bp_lint.finding import Entry, Finding, Place, Severity, Span, Step
from fastapi_bp_lint.output import render
from fastapi_bp_lint.report import Report

SCHEMAS = Path(__file__).parent / "schemas"
JUNIT = xmlschema.XMLSchema(str(SCHEMAS / "junit-10.xsd"))
NASTY = [
    "##vso[task.setvariable variable=PATH]x;y]%0A%AZP25",
    "::error file=a.py::%0A::add-mask::b",
    "]]></failure><script>alert('1')</script><!-- \" &amp; -->",
    "\x00\x01\x1b[31m\x7f\x85\u2028\u2029\ufffe\uffff\ud800\udcff\U0010ffff",
    "\u202eabc\u2066 \r\n\t\x0b\x0c",
]
TEXT = st.one_of(st.sampled_from(NASTY), st.text(st.characters(), max_size=30))
# The names of files hold neither NUL nor an empty part; bytes that are no text are surrogates.
NAME = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1)
PATH = st.one_of(NAME.filter(lambda name: name not in {".", ".."}), st.just("src/\udcff].py"))
SPAN = st.builds(
    lambda line, column, lines, width: Span(line, column, line + lines, column + width),
    st.integers(1, 4),
    st.integers(0, 9),
    st.integers(0, 2),
    st.integers(0, 9),
)
PLACE = st.builds(Place, PATH, SPAN)
FINDING = st.builds(
    Finding,
    st.just("FBP102"),
    st.just("blocking-call-in-helper"),
    st.sampled_from(Severity),
    PLACE,
    TEXT.map(lambda text: f"calls {text}"),
    TEXT,
    trail=st.lists(st.builds(Step, PLACE, TEXT, TEXT), max_size=2).map(tuple),
    entry=st.one_of(
        st.none(), st.builds(Entry, st.just("route"), TEXT, PATH, st.just(1), st.just(1))
    ),
    primitive=TEXT,
)
FINDINGS = st.lists(FINDING, max_size=3).map(tuple)
HOSTILE = Finding(
    "FBP102",
    "blocking-call-in-helper",
    Severity.ERROR,
    Place("a;b]c,d:e%\n##vso[x]\udcff.py", Span(1, 0, 1, 1)),
    "\n".join(NASTY),
    "\0".join(NASTY),
    trail=tuple(Step(Place(f"{n}.py", Span(1, 0, 1, 1)), t, t) for n, t in enumerate(NASTY)),
    primitive=NASTY[-1],
)


def rendered(findings: tuple[Finding, ...], name: str) -> str:
    lines = ("é\udcff x = '\x00'", *NASTY)
    text = render(Report("/srv/shop", 1, findings, lambda _: lines), name)
    text.encode("utf-8")
    return text


def schema(name: str) -> Any:  # noqa: ANN401 - as published
    return json.loads((SCHEMAS / name).read_text("utf-8"))


def validator(name: str) -> Any:  # noqa: ANN401
    found = schema(name)
    kind = jsonschema.validators.validator_for(found)
    return kind(found, format_checker=kind.FORMAT_CHECKER)


SARIF, RDJSON, GITLAB = (
    validator(name) for name in ("sarif-2.1.0-rtm.5.json", "rdjson.json", "gitlab-codeclimate.json")
)


def strings(document: Any) -> list[str]:  # noqa: ANN401
    if isinstance(document, str):
        return [document]
    if isinstance(document, dict):
        return [text for value in document.values() for text in strings(value)]
    return (
        [text for value in document for text in strings(value)]
        if isinstance(document, list)
        else []
    )


def hostile(test: Any) -> Any:  # noqa: ANN401
    slow = [HealthCheck.too_slow]
    return settings(deadline=None, max_examples=40, suppress_health_check=slow)(
        given(findings=FINDINGS)(example(findings=(HOSTILE, HOSTILE))(test))
    )


@hostile
def test_sarif_follows_its_schema_and_can_be_stored(findings: tuple[Finding, ...]) -> None:
    log = json.loads(rendered(findings, "sarif"))
    SARIF.validate(log)
    results = log["runs"][0]["results"]
    assert len(results) == len(findings)
    for text in strings(log):
        assert "\0" not in text
        text.encode("utf-8")
    for finding, result in zip(findings, results, strict=True):
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert unquote(uri, errors="surrogateescape") == finding.place.path


@hostile
def test_gitlab_follows_its_schema_and_can_be_stored(findings: tuple[Finding, ...]) -> None:
    issues = json.loads(rendered(findings, "gitlab"))
    for issue in issues:
        GITLAB.validate(issue)
    assert len({issue["fingerprint"] for issue in issues}) == len(findings)
    for text in strings(issues):
        assert "\0" not in text
        text.encode("utf-8")


@hostile
def test_rdjson_follows_its_schema(findings: tuple[Finding, ...]) -> None:
    document = json.loads(rendered(findings, "rdjson"))
    RDJSON.validate(document)
    assert len(document["diagnostics"]) == len(findings)
    assert not any("\0" in text for text in strings(document))


@hostile
def test_junit_follows_its_schema(findings: tuple[Finding, ...]) -> None:
    text = rendered(findings, "junit")
    tree = ET.fromstring(text)  # noqa: S314 - our own output
    assert len(tree.findall(".//failure")) == len(findings)
    JUNIT.validate(text)


@hostile
def test_github_gets_one_command_for_each_finding(findings: tuple[Finding, ...]) -> None:
    lines = re.split(r"[\r\n]", rendered(findings, "github"))[:-1]
    assert len(lines) == len(findings)
    for line, finding in zip(lines, findings, strict=True):
        match = re.fullmatch(r"::(?:error|warning|notice) ([^:]*)::(FBP102 .*)", line, re.DOTALL)
        assert match
        given = dict(part.split("=", 1) for part in match[1].split(","))
        assert decoded(given["file"], _GITHUB) == as_utf8(finding.place.path)
        assert given["line"] == str(finding.place.span.line)


@hostile
def test_azure_gets_one_command_for_each_finding(findings: tuple[Finding, ...]) -> None:
    lines = re.split(r"[\r\n]", rendered(findings, "azure"))[:-1]
    assert len(lines) == len(findings)
    for line, finding in zip(lines, findings, strict=True):
        # The agent reads up to the first bracket, then splits at semicolons.
        match = re.match(r"##vso\[task\.logissue ([^\]]*)\](.*)", line, re.DOTALL)
        assert match
        given = dict(part.split("=", 1) for part in match[1].rstrip(";").split(";"))
        assert decoded(given["sourcepath"], _AZURE) == as_utf8(finding.place.path)
        assert given["code"] == "FBP102"


_GITHUB = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}
_AZURE = {"%0D": "\r", "%0A": "\n", "%3B": ";", "%5D": "]", "%AZP25": "%"}


def as_utf8(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def decoded(text: str, escapes: dict[str, str]) -> str:
    return re.sub("|".join(escapes), lambda match: escapes[match[0]], text)


@pytest.mark.parametrize("name", ["concise", "grouped", "full"])
def test_a_terminal_gets_nothing_that_steers_it(name: str) -> None:
    text = rendered((HOSTILE,), name)
    assert not set(text) & set("\x00\x01\x1b\x7f\x85\u2028\u2029\u202e\u2066\r")


def test_the_schema_of_rdjson_can_fail() -> None:
    with pytest.raises(jsonschema.ValidationError):
        RDJSON.validate({"source": {"name": "x", "url": "y"}, "diagnostics": [{"message": "m"}]})
