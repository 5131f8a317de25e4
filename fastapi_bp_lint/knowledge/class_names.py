"""Classes of other libraries that say what a class deriving from them is for."""

from __future__ import annotations

SCHEMA_BASES = frozenset(
    {
        "pydantic.BaseModel",
        "pydantic.main.BaseModel",
        "pydantic.RootModel",
        "pydantic.root_model.RootModel",
        "pydantic.generics.GenericModel",
        "pydantic.v1.BaseModel",
        "sqlmodel.SQLModel",
        "sqlmodel.main.SQLModel",
    }
)
SETTINGS_BASES = frozenset(
    {
        "pydantic_settings.BaseSettings",
        "pydantic_settings.main.BaseSettings",
        "pydantic.BaseSettings",
        "pydantic.v1.BaseSettings",
    }
)
TABLE_BASES = frozenset(
    {
        "sqlalchemy.orm.DeclarativeBase",
        "sqlalchemy.orm.DeclarativeBaseNoMeta",
        "beanie.Document",
        "beanie.odm.documents.Document",
        "mongoengine.Document",
        "odmantic.Model",
        "ormar.Model",
        "peewee.Model",
        "piccolo.table.Table",
        "tortoise.models.Model",
        "tortoise.Model",
    }
)
TABLE_FIELDS = frozenset({"__tablename__", "__table__"})
ENUM_BASES = frozenset({"enum.Enum", "enum.IntEnum", "enum.StrEnum", "enum.Flag", "enum.IntFlag"})
FLAG_BASES = frozenset({"enum.Flag", "enum.IntFlag"})
"""Those whose members are combined, so that none excludes another."""
HTTP_ERRORS = frozenset(
    {
        "fastapi.HTTPException",
        "fastapi.exceptions.HTTPException",
        "starlette.exceptions.HTTPException",
    }
)
ROUTERS = frozenset({"fastapi.APIRouter", "fastapi.routing.APIRouter"})
APPLICATIONS = frozenset({"fastapi.FastAPI", "fastapi.applications.FastAPI"})
ROUTE_METHODS = frozenset(
    {
        "api_route",
        "delete",
        "get",
        "head",
        "options",
        "patch",
        "post",
        "put",
        "trace",
        "websocket",
        "websocket_route",
    }
)
"""The decorators of an app or router whose first argument is a path."""
