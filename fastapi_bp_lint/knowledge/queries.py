"""What SQLAlchemy and SQLModel give for a statement, a query or a session of mapped classes.

Each line was run against SQLAlchemy 2.1.9 and sqlmodel 0.0.50.
"""

from __future__ import annotations

from typing import NamedTuple


class Answers(NamedTuple):
    """The results of a session, with a scalar or a tuple in each row, awaited or not."""

    scalars: str
    rows: str
    is_async: bool


STATEMENTS = frozenset(
    f"{module}.select"
    for module in (
        "sqlalchemy",
        "sqlalchemy.future",
        "sqlalchemy.sql",
        "sqlalchemy.sql.expression",
        "sqlmodel",
        "sqlmodel.sql.expression",
    )
)
STATEMENT = "sqlalchemy.Select"
ALIASES = frozenset({"sqlalchemy.orm.aliased"})
"""What gives another name of the mapped class that it is given."""
QUERY = "sqlalchemy.orm.Query"
SYNC = Answers("sqlalchemy.ScalarResult:sync", "sqlalchemy.Result:sync", is_async=False)
ASYNC = Answers("sqlalchemy.ScalarResult", "sqlalchemy.Result", is_async=True)
STREAMED = Answers(
    "sqlalchemy.ext.asyncio.AsyncScalarResult", "sqlalchemy.ext.asyncio.AsyncResult", is_async=True
)
SESSIONS = {
    "sqlalchemy.orm.Session": SYNC,
    "sqlalchemy.orm.scoped_session": SYNC,
    "sqlalchemy.ext.asyncio.AsyncSession": ASYNC,
    "sqlalchemy.ext.asyncio.async_scoped_session": ASYNC,
}
SCALARS = frozenset(answers.scalars for answers in (SYNC, ASYNC, STREAMED))
"""Results each of whose rows is an object of the first column."""
ROWS = {answers.rows: answers.scalars for answers in (SYNC, ASYNC, STREAMED)}
"""Results whose rows are tuples -> what their method ``scalars`` gives."""
SELECTS = frozenset(
    {
        STATEMENT,
        "sqlalchemy.sql.Select",
        "sqlalchemy.sql.expression.Select",
        "sqlalchemy.sql.selectable.Select",
        "sqlmodel.sql.expression.Select",
        "sqlmodel.sql.expression.SelectOfScalar",
    }
)
CARRIERS = frozenset({QUERY, *SELECTS, *SCALARS, *ROWS})
"""Objects that know which mapped classes the rows are made of."""
WAITED_FOR = frozenset({STREAMED.scalars, STREAMED.rows})
"""Carriers whose rows are awaited."""
GETS = frozenset({"get", "get_one"})
RUNS = frozenset({"execute", "exec", "scalars", "scalar", "stream", "stream_scalars"})
STREAMS = frozenset({"stream", "stream_scalars"})
GIVES_SCALARS = frozenset({"scalars", "stream_scalars"})
GIVES_SCALAR_OF_ONE = "exec"
"""SQLModel's: rows of a statement with one column are objects, those of others tuples."""
MEMBERS_OF_SESSIONS = GETS | RUNS | {"merge", "query"}
ONE = frozenset({"first", "one", "one_or_none", "fetchone", "get"})
ONE_SCALAR = frozenset({"scalar", "scalar_one", "scalar_one_or_none"})
ALL = frozenset({"all", "fetchall", "fetchmany"})
KEEPS = frozenset(
    {
        "add_cte",
        "correlate",
        "correlate_except",
        "distinct",
        "execution_options",
        "fetch",
        "filter",
        "filter_by",
        "from_statement",
        "group_by",
        "having",
        "join",
        "join_from",
        "limit",
        "offset",
        "order_by",
        "outerjoin",
        "outerjoin_from",
        "params",
        "populate_existing",
        "prefix_with",
        "select_from",
        "set_label_style",
        "slice",
        "suffix_with",
        "unique",
        "where",
        "with_for_update",
        "with_hint",
        "with_statement_hint",
        "yield_per",
    }
)
"""Methods after which the rows are made of the same."""
KEPT_BY_QUERIES = frozenset({"except_", "except_all", "intersect", "intersect_all", "union"}) | {
    "autoflush",
    "enable_assertions",
    "enable_eagerloads",
    "reset_joinpoint",
    "union_all",
    "with_labels",
    "with_parent",
    "with_session",
}
"""The same of queries alone: of statements ``union`` gives plain columns."""
ADDS = frozenset({"add_column", "add_columns", "add_entity"})
REPLACES = frozenset({"with_entities", "with_only_columns"})
CHANGES_LOADING = "options"
