"""``fbp-lint server``: the language server."""

from __future__ import annotations

import click


@click.command("server")
@click.option("--stdio", is_flag=True, help="Speak on standard input and output, as always.")
@click.option("-v", "--verbose", is_flag=True, help="Log what happens on standard error.")
def command(*, stdio: bool, verbose: bool) -> int:  # noqa: ARG001 - editors say it
    """Lint while code is being written: speak the language server protocol to an editor."""
    try:
        from fastapi_bp_lint.lsp.server import serve  # noqa: PLC0415 - loads pygls
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"pygls", "lsprotocol"}:
            raise
        message = "the language server needs pygls: pip install 'fastapi-bp-lint[lsp]'"
        raise click.ClickException(message) from None
    return serve(verbose=verbose)
