"""How the kinds of the blocking table fall into the questions that rules ask."""

from __future__ import annotations

STALL = "stall"
"""Waiting for a network, a process or a clock."""
DATABASE = "database"
"""A sync database session, connection, cursor or cache client."""
WAIT = "wait"
"""Waiting for another thread: locks, futures, queues."""
NESTED_LOOP = "nested-loop"
"""Running an event loop inside one."""
FILE = "file"
"""Local disk."""
CPU = "cpu"
"""Computing for long."""
QUESTIONS = (STALL, DATABASE, WAIT, NESTED_LOOP, FILE, CPU)

_BY_KIND = {
    "db": DATABASE,
    "cache": DATABASE,
    "lock": WAIT,
    "future": WAIT,
    "cpu-pool": WAIT,
    "nested-loop": NESTED_LOOP,
}
_BRIEF = ".__enter__"
"""``with lock:`` is not waiting for a thread, as a rule: it is held for a few statements."""
_BY_TIER = {"A": STALL, "B": FILE, "C": CPU}
_SLOW_BUT_LOCAL = {"cloud-sdk", "db", "cache", "http"}


def question(kind: str, tier: str, name: str = "") -> str:
    """Return which of the questions above a table row belongs to, "" for none."""
    if tier == "-" or (tier != "A" and kind in _SLOW_BUT_LOCAL):
        return ""
    if kind == "file":
        return "" if name.startswith("importlib.") else FILE
    if kind == "lock" and name.startswith("threading.") and name.endswith(_BRIEF):
        return ""
    if kind == "queue":
        return WAIT if name.startswith("queue.") else STALL
    return _BY_KIND.get(kind) or _BY_TIER.get(tier, "")
