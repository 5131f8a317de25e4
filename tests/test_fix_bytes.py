from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from fastapi_bp_lint.finding import Finding
from fastapi_bp_lint.fixes import Change, Policy, diff, fix_files
from fastapi_bp_lint.fixes.encoded import decode
from tests.fixing import Linter, linter


@pytest.mark.parametrize(
    "source",
    [
        b"bad()\n",
        b"bad()",
        b"x\r\nbad()\r\n",
        b"x\nbad()\r\ny\rz\n",
        b"\xef\xbb\xbfbad()\n",
        b"\xef\xbb\xbf# coding: utf-8\r\nbad()\r\n",
        b"# coding: latin-1\n'\xe9'; bad('\xfc')  # \xdf\n",
        "# -*- coding: cp1252 -*-\n'\u20ac', bad()\n".encode("cp1252"),
        "'日本', bad('語'); '\U0001f600'\n".encode(),
        b"x\n\x0c\nbad()\n",
    ],
)
def test_bytes_around_a_fix_stay(source: bytes) -> None:
    run = linter(a=source)

    def relint(overlays: Mapping[str, bytes]) -> list[Finding]:
        text = decode(overlays["a.py"]).text
        plain = Linter({"a.py": text.encode()})
        plain.finders = run.finders
        return plain.lint()

    outcome = fix_files(relint({"a.py": source}), run.files, relint, Policy(run.rules))
    start = source.index(b"bad(")
    end = source.index(b")", start) + 1
    assert outcome.changes[0].after == source[:start] + b"good" + source[end:]


def test_a_text_that_the_encoding_cannot_hold_is_put_back() -> None:
    run = linter(code="'日'", a="# coding: latin-1\nbad()\n")
    assert run.fix().restored == {
        "a.py": "the file's encoding cannot hold its text after the fix of FBP101"
    }


@pytest.mark.parametrize(
    "source", [b"\xff\n", b"# coding: nonsense\n", b"# coding: utf-7\n+AGE-\n"]
)
def test_bytes_that_are_no_text_are_left(source: bytes) -> None:
    run = linter(a="bad()\n")
    outcome = fix_files(run.lint(), {"a.py": source}, run.lint, Policy(run.rules))
    assert outcome.restored == {"a.py": "the file cannot be decoded"}


def test_a_file_that_has_become_unreadable_is_left() -> None:
    run = linter(a="bad()\n")
    outcome = fix_files(run.lint(), {"a.py": b"bad(\n"}, run.lint, Policy(run.rules))
    assert outcome.restored == {"a.py": "the file cannot be parsed"}


CHANGES = [
    Change("a.py", b"1\n2\n3\n", b"1\nb\n3\n"),
    Change("a.py", b"1\n2\n3\n4\n5\n6\n7\n8\n9\n", b"x\n1\n2\n3\n4\n5\n6\n7\n8\ny\n"),
    Change("a.py", b"1\r\n2\r\n3\r\n", b"1\r\nb\r\n3\r\n"),
    Change("a.py", b"1\r\n2\n3\r4\n", b"1\r\nb\n3\r5\n"),
    Change("a.py", b"1\n2", b"1\nb"),
    Change("a.py", b"1\n2", b"1\nb\n"),
    Change("a.py", b"1\n2\n", b"1\nb"),
    Change("a.py", b"x\n1\n2", b"y\n1\n2"),
    Change("a.py", b"", b"1\n"),
    Change("a.py", b"1\x0c2\x1c3\n", b"1\x0cb\x1c3\n"),
    Change("a.py", b"# \xe9\n2\n", b"# \xe9\nb\n"),
    Change("a.py", b"--- a\n+++ b\n", b"--- a\n+++ c\n"),
    Change("some folder/a file.py", b"1\n", b"2\n"),
    Change("pkg/caf\u00e9.py", b"1\n", b"2\n"),
    Change('pkg/quo"te\\.py', b"1\n", b"2\n"),
]


@pytest.mark.parametrize("tool", [["patch", "-p0", "-s"], ["git", "apply", "-p0"]])
@pytest.mark.parametrize("change", CHANGES)
def test_a_diff_is_what_patch_tools_apply(change: Change, tool: list[str], tmp_path: Path) -> None:
    if shutil.which(tool[0]) is None:
        pytest.skip(f"{tool[0]} is not installed")
    file = tmp_path / change.path
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(change.before)
    done = subprocess.run(
        tool, input=diff([change]), cwd=tmp_path, check=False, capture_output=True
    )
    assert done.returncode == 0, done.stderr + done.stdout
    assert file.read_bytes() == change.after
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [file]


def test_a_diff_of_many_files_reads_as_one() -> None:
    text = diff([CHANGES[0], Change("b.py", b"1\n", b"2\n")])
    assert text == (
        b"--- a.py\n+++ a.py\n@@ -1,3 +1,3 @@\n 1\n-2\n+b\n 3\n"
        b"--- b.py\n+++ b.py\n@@ -1 +1 @@\n-1\n+2\n"
    )
