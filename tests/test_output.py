"""What each output format prints, to the letter, and against published schemas."""

from __future__ import annotations

import importlib
import json
import re
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

import jsonschema  # type: ignore[import-untyped]
import pytest

from fastapi_bp_lint.finding import (
    Applicability,
    Certainty,
    Entry,
    Finding,
    Fix,
    Place,
    Severity,
    Span,
    Step,
)
from fastapi_bp_lint.output import FORMATS, render
from fastapi_bp_lint.output.display import one_line, width
from fastapi_bp_lint.output.frame import WIDEST, frame
from fastapi_bp_lint.output.sarif import section
from fastapi_bp_lint.output.summary import summary
from fastapi_bp_lint.report import Fixed, Left, Report
from fastapi_bp_lint.rule import DOCS_URL

SCHEMAS = Path(__file__).parent / "schemas"
FILES = {
    "src/posts/router.py": (
        "from src.posts import service\n\n\n"
        '@router.get("/posts/{post_id}")\n'
        "async def read_post(post_id: int) -> Post:\n"
        "    return service.load(post_id)\n\n\n"
        "async def refresh() -> None:\n"
        "    service.load(0)\n"
    ),
    "src/posts/service.py": (
        "import requests\n\n\n\n\n\n\n\n\n"
        "def load(post_id: int) -> Post:\n"
        '    return requests.get(f"{URL}/{post_id}").json()\n'
    ),
    "src/main.py": "import time\n\n\nasync def tick():\n\ttime.sleep(1)\n",
}
LOAD = Step(
    Place("src/posts/service.py", Span(11, 11, 11, 42)), "src.posts.service.load", "`requests.get`"
)
HELPER = Finding(
    "FBP102",
    "blocking-call-in-helper",
    Severity.ERROR,
    Place("src/posts/router.py", Span(6, 11, 6, 32)),
    "`load` blocks the event loop",
    "src.posts.router.read_post",
    Certainty.LIKELY,
    (LOAD,),
    Entry("route", "src.posts.router.read_post", "src/posts/router.py", 5, 3),
    "requests.get",
    Fix("offload", Applicability.UNSAFE, "run it in the threadpool", Span(6, 11, 6, 32)),
)
SAME_HELPER = HELPER._replace(
    place=Place("src/posts/router.py", Span(10, 4, 10, 19)),
    symbol="src.posts.router.refresh",
    certainty=Certainty.CERTAIN,
    entry=None,
)
SLEEP = Finding(
    "FBP103",
    "blocking-call-in-coroutine",
    Severity.WARNING,
    Place("src/main.py", Span(5, 1, 5, 14)),
    "`time.sleep` in `tick`, 100% of it",
    "src.main.tick",
    trail=(Step(Place("src/main.py", Span(5, 1, 5, 14)), "src.main.tick", "`time.sleep`"),),
    primitive="time.sleep",
    fix=Fix("await_sleep", Applicability.SAFE, "await `asyncio.sleep`", Span(5, 1, 5, 14)),
)
GONE = Finding(
    "FBP002",
    "unreadable-file",
    Severity.INFO,
    Place("src/a,b:%;].py", Span(1, 0, 2, 0)),
    "a\nb; <&>",
)
FINDINGS = (GONE, SLEEP, HELPER, SAME_HELPER)


def report(root: Path, *findings: Finding, files: dict[str, str] | None = None) -> Report:
    texts = FILES if files is None else files
    lines = {path: tuple(text.split("\n")) for path, text in texts.items()}
    return Report(str(root), len(texts), findings, lambda path: lines.get(path, ()))


