"""The rules about conventions have enough cases, of code that is found and of code that is not."""

from __future__ import annotations

import pytest

from fastapi_bp_lint.rule import Rule
from tests import mdcase
from tests.test_rules import FIXTURES, RULES

CONVENTIONS = {"dependencies", "structure", "routes", "naming"}
LEAST = 6


@pytest.mark.parametrize(
    "rule", [pytest.param(r, id=r.code) for r in RULES.values() if r.family in CONVENTIONS]
)
def test_six_cases_are_found_and_six_are_silent(rule: Rule) -> None:
    file = FIXTURES / rule.family / f"{rule.code.lower()}_{rule.slug.replace('-', '_')}.md"
    cases = mdcase.cases(file.read_text("utf-8"))
    found = {case.name for case in cases if any(want.code == rule.code for want in case.wants)}
    silent = {case.name for case in cases if not case.wants}
    assert len(found) >= LEAST, found
    assert len(silent) >= LEAST, silent
