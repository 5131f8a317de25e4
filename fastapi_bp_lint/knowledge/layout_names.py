"""What people call the modules and folders of a FastAPI project."""

from __future__ import annotations

ROLE_NAMES: dict[str, tuple[str, ...]] = {
    "router": (
        "router",
        "routers",
        "routes",
        "route",
        "endpoints",
        "endpoint",
        "api",
        "views",
        "view",
        "controller",
        "controllers",
    ),
    "schemas": ("schemas", "schema", "dto", "dtos", "serializers", "datamodels"),
    "models": ("models", "model", "tables", "entities", "orm"),
    "service": ("service", "services", "crud", "usecases", "logic"),
    "dependencies": ("dependencies", "dependency", "depends", "deps", "dep"),
    "constants": ("constants", "constant", "consts", "const"),
    "config": ("config", "configs", "configuration", "settings", "conf"),
    "exceptions": ("exceptions", "exception", "errors", "error"),
    "utils": ("utils", "util", "utilities", "helpers", "helper"),
    "client": ("client", "clients"),
}
"""Role -> the names that its module has, the canonical one first."""

MISSPELT: dict[str, str] = {
    "routers": "router",
    "routes": "router",
    "route": "router",
    "schema": "schemas",
    "model": "models",
    "services": "service",
    "dependency": "dependencies",
    "depends": "dependencies",
    "deps": "dependencies",
    "dep": "dependencies",
    "constant": "constants",
    "consts": "constants",
    "const": "constants",
    "configs": "config",
    "configuration": "config",
    "conf": "config",
    "exception": "exceptions",
    "util": "utils",
    "clients": "client",
}
"""Names that say the same as a canonical one in other letters -> the canonical one."""

LAYERS = frozenset(name for names in ROLE_NAMES.values() for name in names) | frozenset(
    {"repositories", "repository", "handlers", "apis", "middleware", "middlewares"}
)
"""Folders of a layout by type: what is in them belongs together by kind, not by domain."""

TYPES = frozenset({"router", "schemas", "models", "service", "dependencies"})
"""Roles that have a folder each in a layout by type."""

SHARED = frozenset(
    {
        "common",
        "core",
        "shared",
        "base",
        "lib",
        "libs",
        "infra",
        "infrastructure",
        "database",
        "databases",
        "db",
        "global",
        "internal",
        "_internal",
        "kernel",
        "toolkit",
        "types",
        "typing",
    }
)
"""Folders that every domain may use, and that are none themselves."""

CONTAINERS = frozenset(
    {"app", "apps", "backend", "domain", "domains", "features", "modules", "server", "src"}
)
"""Folders that hold the domains."""

OUTSIDE = frozenset(
    {
        "alembic",
        "benchmarks",
        "docs",
        "docs_src",
        "examples",
        "fixtures",
        "migrations",
        "scripts",
        "test",
        "testing",
        "tests",
        "versions",
    }
)
"""Folders of files that are not part of the running application."""
