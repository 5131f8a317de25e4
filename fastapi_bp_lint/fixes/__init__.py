"""Findings become edits, edits text, to a fixpoint or not at all; then text becomes files.

What the engine calls::

    plan = Plan(rules, unsafe=..., extend_safe=..., extend_unsafe=..., wanted=..., tidy=...)
    outcome = fix_files(findings, sources, relint, plan)
    patch = diff(outcome.changes)               # --diff: bytes, so that any encoding survives
    failures = write(root, outcome.changes)     # --fix: {path: why it could not be written}

*findings* are those of the whole project, for what a fix breaks may show in another file;
``plan.wanted`` picks those that may be fixed. *sources* has the bytes, exactly as they were
linted, of every file with a fixable finding. ``relint(overlays)`` lints the whole project again
with the bytes of *overlays* in the place of the files of those paths, under the same selection
and suppressions. Paths are those of the findings. When `write` reports failures, the findings of
the outcome are not those of the disk.

libcst is loaded when the first fix is computed, and not before.
"""

from fastapi_bp_lint.fixes.patch import diff as diff
from fastapi_bp_lint.fixes.plan import Change as Change
from fastapi_bp_lint.fixes.plan import Left as Left
from fastapi_bp_lint.fixes.plan import Outcome as Outcome
from fastapi_bp_lint.fixes.plan import Plan as Plan
from fastapi_bp_lint.fixes.rounds import ROUNDS as ROUNDS
from fastapi_bp_lint.fixes.rounds import fix_files as fix_files
from fastapi_bp_lint.fixes.tidy import ruff_format as ruff_format
from fastapi_bp_lint.fixes.writing import write as write
