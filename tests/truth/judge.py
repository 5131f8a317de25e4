"""Compares what the linter says of routes and dependencies with what FastAPI said."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from spelling import same_name, same_type

Row = dict[str, Any]
OUTSIDE = ("site-packages/", "elsewhere/")
# What a plain Starlette route has and a FastAPI route never gets by itself.
PLAIN = {"GET", "HEAD"}


class Rules(NamedTuple):
    """What of a project is compared."""

    opaque: tuple[str, ...] = ()
    # Converted dumps hold neither mounts nor plain Starlette routes.
    fastapi_only: bool = False


class Edge(NamedTuple):
    """One dependency at its depth below the route."""

    depth: int
    row: Row
    counted: bool


class Verdict(NamedTuple):
    """Numbers and differences of one project."""

    numbers: Counter[str]
    differences: list[str]


def judge(truth: Sequence[Row], ours: Sequence[Row], rules: Rules) -> Verdict:
    """Match each route of the truth with one of ours and compare what is known of both."""
    verdict = Verdict(Counter(), [])
    pairs, missing, extra = _matched(truth, ours)
    for row in truth:
        _count_truth(row, verdict, rules)
    for theirs, mine in pairs:
        _compare(theirs, mine, verdict, rules)
    _report_unmatched(missing, extra, verdict, rules)
    return verdict


def outside(row: Row) -> bool:
    """Tell whether somebody else's package wrote it, so that no source is at hand."""
    return (row.get("file") or "elsewhere/").startswith(OUTSIDE)


def _count_truth(row: Row, verdict: Verdict, rules: Rules) -> None:
    if _uncounted(row):
        verdict.numbers["outside"] += 1
        return
    verdict.numbers["routes"] += 1
    edges = [edge for edge in flat(row.get("dependencies", []), rules) if edge.counted]
    verdict.numbers["edges"] += len(edges)


def _uncounted(row: Row) -> bool:
    return row["kind"] != "mount" and outside(row)


def _matched(
    truth: Sequence[Row], ours: Sequence[Row]
) -> tuple[list[tuple[Row, Row]], list[Row], list[Row]]:
    waiting: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in ours:
        waiting[_key(row)].append(row)
    pairs: list[tuple[Row, Row]] = []
    missing: list[Row] = []
    for row in truth:
        same = waiting[_key(row)]
        best = next((each for each in same if _same_place(row, each)), None)
        if best is None:
            missing.append(row)
        else:
            same.remove(best)
            pairs.append((row, best))
    return pairs, missing, [row for rest in waiting.values() for row in rest]


def _key(row: Row) -> tuple[Any, ...]:
    return (row["kind"], row["path"], *sorted(row.get("methods") or []))


def _same_place(theirs: Row, ours: Row) -> bool:
    if theirs["kind"] == "mount":
        return True
    if not outside(theirs):
        return bool((theirs["file"], theirs["line"]) == (ours.get("file"), ours.get("line")))
    key = "call" if "call" in theirs else "handler"
    return same_name(theirs[key], ours.get(key))


def flat(rows: Iterable[Row], rules: Rules, depth: int = 1, *, seen: bool = True) -> Iterator[Edge]:
    """Yield the tree in FastAPI's order; below a third-party callable nothing is counted."""
    for row in rows:
        hidden = row["call"] is not None and row["call"].startswith(rules.opaque or ("\0",))
        yield Edge(depth, row, seen and not hidden)
        below = seen and (hidden or not outside(row))
        yield from flat(row.get("dependencies") or [], rules, depth + 1, seen=below)


def _compare(theirs: Row, mine: Row, verdict: Verdict, rules: Rules) -> None:
    if _uncounted(theirs):
        verdict.numbers["outside found"] += 1
        return
    wrong = [_field(name, theirs, mine) for name in _FIELDS if not _agrees(name, theirs, mine)]
    wrong += _edges(theirs, mine, verdict, rules)
    verdict.numbers["found"] += 1
    if theirs["kind"] != "mount":
        verdict.numbers["run"] += 1
        verdict.numbers["run equal"] += _exec(mine) == theirs["exec"]
    if not wrong:
        verdict.numbers["exact"] += 1
    verdict.differences.extend(f"{label(theirs)}: {each}" for each in wrong)


_FIELDS = (
    "handler", "name", "is_async", "exec", "status_code", "response_model", "tags",
    "include_in_schema",
)  # fmt: skip


def _agrees(name: str, theirs: Row, mine: Row) -> bool:
    if name not in theirs or (theirs["kind"] == "mount" and name == "handler"):
        return True
    expected, said = theirs[name], mine.get(name)
    if name == "handler":
        return same_name(expected, said)
    if name == "exec":
        return bool(_exec(mine) == expected)
    if name == "response_model":
        return same_type(expected, said)
    if name == "status_code" and expected is None:
        # A converted dump does not hold the default of the response class.
        return said in {None, 200, theirs.get("default_status", 307)}
    return bool(said == expected)


