"""How the rules about held event loops speak: a stall as a finding, and the repairs they share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi_bp_lint.finding import Applicability
from fastapi_bp_lint.project.blocking import COROUTINE, LIFESPAN, Stall
from fastapi_bp_lint.rule import Finding, Fix, Project, Rule

if TYPE_CHECKING:
    import libcst as cst

    from fastapi_bp_lint.edits import Editor

SLEEP = "time.sleep"


def runs_for_request(stall: Stall, project: Project) -> bool:
    """Whether something that FastAPI runs for a request reaches the coroutine."""
    return project.blocking.entry(stall.coroutine).kind not in {LIFESPAN, COROUTINE}


def reads_upload(stall: Stall) -> bool:
    """Whether what is read is the file behind an upload."""
    return ".file." in stall.edges[-1].written and (
        stall.primitive.name.startswith("tempfile.SpooledTemporaryFile.")
    )


def found(rule: Rule, stall: Stall, project: Project, fix: Fix | None = None) -> Finding:
    """Make the finding of a stall: it stands where the coroutine makes its call."""
    name, primitive = stall.coroutine.name, stall.primitive.readable
    if stall.is_direct:
        message = f"`{primitive}` blocks the event loop in `{name}`: {stall.advice}"
    else:
        message = (
            f"{stall.leads} `{primitive}` ({stall.end.path}:{stall.end.span.line}), "
            f"which blocks the event loop in `{name}`: {stall.advice_for_helper}"
        )
    return rule.at(
        stall.place,
        message,
        symbol=stall.coroutine.symbol,
        certainty=stall.certainty,
        trail=stall.trail,
        entry=project.blocking.entry(stall.coroutine),
        primitive=primitive,
        fix=fix,
    )


def repair(rule: Rule, stall: Stall) -> Fix | None:
    """Return the repair that fits: an async sleep, or a thread for the call."""
    span = stall.place.span
    if stall.is_statement_of(SLEEP):
        level = Applicability.UNSAFE if stall.is_inside_with else Applicability.SAFE
        message = "await `asyncio.sleep` instead"
        return rule.repair("await_sleep", message, span, applicability=level)
    if stall.can_be_handed_over:
        return rule.repair("run_in_thread", "run it in the threadpool", span)
    return None


def await_sleep(node: cst.Call, edit: Editor) -> cst.BaseExpression:
    """Rewrite ``time.sleep(x)`` to ``await asyncio.sleep(x)``."""
    return edit.awaited(node.with_changes(func=edit.expr(f"{edit.need_import('asyncio')}.sleep")))


def run_in_thread(node: cst.Call, edit: Editor) -> cst.BaseExpression:
    """Rewrite ``f(x)`` to ``await run_in_threadpool(f, x)``."""
    name = edit.need_import("fastapi.concurrency", "run_in_threadpool")
    return edit.awaited(edit.prepend(node.with_changes(func=edit.expr(name)), node.func))
