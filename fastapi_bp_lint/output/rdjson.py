"""Reviewdog Diagnostic Format: what reviewdog reads to comment on a pull request."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fastapi_bp_lint.finding import Finding, Place, Severity
from fastapi_bp_lint.output.document import page
from fastapi_bp_lint.output.storable import storable
from fastapi_bp_lint.report import Report
from fastapi_bp_lint.rule import DOCS_URL

_SEVERITIES = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.INFO: "INFO"}


def render(report: Report, *, color: bool, verbose: bool) -> str:  # noqa: ARG001
    """Return the document."""
    document = {
        "source": {"name": "fbp-lint", "url": DOCS_URL},
        "diagnostics": [_diagnostic(finding, report) for finding in report.findings],
    }
    return json.dumps(storable(document), indent=2) + "\n"


def _diagnostic(finding: Finding, report: Report) -> dict[str, Any]:
    return {
        "message": finding.message,
        "location": _location(finding.place, report),
        "severity": _SEVERITIES[finding.severity],
        "code": {"value": finding.code, "url": page(finding.code)},
        "relatedLocations": [
            {"message": step.message, "location": _location(step.place, report)}
            for step in finding.trail
        ],
    }


def _location(place: Place, report: Report) -> dict[str, Any]:
    span = place.span
    lines = report.lines(place.path)
    # Reviewdog takes a relative path as relative to its own working directory.
    path = Path(report.root, place.path).as_posix()
    return {
        "path": path,
        "range": {
            "start": _position(lines, span.line, span.column),
            "end": _position(lines, span.end_line, span.end_column),
        },
    }


def _position(lines: tuple[str, ...], line: int, column: int) -> dict[str, int]:
    """Return a position with its column in bytes of UTF-8, which this format counts."""
    if 0 < line <= len(lines):
        column = len(lines[line - 1][:column].encode("utf-8", "surrogatepass"))
    return {"line": line, "column": column + 1}