def _field(name: str, theirs: Row, mine: Row) -> str:
    return f"{name} is {theirs[name]!r}, said {mine.get(name)!r}"


def _exec(row: Row) -> str:
    if "exec" in row:
        return str(row["exec"])
    return "loop" if row.get("is_async") or row.get("kind") == "websocket" else "thread"


def _edges(theirs: Row, mine: Row, verdict: Verdict, rules: Rules) -> list[str]:
    """Compare two flattened trees in order; return what differs."""
    expected = list(flat(theirs.get("dependencies") or [], rules))
    said = list(flat(mine.get("dependencies") or [], rules))
    aligned = _aligned(expected, said)
    wrong: list[str] = []
    for left, right in aligned:
        if left is not None and right is not None and left.counted:
            verdict.numbers["edges found"] += 1
            wrong += _edge_details(left.row, right.row, verdict)
        elif left is not None and right is None and left.counted:
            wrong.append(f"dependency missing: {_edge_label(left)}")
    alone = [right for left, right in aligned if left is None and right is not None]
    for edge in alone:
        if edge.counted and not _behind_wrapper(edge, expected, rules):
            verdict.numbers["edges invented"] += 1
            wrong.append(f"dependency invented: {_edge_label(edge)}")
    return wrong


def _behind_wrapper(said: Edge, expected: list[Edge], rules: Rules) -> bool:
    """Tell whether a wrapper stands where this was said: what it wraps cannot be judged."""
    return any(
        edge.depth == said.depth
        and edge.row["name"] == said.row.get("name")
        and edge.row["call"].startswith(rules.opaque or ("\0",))
        for edge in expected
    )


def _edge_details(theirs: Row, mine: Row, verdict: Verdict) -> list[str]:
    if outside(theirs) and mine.get("exec", "") is None:
        # Whether somebody else's function is a coroutine cannot be read from the project.
        verdict.numbers["run unknown"] += 1
        return []
    verdict.numbers["run"] += 1
    verdict.numbers["run equal"] += _exec(mine) == theirs["exec"]
    wrong = []
    for name in ("kind", "is_async", "exec", "use_cache"):
        said = _exec(mine) if name == "exec" else mine.get(name)
        if name in theirs and theirs[name] != said:
            wrong.append(f"dependency {theirs['call']}: {name} is {theirs[name]!r}, said {said!r}")
    return wrong


def _edge_label(edge: Edge) -> str:
    row = edge.row
    place = f"{row.get('file')}:{row.get('line')}"
    return f"{row.get('name')} = {row.get('call')} ({place}, depth {edge.depth})"


def _same_edge(left: Edge, right: Edge) -> bool:
    return (
        left.depth == right.depth
        and left.row["name"] == right.row.get("name")
        and right.row.get("call") is not None
        and _same_place(left.row | {"kind": "dependency"}, right.row)
    )


def _aligned(left: list[Edge], right: list[Edge]) -> list[tuple[Edge | None, Edge | None]]:
    """Return the longest common subsequence of two lists, with what is in only one of them."""
    size = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i in range(len(left) - 1, -1, -1):
        for j in range(len(right) - 1, -1, -1):
            same = size[i + 1][j + 1] + 1 if _same_edge(left[i], right[j]) else 0
            size[i][j] = max(same, size[i + 1][j], size[i][j + 1])
    aligned: list[tuple[Edge | None, Edge | None]] = []
    i = j = 0
    while i < len(left) and j < len(right):
        if _same_edge(left[i], right[j]) and size[i][j] == size[i + 1][j + 1] + 1:
            aligned.append((left[i], right[j]))
            i, j = i + 1, j + 1
        elif size[i + 1][j] >= size[i][j + 1]:
            aligned.append((left[i], None))
            i += 1
        else:
            aligned.append((None, right[j]))
            j += 1
    aligned += [(edge, None) for edge in left[i:]] + [(None, edge) for edge in right[j:]]
    return aligned


def _report_unmatched(missing: list[Row], extra: list[Row], verdict: Verdict, rules: Rules) -> None:
    same_handler = {(row.get("file"), row.get("line")): row for row in extra}
    for row in missing:
        if not _uncounted(row):
            near = same_handler.get((row.get("file"), row.get("line")))
            hint = f"; said {_key(near)}" if near else ""
            verdict.differences.append(f"{label(row)}: missing{hint}")
    for row in extra:
        if rules.fastapi_only and (row["kind"] == "mount" or set(row["methods"]) == PLAIN):
            continue
        possible = row.get("certainty") == "possible"
        verdict.numbers["possible" if possible else "invented"] += 1
        word = "possible, not there" if possible else "invented"
        verdict.differences.append(f"{label(row)}: {word} (app {row.get('app')})")


def label(row: Row) -> str:
    """Return a route as one would say it."""
    verbs = ",".join(row.get("methods") or []) or row["kind"]
    return f"{verbs} {row['path']} [{row.get('file')}:{row.get('line')} {row.get('handler')}]"
