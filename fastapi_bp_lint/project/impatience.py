"""What keeps a primitive from waiting: ``sleep(0)``, ``acquire(blocking=False)``, no timeout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Attr, Call, Expr, Literal, Operation
from fastapi_bp_lint.knowledge.locks import IMPATIENT, QUEUES
from fastapi_bp_lint.knowledge.waiting import FLAGS, HOSTS, INTERVALS, SOCKET, TIMEOUTS
from fastapi_bp_lint.project.values import Function, Held, Instance

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi_bp_lint.knowledge.tables import Primitive
    from fastapi_bp_lint.project.types import Types

_WAITS = {"lock", "queue", "future", "cpu-pool"}
_FALSE = Literal(value=False, kind="bool")
_NONE = Literal(value=None, kind="None")
_TAKES = ".acquire"
_REPEATS = {"loop", "async-loop", "while"}
_FLAGS = ("blocking", "block", "wait")


def does_not_wait(types: Types, row: Primitive, call: Call, function: Function) -> bool:
    """Whether *call* of a primitive, made in *function*, comes back at once."""
    given = dict(call.keywords)
    if _is_told_not_to(row.name, call, given):
        return True
    if row.kind == "sleep":
        return bool(call.args) and _is_zero(call.args[0])
    if row.name.startswith(SOCKET):
        return _is_nonblocking(call, function)
    if row.kind not in _WAITS:
        return False
    if any(given.get(name) == _FALSE for name in _FLAGS) or _is_zero(given.get("timeout")):
        return True
    owner, _, method = row.name.rpartition(".")
    args = call.args
    if method == "put":
        args = call.args[1:]
        if owner in QUEUES and not _is_bounded(types, call, function):
            return True
    if any(_is_zero(a) for a in args[:2]):
        return True
    if row.kind != "lock" or args or "timeout" in given:
        return False
    func = call.func
    of = func.rpartition(".")[0] if isinstance(func, str) else None
    if isinstance(of, str) and row.name.endswith(_TAKES) and _is_fresh(of, call, function):
        return True
    held = types.infer(func.value if isinstance(func, Attr) else of, function, call.span.line)
    return is_impatient(row.name, held)


def _is_fresh(name: str, call: Call, function: Function) -> bool:
    """Whether *name* was made right before *call*, so that nobody else can have it yet."""
    line, body = call.span.line, function.facts.body
    made = [b for b in body.bindings if b.target == name and b.span.line < line]
    if not made or not isinstance(made[-1].value, Call):
        return False
    first = made[-1].span.end_line
    seen = [at for at, _ in body.places(name)]
    seen += [c.span.line for c in body.calls if _concerns(c, name)]
    seen += [b.span.line for b in body.bindings if b.value == name]
    seen += [o.span.line for o in body.operations if name in o.operands]
    if any(first < at < line for at in seen):
        return False
    around = [r for r in body.regions if r.line <= line <= r.end_line]
    before = [r for r in body.regions if r.line <= first <= r.end_line]
    return all(r in around for r in before) and not any(
        r.kind in _REPEATS for r in around if r not in before
    )


def _is_bounded(types: Types, call: Call, function: Function) -> bool:
    """Whether the queue that *call* puts into was seen to be made with a ``maxsize``."""
    func = call.func
    of = func.rpartition(".")[0] if isinstance(func, str) else None
    held = types.infer(func.value if isinstance(func, Attr) else of, function, call.span.line)
    for value in held.values:
        if isinstance(value, Instance) and value.origin:
            made = value.origin[1]
            size = made.args[0] if made.args else dict(made.keywords).get("maxsize")
            if size is not None and not _is_endless(size):
                return True
    return False


def _concerns(call: Call, name: str) -> bool:
    given = (*call.args, *(value for _, value in call.keywords))
    return name in given or str(call.func).startswith(f"{name}.")


def is_impatient(name: str, held: Held) -> bool:
    """Whether the lock *held* was made so that taking it, by the method *name*, does not wait."""
    position = IMPATIENT.get(name.rpartition(".")[0])
    made = [v.origin[1] for v in held.values if isinstance(v, Instance) and v.origin]
    if position is None or not made:
        return False
    for call in made:
        given = dict(call.keywords)
        at = call.args[position] if len(call.args) > position else given.get("timeout")
        if not (_is_zero(at) or given.get("blocking") == _FALSE):
            return False
    return True


def _is_zero(expr: Expr) -> bool:
    return isinstance(expr, Literal) and expr.value == 0 and expr.kind in {"int", "float", "bool"}


def _is_endless(size: Expr) -> bool:
    number = size.value if isinstance(size, Literal) else None
    return isinstance(number, int | float) and number <= 0


def _is_told_not_to(name: str, call: Call, given: Mapping[str | None, Expr]) -> bool:
    """Whether the arguments of *call* ask it to come back at once, or name nothing to wait for."""
    if name in INTERVALS and None not in given:
        interval = call.args[0] if call.args else given.get("interval", _NONE)
        return interval == _NONE or _is_zero(interval)
    if name in HOSTS:
        return not call.args and not given.keys() & {"host", None}
    position = TIMEOUTS.get(name)
    if position is not None:
        at = call.args[position] if len(call.args) > position else given.get("timeout")
        if _is_zero(at):
            return True
    return any(_says_no_wait(a) for a in (*call.args, *given.values()))


def _says_no_wait(expr: Expr) -> bool:
    """Whether a flag asks not to wait, or to unlock."""
    if isinstance(expr, Operation):
        return any(_says_no_wait(o) for o in expr.operands)
    return isinstance(expr, str) and expr.rpartition(".")[2] in FLAGS


def _is_nonblocking(call: Call, function: Function) -> bool:
    """Whether the socket of *call* was told not to block, here or in a method of the same class."""
    func = call.func
    of = func.rpartition(".")[0] if isinstance(func, str) else ""
    if not of:
        return False
    before = [c for c in function.facts.body.calls if c.span.line < call.span.line]
    told = [c for c in before if c.func in {f"{of}.setblocking", f"{of}.settimeout"} and c.args]
    if told or "." not in of or function.owner is None:
        return bool(told) and _is_zero(told[-1].args[0])
    return any(
        c.func in {f"{of}.setblocking", f"{of}.settimeout"} and c.args and _is_zero(c.args[0])
        for method in function.owner.methods.values()
        for c in method.facts.body.calls
    )
