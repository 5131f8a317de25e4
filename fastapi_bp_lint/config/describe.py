"""The settings described for people and for editors: a Markdown page and a JSON schema."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

from fastapi_bp_lint.config.keys import BLOCKING_KINDS, KEYS, ROLES, Key
from fastapi_bp_lint.config.values import Declared, Known
from fastapi_bp_lint.finding import Certainty, Preset

_STRINGS = {"type": "array", "items": {"type": "string"}}
_NAMES = {"type": "array", "items": {"type": "string", "pattern": r"^[^\W\d]\w*(\.[^\W\d]\w*)*$"}}


def reference() -> str:
    """Return the page of all settings, in Markdown."""
    return "\n".join(_entry(key) for key in KEYS)


def schema(known: Known) -> dict[str, Any]:
    """Return the JSON schema of `fbp-lint.toml`, and so of `[tool.fbp-lint]`."""
    top: dict[str, Any] = {}
    structure: dict[str, Any] = {}
    for key in KEYS:
        group, _, name = key.name.rpartition(".")
        (structure if group else top)[name] = {
            **_type(key.kind, known),
            "description": key.help,
        }
    top["structure"] = {
        "type": "object",
        "properties": structure,
        "additionalProperties": False,
        "description": "How the project is laid out.",
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "fastapi-bp-lint",
        "type": "object",
        "properties": dict(sorted(top.items())),
        "additionalProperties": False,
    }


def toml(value: object) -> str:
    """Return *value*, that of a setting, as TOML."""
    if isinstance(value, Enum):
        return f'"{value.value}"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_quoted(str(name))} = {toml(v)}" for name, v in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, tuple):
        return f"[{', '.join(map(toml, value))}]"
    return _quoted(str(value))


def _entry(key: Key) -> str:
    default = key.default
    shown = "not set" if default is None or default == "" else f"`{toml(default)}`"
    table, _, name = key.name.rpartition(".")
    header = f"[tool.fbp-lint{'.' if table else ''}{table}]"
    return (
        f"## `{key.name}`\n\n{key.help}\n\nDefault: {shown}\n\n"
        f"```toml\n{header}\n{name} = {key.example}\n```\n"
    )


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _type(kind: str, known: Known) -> dict[str, Any]:
    selectors = {"type": "array", "items": {"enum": _selectors(known)}}
    kinds = {"type": "object", "additionalProperties": {"enum": list(BLOCKING_KINDS)}}
    types: dict[str, dict[str, Any]] = {
        "preset": {"enum": [preset.value for preset in Preset]},
        "certainty": {"enum": [certainty.value for certainty in Certainty]},
        "format": {"enum": list(known.formats)},
        "file": {"type": "string", "minLength": 1},
        "flag": {"type": "boolean"},
        "strings": _STRINGS,
        "names": _NAMES,
        "selectors": selectors,
        "selectors-by-pattern": {"type": "object", "additionalProperties": selectors},
        "kinds-by-name": kinds,
        "strings-by-role": _closed(dict.fromkeys(ROLES, _STRINGS)),
        "options": _closed(_rule_options(known) if kind == "options" else {}),
    }
    return types[kind]


def _rule_options(known: Known) -> dict[str, Any]:
    return {
        name: _closed({option.name: _option(option) for option in options})
        for code, slug in known.rules.items()
        if (options := known.options(code))
        for name in (code, slug)
    }


def _closed(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _selectors(known: Known) -> list[str]:
    prefixes = {code[:length] for code in known.rules for length in (3, 4, 5)}
    return ["ALL", *sorted(prefixes), *known.rules, *known.rules.values()]


def _option(option: Declared) -> dict[str, Any]:
    return {
        **_option_type(option.default, option.choices),
        "default": _plain(option.default),
        "description": option.help,
    }


def _option_type(default: object, choices: Iterable[str]) -> dict[str, Any]:
    one = {"enum": list(choices)} if choices else {"type": "string"}
    if isinstance(default, tuple):
        return {"type": "array", "items": one}
    if isinstance(default, bool):
        return {"type": "boolean"}
    return {"type": "integer"} if isinstance(default, int) else one


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
