"""Findings as diagnostics, with the trail to their cause as related information."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from lsprotocol.types import (
    CodeDescription,
    Diagnostic,
    DiagnosticRelatedInformation,
    DiagnosticSeverity,
    DiagnosticTag,
    Location,
    Position,
    Range,
)

from fastapi_bp_lint.finding import Finding, Place, Severity
from fastapi_bp_lint.lsp.positions import range_of
from fastapi_bp_lint.lsp.roots import BROKEN, Seen
from fastapi_bp_lint.rule import DOCS_URL

SOURCE = "fbp-lint"
SEVERITIES = {
    Severity.ERROR: DiagnosticSeverity.Error,
    Severity.WARNING: DiagnosticSeverity.Warning,
    Severity.INFO: DiagnosticSeverity.Information,
}
_FADED = frozenset({"FBP004"})  # the comment can go


class View(NamedTuple):
    """How a client sees a project.

    *top* is its root, *uri* gives a file the URI that the client knows it by, *related* is
    whether trails can be shown, *versioned* whether edits may name the version that they are of.
    """

    seen: Seen
    top: Path
    uri: Callable[[Path], str]
    encoding: str
    related: bool = True
    versioned: bool = True

    def range(self, place: Place) -> Range | None:
        """Return where *place*, known from the facts, stands now."""
        span = self.seen.span(place.path, place.span)
        return None if span is None else range_of(span, self.seen.lines(place.path), self.encoding)

    def range_of_finding(self, finding: Finding) -> Range | None:
        """Return where *finding* stands now: that a file is broken is news of its new text."""
        place = finding.place
        if finding.code == BROKEN:
            return range_of(place.span, self.seen.lines(place.path), self.encoding)
        return self.range(place)

    def location(self, place: Place) -> Location | None:
        """Return where *place* stands now, and in which file."""
        where = self.range(place)
        return None if where is None else Location(self.uri(self.top / place.path), where)


def diagnostics(path: str, view: View) -> list[Diagnostic]:
    """Return what is wrong with *path*, but for what stood in lines that are being written."""
    found = []
    for finding in view.seen.findings.get(path, ()):
        where = view.range_of_finding(finding)
        if where is not None:
            found.append(diagnostic(finding, where, view))
    return found


def diagnostic(finding: Finding, where: Range, view: View) -> Diagnostic:
    """Return *finding*, which stands at *where*, as a diagnostic."""
    message = finding.message
    if not view.related:
        message += "".join(
            f"\n{step.place.path}:{step.place.span.line}: {step.message}" for step in finding.trail
        )
    return Diagnostic(
        where,
        message,
        severity=SEVERITIES[finding.severity],
        code=finding.code,
        code_description=CodeDescription(f"{DOCS_URL}/{finding.code}/"),
        source=SOURCE,
        tags=[DiagnosticTag.Unnecessary] if finding.code in _FADED else None,
        related_information=list(_trail(finding, view)) or None if view.related else None,
    )


def _trail(finding: Finding, view: View) -> Iterator[DiagnosticRelatedInformation]:
    for step in finding.trail:
        location = view.location(step.place)
        if location is not None:
            yield DiagnosticRelatedInformation(location, step.message)


def of_configuration(error: str) -> tuple[Path, Diagnostic] | None:
    """Return the file that a configuration error names, and the error as its diagnostic."""
    place, _, message = error.partition(": ")
    name, _, number = place.rpartition(":")
    line = int(number) - 1 if number.isdigit() else 0
    file = Path(name if number.isdigit() else place)
    if not file.is_absolute():
        return None
    where = Range(Position(line, 0), Position(line + 1, 0))
    return file, Diagnostic(where, message, severity=DiagnosticSeverity.Error, source=SOURCE)
