"""Which rules run."""

from __future__ import annotations

import pytest

from fastapi_bp_lint.finding import Preset
from fastapi_bp_lint.selection import ALWAYS, Layer, selected

PRESETS = {
    "FBP001": Preset.RECOMMENDED,
    "FBP002": Preset.RECOMMENDED,
    "FBP003": Preset.RECOMMENDED,
    "FBP004": Preset.RECOMMENDED,
    "FBP101": Preset.RECOMMENDED,
    "FBP111": Preset.CONVENTIONS,
    "FBP113": Preset.STRICT,
    "FBP401": Preset.RECOMMENDED,
}
SLUGS = {code: f"rule-{code[3:]}" for code in PRESETS}
R, C, S = Preset.RECOMMENDED, Preset.CONVENTIONS, Preset.STRICT


def codes(*layers: Layer) -> str:
    chosen = selected(layers, SLUGS, lambda: PRESETS)
    return " ".join(sorted(code[3:] for code in chosen - set(ALWAYS)))


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ([Layer(R)], "004 101 401"),
        ([Layer(C)], "004 101 111 401"),
        ([Layer(S)], "004 101 111 113 401"),
        ([Layer(R, extend_select=("FBP1",))], "004 101 111 113 401"),
        ([Layer(R, ignore=("FBP1",))], "004 401"),
        ([Layer(R, ignore=("rule-101",))], "004 401"),
        ([Layer(R, ignore=("ALL",))], ""),
        ([Layer(R, select=("FBP1",))], "101 111 113"),
        ([Layer(S, select=())], ""),
        ([Layer(R, select=("ALL",), ignore=("FBP1",))], "004 401"),
        # The longer selector wins, and of equals the refusal.
        ([Layer(R, select=("FBP101",), ignore=("FBP1",))], "101"),
        ([Layer(R, select=("FBP1",), ignore=("FBP10",))], "111 113"),
        ([Layer(R, select=("fbp1",), ignore=("FBP1",))], ""),
        ([Layer(R, select=("rule-101",), ignore=("FBP101",))], ""),
        ([Layer(R, extend_select=("FBP111",), ignore=("FBP11",))], "004 101 111 401"),
        # The command line has the last word.
        ([Layer(R, select=("FBP4",)), Layer()], "401"),
        ([Layer(R, select=("FBP4",)), Layer(C)], "004 101 111 401"),
        ([Layer(R, ignore=("FBP101",)), Layer(select=("FBP101",))], "101"),
        ([Layer(R), Layer(ignore=("FBP4",))], "004 101"),
        ([Layer(R, select=("FBP4",)), Layer(extend_select=("FBP113",))], "113 401"),
        ([Layer(R, ignore=("FBP101",)), Layer(extend_select=("FBP1",))], "004 101 111 113 401"),
    ],
)
def test_selected(layers: list[Layer], expected: str) -> None:
    assert codes(*layers) == expected


def test_what_cannot_be_read_is_told_unless_it_is_ignored_by_name() -> None:
    assert selected([Layer(R, select=("FBP101",))], SLUGS, lambda: PRESETS) >= set(ALWAYS)
    ignored = selected([Layer(R, ignore=("FBP001", "FBP0"))], SLUGS, lambda: PRESETS)
    assert not ignored & set(ALWAYS)


def test_presets_are_not_asked_for_in_vain() -> None:
    def presets() -> dict[str, Preset]:
        raise AssertionError

    assert "FBP101" in selected([Layer(R, select=("FBP1",))], SLUGS, presets)