FULL = """\
info[FBP002] a b; <&>
 --> src/a,b:%;].py:1:1
  = more: fbp-lint explain FBP002

warning[FBP103] [*] `time.sleep` in `tick`, 100% of it
 --> src/main.py:5:2 in src.main.tick
  |
5 |     time.sleep(1)
  |     ^^^^^^^^^^^^^
  |
  = help: await `asyncio.sleep` ([*] fixed by --fix)
  = more: fbp-lint explain FBP103

error[FBP102] `load` blocks the event loop
  --> src/posts/router.py:6:12 in src.posts.router.read_post
   |
 6 |     return service.load(post_id)
   |            ^^^^^^^^^^^^^^^^^^^^^
   |
  ==> src/posts/service.py:11:12 in src.posts.service.load: `requests.get`
   |
11 |     return requests.get(f"{URL}/{post_id}").json()
   |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = entry: route src.posts.router.read_post at src/posts/router.py:5, and from 2 more entries
   = and: 1 more coroutine reaches it (--verbose lists them)
   = certainty: likely
   = help: run it in the threadpool (unsafe: fixed by --fix --unsafe-fixes)
   = more: fbp-lint explain FBP102

4 findings in 3 files: 2 errors, 1 warning, 1 note.
[*] 1 can be fixed with --fix, 2 more with --unsafe-fixes.
"""


def test_full(tmp_path: Path) -> None:
    assert render(report(tmp_path, *FINDINGS), "full") == FULL


def test_full_lists_the_joined_findings_when_verbose(tmp_path: Path) -> None:
    text = render(report(tmp_path, *FINDINGS), "full", verbose=True)
    expected = FULL.replace(
        " (--verbose lists them)\n",
        "\n       src/posts/router.py:10:5 in src.posts.router.refresh\n",
    )
    assert text == expected


def test_full_shows_the_first_line_of_a_hop(tmp_path: Path) -> None:
    files = {"a.py": "f(\n    1,\n)\n"}
    whole = Place("a.py", Span(1, 0, 3, 1))
    finding = HELPER._replace(place=Place("a.py", Span(2, 4, 2, 5)), trail=(Step(whole, "", "x"),))
    text = render(report(tmp_path, finding, files=files), "full")
    assert "==> a.py:1:1: x\n  |\n1 | f(\n  | ^^\n  |\n  =" in text


def test_full_says_nothing_of_an_entry_that_nobody_runs(tmp_path: Path) -> None:
    entry = Entry("coroutine", "src.main.tick", "src/main.py", 4, 0)
    assert "entry:" not in render(report(tmp_path, SLEEP._replace(entry=entry)), "full")


def test_full_joins_only_what_ends_at_the_same_place(tmp_path: Path) -> None:
    step = LOAD._replace(place=Place("src/posts/service.py", Span(10, 0, 10, 3)))
    text = render(report(tmp_path, HELPER, SAME_HELPER._replace(trail=(step,))), "full")
    assert text.count("error[FBP102]") == 2
    assert "= and:" not in text


def test_colour_changes_nothing_but_colour(tmp_path: Path) -> None:
    for name in ("full", "grouped"):
        plain = render(report(tmp_path, *FINDINGS), name)
        colored = render(report(tmp_path, *FINDINGS), name, color=True)
        assert "\x1b[" not in plain
        assert re.sub(r"\x1b\[[\d;]+m", "", colored) == plain
    assert "\x1b[1;31merror[FBP102]\x1b[0m" in render(report(tmp_path, HELPER), "full", color=True)


def test_concise(tmp_path: Path) -> None:
    assert render(report(tmp_path, *FINDINGS), "concise") == (
        "src/a,b:%;].py:1:1: FBP002 a b; <&>\n"
        "src/main.py:5:2: FBP103 [*] `time.sleep` in `tick`, 100% of it\n"
        "src/posts/router.py:6:12: FBP102 `load` blocks the event loop\n"
        "src/posts/router.py:10:5: FBP102 `load` blocks the event loop\n"
    )


def test_grouped(tmp_path: Path) -> None:
    assert render(report(tmp_path, SLEEP, HELPER, SAME_HELPER), "grouped") == (
        "src/main.py\n"
        "  5:2  FBP103 [*] `time.sleep` in `tick`, 100% of it\n"
        "\n"
        "src/posts/router.py\n"
        "  6:12  FBP102 `load` blocks the event loop, and 1 more coroutine"
        " (--verbose lists them)\n"
        "\n"
        "3 findings in 3 files: 2 errors, 1 warning.\n"
        "[*] 1 can be fixed with --fix, 2 more with --unsafe-fixes.\n"
    )


