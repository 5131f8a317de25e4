"""Workflow commands: GitHub Actions shows them as annotations of the changed lines."""

from __future__ import annotations

from pathlib import PurePosixPath

from fastapi_bp_lint.finding import Finding, Severity
from fastapi_bp_lint.output.repository import prefix
from fastapi_bp_lint.output.storable import storable
from fastapi_bp_lint.report import Report

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = {**_DATA, **str.maketrans({":": "%3A", ",": "%2C"})}


def render(report: Report, *, color: bool, verbose: bool) -> str:  # noqa: ARG001
    """Return one command for each finding."""
    base = prefix(report.root)
    return storable("".join(_command(finding, base) for finding in report.findings))


def _command(finding: Finding, base: PurePosixPath) -> str:
    path, span = finding.place
    properties = {
        "title": f"{finding.code} {finding.slug}",
        "file": str(base / path),
        "line": str(span.line),
        "endLine": str(span.end_line),
    }
    # GitHub refuses columns of a range that goes over more than one line.
    if span.line == span.end_line:
        properties["col"] = str(span.column + 1)
        properties["endColumn"] = str(span.end_column + 1)
    listed = ",".join(f"{name}={text.translate(_PROPERTY)}" for name, text in properties.items())
    return f"::{_COMMANDS[finding.severity]} {listed}::{_text(finding).translate(_DATA)}\n"


def _text(finding: Finding) -> str:
    hops = [f"  {step.place.path}:{step.place.span.line}: {step.message}" for step in finding.trail]
    return "\n".join((f"{finding.code} {finding.message}", *hops))
