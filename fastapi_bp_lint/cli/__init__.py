"""The command line: one module for each command, imported when it is called."""

from __future__ import annotations

import gc
import os
import sys
from typing import NoReturn


def main() -> None:
    """Run the command that the process was started with, and end the process."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        # Editors and CI ask for it before every run; nothing else needs to be imported.
        from fastapi_bp_lint import __version__  # noqa: PLC0415

        sys.stdout.write(f"fbp-lint {__version__}\n")
        return
    from fastapi_bp_lint.cli.app import run  # noqa: PLC0415

    gc.disable()  # nearly all that a run allocates lives until its end
    _end(run(sys.argv[1:]))


def _end(code: int) -> NoReturn:
    """End the process without giving back the facts of a project one by one: they are millions."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        sys.exit(code)  # the interpreter says what could not be written
    os._exit(code)
