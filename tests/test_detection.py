"""Finds the calls that hold the event loop in labelled code, and says nothing of the rest."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

from fastapi_bp_lint.selection import Layer
from tests import mdcase
from tests.detection import compose, labels
from tests.detection.labels import Case
from tests.detection.score import OBSERVED, STALLS, Found, Score, compare

CASES = {case.name: case for case in labels.cases()}
MISSED: dict[tuple[str, str], str] = {
    ("outside-waiting-for-threads", "enters"): "a lock in a with statement is mostly a short one",
}
"""(case, function) -> why it is not found."""


@cache
def scores(folder: Path) -> dict[str, Score]:
    found = {}
    for name, case in CASES.items():
        found[name] = Score([], [], [])
        compare(case, findings(case, folder / name), found[name])
    return found


def findings(case: Case, root: Path) -> Iterable[Found]:
    root.mkdir()
    labels.write(case, root)
    for f in mdcase.lint(mdcase.request(root, Layer(select=("FBP1",)))).findings:
        if f.code in STALLS:
            yield Found(f.place.path, f.place.span.line, f.code, f.message)


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Score]:
    return scores(tmp_path_factory.mktemp("detection"))


@pytest.mark.parametrize("name", CASES)
def test_says_what_the_labels_say(name: str, scored: dict[str, Score]) -> None:
    missed = {(case.name, label.function) for case, label in scored[name].misses}
    assert missed == {key for key in MISSED if key[0] == name}
    assert [f"{a.path}:{a.line} {a.words}" for a in scored[name].alarms] == []


def test_recall_and_precision(scored: dict[str, Score]) -> None:
    hits = sum(len(score.hits) for score in scored.values())
    misses = sum(len(score.misses) for score in scored.values())
    alarms = sum(len(score.alarms) for score in scored.values())
    assert hits / (hits + misses) >= 0.97
    assert hits / (hits + alarms) >= 0.99


def test_has_as_much_as_it_promises() -> None:
    wanted = [label for case in CASES.values() for label in case.labels if label.primitive]
    silent = {
        (case.name, label.function)
        for case in CASES.values()
        for label in case.labels
        if not label.primitive
    }
    assert len(wanted) >= 300
    assert len(silent) >= 200
    assert len({label.library for label in wanted}) >= 15


def test_every_label_was_observed() -> None:
    rows = [row.split("\t") for row in OBSERVED.read_text("utf-8").splitlines()[1:]]
    observed = {(row[0], row[1], row[2], row[4]): row for row in rows}
    for case in CASES.values():
        for label in case.labels:
            row = observed[case.name, label.path, str(label.line), label.primitive or "silent"]
            assert row[5] == "yes" or row[8], row


def test_composed_cases_are_up_to_date() -> None:
    assert compose.composed() == compose.FILE.read_text("utf-8")
