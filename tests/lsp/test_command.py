"""The command that starts the server, and what everybody else pays for it: nothing."""

from __future__ import annotations

import subprocess
import sys

START = "from fastapi_bp_lint.cli import app; "


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_without_pygls_it_says_what_to_install() -> None:
    hidden = "import sys; sys.modules['pygls'] = sys.modules['lsprotocol'] = None; "
    done = run(f"{hidden}{START}sys.exit(app.run(['server', '--stdio']))")
    assert done.returncode == 2
    assert done.stderr.strip().endswith("pip install 'fastapi-bp-lint[lsp]'")


def test_another_missing_module_is_a_crash() -> None:
    hidden = "import sys; sys.modules['fastapi_bp_lint.lsp.server'] = None; "
    done = run(f"{hidden}{START}sys.exit(app.run(['server']))")
    assert done.returncode == 3
    assert "fastapi_bp_lint.lsp.server" in done.stderr


def test_a_plain_run_loads_nothing_of_it(tmp_path: object) -> None:
    done = run(
        f"import sys; {START}app.run(['check', '--isolated', {str(tmp_path)!r}])\n"
        "names = {name.partition('.')[0] for name in sys.modules}\n"
        "print(sorted(names & {'pygls', 'lsprotocol', 'asyncio', 'watchfiles', 'libcst'}))"
    )
    assert done.stdout.splitlines()[-1] == "[]"
