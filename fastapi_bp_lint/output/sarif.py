"""SARIF 2.1.0: the format of code scanning; trails become code flows."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from fastapi_bp_lint import __version__
from fastapi_bp_lint.finding import Finding, Place, Severity, Span
from fastapi_bp_lint.output.document import page
from fastapi_bp_lint.output.fingerprint import fingerprints
from fastapi_bp_lint.output.repository import prefix, repository
from fastapi_bp_lint.output.storable import storable
from fastapi_bp_lint.report import Report
from fastapi_bp_lint.rule import DOCS_URL, Rule
from fastapi_bp_lint.rules import load

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_BASE = "%SRCROOT%"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def render(report: Report, *, color: bool, verbose: bool) -> str:  # noqa: ARG001
    """Return the log."""
    rules = load(finding.code for finding in report.findings)
    codes = sorted({finding.code for finding in report.findings})
    base = prefix(report.root)
    run = {
        "tool": {
            "driver": {
                "name": "fbp-lint",
                "semanticVersion": __version__,
                "informationUri": DOCS_URL,
                "rules": [_rule(code, rules.get(code)) for code in codes],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_BASE: {"uri": f"{repository(report.root).as_uri()}/"}},
        "results": [
            _result(finding, codes.index(finding.code), fingerprint, base)
            for finding, fingerprint in zip(report.findings, fingerprints(report), strict=True)
        ],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(storable(log), indent=2) + "\n"


def _rule(code: str, rule: Rule | None) -> dict[str, Any]:
    described: dict[str, Any] = {"id": code, "helpUri": page(code)}
    if rule is None:
        return described
    page_text = rule.doc.strip()
    return described | {
        "name": rule.slug,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": section(page_text, "What it does") or rule.title},
        "help": {"text": page_text, "markdown": page_text},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": [rule.family, rule.preset.value]},
    }


def section(page_text: str, heading: str) -> str:
    """Return the text below *heading* of a rule's page, "" when there is no such heading."""
    _, found, rest = page_text.partition(f"\n## {heading}\n")
    return rest.partition("\n## ")[0].strip() if found else ""


def _result(finding: Finding, index: int, fingerprint: str, base: PurePosixPath) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [_location(finding.place, finding.symbol, base)],
        "partialFingerprints": {"fbpLint/v1": fingerprint},
        "properties": _properties(finding),
    }
    if finding.trail:
        result |= _flow(finding, base)
    return result


def _properties(finding: Finding) -> dict[str, Any]:
    properties: dict[str, Any] = {"certainty": finding.certainty.value}
    if finding.entry:
        properties["entry"] = finding.entry._asdict()
    if finding.primitive:
        properties["primitive"] = finding.primitive
    if finding.fix:
        properties["fix"] = finding.fix.applicability.value
    return properties


def _flow(finding: Finding, base: PurePosixPath) -> dict[str, Any]:
    """Return the trail twice: as a flow, and as places that a plain viewer can list."""
    start = _location(finding.place, finding.symbol, base)
    start["message"] = {"text": finding.message}
    hops = [
        _location(step.place, step.symbol, base) | {"message": {"text": step.message}}
        for step in finding.trail
    ]
    locations = [{"location": location} for location in (start, *hops)]
    return {
        "codeFlows": [{"threadFlows": [{"locations": locations}]}],
        "relatedLocations": [{"id": number, **hop} for number, hop in enumerate(hops, 1)],
    }


def _location(place: Place, symbol: str, base: PurePosixPath) -> dict[str, Any]:
    uri = quote(str(base / place.path), errors="surrogateescape")
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": uri, "uriBaseId": _BASE},
            "region": _region(place.span),
        }
    }
    if symbol:
        location["logicalLocations"] = [{"fullyQualifiedName": symbol, "kind": "function"}]
    return location


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.line,
        "startColumn": span.column + 1,
        "endLine": span.end_line,
        "endColumn": span.end_column + 1,
    }
