"""The command ``fbp-lint``: its subcommands, and how it ends."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from fastapi_bp_lint import __version__
from fastapi_bp_lint.config import ConfigError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMMANDS = (
    "check",
    "clean",
    "completion",
    "config",
    "dependencies",
    "explain",
    "man",
    "report",
    "routes",
    "rules",
    "server",
)
_OPTIONS = ("--help", "-h", "--version", "-V")
WRONG_USE = 2
CRASHED = 3


class _Commands(click.Group):
    """Imports a command when it is called; without one it is ``check``."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"fastapi_bp_lint.cli.{cmd_name}")
        command = module.command
        assert isinstance(command, click.Command)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        completing = ctx.resilient_parsing and not args
        if not completing and args[:1] not in [[one] for one in (*COMMANDS, *_OPTIONS)]:
            args = ["check", *args]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        found = super().shell_complete(ctx, incomplete)
        check = self.get_command(ctx, "check")
        assert check is not None
        inner = click.Context(check, ctx, info_name="check", resilient_parsing=True)
        return found + [
            item for item in check.shell_complete(inner, incomplete) if item.value != "--help"
        ]


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", message="%(prog)s %(version)s")
def app() -> None:
    """Lint whole FastAPI projects for the conventions of fastapi-best-practices.

    Without a command: check. `fbp-lint check --help` lists its options.
    """


def run(args: Sequence[str]) -> int:
    """Run the command line *args* and return the exit code."""
    for stream in (sys.stdout, sys.stderr):
        # The name of a file may hold what the terminal's encoding does not.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = app.main(list(args), prog_name="fbp-lint", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return WRONG_USE
    except ConfigError as error:
        click.echo(f"error: {error}", err=True)
        return WRONG_USE
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return 130
    except BrokenPipeError:
        # Whoever read our output has seen enough; nothing may be written at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
    except Exception as error:  # noqa: BLE001 - a crash has an exit code of its own
        return _crashed(error, args)
    return code if isinstance(code, int) else 0


def _crashed(error: Exception, args: Sequence[str]) -> int:
    if "--verbose" in args or "-v" in args:
        import traceback  # noqa: PLC0415

        traceback.print_exception(error)
    version = ".".join(map(str, sys.version_info[:3]))
    click.echo(
        f"fbp-lint crashed: {type(error).__name__}: {error}\n"
        f"This is a defect of fbp-lint {__version__} (Python {version}, {sys.platform}). Please "
        "report it with the traceback that\n"
        f"  fbp-lint {' '.join(args)} --verbose\nprints.",
        err=True,
    )
    return CRASHED
