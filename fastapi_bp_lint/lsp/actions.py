"""Code actions: fix one finding, all of its rule, or all that is safe; silence it; explain it.

What an action changes is worked out, and proved as on the command line, when the client resolves
the one that was chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from lsprotocol.types import (
    CodeAction,
    CodeActionContext,
    CodeActionKind,
    Command,
    Diagnostic,
    Range,
    WorkspaceEdit,
)

from fastapi_bp_lint.engine import repair, silence
from fastapi_bp_lint.finding import Applicability, Finding
from fastapi_bp_lint.lsp.changes import edits_of, workspace_edit
from fastapi_bp_lint.lsp.diagnostics import View, diagnostic
from fastapi_bp_lint.plan import Plan
from fastapi_bp_lint.silencing import UNSILENCED

EXPLAIN = "fbp-lint.explain"
FIX_ALL = f"{CodeActionKind.SourceFixAll.value}.fbp-lint"
_QUICK = CodeActionKind.QuickFix.value
_ONE, _FILE, _WORKSPACE, _ALL, _SILENCE = "one", "file", "workspace", "all", "silence"


class Wish(NamedTuple):
    """What an action would fix: *finding* is its code, line, column, and message."""

    root: str
    path: str
    what: str
    unsafe: bool
    finding: tuple[Any, ...]

    def wants(self, finding: Finding) -> bool:
        """Whether *finding* is to be fixed."""
        if self.what in {_ONE, _SILENCE}:
            return finding.place.path == self.path and _key(finding) == self.finding
        if self.what == _ALL:
            return finding.place.path == self.path
        same = finding.code == self.finding[0]
        return same and (self.what == _WORKSPACE or finding.place.path == self.path)


class Asked(NamedTuple):
    """Where actions are asked for."""

    root: str
    path: str
    range: Range
    context: CodeActionContext

    def takes(self, kind: str) -> bool:
        """Whether actions of *kind* are asked for, by it or by what it is a part of."""
        only = self.context.only
        return only is None or any(kind == one or kind.startswith(f"{one}.") for one in only)


def actions(asked: Asked, view: View) -> list[CodeAction]:
    """Return what can be done at a place of a file."""
    findings = view.seen.findings.get(asked.path, ())
    found: list[CodeAction] = []
    if asked.takes(_QUICK):
        for finding in findings:
            where = view.range_of_finding(finding)
            if where is not None and _meant(finding, where, asked):
                found += _of(finding, diagnostic(finding, where, view), asked, view)
    safe = any(f.fix and f.fix.applicability is Applicability.SAFE for f in findings)
    if asked.takes(FIX_ALL) and safe and not view.seen.is_broken(asked.path):
        wish = Wish(asked.root, asked.path, _ALL, unsafe=False, finding=())
        found.append(CodeAction("Fix all that is safe to fix", kind=FIX_ALL, data=list(wish)))
    return list({(one.title, repr((one.data, one.edit))): one for one in found}.values())


def _meant(finding: Finding, where: Range, asked: Asked) -> bool:
    """Whether the cursor touches *finding*, or the client names its diagnostic."""
    if any(d.code == finding.code and d.range == where for d in asked.context.diagnostics):
        return True
    start, end = asked.range.start, asked.range.end
    return where.start <= end and start <= where.end


def _of(finding: Finding, shown: Diagnostic, asked: Asked, view: View) -> Iterator[CodeAction]:
    if not view.seen.is_broken(asked.path):
        yield from _fixes(finding, shown, asked, view)
        if finding.code not in UNSILENCED:
            wish = Wish(asked.root, asked.path, _SILENCE, unsafe=False, finding=_key(finding))
            title = f"Suppress {finding.code} here"
            yield CodeAction(title, kind=_QUICK, diagnostics=[shown], data=list(wish))
    title = f"Explain {finding.code} ({finding.slug})"
    command = Command(title, EXPLAIN, arguments=[finding.code])
    yield CodeAction(title, kind=_QUICK, diagnostics=[shown], command=command)


def _fixes(finding: Finding, shown: Diagnostic, asked: Asked, view: View) -> Iterator[CodeAction]:
    fix = finding.fix
    if fix is None or fix.applicability is Applicability.DISPLAY:
        return
    unsafe = fix.applicability is Applicability.UNSAFE
    note = " (unsafe)" if unsafe else ""
    alike = list(_alike(finding, view, unsafe=unsafe))
    titles = {_ONE: f"Fix {finding.code}: {fix.message}{note}"}
    if alike.count(asked.path) > 1:
        titles[_FILE] = f"Fix every {finding.code} in this file{note}"
    if alike.count(asked.path) < len(alike):
        titles[_WORKSPACE] = f"Fix every {finding.code} in the project{note}"
    for what, title in titles.items():
        key = _key(finding) if what == _ONE else (finding.code,)
        wish = Wish(asked.root, asked.path, what, unsafe, key)
        yield CodeAction(
            title,
            kind=_QUICK,
            diagnostics=[shown],
            is_preferred=(what == _ONE and not unsafe) or None,
            data=list(wish),
        )


def _alike(finding: Finding, view: View, *, unsafe: bool) -> Iterator[str]:
    """Give the path of every finding of the same rule that can be fixed as well."""
    allowed = {Applicability.SAFE, *({Applicability.UNSAFE} if unsafe else ())}
    for path, others in view.seen.findings.items():
        for other in others:
            if other.code == finding.code and other.fix and other.fix.applicability in allowed:
                yield path


def wish_of(data: Sequence[Any]) -> Wish:
    """Return the wish that an action carries.

    Raises:
        TypeError: it is none of ours.

    """
    root, path, what, unsafe, finding = data
    return Wish(root, path, what, unsafe, tuple(finding))


class Fixed(NamedTuple):
    """What a wish comes to: an edit, or why there is none."""

    edit: WorkspaceEdit | None
    reason: str


def fixed(wish: Wish, plan: Plan, view: View) -> Fixed:
    """Work out what *wish* changes; the overlays of *plan* are set and are others afterwards."""
    if wish.what == _SILENCE:
        outcome = silence(plan, only=wish.wants)
    else:
        outcome = repair(plan, unsafe=wish.unsafe, only=wish.wants)
    if not outcome.changes:
        reasons = [f"{left.path}: {left.reason}" for left in outcome.report.left]
        return Fixed(None, "; ".join(reasons) or "what was to be fixed is no longer there")
    edits = [edits_of(change, view) for change in outcome.changes]
    return Fixed(workspace_edit(edits, view), "")


def _key(finding: Finding) -> tuple[Any, ...]:
    span = finding.place.span
    return finding.code, span.line, span.column, finding.message
