from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from fastapi_bp_lint.finding import Finding
from fastapi_bp_lint.rows import finding, row


@given(st.from_type(Finding))
def test_a_finding_survives_json(one: Finding) -> None:
    assert finding(json.loads(json.dumps(row(one)))) == one
