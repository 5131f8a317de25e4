"""JUnit XML: a suite for each file, a failed test for each finding."""

from __future__ import annotations

from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from fastapi_bp_lint.finding import Finding
from fastapi_bp_lint.output.concise import spot
from fastapi_bp_lint.output.display import one_line
from fastapi_bp_lint.report import Report

_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
# A run without findings is one test that passes: a report without tests counts as broken.
_CLEAN = """\
  <testsuite name="fbp-lint" tests="1" failures="0" errors="0">
    <testcase name="no findings" classname="fbp-lint" />
  </testsuite>
"""


def render(report: Report, *, color: bool, verbose: bool) -> str:  # noqa: ARG001
    """Return the XML document."""
    suites = "".join(
        _suite(path, list(found))
        for path, found in groupby(report.findings, lambda finding: finding.place.path)
    )
    count = len(report.findings)
    head = f'<testsuites name="fbp-lint" tests="{max(count, 1)}" failures="{count}" errors="0">\n'
    return f"{_HEAD}{head}{suites or _CLEAN}</testsuites>\n"


def _suite(path: str, findings: list[Finding]) -> str:
    count = len(findings)
    name = quoteattr(one_line(path))
    cases = "".join(_case(finding, name) for finding in findings)
    head = f'<testsuite name={name} tests="{count}" failures="{count}" errors="0">'
    return f"  {head}\n{cases}  </testsuite>\n"


def _case(finding: Finding, path: str) -> str:
    span = finding.place.span
    name = f"{finding.code} {finding.slug} {span.line}:{span.column + 1}"
    message = one_line(finding.message)
    hops = (f"{spot(step.place)}: {one_line(step.message)}" for step in finding.trail)
    text = escape("\n".join((f"{spot(finding.place)}: {message}", *hops)))
    kind = finding.severity.value
    return (
        f"    <testcase name={quoteattr(name)} classname={path}>\n"
        f'      <failure type="{kind}" message={quoteattr(message)}>{text}</failure>\n'
        "    </testcase>\n"
    )
