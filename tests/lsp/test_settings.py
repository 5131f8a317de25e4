"""What an editor may set, and what is wrong with what it sets."""

from __future__ import annotations

from pathlib import Path

import pytest

from fastapi_bp_lint.finding import Certainty, Preset
from fastapi_bp_lint.lsp.settings import Settings, read
from fastapi_bp_lint.plan import Request
from fastapi_bp_lint.selection import Layer

EVERY = {
    "config": "tools/fbp-lint.toml",
    "isolated": True,
    "preset": "strict",
    "select": ["FBP1", "missing-tags"],
    "extendSelect": ["FBP201"],
    "ignore": ["FBP102"],
    "certainty": "certain",
    "codeLens": False,
}


@pytest.mark.parametrize("given", [EVERY, {"fbp-lint": EVERY}, {"settings": {"fbp-lint": EVERY}}])
def test_settings_are_found_where_editors_put_them(given: object) -> None:
    request = Request(
        config=Path("tools/fbp-lint.toml"),
        isolated=True,
        layer=Layer(Preset.STRICT, ("FBP1", "missing-tags"), ("FBP201",), ("FBP102",)),
        certainty=Certainty.CERTAIN,
        caching=True,
    )
    assert read(given) == (Settings(request, code_lens=False), ())


@pytest.mark.parametrize("given", [None, {}, [], "strict", dict.fromkeys(EVERY)])
def test_without_settings_the_configuration_decides(given: object) -> None:
    assert read(given) == (Settings(), ())


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("colour", 1, "there is no such setting; there are config, "),
        ("isolated", "yes", "should be true or false"),
        ("codeLens", 1, "should be true or false"),
        ("select", "FBP1", "should be a list of rules"),
        ("ignore", [1], "should be a list of rules"),
        ("extendSelect", ["FBP77"], 'no rule is called "FBP77"'),
        ("config", 3, "should be a text"),
        ("preset", "stern", "should be one of recommended, conventions, strict"),
        ("certainty", "perhaps", "should be one of certain, likely, possible"),
    ],
)
def test_what_cannot_be_used_is_named_and_left_out(name: str, value: object, problem: str) -> None:
    settings, (told,) = read({"ignore": ["FBP1"], name: value})
    assert told.startswith(f"{name}: ")
    assert problem in told
    ignored = () if name == "ignore" else ("FBP1",)
    assert settings == Settings(Request(layer=Layer(ignore=ignored), caching=True))
