"""How the names of the typing modules act on a type."""

from __future__ import annotations


def _typing(*names: str) -> frozenset[str]:
    return frozenset(
        f"{module}.{name}" for name in names for module in ("typing", "typing_extensions")
    )


TRANSPARENT = _typing(
    "Annotated", "ClassVar", "Final", "Required", "NotRequired", "ReadOnly", "Unpack"
) | {"dataclasses.InitVar", "sqlalchemy.orm.Mapped"}
OPTIONAL = _typing("Optional")
UNION = _typing("Union")
AWAITABLES = _typing("Awaitable", "Coroutine") | {
    "collections.abc.Awaitable",
    "collections.abc.Coroutine",
}
OPAQUE = _typing("Any", "Callable", "Literal", "TypeAlias", "Never", "NoReturn", "Concatenate") | {
    "builtins.object",
    "collections.abc.Callable",
    "builtins.None",
}
NAMED_TUPLES = _typing("NamedTuple")
TYPED_DICTS = _typing("TypedDict")
TYPE_VARIABLES = _typing("TypeVar")
SELF = _typing("Self")
SEQUENCES = frozenset({"builtins.list", "builtins.tuple", "builtins.reversed", "builtins.sorted"})
LOWER_GENERICS = frozenset(
    f"builtins.{name}" for name in ("list", "dict", "tuple", "set", "frozenset", "type")
) | {
    "collections.defaultdict",
    "collections.deque",
    "sqlalchemy.ext.asyncio.async_scoped_session",
    "sqlalchemy.ext.asyncio.async_sessionmaker",
    "sqlalchemy.orm.scoped_session",
    "sqlalchemy.orm.sessionmaker",
}
"""Generic classes whose names do not read like those of classes."""
"""Element position of what iterating an instance gives, by container."""
ITERABLES = {
    **{
        name: 0
        for base in [
            "List",
            "Set",
            "FrozenSet",
            "Sequence",
            "MutableSequence",
            "Iterable",
            "Iterator",
            "AsyncIterable",
            "AsyncIterator",
            "Generator",
            "AsyncGenerator",
            "Collection",
            "Deque",
            "AbstractSet",
            "Tuple",
            "Dict",
            "Mapping",
            "MutableMapping",
        ]
        for name in (f"typing.{base}", f"collections.abc.{base}", f"typing_extensions.{base}")
    },
    **{f"builtins.{name}": 0 for name in ("list", "set", "frozenset", "tuple", "dict")},
    "collections.deque": 0,
    "collections.abc.Set": 0,
}
MAPPINGS = frozenset(
    {"builtins.dict", "collections.defaultdict", "collections.OrderedDict"}
    | {
        f"{m}.{n}"
        for m in ("typing", "collections.abc")
        for n in ("Dict", "Mapping", "MutableMapping")
    }
)
GENERATORS = frozenset(
    f"{module}.{name}"
    for module in ("typing", "collections.abc", "contextlib")
    for name in (
        "Generator",
        "AsyncGenerator",
        "Iterator",
        "AsyncIterator",
        "Iterable",
        "AsyncIterable",
        "AbstractContextManager",
        "AbstractAsyncContextManager",
        "ContextManager",
        "AsyncContextManager",
    )
)
"""Decorators of the standard library and FastAPI after which a call still runs the function."""
PROPERTIES = frozenset(
    {"builtins.property", "functools.cached_property", "sqlalchemy.ext.hybrid.hybrid_property"}
)
CONTEXT_MANAGERS = frozenset({"contextlib.contextmanager", "contextlib.asynccontextmanager"})
TRANSPARENT_DECORATORS = (
    frozenset(
        {
            "builtins.staticmethod",
            "builtins.classmethod",
            "functools.lru_cache",
            "functools.cache",
            "functools.wraps",
            "functools.total_ordering",
            "abc.abstractmethod",
            "atexit.register",
            "contextlib.asynccontextmanager",
            "warnings.deprecated",
        }
    )
    | PROPERTIES
    | _typing("overload", "override", "final", "no_type_check", "deprecated", "runtime_checkable")
)
CACHES = frozenset({"functools.lru_cache", "functools.cache"})
CONTAINERS = {
    "builtins.list": "list",
    "builtins.set": "set",
    "builtins.dict": "dict",
    "collections.deque": "list",
    "collections.defaultdict": "dict",
    "collections.OrderedDict": "dict",
    "weakref.WeakValueDictionary": "dict",
}
"""What makes an empty container, and of which kind."""

DICTS = frozenset({"builtins.dict"}) | _typing("Dict")
ANYTHING = frozenset({"builtins.object"}) | _typing("Any")
