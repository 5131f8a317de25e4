"""Takes every `async` and `await` out of real packages: nothing may be found in what remains.

    python -m tests.detection.strip_async FOLDER ... [--write]

Sync code holds no loop, so any finding of family 1 there is a false alarm.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
import tokenize
from pathlib import Path

from tests.detection import results
from tests.detection.mutation import lint


def stripped(text: str) -> str:
    """Return *text* without its ``async`` and ``await``; everything else stays in its place."""
    rows = text.splitlines(keepends=True)
    for token in reversed(list(tokenize.generate_tokens(io.StringIO(text).readline))):
        if token.type == tokenize.NAME and token.string in {"async", "await"}:
            line, column = token.start
            row = rows[line - 1]
            end = column + len(token.string)
            after = row[end:].lstrip(" ")
            rows[line - 1] = row[:column] + (after if row[end : end + 1] == " " else row[end:])
    return "".join(rows)


def main() -> int:
    """Print what is found in the stripped packages."""
    wrong = 0
    given = [argument for argument in sys.argv[1:] if argument != "--write"]
    for folder in map(Path, given):
        with tempfile.TemporaryDirectory() as place:
            root = Path(place).resolve()
            files = 0
            for file in folder.rglob("*.py"):
                target = root / file.relative_to(folder)
                target.parent.mkdir(parents=True, exist_ok=True)
                try:
                    target.write_text(stripped(file.read_text("utf-8")), "utf-8")
                    files += 1
                except (SyntaxError, tokenize.TokenError, UnicodeDecodeError):
                    shutil.copy(file, target)
            (root / "fbp-lint.toml").write_text("")
            said = lint(root)
        print(f"{folder.name}: {files} files, {len(said)} findings")  # noqa: T201
        for f in said:
            print(f"  {f['path']}:{f['line']} {f['code']} {f['message']}")  # noqa: T201
        wrong += len(said)
        if "--write" in sys.argv:
            results.keep("strip", folder.name, f"{files} files, {len(said)} findings")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
