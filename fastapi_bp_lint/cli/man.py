"""``fbp-lint man``: the manual page, made of the commands and their options."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from fastapi_bp_lint import __version__

_EXITS = (
    ("0", "nothing was found"),
    ("1", "there are findings"),
    ("2", "it was used wrongly, or its configuration is broken"),
    ("3", "it crashed"),
)
_FILES = (
    ("pyproject.toml", "settings in [tool.fbp-lint]"),
    ("fbp-lint.toml", "settings, in place of those"),
)
_ENVIRONMENT = (("NO_COLOR", "no colours, whatever the terminal can"),)
_CODE = re.compile(r"`([^`]*)`")


@click.command("man")
def command() -> None:
    """Print the manual page, for man(1)."""
    click.echo("\n".join(manual()))


def manual() -> Iterator[str]:
    """Give the lines of the manual page."""
    from fastapi_bp_lint.cli.app import COMMANDS, app  # noqa: PLC0415 - which imports the commands

    context = click.Context(app, info_name="fbp-lint")
    yield f'.TH FBP-LINT 1 "" "fbp-lint {__version__}" "User Commands"'
    yield ".SH NAME\nfbp-lint \\- lint whole FastAPI projects"
    yield ".SH SYNOPSIS\n.B fbp-lint\n[check] [OPTIONS] [PATHS]..."
    for name in COMMANDS:
        yield f".br\n.B fbp-lint {name}"
    yield f".SH DESCRIPTION\n{_text(app.help or '')}"
    yield ".SH COMMANDS"
    for name in COMMANDS:
        found = app.get_command(context, name)
        assert found is not None
        yield from _command(name, found, context)
    for title, rows in (("EXIT STATUS", _EXITS), ("FILES", _FILES), ("ENVIRONMENT", _ENVIRONMENT)):
        yield f".SH {title}"
        yield from (f".TP\n.B {_text(term)}\n{_text(meaning)}" for term, meaning in rows)
    yield ".SH SEE ALSO\n.BR flake8 (1),\n.BR ruff (1)"


def _command(name: str, found: click.Command, parent: click.Context) -> Iterator[str]:
    context = click.Context(found, parent, info_name=name)
    usage = " ".join(found.collect_usage_pieces(context))
    yield f'.SS "fbp-lint {name} {_text(usage)}"'
    yield _text(found.help or "")
    for parameter in found.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None and isinstance(parameter, click.Option):
            yield f".TP\n.B {_text(record[0])}\n{_text(record[1])}"


def _text(text: str) -> str:
    """Return *text* as roff: no dash, backslash or first dot means anything."""
    escaped = _CODE.sub(r"\1", text).replace("\\", "\\e").replace("-", "\\-")
    paragraphs = [" ".join(part.split()) for part in escaped.split("\n\n") if part.strip()]
    return "\n.PP\n".join(f"\\&{part}" if part[0] in ".'" else part for part in paragraphs)
