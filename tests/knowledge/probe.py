"""Resolve dotted names in the running environment and say how each was found.

`verify.py` runs this file with the interpreter of a throwaway environment: a JSON object of
questions comes in on standard input, a JSON object of answers goes out.
"""
# ruff: noqa: ANN401 - any object of any package is looked at

import ast
import importlib
import inspect
import itertools
import json
import re
import sys
import types
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import classes  # type: ignore[import-not-found]

# What has no class-level attribute to look at: the methods of clients that are built from a service
# description when they are made.
_SERVICE_MODELS = {"boto3.client": "client", "boto3.resource": "resource"}

# Functions that people use like classes: their attributes are those of what they make.
_FACTORIES = {
    "threading.Lock",
    "threading.RLock",
    "select.poll",
    "multiprocessing.Lock",
    "multiprocessing.Event",
    "multiprocessing.Queue",
}


class Answer(NamedTuple):
    """How one name was found, or why it was not."""

    found: bool
    how: str
    sort: str
    defined: str
    returns: str


def resolve(name: str, attributes: dict[str, str]) -> Answer:
    """Follow a dotted name from its module to the object, through declared attributes as well."""
    try:
        value, how = look_up(name, attributes)
    except BaseException as error:  # noqa: BLE001 - importing other people's code may raise anything
        why = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        return Answer(found=False, how=why, sort="", defined="", returns="")
    return Answer(
        found=True, how=how, sort=_sort(value), defined=_defined(value), returns=_returns(value)
    )


def look_up(name: str, attributes: dict[str, str]) -> tuple[Any, str]:
    """Give the object of a name and the way in which it was found."""
    if any(name.startswith(f"{factory}:") for factory in _SERVICE_MODELS):
        return _made_by_service(name), "annotation: built from the description of the service"
    # `X:sync` is X when it came from a synchronous client, `f:word` is f called with that word
    return _walk(re.sub(r":[\w-]+", "", name), attributes)


def _walk(name: str, attributes: dict[str, str]) -> tuple[Any, str]:
    parts = name.split(".")
    value: Any = importlib.import_module(parts[0])
    how = "import"
    for position, part in enumerate(parts[1:], start=1):
        if part == "*":
            return value, how
        if isinstance(value, types.ModuleType):
            value = classes.member_of_module(value, part, ".".join(parts[: position + 1]))
        else:
            path = ".".join(parts[: position + 1])
            if not inspect.isclass(value) and ".".join(parts[:position]) in _FACTORIES:
                value = type(value())
            if _says_nothing(value, part):
                value, how = _promised(value, path, attributes)
                continue
            value, declared = _member(value, part)
            if declared and (_sort(value) != "class") and attributes.get(path, "self") != "self":
                value, _ = _walk(attributes[path], attributes)
            how = "annotation: declared by the class, set on the instance" if declared else how
    return value, how


def _says_nothing(owner: Any, part: str) -> bool:
    if classes.declared(owner, part) is not None:
        return False
    try:
        return not hasattr(owner, part)
    except Exception:  # noqa: BLE001 - a descriptor of someone else's class
        return False


def _promised(owner: Any, path: str, attributes: dict[str, str]) -> tuple[Any, str]:
    """Read in the class what it sets on its instances: `self.<part> = Class(...)`."""
    part = path.rpartition(".")[2]
    for base in getattr(owner, "__mro__", ()):
        methods = [value for value in vars(base).values() if inspect.isfunction(value)]
        for node in itertools.chain.from_iterable(
            ast.walk(classes.tree(method)) for method in methods
        ):
            targets = (
                node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            )
            if any(
                isinstance(t, ast.Attribute) and t.attr == part and classes.is_self(t.value)
                for t in targets
            ):
                known = attributes.get(path, "self")
                value = (
                    _walk(known, attributes)[0]
                    if known != "self"
                    else classes.made_by(getattr(node, "value", None), base)
                )
                return value, f"source: set in the body of {base.__qualname__}"
    raise classes.NotFoundError(path)


