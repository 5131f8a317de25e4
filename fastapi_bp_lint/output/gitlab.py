"""GitLab's Code Quality report, a part of the format of Code Climate."""

from __future__ import annotations

import json

from fastapi_bp_lint.finding import Severity
from fastapi_bp_lint.output.fingerprint import fingerprints
from fastapi_bp_lint.output.repository import prefix
from fastapi_bp_lint.output.storable import storable
from fastapi_bp_lint.report import Report

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def render(report: Report, *, color: bool, verbose: bool) -> str:  # noqa: ARG001
    """Return the report."""
    base = prefix(report.root)
    issues = [
        {
            "description": f"{finding.code} {finding.message}",
            "check_name": finding.slug,
            "fingerprint": fingerprint,
            "severity": _SEVERITIES[finding.severity],
            "location": {
                "path": str(base / finding.place.path),
                "lines": {"begin": finding.place.span.line, "end": finding.place.span.end_line},
            },
        }
        for finding, fingerprint in zip(report.findings, fingerprints(report), strict=True)
    ]
    return json.dumps(storable(issues), indent=2) + "\n"
