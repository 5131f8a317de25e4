"""Patterns mean what they mean to git."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pathspec import GitIgnoreSpec

from fastapi_bp_lint.patterns import Patterns, compiled

NAMES = st.sampled_from(["a", "ab", "a.py", "b.py", "__pycache__", "x-y", "c$py.class", "build"])
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
WORDS = st.sampled_from(
    ["a", "a*", "*", "*.py", "[ab]*", "__pycache__", "*$py.class", "**", "b.py"]
)
LINES = st.builds(
    lambda negated, anchor, body, end: negated + anchor + "/".join(body) + end,
    st.sampled_from(["", "", "!"]),
    st.sampled_from(["", "/"]),
    st.lists(WORDS, min_size=1, max_size=3),
    st.sampled_from(["", "/"]),
)


def pattern(*lines: str, base: str = "", prefix: str = "") -> Patterns:
    found = compiled(lines, base, prefix)
    assert found is not None
    return found


@given(LINES.filter(lambda line: line.strip("!/")), PATHS)
def test_each_pattern_decides_as_pathspec_does(line: str, path: str) -> None:
    wanted = GitIgnoreSpec.from_lines([line]).patterns[0]
    assert wanted.regex is not None
    found = pattern(line)
    if not line.endswith("/"):
        assert found.decide(path) == (wanted.include if wanted.regex.search(path) else None)
    if not line.endswith("/**"):
        inside = wanted.regex.search(f"{path}/")
        assert found.decide(path, is_folder=True) == (wanted.include if inside else None)


@pytest.mark.parametrize(
    ("lines", "meant", "not_meant"),
    [
        (["build/"], ["build/x.py", "a/build/x.py"], ["build.py", "abuild/x.py"]),
        (["/build/"], ["build/x.py"], ["a/build/x.py"]),
        (["a/b"], ["a/b", "a/b/c.py"], ["x/a/b", "a/bc"]),
        (["*.py", "!keep.py"], ["x.py", "a/x.py"], ["keep.py", "a/keep.py"]),
        (["foo/**", "!foo/keep.py"], ["foo/x.py", "foo/a/keep.py"], ["foo/keep.py"]),
        (["**/gen/*.py"], ["gen/x.py", "a/b/gen/x.py"], ["gen/a/x.py"]),
        (["t?st.py", "[!a]b.py"], ["test.py", "bb.py"], ["tst.py", "ab.py"]),
        (["# no", "", "x\\ y.py"], ["x y.py"], ["# no"]),
        (["*"], ["a.py", "a/b.py"], []),
    ],
)
def test_what_patterns_mean(lines: list[str], meant: list[str], not_meant: list[str]) -> None:
    found = pattern(*lines)
    assert [path for path in meant if not found.matches(path)] == []
    assert [path for path in not_meant if found.matches(path)] == []


def test_patterns_of_another_folder() -> None:
    assert pattern("/x.py", base="a/").matches("a/x.py")
    assert not pattern("/x.py", base="a/").matches("a/b/x.py")
    assert pattern("/repo/app/x.py", prefix="repo/app/").matches("x.py")


def test_what_is_no_pattern() -> None:
    assert compiled(["", "# comment", "   "]) is None
    assert compiled(["!", "a\\"]) is None
    with pytest.raises(ValueError, match='"!" is not a valid pattern'):
        compiled(["!"], strict=True)


CASES = """
__pycache__/
*.py[cod]
/top.py
docs/_build/
data/**
!data/keep.py
**/gen
a/*/z.py
*.log
lib*/
!libre/
/only/
x.py/
""".strip().splitlines()


def test_git_agrees(tmp_path: Path) -> None:
    paths = [
        "top.py",
        "a/top.py",
        "docs/_build/x.py",
        "a/docs/_build/x.py",
        "data/x.py",
        "data/keep.py",
        "data/deep/keep.py",
        "gen/x.py",
        "a/gen/x.py",
        "a/b/z.py",
        "a/b/c/z.py",
        "lib/x.py",
        "libs/x.py",
        "libre/x.py",
        "only/x.py",
        "a/only/x.py",
        "x.py",
        "__pycache__/x.py",
        "a.pyc",
    ]
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / ".gitignore").write_text("\n".join(CASES))
    done = subprocess.run(
        ["git", "-C", str(tmp_path), "check-ignore", "--stdin", "--no-index"],
        input="\n".join(paths),
        capture_output=True,
        text=True,
        check=False,
    )
    found = pattern(*CASES)
    assert [path for path in paths if found.matches(path)] == done.stdout.splitlines()
