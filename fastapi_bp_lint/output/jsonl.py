"""One JSON object on each line: the findings of the JSON document, one after another."""

from __future__ import annotations

import json

from fastapi_bp_lint.output.document import as_object
from fastapi_bp_lint.report import Report


def render(report: Report, *, color: bool, verbose: bool) -> str:  # noqa: ARG001
    """Return one line for each finding."""
    return "".join(json.dumps(as_object(finding)) + "\n" for finding in report.findings)
