"""What SQLAlchemy and SQLModel hand out of a sync session, and what is loaded when it is read."""

from __future__ import annotations

RELATIONSHIPS = frozenset({"sqlalchemy.orm.relationship", "sqlmodel.Relationship"})
"""What a field of a mapped class is that is loaded when it is first read."""
RELATIONSHIP = "sqlalchemy.orm.relationship"
EAGER = frozenset(
    {"joined", "selectin", "subquery", "immediate", "raise", "raise_on_sql", "noload"}
)
"""Values of a relationship's ``lazy`` after which reading it asks nothing of the database."""
ARGUMENTS = "sa_relationship_kwargs"
STATEMENTS = frozenset({"sqlalchemy.select", "sqlmodel.select", "sqlmodel.sql.expression.select"})
STATEMENT = "sqlalchemy.Select"
SESSIONS = frozenset({"sqlalchemy.orm.Session", "sqlalchemy.orm.scoped_session"})
QUERY = "sqlalchemy.orm.Query"
ROWS = "sqlalchemy.ScalarResult:sync"
RESULT = "sqlalchemy.Result:sync"
CARRIERS = frozenset({STATEMENT, QUERY, ROWS, RESULT})
"""Objects whose methods give back an object for the same mapped class."""
GETS = frozenset({"get", "get_one"})
RUNS = {"scalars": ROWS, "exec": ROWS, "execute": RESULT}
ONE = frozenset(
    {"first", "one", "one_or_none", "get", "scalar", "scalar_one", "scalar_one_or_none"}
)
ALL = frozenset({"all", "fetchall", "fetchmany"})
CHANGES_LOADING = "options"
