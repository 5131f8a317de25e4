"""Extract the facts of many files in several processes; the result does not show how many."""

from __future__ import annotations

import multiprocessing
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool

from fastapi_bp_lint.facts.extract import Checks
from fastapi_bp_lint.facts.model import FileFacts
from fastapi_bp_lint.reading import facts_of
from fastapi_bp_lint.rules import load, syntax_checks

_CHUNK = 25
_checks: Checks = {}


def facts_of_many(
    root: str,
    paths: list[str],
    codes: tuple[str, ...],
    jobs: int,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, FileFacts]:
    """Return the facts of *paths* under *root*, with the findings of the rules *codes*."""
    chunks = [paths[start : start + _CHUNK] for start in range(0, len(paths), _CHUNK)]
    found: dict[str, FileFacts] = {}
    try:
        with ProcessPoolExecutor(
            min(jobs, len(chunks)), _context(), initializer=_prepare, initargs=(codes,)
        ) as executor:
            pending = [executor.submit(_chunk, root, chunk) for chunk in chunks]
            for future in as_completed(pending):
                found |= {facts.path: facts for facts in future.result()}
                if progress is not None:
                    progress(len(found), len(paths))
    except BrokenProcessPool:
        # A worker was killed, for want of memory most likely: go on alone.
        _prepare(codes)
        found |= {path: facts_of(root, path, _checks) for path in paths if path not in found}
    return found


def _context() -> multiprocessing.context.BaseContext:
    """Fork where that is sound: a forked worker has the rules already."""
    alone = sys.platform == "linux" and threading.active_count() == 1
    return multiprocessing.get_context("fork" if alone else "spawn")


def _prepare(codes: tuple[str, ...]) -> None:
    global _checks  # noqa: PLW0603 - an initializer has no other way to leave something behind
    _checks = syntax_checks(load(codes))


def _chunk(root: str, paths: list[str]) -> list[FileFacts]:
    return [facts_of(root, path, _checks) for path in paths]
