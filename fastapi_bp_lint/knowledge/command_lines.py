"""How libraries of command lines mark the function behind a command, by canonical dotted name."""

from __future__ import annotations

COMMANDS = frozenset(
    {
        "asyncclick.command",
        "asyncclick.group",
        "click.command",
        "click.group",
        "cyclopts.App.command",
        "cyclopts.App.default",
        "cyclopts.App.meta",
        "rich_click.command",
        "rich_click.group",
        "typer.Typer.callback",
        "typer.Typer.command",
    }
)

MARKS = frozenset({"callback", "command", "default", "group", "meta"})
"""The last part of every decorator that may be one of them, those of a group included."""
