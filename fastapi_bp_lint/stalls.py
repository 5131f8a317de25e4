"""How the rules about held event loops speak: a stall as a finding, and the repairs they share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi_bp_lint.finding import Applicability
from fastapi_bp_lint.knowledge.loops import CONCURRENCY, RUN_IN_THREADPOOL
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


def repair(rule: Rule, stall: Stall, project: Project) -> Fix | None:
    """Return the repair that fits: an async sleep, or a thread for the route or for the call."""
    span = stall.place.span
    is_sleep = stall.is_statement_of(SLEEP) and await_sleep.__name__ in rule.fixers
    message = "await `asyncio.sleep` instead"
    if is_sleep and not stall.is_inside_with_or_finally:
        return rule.repair("await_sleep", message, span)
    if (plain := plain_route(rule, stall, project)) is not None:
        return plain
    if is_sleep:
        return rule.repair("await_sleep", message, span, applicability=Applicability.UNSAFE)
    if stall.can_be_handed_over:
        return rule.repair("run_in_thread", "run it in the threadpool", span)
    return None


def plain_route(rule: Rule, stall: Stall, project: Project) -> Fix | None:
    """Return the repair that makes the route a plain ``def``, where it awaits nothing."""
    if stall.coroutine not in project.awaitless:
        return None
    message = f"make `{stall.coroutine.name}` a plain `def`, which FastAPI runs in a thread"
    return rule.repair("drop_async", message, stall.coroutine.facts.span)


def await_sleep(node: cst.Call, edit: Editor) -> cst.BaseExpression:
    """Rewrite ``time.sleep(x)`` to ``await asyncio.sleep(x)``."""
    return edit.awaited(node.with_changes(func=edit.expr(f"{edit.need_import('asyncio')}.sleep")))


def drop_async(node: cst.FunctionDef, _edit: Editor) -> cst.FunctionDef:
    """Rewrite ``async def f()`` to ``def f()``."""
    return node.with_changes(asynchronous=None)


def run_in_thread(node: cst.Call, edit: Editor) -> cst.BaseExpression:
    """Rewrite ``f(x)`` to ``await run_in_threadpool(f, x)``."""
    edit.refuse_nested_comprehension()
    name = offloader(edit, RUN_IN_THREADPOOL)
    return edit.awaited(edit.prepend(node.with_changes(func=edit.expr(name)), node.func))


def offloader(edit: Editor, name: str) -> str:
    """Return how to write *name* of FastAPI's or Starlette's concurrency module."""
    known = filter(None, (edit.imported(module, name) for module in CONCURRENCY))
    return next(known, "") or edit.need_import(CONCURRENCY[0], name)
