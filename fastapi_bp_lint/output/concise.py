"""One line for each finding: ``path:line:column: CODE [*] message``."""

from __future__ import annotations

from fastapi_bp_lint.finding import Applicability, Finding, Place
from fastapi_bp_lint.output.display import one_line
from fastapi_bp_lint.report import Report


def render(report: Report, *, color: bool, verbose: bool) -> str:  # noqa: ARG001
    """Return one line for each finding, and nothing else."""
    return "".join(
        f"{spot(found.place)}: {found.code} {mark(found)}{one_line(found.message)}\n"
        for found in report.findings
    )


def spot(place: Place) -> str:
    """Return ``path:line:column`` with both from 1."""
    return f"{one_line(place.path)}:{place.span.line}:{place.span.column + 1}"


def mark(finding: Finding) -> str:
    """Return ``[*]`` and a space for what ``--fix`` repairs."""
    safe = finding.fix is not None and finding.fix.applicability is Applicability.SAFE
    return "[*] " if safe else ""
