"""The values of settings: each kind's own reader, which knows what may stand there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from fastapi_bp_lint.config.keys import BLOCKING_KINDS, ROLES, OptionValue
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


class WrongError(Exception):
    """What is wrong with one value; *value* is the item of a list that is to blame."""

    def __init__(self, message: str, key: tuple[str, ...] = (), value: str = "") -> None:
        super().__init__(message)
        self.key = key
        self.value = value


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
    return f'no rule is called "{selector}"' + suggestion(selector, (*rules, *rules.values()))


def suggestion(word: str, words: Iterable[str]) -> str:
    """Ask whether the one of *words* that is most like *word* was meant; "" when none is."""
    import difflib  # noqa: PLC0415 - only a mistake needs it

    lower = {w.lower(): w for w in words}
    close = difflib.get_close_matches(word.lower().replace("_", "-"), lower, 1, 0.6)
    return f'; did you mean "{lower[close[0]]}"?' if close else ""


def described(raw: object) -> str:
    """Name a TOML value in a message."""
    if isinstance(raw, dict):
        return "a table"
    if isinstance(raw, list):
        return "a list"
    if isinstance(raw, str):
        return f'"{raw}"'
    return str(raw).lower()


def as_table(raw: object, key: tuple[str, ...]) -> dict[str, Any]:
    """Return *raw*, the value of *key*, as the table that it should be.

    Raises:
        WrongError: it is something else.

    """
    if not isinstance(raw, dict):
        message = f"should be a table, is {described(raw)}"
        raise WrongError(message, key)
    return raw


def _strings(raw: object, key: tuple[str, ...], _known: object = None) -> tuple[str, ...]:
    if not isinstance(raw, list):
        message = f"should be a list of strings, is {described(raw)}"
        raise WrongError(message, key)
    for item in raw:
        if not isinstance(item, str):
            message = f"should be a list of strings, has {described(item)} in it"
            raise WrongError(message, key)
    return tuple(raw)


def _choice(raw: object, key: tuple[str, ...], choices: Sequence[str]) -> str:
    if isinstance(raw, str) and raw in choices:
        return raw
    message = f"should be one of {', '.join(choices)}; is {described(raw)}"
    raise WrongError(message + suggestion(str(raw), choices), key)


def _selectors(raw: object, key: tuple[str, ...], known: Known) -> tuple[str, ...]:
    selectors = _strings(raw, key)
    for selector in selectors:
        if problem := check_selector(selector, known.rules):
            raise WrongError(problem, key, selector)
    return selectors


def _preset(raw: object, key: tuple[str, ...], _known: Known) -> Preset:
    return Preset(_choice(raw, key, [preset.value for preset in Preset]))


def _certainty(raw: object, key: tuple[str, ...], _known: Known) -> Certainty:
    return Certainty(_choice(raw, key, [certainty.value for certainty in Certainty]))


def _format(raw: object, key: tuple[str, ...], known: Known) -> str:
    return _choice(raw, key, known.formats)


def _file(raw: object, key: tuple[str, ...], _known: Known) -> str:
    if isinstance(raw, str) and raw:
        return raw
    message = f"should be the name of a file, is {described(raw)}"
    raise WrongError(message, key)


def _flag(raw: object, key: tuple[str, ...], _known: Known) -> bool:
    if isinstance(raw, bool):
        return raw
    message = f"should be true or false, is {described(raw)}"
    raise WrongError(message, key)


def _by_pattern(raw: object, key: tuple[str, ...], known: Known) -> dict[str, tuple[str, ...]]:
    table = as_table(raw, key)
    return {pattern: _selectors(v, (*key, pattern), known) for pattern, v in table.items()}


def _kinds(raw: object, key: tuple[str, ...], _known: Known) -> dict[str, str]:
    table = as_table(raw, key)
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
            raise WrongError(message, key, name)
    return names


def _roles(raw: object, key: tuple[str, ...], _known: Known) -> dict[str, tuple[str, ...]]:
    table = as_table(raw, key)
    for role in table:
        if role not in ROLES:
            message = "unknown role" + suggestion(role, ROLES)
            raise WrongError(message, (*key, role))
    return {role: _strings(names, (*key, role)) for role, names in table.items()}


def _options(raw: object, key: tuple[str, ...], known: Known) -> dict[str, dict[str, OptionValue]]:
    settings: dict[str, dict[str, OptionValue]] = {}
    for name, table in as_table(raw, key).items():
        codes = matching(name, known.rules)
        if len(codes) != 1:
            problem = check_selector(name, known.rules) or "options belong to a single rule"
            raise WrongError(problem, (*key, name))
        declared = {option.name: option for option in known.options(codes[0])}
        own = settings.setdefault(known.rules[codes[0]], {})
        for option, value in as_table(table, (*key, name)).items():
            where = (*key, name, option)
            if option not in declared:
                problem = f"{name} has no such option" + suggestion(option, declared)
                raise WrongError(problem, where)
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
    message = f"should be {expected}, is {described(raw)}"
    raise WrongError(message, key)


READERS: Mapping[str, Callable[[object, tuple[str, ...], Known], object]] = {
    "preset": _preset,
    "certainty": _certainty,
    "format": _format,
    "file": _file,
    "flag": _flag,
    "strings": _strings,
    "names": _names,
    "selectors": _selectors,
    "selectors-by-pattern": _by_pattern,
    "kinds-by-name": _kinds,
    "strings-by-role": _roles,
    "options": _options,
}
