"""What a mapped class of SQLAlchemy or SQLModel has that is loaded when it is read."""

from __future__ import annotations

RELATIONSHIPS = frozenset({"sqlalchemy.orm.relationship", "sqlmodel.Relationship"})
"""What a field of a mapped class is that is loaded when it is first read."""
RELATIONSHIP = "sqlalchemy.orm.relationship"
EAGER = frozenset(
    {"joined", "selectin", "subquery", "immediate", "raise", "raise_on_sql", "noload"}
)
"""Values of a relationship's ``lazy`` after which reading it asks nothing of the database."""
ARGUMENTS = "sa_relationship_kwargs"
