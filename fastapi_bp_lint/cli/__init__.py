"""The command line: one module for each command, imported when it is called."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command that the process was started with, and end the process."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        # Editors and CI ask for it before every run; nothing else needs to be imported.
        from fastapi_bp_lint import __version__  # noqa: PLC0415

        sys.stdout.write(f"fbp-lint {__version__}\n")
        return
    from fastapi_bp_lint.cli.app import run  # noqa: PLC0415

    sys.exit(run(sys.argv[1:]))