def test_grouped_lists_what_shares_a_primitive(tmp_path: Path) -> None:
    elsewhere = SAME_HELPER._replace(place=SAME_HELPER.place._replace(path="src/z.py"))
    found = report(tmp_path, HELPER, SAME_HELPER, elsewhere)
    assert render(found, "grouped", verbose=True) == (
        "src/posts/router.py\n"
        "  6:12  FBP102 `load` blocks the event loop, and 2 more coroutines\n"
        f"        src/posts/router.py:10:5 in {SAME_HELPER.symbol}\n"
        f"        src/z.py:10:5 in {SAME_HELPER.symbol}\n"
        "\n"
        "3 findings in 3 files: 3 errors.\n"
        "3 can be fixed with --fix --unsafe-fixes.\n"
    )


HELPER_OBJECT = {
    "code": "FBP102",
    "slug": "blocking-call-in-helper",
    "severity": "error",
    "certainty": "likely",
    "message": "`load` blocks the event loop",
    "path": "src/posts/router.py",
    "line": 6,
    "column": 12,
    "end_line": 6,
    "end_column": 33,
    "symbol": "src.posts.router.read_post",
    "entry": {
        "kind": "route",
        "symbol": "src.posts.router.read_post",
        "path": "src/posts/router.py",
        "line": 5,
        "reached_by": 3,
    },
    "primitive": "requests.get",
    "trail": [
        {
            "path": "src/posts/service.py",
            "line": 11,
            "column": 12,
            "symbol": "src.posts.service.load",
            "message": "`requests.get`",
        }
    ],
    "fix": {"applicability": "unsafe", "message": "run it in the threadpool"},
    "url": f"{DOCS_URL}/FBP102/",
}


def test_json(tmp_path: Path) -> None:
    document = json.loads(render(report(tmp_path, GONE, HELPER), "json"))
    gone, helper = document.pop("findings")
    assert document == {"version": 1, "root": str(tmp_path), "files": 3}
    assert list(helper.items()) == list(HELPER_OBJECT.items())
    assert list(gone) == [key for key in HELPER_OBJECT if key not in {"entry", "primitive"}]
    assert gone["fix"] is None
    assert gone["trail"] == []


def test_json_says_null_where_a_finding_of_family_1_has_no_entry(tmp_path: Path) -> None:
    document = json.loads(render(report(tmp_path, SAME_HELPER), "json"))
    assert document["findings"][0]["entry"] is None


def test_jsonl(tmp_path: Path) -> None:
    lines = render(report(tmp_path, *FINDINGS), "jsonl").splitlines()
    objects = json.loads(render(report(tmp_path, *FINDINGS), "json"))["findings"]
    assert [json.loads(line) for line in lines] == objects


def test_github(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "backend").mkdir()
    assert render(report(tmp_path / "backend", *FINDINGS[:3]), "github") == (
        "::notice title=FBP002 unreadable-file,file=backend/src/a%2Cb%3A%25;].py,line=1,endLine=2"
        "::FBP002 a%0Ab; <&>\n"
        "::warning title=FBP103 blocking-call-in-coroutine,file=backend/src/main.py,line=5,"
        "endLine=5,col=2,endColumn=15::FBP103 `time.sleep` in `tick`, 100%25 of it%0A"
        "  src/main.py:5: `time.sleep`\n"
        "::error title=FBP102 blocking-call-in-helper,file=backend/src/posts/router.py,line=6,"
        "endLine=6,col=12,endColumn=33::FBP102 `load` blocks the event loop%0A"
        "  src/posts/service.py:11: `requests.get`\n"
    )


def test_azure(tmp_path: Path) -> None:
    assert render(report(tmp_path, *FINDINGS[:3]), "azure") == (
        "##vso[task.logissue type=warning;sourcepath=src/a,b:%AZP25%3B%5D.py;linenumber=1;"
        "columnnumber=1;code=FBP002;]a%0Ab; <&>\n"
        "##vso[task.logissue type=warning;sourcepath=src/main.py;linenumber=5;columnnumber=2;"
        "code=FBP103;]`time.sleep` in `tick`, 100%AZP25 of it\n"
        "##vso[task.logissue type=error;sourcepath=src/posts/router.py;linenumber=6;"
        "columnnumber=12;code=FBP102;]`load` blocks the event loop\n"
    )


