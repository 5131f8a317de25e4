"""One file, one round: as many fixes as do not touch each other, made in its text."""

from __future__ import annotations

import io
import tokenize
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

import libcst as cst

from fastapi_bp_lint.edits import Draft, Editor, Proposal, RefusedError, apply
from fastapi_bp_lint.finding import Finding, Fix, sort_key
from fastapi_bp_lint.fixes.encoded import parse
from fastapi_bp_lint.fixes.outcome import Left
from fastapi_bp_lint.fixes.policy import Policy

Fixer = Callable[[cst.CSTNode, Editor], cst.CSTNode | None]


class Round(NamedTuple):
    """The text after a round, whose fixes are in it and whose were refused.

    A finding that is in neither waits for the next round.
    """

    text: str
    applied: tuple[Finding, ...]
    refused: tuple[Left, ...]


def propose(text: str, findings: Sequence[Finding], policy: Policy) -> Round:
    """Make the fixes of *findings*, which *policy* allows, all in the file of *text*.

    Raises:
        SyntaxError, ValueError, RecursionError: the text cannot be parsed.

    """
    tree = parse(text)
    draft = Draft(text, tree)
    accepted: dict[Proposal, None] = {}
    applied, refused = [], []
    for finding in sorted(findings, key=sort_key):
        try:
            proposal = _proposal(draft, finding, policy)
        except RefusedError as error:
            refused.append(Left(finding, str(error)))
            continue
        if not any(proposal.clashes(other) for other in accepted):
            accepted[proposal] = None
            applied.append(finding)
    edits = [edit for proposal in accepted for edit in proposal.edits]
    if accepted:
        needs = [need for proposal in accepted for need in proposal.needs]
        # A line for an import goes before what begins at the same place.
        edits[:0] = draft.imports.edits(needs, [r for p in accepted for r in p.writes])
    return Round(apply(text, edits), tuple(applied), tuple(refused))


def _proposal(draft: Draft, finding: Finding, policy: Policy) -> Proposal:
    assert finding.fix is not None
    fixer, kind = _fixer(policy, finding, finding.fix)
    proposal = _run(draft, finding.fix, fixer, kind)
    safe_only = not policy.unsafe and kind is not cst.Comment
    if safe_only and _loses_comment(draft.text.value, proposal):
        message = "the fix would delete a comment, which makes it unsafe"
        raise RefusedError(message)
    return proposal


def _fixer(policy: Policy, finding: Finding, fix: Fix) -> tuple[Fixer, type[cst.CSTNode]]:
    """Return the fixer and the class of node that its first parameter is annotated with."""
    rule = policy.rules.get(finding.code)
    if rule is None or fix.fixer not in rule.fixers:
        message = f"{finding.code} has no fixer {fix.fixer}"
        raise RefusedError(message)
    fixer = rule.fixers[fix.fixer][0]
    annotation = next(iter(fixer.__annotations__.values()), "")
    name = annotation if isinstance(annotation, str) else annotation.__name__
    kind = getattr(cst, name.rpartition(".")[2], None)
    if not isinstance(kind, type) or not issubclass(kind, cst.CSTNode):
        message = f"the fixer {fix.fixer} does not say which libcst class it rewrites"
        raise RefusedError(message)
    return fixer, kind


def _run(draft: Draft, fix: Fix, fixer: Fixer, kind: type[cst.CSTNode]) -> Proposal:
    editor = Editor(draft, fix.span, fix.args)
    node = editor.node(fix.span, kind)
    try:
        new = fixer(node, editor)
        if new is not None:
            editor.swap(node, new)
        proposal = editor.finish() if new is not None else None
    except RefusedError:
        raise
    except Exception as error:  # the rule is at fault; other fixes go on
        message = f"the fixer {fix.fixer} raised {type(error).__name__}: {error}"
        raise RefusedError(message) from error
    if proposal is None:
        message = "the fix does not apply here"
        raise RefusedError(message)
    return proposal


def _loses_comment(text: str, proposal: Proposal) -> bool:
    if not any("#" in text[edit.range.start : edit.range.end] for edit in proposal.edits):
        return False
    try:
        return bool(_comments(text) - _comments(apply(text, proposal.edits)))
    except (tokenize.TokenError, SyntaxError):
        return True


def _comments(text: str) -> Counter[str]:
    tokens = tokenize.generate_tokens(io.StringIO(text, newline="").readline)
    return Counter(token.string for token in tokens if token.type == tokenize.COMMENT)
