"""What is known to come back at once, where the blocking table does not say otherwise."""

from __future__ import annotations

HARMLESS = frozenset(
    {
        "base64",
        "binascii",
        "builtins",
        "collections",
        "contextlib.nullcontext",
        "contextlib.suppress",
        "copy.copy",
        "dataclasses",
        "datetime",
        "decimal",
        "enum",
        "fastapi.HTTPException",
        "fastapi.WebSocketException",
        "fastapi.encoders.jsonable_encoder",
        "fastapi.exceptions",
        "fastapi.security.HTTPAuthorizationCredentials",
        "fastapi.security.HTTPBasicCredentials",
        "fastapi.security.SecurityScopes",
        "fastapi.security.utils.get_authorization_scheme_param",
        "fractions",
        "functools.partial",
        "functools.reduce",
        "hashlib",
        "hmac",
        "html",
        "http.HTTPStatus",
        "inspect.isawaitable",
        "inspect.iscoroutinefunction",
        "ipaddress",
        "itertools",
        "json.dumps",
        "json.loads",
        "logging.Logger",
        "logging.getLogger",
        "logging.LoggerAdapter",
        "loguru.logger",
        "math",
        "operator",
        "os.environ.get",
        "os.fspath",
        "os.getenv",
        "os.path.basename",
        "os.path.dirname",
        "os.path.join",
        "os.path.normpath",
        "os.path.split",
        "os.path.splitext",
        "pathlib.PurePath",
        "pathlib.PurePosixPath",
        "pydantic.BaseModel",
        "pydantic.EmailStr",
        "pydantic.SecretStr",
        "pydantic.TypeAdapter",
        "pydantic.ValidationError",
        "pydantic.dataclasses.dataclass",
        "pydantic_core.PydanticCustomError",
        "random",
        "re",
        "secrets",
        "shlex",
        "sqlalchemy.and_",
        "sqlalchemy.asc",
        "sqlalchemy.desc",
        "sqlalchemy.ext.asyncio.AsyncSession",
        "sqlalchemy.func",
        "sqlalchemy.not_",
        "sqlalchemy.or_",
        "sqlalchemy.select",
        "sqlalchemy.text",
        "starlette.datastructures.Address",
        "starlette.datastructures.Headers",
        "starlette.datastructures.MutableHeaders",
        "starlette.datastructures.QueryParams",
        "starlette.datastructures.URL",
        "starlette.exceptions",
        "starlette.requests.Request.base_url",
        "starlette.requests.Request.client",
        "starlette.requests.Request.cookies",
        "starlette.requests.Request.get",
        "starlette.requests.Request.headers",
        "starlette.requests.Request.path_params",
        "starlette.requests.Request.query_params",
        "starlette.requests.Request.scope",
        "starlette.requests.Request.session",
        "starlette.requests.Request.url",
        "starlette.requests.Request.url_for",
        "starlette.requests.HTTPConnection.cookies",
        "starlette.requests.HTTPConnection.headers",
        "starlette.requests.HTTPConnection.path_params",
        "starlette.requests.HTTPConnection.query_params",
        "starlette.requests.HTTPConnection.scope",
        "starlette.requests.HTTPConnection.url",
        "starlette.responses.Response.delete_cookie",
        "starlette.responses.Response.headers",
        "starlette.responses.Response.set_cookie",
        "starlette.websockets.WebSocket.cookies",
        "starlette.websockets.WebSocket.headers",
        "starlette.websockets.WebSocket.path_params",
        "starlette.websockets.WebSocket.query_params",
        "string",
        "structlog",
        "time.monotonic",
        "time.perf_counter",
        "time.time",
        "time.time_ns",
        "types.SimpleNamespace",
        "typing",
        "typing_extensions",
        "unicodedata",
        "urllib.parse",
        "uuid",
        "warnings.warn",
    }
)
"""Modules, classes and functions; what is below one of them is meant too."""

DOUBTFUL = frozenset(
    {
        "builtins.__import__",
        "builtins.breakpoint",
        "builtins.compile",
        "builtins.delattr",
        "builtins.eval",
        "builtins.exec",
        "builtins.input",
        "builtins.open",
        "hashlib.file_digest",
        "re.Scanner",
    }
)
"""Below those, and yet not known to come back at once."""

GIVES_ANYTHING = frozenset(
    f"builtins.{name}"
    for name in ("getattr", "globals", "iter", "locals", "max", "min", "next", "super", "vars")
) | {"collections.ChainMap", "copy.copy", "functools.partial", "functools.reduce", "typing.cast"}
"""What they return may be any object; the others give plain values."""

CONSUMERS = frozenset(
    f"builtins.{name}"
    for name in (
        "all",
        "any",
        "dict",
        "enumerate",
        "filter",
        "frozenset",
        "list",
        "map",
        "max",
        "min",
        "next",
        "reversed",
        "set",
        "sorted",
        "sum",
        "tuple",
        "zip",
    )
)
"""What goes through the iterables that it is handed."""

PLAIN_BASES = frozenset(
    {
        "abc.ABC",
        "builtins.dict",
        "builtins.list",
        "builtins.object",
        "builtins.str",
        "builtins.int",
        "builtins.tuple",
        "typing.Generic",
        "typing.NamedTuple",
        "typing.Protocol",
        "typing.TypedDict",
        "typing_extensions.Generic",
        "typing_extensions.NamedTuple",
        "typing_extensions.Protocol",
        "typing_extensions.TypedDict",
    }
)
"""Bases whose constructors do nothing of note."""

TRANSPARENT_DECORATORS = frozenset(
    {
        "builtins.classmethod",
        "builtins.staticmethod",
        "typing.final",
        "typing.no_type_check",
        "typing.overload",
        "typing.override",
        "typing_extensions.final",
        "typing_extensions.override",
    }
)
"""Decorators that an ``async def`` bears as well as a ``def``."""

STATE = "starlette.datastructures.State"
CONNECTIONS = frozenset(
    {
        "starlette.requests.HTTPConnection",
        "starlette.requests.Request",
        "starlette.websockets.WebSocket",
    }
)
"""What has the state of its application at hand."""
KEPT_ON_STATE = frozenset({"limiter"})
"""What libraries want to find on the state of an application: slowapi its limiter."""
RELATIONSHIPS = frozenset({"sqlalchemy.orm.relationship", "sqlmodel.Relationship"})
"""What makes an attribute that is loaded when it is first read."""


def is_harmless(name: str) -> bool:
    """Whether a call of *name* is known to come back at once."""
    return any(part in HARMLESS for part in _above(name)) and DOUBTFUL.isdisjoint(_above(name))


def gives_plain(name: str) -> bool:
    """Whether what a call of *name* returns is a value whose methods come back at once."""
    return is_harmless(name) and name not in GIVES_ANYTHING


def _above(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:n]) for n in range(1, len(parts) + 1)]
