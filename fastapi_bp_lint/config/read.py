"""A configuration file to a `Config`, or to one message that says what is wrong where."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from fastapi_bp_lint.config.keys import KEYS, TABLE, Config
from fastapi_bp_lint.config.lines import line_of
from fastapi_bp_lint.config.values import (
    READERS,
    Known,
    WrongError,
    as_table,
    described,
    suggestion,
)


class ConfigError(ValueError):
    """A configuration that cannot be used; its text names file, line and key."""


def load(file: Path | None, known: Known) -> Config:
    """Return the settings that *file* gives, the defaults without one.

    Raises:
        ConfigError: the file cannot be read, or names something that does not exist.

    """
    if file is None:
        return Config()
    table = section(file, document(file))
    prefix = tuple(TABLE.split(".")) if file.name == "pyproject.toml" else ()
    try:
        return _config(table or {}, known)
    except WrongError as wrong:
        key = (*prefix, *wrong.key)
        line = line_of(file.read_text("utf-8-sig"), key, wrong.value)
        where = f"{file}:{line}" if line else str(file)
        named = f" in [{'.'.join(key[:-1])}]" if key[:-1] else ""
        message = f"{where}: {key[-1]}{named}: {wrong}"
        raise ConfigError(message) from None


def document(file: Path, *, lenient: bool = False) -> dict[str, Any]:
    """Return the parsed TOML *file*; *lenient*: nothing when it cannot be read.

    Raises:
        ConfigError: it cannot be read.

    """
    import tomllib  # noqa: PLC0415 - a run without configuration needs none

    try:
        # A FIFO of that name would wait for ever.
        if not file.is_file():
            message = f"{file}: " + ("is not a regular file" if file.exists() else "does not exist")
            raise ConfigError(message)
        return tomllib.loads(file.read_text("utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", str(error))
        line = f":{place[1]}" if place and place[1] else ""
        message = f"{file}{line}: not valid TOML: {error}"
    except UnicodeDecodeError as error:
        message = f"{file}: not valid TOML: byte {error.start} is not UTF-8"
    except OSError as error:
        message = f"{file}: cannot be read: {error.strerror}"
    if lenient:
        return {}
    raise ConfigError(message)


def section(file: Path, content: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return our table of *file*; None when a `pyproject.toml` has none.

    Raises:
        ConfigError: the key stands for something else than a table.

    """
    if file.name != "pyproject.toml":
        return dict(content)
    tool = content.get("tool")
    table = tool.get("fbp-lint") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        message = f"{file}: {TABLE}: should be a table, is {described(table)}"
        raise ConfigError(message)
    return table


def _config(table: Mapping[str, Any], known: Known) -> Config:
    flat = {**table}
    if "structure" in table:
        structure = as_table(table["structure"], ("structure",))
        flat |= {f"structure.{name}": value for name, value in structure.items()}
        del flat["structure"]
    keys = {key.name: key for key in KEYS}
    values: dict[str, Any] = {}
    for name, raw in flat.items():
        path = tuple(name.split(".", 1)) if name in keys else (name,)
        if name not in keys:
            raise _unknown_key(name, keys)
        values[keys[name].field] = READERS[keys[name].kind](raw, path, known)
    return Config(**values)


def _unknown_key(name: str, keys: Iterable[str]) -> WrongError:
    if name == "tool":
        message = f"in this file the keys of [{TABLE}] stand at the top"
        return WrongError(message, (name,))
    group, dot, rest = name.partition(".")
    if dot and group == "structure":
        own = [key.partition(".")[2] for key in keys if key.startswith("structure.")]
        return WrongError("unknown key" + suggestion(rest, own), (group, rest))
    own = sorted({key.partition(".")[0] for key in keys})
    return WrongError("unknown key" + suggestion(name, own), (name,))
