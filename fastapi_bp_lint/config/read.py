"""A configuration file to a `Config`, or to one message that says what is wrong where."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from fastapi_bp_lint.config.keys import BLOCKING_KINDS, KEYS, ROLES, TABLE, Config, OptionValue
from fastapi_bp_lint.config.lines import line_of
from fastapi_bp_lint.finding import Certainty, Preset

_PREFIX = re.compile(r"FBP\d{0,3}", re.IGNORECASE)
_DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


class Declared(Protocol):
    """An option as its rule declares it."""

    @property
    def name(self) -> str: ...  # noqa: D102 - the class says it
    @property
    def default(self) -> OptionValue: ...  # noqa: D102
    @property
    def help(self) -> str: ...  # noqa: D102
    @property
    def choices(self) -> tuple[str, ...]: ...  # noqa: D102


class Known(NamedTuple):
    """What a configuration may name: rules (code to slug), their options, output formats."""

    rules: Mapping[str, str]
    options: Callable[[str], Sequence[Declared]]
    formats: tuple[str, ...]


class ConfigError(ValueError):
    """A configuration that cannot be used; its text names file, line and key."""


class _WrongError(Exception):
    """What is wrong with one value; *value* is the item of a list that is to blame."""

    def __init__(self, message: str, key: tuple[str, ...] = (), value: str = "") -> None:
        super().__init__(message)
        self.key = key
        self.value = value


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
    except _WrongError as wrong:
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
        message = f"{file}: {TABLE}: should be a table, is {_described(table)}"
        raise ConfigError(message)
    return table


def matching(selector: str, rules: Mapping[str, str]) -> tuple[str, ...]:
    """Return the codes of *rules* (code to slug) that a code, prefix, slug or ``ALL`` stands for.

    A prefix of codes may be written in any case.
    """
    if selector == "ALL":
        return tuple(rules)
    if _PREFIX.fullmatch(selector):
        return tuple(code for code in rules if code.startswith(selector.upper()))
    return tuple(code for code, slug in rules.items() if slug == selector)


def check_selector(selector: str, rules: Mapping[str, str]) -> str:
    """Say what is wrong with *selector*; "" when it names a rule."""
    if matching(selector, rules):
        return ""
    return f'no rule is called "{selector}"' + _suggestion(selector, (*rules, *rules.values()))


def _config(table: Mapping[str, Any], known: Known) -> Config:
    flat = {**table}
    if "structure" in table:
        structure = _table(table["structure"], ("structure",))
        flat |= {f"structure.{name}": value for name, value in structure.items()}
        del flat["structure"]
    keys = {key.name: key for key in KEYS}
    values: dict[str, Any] = {}
    for name, raw in flat.items():
        path = tuple(name.split(".", 1)) if name in keys else (name,)
        if name not in keys:
            raise _unknown_key(name, keys)
        values[keys[name].field] = _PARSERS[keys[name].kind](raw, path, known)
    return Config(**values)


def _unknown_key(name: str, keys: Iterable[str]) -> _WrongError:
    if name == "tool":
        message = f"in this file the keys of [{TABLE}] stand at the top"
        return _WrongError(message, (name,))
    group, dot, rest = name.partition(".")
    if dot and group == "structure":
        own = [key.partition(".")[2] for key in keys if key.startswith("structure.")]
        return _WrongError("unknown key" + _suggestion(rest, own), (group, rest))
    own = sorted({key.partition(".")[0] for key in keys})
    return _WrongError("unknown key" + _suggestion(name, own), (name,))


def _suggestion(word: str, words: Iterable[str]) -> str:
    import difflib  # noqa: PLC0415 - only a mistake needs it

    lower = {w.lower(): w for w in words}
    close = difflib.get_close_matches(word.lower().replace("_", "-"), lower, 1, 0.6)
    return f'; did you mean "{lower[close[0]]}"?' if close else ""


def _described(raw: object) -> str:
    if isinstance(raw, dict):
        return "a table"
    if isinstance(raw, list):
        return "a list"
    if isinstance(raw, str):
        return f'"{raw}"'
    return str(raw).lower()


def _table(raw: object, key: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(raw, dict):
        message = f"should be a table, is {_described(raw)}"
        raise _WrongError(message, key)
    return raw


def _strings(raw: object, key: tuple[str, ...], _known: object = None) -> tuple[str, ...]:
    if not isinstance(raw, list):
        message = f"should be a list of strings, is {_described(raw)}"
        raise _WrongError(message, key)
    for item in raw:
        if not isinstance(item, str):
            message = f"should be a list of strings, has {_described(item)} in it"
            raise _WrongError(message, key)
    return tuple(raw)


def _choice(raw: object, key: tuple[str, ...], choices: Sequence[str]) -> str:
    if isinstance(raw, str) and raw in choices:
        return raw
    message = f"should be one of {', '.join(choices)}; is {_described(raw)}"
    raise _WrongError(message + _suggestion(str(raw), choices), key)


def _selectors(raw: object, key: tuple[str, ...], known: Known) -> tuple[str, ...]:
    selectors = _strings(raw, key)
    for selector in selectors:
        if problem := check_selector(selector, known.rules):
            raise _WrongError(problem, key, selector)
    return selectors


def _preset(raw: object, key: tuple[str, ...], _known: Known) -> Preset:
    return Preset(_choice(raw, key, [preset.value for preset in Preset]))


def _certainty(raw: object, key: tuple[str, ...], _known: Known) -> Certainty:
    return Certainty(_choice(raw, key, [certainty.value for certainty in Certainty]))


def _format(raw: object, key: tuple[str, ...], known: Known) -> str:
    return _choice(raw, key, known.formats)


def _by_pattern(raw: object, key: tuple[str, ...], known: Known) -> dict[str, tuple[str, ...]]:
    table = _table(raw, key)
    return {pattern: _selectors(v, (*key, pattern), known) for pattern, v in table.items()}


def _kinds(raw: object, key: tuple[str, ...], _known: Known) -> dict[str, str]:
    table = _table(raw, key)
    return {n: _choice(v, (*key, n), BLOCKING_KINDS) for n, v in _flat(table, key).items()}


def _flat(table: Mapping[str, Any], key: tuple[str, ...]) -> dict[str, Any]:
    """Return unquoted dotted names, which TOML reads as nested tables, as names again."""
    flat: dict[str, Any] = {}
    for name, value in table.items():
        if isinstance(value, dict):
            flat |= {f"{name}.{n}": v for n, v in _flat(value, (*key, name)).items()}
        else:
            flat[name] = value
    return flat


def _names(raw: object, key: tuple[str, ...], _known: Known) -> tuple[str, ...]:
    names = _strings(raw, key)
    for name in names:
        if not _DOTTED.fullmatch(name):
            message = f'"{name}" is not a dotted Python name'
            raise _WrongError(message, key, name)
    return names


def _roles(raw: object, key: tuple[str, ...], _known: Known) -> dict[str, tuple[str, ...]]:
    table = _table(raw, key)
    for role in table:
        if role not in ROLES:
            message = "unknown role" + _suggestion(role, ROLES)
            raise _WrongError(message, (*key, role))
    return {role: _strings(names, (*key, role)) for role, names in table.items()}


def _options(raw: object, key: tuple[str, ...], known: Known) -> dict[str, dict[str, OptionValue]]:
    settings: dict[str, dict[str, OptionValue]] = {}
    for name, table in _table(raw, key).items():
        codes = matching(name, known.rules)
        if len(codes) != 1:
            problem = check_selector(name, known.rules) or "options belong to a single rule"
            raise _WrongError(problem, (*key, name))
        declared = {option.name: option for option in known.options(codes[0])}
        own = settings.setdefault(known.rules[codes[0]], {})
        for option, value in _table(table, (*key, name)).items():
            where = (*key, name, option)
            if option not in declared:
                problem = f"{name} has no such option" + _suggestion(option, declared)
                raise _WrongError(problem, where)
            own[option] = _option(value, where, declared[option])
    return settings


def _option(raw: object, key: tuple[str, ...], option: Declared) -> OptionValue:
    default = option.default
    if isinstance(default, tuple):
        values = _strings(raw, key)
        for value in values if option.choices else ():
            _choice(value, key, option.choices)
        return values
    if isinstance(default, str) and option.choices:
        return _choice(raw, key, option.choices)
    # bool is an int to Python, not to a reader.
    if type(raw) is type(default) and isinstance(raw, str | bool | int):
        return raw
    expected = {bool: "true or false", int: "a whole number", str: "a string"}[type(default)]
    message = f"should be {expected}, is {_described(raw)}"
    raise _WrongError(message, key)


_PARSERS: Mapping[str, Callable[[object, tuple[str, ...], Known], object]] = {
    "preset": _preset,
    "certainty": _certainty,
    "format": _format,
    "strings": _strings,
    "names": _names,
    "selectors": _selectors,
    "selectors-by-pattern": _by_pattern,
    "kinds-by-name": _kinds,
    "strings-by-role": _roles,
    "options": _options,
}
