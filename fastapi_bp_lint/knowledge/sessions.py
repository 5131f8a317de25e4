"""What opens a database session, connection or engine, and what such an object is."""

from __future__ import annotations

OBJECTS = {
    "aiosqlite.Connection": "connection",
    "asyncpg.Connection": "connection",
    "psycopg.AsyncConnection": "connection",
    "psycopg.Connection": "connection",
    "psycopg2.extensions.connection": "connection",
    "pymysql.connections.Connection": "connection",
    "sqlalchemy.AsyncEngine": "engine",
    "sqlalchemy.Connection": "connection",
    "sqlalchemy.Engine": "engine",
    "sqlalchemy.ext.asyncio.AsyncConnection": "connection",
    "sqlalchemy.ext.asyncio.AsyncEngine": "engine",
    "sqlalchemy.ext.asyncio.AsyncSession": "session",
    "sqlalchemy.orm.Session": "session",
    "sqlite3.Connection": "connection",
    "sqlmodel.Session": "session",
    "sqlmodel.ext.asyncio.session.AsyncSession": "session",
}
"""Class -> what a person would call an object of it."""
FACTORIES = frozenset(
    {
        "sqlalchemy.orm.sessionmaker",
        "sqlalchemy.orm.scoped_session",
        "sqlalchemy.ext.asyncio.async_sessionmaker",
        "sqlalchemy.ext.asyncio.async_scoped_session",
    }
)
"""Objects that open a session when they are called."""
OPENS = {
    **{name: word for name, word in OBJECTS.items() if name.startswith(("sqlalchemy", "sqlmodel"))},
    "aiosqlite.connect": "connection",
    "asyncpg.connect": "connection",
    "asyncpg.Pool.acquire": "connection",
    "mysql.connector.connect": "connection",
    "psycopg.AsyncConnection.connect": "connection",
    "psycopg.Connection.connect": "connection",
    "psycopg.connect": "connection",
    "psycopg2.connect": "connection",
    "psycopg_pool.AsyncConnectionPool.connection": "connection",
    "psycopg_pool.ConnectionPool.connection": "connection",
    "pymysql.connect": "connection",
    "sqlalchemy.Engine.begin": "connection",
    "sqlalchemy.Engine.connect": "connection",
    "sqlalchemy.Engine.raw_connection": "connection",
    "sqlalchemy.create_engine": "engine",
    "sqlalchemy.ext.asyncio.AsyncEngine.begin": "connection",
    "sqlalchemy.ext.asyncio.AsyncEngine.connect": "connection",
    "sqlalchemy.ext.asyncio.async_sessionmaker.begin": "session",
    "sqlalchemy.ext.asyncio.create_async_engine": "engine",
    "sqlalchemy.orm.sessionmaker.begin": "session",
    "sqlite3.connect": "connection",
    "sqlmodel.create_engine": "engine",
}
"""What opens something when it is called -> what that is."""
