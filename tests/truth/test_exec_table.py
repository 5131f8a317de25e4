"""Runs FastAPI itself to learn where each kind of callable runs: the design's table is checked."""

import pytest

pytest.importorskip("fastapi", reason="the table is read off a running FastAPI")
pytest.importorskip("anyio", reason="FastAPI runs on anyio")

from exec_table import around, dependencies, generators, routes, tasks
from exec_table.probe import PROBES, Probe, observe

LOADED = (around, dependencies, generators, routes, tasks)


@pytest.mark.parametrize("asked", PROBES, ids=lambda asked: asked.name)
def test_runs_where_the_table_says(asked: Probe) -> None:
    assert observe(asked) == asked.expected
