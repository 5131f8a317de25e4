"""Findings become edits, edits text, to a fixpoint or not at all; then text becomes files.

What the engine calls::

    policy = Policy(rules, unsafe=..., wanted=..., tidy=...)
    outcome = fix_files(findings, sources, relint, policy)
    patch = diff(outcome.changes)               # --diff: bytes, so that any encoding survives
    failures = write(root, outcome.changes)     # --fix: {path: why it could not be written}

Import this package when fixes are asked for; libcst is loaded when the first one is computed.

*findings* are those of the whole project, for what a fix breaks may show in another file;
``policy.wanted`` picks those that may be fixed. Their applicability already says what the
configuration thinks of it. *sources* has the bytes, exactly as they were linted, of every file
with a fixable finding. ``relint(overlays)`` lints the whole project again with the bytes of
*overlays* in the place of the files of those paths, under the same selection and suppressions.
Paths are those of the findings. When `write` reports failures, the findings of the outcome are
not those of the disk.
"""

from fastapi_bp_lint.fixes.outcome import Change as Change
from fastapi_bp_lint.fixes.outcome import Left as Left
from fastapi_bp_lint.fixes.outcome import Outcome as Outcome
from fastapi_bp_lint.fixes.patch import diff as diff
from fastapi_bp_lint.fixes.policy import Policy as Policy
from fastapi_bp_lint.fixes.rounds import ROUNDS as ROUNDS
from fastapi_bp_lint.fixes.rounds import fix_files as fix_files
from fastapi_bp_lint.fixes.tidy import ruff_format as ruff_format
from fastapi_bp_lint.fixes.writing import put as put
from fastapi_bp_lint.fixes.writing import write as write
