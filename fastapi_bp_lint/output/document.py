"""The findings as one JSON document."""

from __future__ import annotations

import json
from typing import Any

from fastapi_bp_lint.finding import Entry, Finding, Place, Step
from fastapi_bp_lint.report import Report
from fastapi_bp_lint.rule import DOCS_URL

VERSION = 1
_REACHED = "FBP1"


def render(report: Report, *, color: bool, verbose: bool) -> str:  # noqa: ARG001
    """Return the document."""
    document = {
        "version": VERSION,
        "root": report.root,
        "files": report.files,
        "findings": [as_object(finding) for finding in report.findings],
    }
    return json.dumps(document, indent=2) + "\n"


def as_object(finding: Finding) -> dict[str, Any]:
    """Return *finding* as a JSON object; lines and columns count from 1."""
    path, span = finding.place
    found: dict[str, Any] = {
        "code": finding.code,
        "slug": finding.slug,
        "severity": finding.severity.value,
        "certainty": finding.certainty.value,
        "message": finding.message,
        "path": path,
        "line": span.line,
        "column": span.column + 1,
        "end_line": span.end_line,
        "end_column": span.end_column + 1,
        "symbol": finding.symbol,
    }
    if finding.code.startswith(_REACHED):
        found["entry"] = _entry(finding.entry)
        found["primitive"] = finding.primitive or None
    fix = finding.fix
    return found | {
        "trail": [_step(step) for step in finding.trail],
        "fix": fix and {"applicability": fix.applicability.value, "message": fix.message},
        "url": page(finding.code),
    }


def page(code: str) -> str:
    """Return where the page of the rule *code* is published."""
    return f"{DOCS_URL}/{code}/"


def _entry(entry: Entry | None) -> dict[str, Any] | None:
    return entry and entry._asdict()


def _step(step: Step) -> dict[str, Any]:
    return _start(step.place) | {"symbol": step.symbol, "message": step.message}


def _start(place: Place) -> dict[str, Any]:
    return {"path": place.path, "line": place.span.line, "column": place.span.column + 1}
