"""How SQLAlchemy and SQLModel build and execute statements."""

from __future__ import annotations

_MODULES = ("sqlalchemy", "sqlalchemy.sql", "sqlalchemy.future", "sqlmodel")
STATEMENTS = frozenset(
    f"{module}.{name}"
    for module in _MODULES
    for name in ("select", "insert", "update", "delete", "text", "exists", "union", "union_all")
) | {
    "sqlalchemy.dialects.postgresql.insert",
    "sqlalchemy.dialects.mysql.insert",
    "sqlalchemy.dialects.sqlite.insert",
}
SESSIONS = frozenset(
    {
        "sqlalchemy.orm.Session",
        "sqlalchemy.orm.scoped_session",
        "sqlalchemy.ext.asyncio.AsyncSession",
        "sqlalchemy.ext.asyncio.async_scoped_session",
        "sqlalchemy.Connection",
        "sqlalchemy.engine.Connection",
        "sqlalchemy.ext.asyncio.AsyncConnection",
        "sqlmodel.Session",
        "sqlmodel.ext.asyncio.session.AsyncSession",
    }
)
EXECUTORS = frozenset(
    {
        "exec",
        "execute",
        "get",
        "get_one",
        "query",
        "scalar",
        "scalars",
        "stream",
        "stream_scalars",
    }
)
"""The methods of a session or connection that run a statement, or build one."""
QUERY_LIBRARIES = ("sqlalchemy.", "sqlmodel.")
GIVE_NONE = frozenset({"first", "one_or_none", "scalar", "scalar_one_or_none"})
"""Methods of results, queries and sessions of these that give None where there is no row."""
GET = "get"
"""The same of sessions alone."""
