"""What a finding is recognised by after the lines above it have changed."""

from __future__ import annotations

import hashlib
from collections import Counter

from fastapi_bp_lint.finding import Finding
from fastapi_bp_lint.report import Report


def fingerprints(report: Report) -> list[str]:
    """Return one hexadecimal string for each finding, no two the same.

    It is made of the rule, the file, the function and the source line, without its number;
    equals are told apart by their order in the file.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    prints: list[str] = []
    for finding in report.findings:
        parts = _parts(finding, report)
        text = "\0".join((*parts, str(seen[parts])))
        seen[parts] += 1
        prints.append(hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32])
    return prints


def _parts(finding: Finding, report: Report) -> tuple[str, ...]:
    path, span = finding.place
    lines = report.lines(path)
    inside = 0 < span.line <= len(lines)
    source = " ".join(lines[span.line - 1].split()) if inside else finding.message
    return finding.code, path, finding.symbol, finding.primitive, source