def test_gitlab(tmp_path: Path) -> None:
    issues = json.loads(render(report(tmp_path, *FINDINGS), "gitlab"))
    schema = json.loads((SCHEMAS / "gitlab-codeclimate.json").read_text())
    for issue in issues:
        jsonschema.validate(issue, schema)
    assert len({issue["fingerprint"] for issue in issues}) == 4
    assert [issue["severity"] for issue in issues] == ["info", "minor", "major", "major"]
    assert issues[2] == {
        "description": "FBP102 `load` blocks the event loop",
        "check_name": "blocking-call-in-helper",
        "fingerprint": issues[2]["fingerprint"],
        "severity": "major",
        "location": {"path": "src/posts/router.py", "lines": {"begin": 6, "end": 6}},
    }


def test_junit(tmp_path: Path) -> None:
    assert render(report(tmp_path, GONE, HELPER), "junit") == (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<testsuites name="fbp-lint" tests="2" failures="2" errors="0">\n'
        '  <testsuite name="src/a,b:%;].py" tests="1" failures="1" errors="0">\n'
        '    <testcase name="FBP002 unreadable-file 1:1" classname="src/a,b:%;].py">\n'
        '      <failure type="info" message="a b; &lt;&amp;&gt;">'
        "src/a,b:%;].py:1:1: a b; &lt;&amp;&gt;</failure>\n"
        "    </testcase>\n"
        "  </testsuite>\n"
        '  <testsuite name="src/posts/router.py" tests="1" failures="1" errors="0">\n'
        '    <testcase name="FBP102 blocking-call-in-helper 6:12" '
        'classname="src/posts/router.py">\n'
        '      <failure type="error" message="`load` blocks the event loop">'
        "src/posts/router.py:6:12: `load` blocks the event loop\n"
        "src/posts/service.py:11:12: `requests.get`</failure>\n"
        "    </testcase>\n"
        "  </testsuite>\n"
        "</testsuites>\n"
    )


@pytest.mark.parametrize("findings", [(), FINDINGS], ids=["clean", "findings"])
def test_junit_follows_its_schema(findings: tuple[Finding, ...], tmp_path: Path) -> None:
    text = render(report(tmp_path, *findings), "junit")
    tree = ET.fromstring(text)  # noqa: S314 - our own output
    assert len(tree.findall(".//testcase")) == max(len(findings), 1)
    assert len(tree.findall(".//failure")) == len(findings)
    xmlschema = pytest.importorskip("xmlschema")
    xmlschema.XMLSchema(str(SCHEMAS / "junit-10.xsd")).validate(text)


def test_rdjson(tmp_path: Path) -> None:
    files = {"ü.py": "x = 'é€😀'; time.sleep(1)\n"}
    found = SLEEP._replace(place=Place("ü.py", Span(1, 11, 1, 24)), trail=(LOAD,))
    document = json.loads(render(report(tmp_path, found, files=files), "rdjson"))
    assert document == {
        "source": {"name": "fbp-lint", "url": DOCS_URL},
        "diagnostics": [
            {
                "message": "`time.sleep` in `tick`, 100% of it",
                "location": {
                    "path": f"{tmp_path.as_posix()}/ü.py",
                    "range": {"start": {"line": 1, "column": 18}, "end": {"line": 1, "column": 31}},
                },
                "severity": "WARNING",
                "code": {"value": "FBP103", "url": f"{DOCS_URL}/FBP103/"},
                "relatedLocations": [
                    {
                        "message": "`requests.get`",
                        "location": {
                            "path": f"{tmp_path.as_posix()}/src/posts/service.py",
                            "range": {
                                "start": {"line": 11, "column": 12},
                                "end": {"line": 11, "column": 43},
                            },
                        },
                    }
                ],
            }
        ],
    }


def sarif(root: Path, *findings: Finding, files: dict[str, str] | None = None) -> dict[str, Any]:
    log = json.loads(render(report(root, *findings, files=files), "sarif"))
    schema = json.loads((SCHEMAS / "sarif-2.1.0-rtm.5.json").read_text("utf-8"))
    jsonschema.Draft4Validator(schema).validate(log)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


