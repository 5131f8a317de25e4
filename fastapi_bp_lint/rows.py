"""A finding as plain lists that JSON can hold, and back."""

from __future__ import annotations

from typing import Any

from fastapi_bp_lint.finding import (
    Applicability,
    Certainty,
    Entry,
    Finding,
    Fix,
    Place,
    Retarget,
    Severity,
    Span,
    Step,
)

_SEVERITIES = {severity.value: severity for severity in Severity}
_CERTAINTIES = {certainty.value: certainty for certainty in Certainty}


def row(finding: Finding) -> list[Any]:
    """Return *finding* as a list of what JSON has."""
    fix = finding.fix
    return [
        finding.code,
        finding.slug,
        finding.severity.value,
        finding.place,
        finding.message,
        finding.symbol,
        finding.certainty.value,
        finding.trail,
        finding.entry,
        finding.primitive,
        None if fix is None else fix._replace(applicability=fix.applicability.value),  # type: ignore[arg-type]
    ]


def finding(row: list[Any]) -> Finding:
    """Return the finding that *row* holds.

    Raises:
        LookupError, TypeError, ValueError: it holds none.

    """
    code, slug, severity, place, message, symbol, certainty, trail, entry, primitive, fix = row
    return Finding(
        code,
        slug,
        _SEVERITIES[severity],
        _place(place),
        message,
        symbol,
        _CERTAINTIES[certainty],
        tuple([Step(_place(at), name, text) for at, name, text in trail]),
        None if entry is None else Entry(*entry),
        primitive,
        None if fix is None else _fix(fix),
    )


def _place(row: list[Any]) -> Place:
    path, span = row
    return Place(path, Span(*span))


def _fix(row: list[Any]) -> Fix:
    fixer, level, message, span, args, elsewhere = row
    others = tuple([Retarget(*each) for each in elsewhere])
    return Fix(fixer, Applicability(level), message, Span(*span), tuple(args), others)
