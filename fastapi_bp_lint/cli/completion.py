"""``fbp-lint completion``: what a shell needs to complete our commands, options and rules."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem, get_completion_class

SHELLS = ("bash", "zsh", "fish")
_VARIABLE = "_FBP_LINT_COMPLETE"


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> None:
    """Print the completion script of SHELL: evaluate it in the shell's start-up file."""
    from fastapi_bp_lint.cli.app import app  # noqa: PLC0415 - which imports the commands

    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(app, {}, "fbp-lint", _VARIABLE).source())


def rules(
    _context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return the codes and slugs that the last of some rules, divided by commas, may become."""
    from fastapi_bp_lint.rules import slugs  # noqa: PLC0415 - while completing only

    before, comma, last = incomplete.rpartition(",")
    known = slugs()
    found = [(code, slug) for code, slug in known.items() if code.startswith(last.upper())]
    found += [(slug, code) for code, slug in known.items() if last and slug.startswith(last)]
    return [CompletionItem(f"{before}{comma}{name}", help=other) for name, other in found]
