"""Logging commands: Azure Pipelines lists them as issues of the build."""

from __future__ import annotations

from pathlib import PurePosixPath

from fastapi_bp_lint.finding import Finding, Severity
from fastapi_bp_lint.output.repository import prefix
from fastapi_bp_lint.output.storable import storable
from fastapi_bp_lint.report import Report

_DATA = str.maketrans({"%": "%AZP25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%AZP25", "\r": "%0D", "\n": "%0A", ";": "%3B", "]": "%5D"})


def render(report: Report, *, color: bool, verbose: bool) -> str:  # noqa: ARG001
    """Return one command for each finding."""
    base = prefix(report.root)
    return storable("".join(_command(finding, base) for finding in report.findings))


def _command(finding: Finding, base: PurePosixPath) -> str:
    path, span = finding.place
    # Pipelines know two kinds of issues.
    kind = "error" if finding.severity is Severity.ERROR else "warning"
    properties = {
        "type": kind,
        "sourcepath": str(base / path),
        "linenumber": str(span.line),
        "columnnumber": str(span.column + 1),
        "code": finding.code,
    }
    listed = "".join(f"{name}={text.translate(_PROPERTY)};" for name, text in properties.items())
    return f"##vso[task.logissue {listed}]{finding.message.translate(_DATA)}\n"