def _member(owner: Any, part: str) -> tuple[Any, bool]:
    """Give an attribute of a class or object, by its value or by what it is declared to hold."""
    found = inspect.getattr_static(owner, part, classes.MISSING)
    if found is classes.MISSING:
        declared = classes.declared(owner, part)
        if declared is not None:
            return declared, True
        # modules' stand-ins and metaclasses may answer what no static look-up sees
        return getattr(owner, part), False
    getter = classes.getter(found)
    if getter is None:
        return (
            getattr(owner, part) if not isinstance(found, types.MemberDescriptorType) else found
        ), False
    result = classes.result_class(getter)
    return (result if result is not None else found), True


def _made_by_service(name: str) -> Any:
    factory, _, rest = name.partition(":")
    service, _, path = rest.partition(".")
    boto3 = importlib.import_module("boto3")
    probe = "s3" if service == "*" else service
    made = getattr(boto3, _SERVICE_MODELS[factory])(
        probe,
        region_name="us-east-1",
        aws_access_key_id="-",
        aws_secret_access_key="-",  # noqa: S106 - no request is sent
    )
    value: Any = made
    for part in path.split(".") if path else ():
        if part == "*":
            break
        value = _made_by_resource(value, part)
    return value


def _made_by_resource(owner: Any, part: str) -> Any:
    member = getattr(owner, part)
    identifiers = {
        "Table": ("-",),
        "Bucket": ("-",),
        "Object": ("-", "-"),
        "Queue": ("https://-/-/-",),
        "Topic": ("arn:-",),
    }
    return member(*identifiers[part]) if part in identifiers else member


def _sort(value: Any) -> str:
    if inspect.isclass(value):
        return "class"
    if inspect.ismodule(value):
        return "module"
    if inspect.iscoroutinefunction(value) or inspect.isasyncgenfunction(value):
        return "async function"
    if isinstance(value, property) or classes.getter(value) is not None:
        return "property"
    if inspect.isgeneratorfunction(value):
        return "generator function"
    return "function" if callable(value) else "value"


def _defined(value: Any) -> str:
    module = getattr(value, "__module__", None)
    name = getattr(value, "__qualname__", None)
    return f"{module}.{name}" if isinstance(module, str) and isinstance(name, str) else ""


def _returns(value: Any) -> str:
    """Say what the annotation of a function promises, if it can be read."""
    if not callable(value) or inspect.isclass(value):
        return ""
    try:
        function = inspect.unwrap(value)
    except ValueError:
        return ""
    written = getattr(function, "__annotations__", {}).get("return")
    return (
        ""
        if written is None
        else str(written if isinstance(written, str) else inspect.formatannotation(written))
    )


def same(name: str, canonical: str) -> str:
    """Say nothing when both names give one object, else what is wrong."""
    return _compare(name, canonical, lambda one, other: one is other or one == other)


def subclass(name: str, above: str) -> str:
    """Say nothing when the first names a subclass of the second, else what is wrong."""
    if name.replace(":sync", "") == above:
        return ""
    return _compare(name, above, issubclass)


def _compare(one: str, other: str, holds: Callable[[Any, Any], bool]) -> str:
    try:
        agreed = holds(look_up(one, {})[0], look_up(other, {})[0])
    except BaseException as error:  # noqa: BLE001 - importing other people's code may raise anything
        return " ".join(f"{type(error).__name__}: {error}".split())[:200]
    return "" if agreed else "the two are unrelated"


def main() -> None:
    """Answer the questions on standard input."""
    warnings.simplefilter("ignore")
    asked = json.load(sys.stdin)
    exec(asked.get("prepare", ""), {})  # noqa: S102 - what a library wants before it can be looked at
    out = sys.stdout
    sys.stdout = sys.stderr  # what is imported may print
    attributes = asked["attributes"]
    answers = {
        "names": {name: resolve(name, attributes)._asdict() for name in asked["names"]},
        "same": [same(*pair) for pair in asked["same"]],
        "subclass": [subclass(*pair) for pair in asked["subclass"]],
    }
    json.dump(answers, out)


if __name__ == "__main__":
    main()