def test_sarif_describes_its_rules(tmp_path: Path) -> None:
    run = sarif(tmp_path, GONE)
    (rule,) = run["tool"]["driver"]["rules"]
    assert rule["id"] == "FBP002"
    assert rule["helpUri"] == f"{DOCS_URL}/FBP002/"
    assert rule["help"]["markdown"].startswith("# ")
    assert rule["fullDescription"]["text"].startswith("Reports a Python file")
    assert rule["defaultConfiguration"] == {"level": "error"}
    assert run["columnKind"] == "unicodeCodePoints"


def test_sarif_places(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    run = sarif(tmp_path / "back end", HELPER, SAME_HELPER)
    assert run["originalUriBaseIds"] == {"%SRCROOT%": {"uri": f"{tmp_path.as_uri()}/"}}
    found = run["results"][0]
    physical = {
        "artifactLocation": {"uri": "back%20end/src/posts/router.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 6, "startColumn": 12, "endLine": 6, "endColumn": 33},
    }
    assert found["locations"][0] == {
        "physicalLocation": physical,
        "logicalLocations": [
            {"fullyQualifiedName": "src.posts.router.read_post", "kind": "function"}
        ],
    }
    flow = found["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [step["location"]["message"]["text"] for step in flow] == [
        HELPER.message,
        "`requests.get`",
    ]
    assert [related["id"] for related in found["relatedLocations"]] == [1]
    assert found["relatedLocations"][0]["physicalLocation"]["region"]["startLine"] == 11


def test_sarif_of_a_clean_run(tmp_path: Path) -> None:
    run = sarif(tmp_path)
    assert run["results"] == []
    assert run["tool"]["driver"]["rules"] == []


def test_fingerprints_outlive_moved_lines_and_tell_twins_apart(tmp_path: Path) -> None:
    def prints(shift: int) -> list[str]:
        files = {"src/main.py": "\n" * shift + "time.sleep(1)\n" * 2 + "time.sleep(2)\n"}
        findings = [
            SLEEP._replace(place=Place("src/main.py", Span(shift + n, 0, shift + n, 13)))
            for n in (1, 2, 3)
        ]
        results = sarif(tmp_path, *findings, files=files)["results"]
        return [one["partialFingerprints"]["fbpLint/v1"] for one in results]

    assert prints(0) == prints(7)
    assert len(set(prints(0))) == 3


def test_summary_says_what_was_repaired(tmp_path: Path) -> None:
    done = report(tmp_path)._replace(
        files=1,
        fixed=(
            Fixed("FBP201", "sync-dependency", "b.py", 3, "made async"),
            Fixed("FBP201", "sync-dependency", "b.py", 9, "made async"),
            Fixed("FBP403", "literal-status-code", "a.py", 1, "named"),
        ),
        left=(Left("c.py", "it would no longer parse"),),
    )
    assert summary(done) == (
        "Fixed 3 findings:\n"
        "  a.py: 1 x FBP403 literal-status-code\n"
        "  b.py: 2 x FBP201 sync-dependency\n"
        "Left as it was: c.py: it would no longer parse\n"
        "No findings in 1 file.\n"
    )


def test_summary_of_unsafe_fixes_alone(tmp_path: Path) -> None:
    assert summary(report(tmp_path, HELPER)).endswith("1 can be fixed with --fix --unsafe-fixes.\n")


def test_nothing_found_is_said_to_people_only(tmp_path: Path) -> None:
    assert render(report(tmp_path), "full") == "No findings in 3 files.\n"
    assert render(report(tmp_path), "grouped") == "No findings in 3 files.\n"
    for name in ("concise", "jsonl", "github", "azure"):
        assert render(report(tmp_path), name) == ""


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_survives_names_that_are_not_utf8(name: str, tmp_path: Path) -> None:
    path = "src/\udcff.py"
    text = render(report(tmp_path, GONE._replace(place=Place(path, Span(1, 0, 1, 0)))), name)
    assert text.encode("utf-8").endswith(b"\n")
    if name in {"sarif", "gitlab", "json", "rdjson"}:
        json.loads(text)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_module_says_what_it_is(name: str) -> None:
    assert importlib.import_module(f"fastapi_bp_lint.output.{FORMATS[name].module}").__doc__


def framed(text: str, span: Span) -> str:
    lines = frame(text.split("\n"), span, 1, lambda mark: mark)
    return "\n".join(line.removeprefix("  |").removeprefix("1 |") for line in lines).strip("\n")


class Framed(NamedTuple):
    text: str
    span: Span
    shown: str


FRAMES = {
    "wide characters": Framed(
        "日本 = f('語')  # ok", Span(1, 5, 1, 11), " 日本 = f('語')  # ok\n        ^^^^^^^"
    ),
    "combining and emoji": Framed(
        "e\u0301 = '😀' + x", Span(1, 11, 1, 12), " e\u0301 = '😀' + x\n            ^"
    ),
    "tabs": Framed("\tif\tx:", Span(1, 4, 1, 5), "     if  x:\n         ^"),
    "empty span": Framed("x = 1", Span(1, 4, 1, 4), " x = 1\n     ^"),
    "empty span after the line": Framed("x = 1", Span(1, 5, 1, 5), " x = 1\n      ^"),
    "span longer than the line": Framed("x = 1", Span(1, 4, 1, 99), " x = 1\n     ^"),
    "empty line": Framed("", Span(1, 0, 1, 0), " ^"),
    "controls and reordering": Framed(
        "x = '\x1b[31m\u202e'", Span(1, 0, 1, 1), " x = '\ufffd[31m\ufffd'\n ^"
    ),
    "carriage return": Framed("x = 1\r", Span(1, 0, 1, 6), " x = 1\n ^^^^^"),
    "line that is gone": Framed("x = 1", Span(2, 0, 2, 1), ""),
}


@pytest.mark.parametrize("case", FRAMES.values(), ids=FRAMES)
def test_frame(case: Framed) -> None:
    assert framed(case.text, case.span) == case.shown


def test_frame_of_several_lines() -> None:
    text = "call(\n    a,\n\n    b,\n)\n"
    assert list(frame(text.split("\n"), Span(1, 0, 5, 1), 2, str)) == [
        "   |",
        " 1 | call(",
        "   | ^^^^^",
        " 2 |     a,",
        "   |     ^^",
        " 3 |",
        " 4 |     b,",
        "   |     ^^",
        " 5 | )",
        "   | ^",
        "   |",
    ]


def test_frame_leaves_out_the_middle_of_many_lines() -> None:
    text = "\n".join(f"line_{number}" for number in range(1, 21))
    lines = list(frame(text.split("\n"), Span(2, 0, 19, 7), 2, str))
    assert [line.split()[0] for line in lines if "line_" in line] == ["2", "3", "4", "18", "19"]
    assert lines[7] == "..."


@pytest.mark.parametrize("start", [0, 3, 120, 480, 487])
def test_frame_cuts_long_lines_around_the_span(start: int) -> None:
    line = "".join(chr(ord("a") + number % 26) for number in range(490))
    end = min(start + 10, 490)
    _, text, mark, _ = frame([line], Span(1, start, 1, end), 1, str)
    shown, carets = text.removeprefix("1 | "), mark.removeprefix("  | ")
    assert width(shown) <= WIDEST + 6
    assert shown.startswith("...") is (start > WIDEST)
    assert shown.endswith("...") is (start < 400)
    assert shown[carets.index("^") : carets.index("^") + end - start] == line[start:end]
    assert carets.count("^") == end - start


def test_frame_cuts_a_span_that_is_too_long_itself() -> None:
    _, text, mark, _ = frame(["x" * 500], Span(1, 50, 1, 450), 1, str)
    assert text == "1 | ..." + "x" * WIDEST + "..."
    assert mark == "  |    " + "^" * WIDEST


def test_one_line_keeps_a_message_on_its_line() -> None:
    assert one_line("a\nb\tc\x1b[0m\u2028d") == "a b c\ufffd[0m\ufffdd"
    assert one_line("naïve 日本") == "naïve 日本"


def test_section_of_a_page() -> None:
    page = "# T\n\n## What it does\nFirst.\n\n## Why\nSecond.\n"
    assert section(page, "What it does") == "First."
    assert section(page, "Why") == "Second."
    assert section(page, "Fix") == ""
