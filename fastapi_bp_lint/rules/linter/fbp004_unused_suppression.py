"""
# Suppression that suppresses nothing

## What it does
Reports a code in a `# noqa: FBP...` or `# fbp-lint: noqa: FBP...` comment that suppresses no
finding, and an FBP code or slug in one that no rule has.

## Why is this bad?
The comment says that something is wrong where nothing is, and it will hide the next finding that
appears there, which nobody has looked at.

## Bad
```python
from fastapi import FastAPI

app = FastAPI()  # noqa: FBP101
```

## Good
```python
from fastapi import FastAPI

app = FastAPI()
```

## Fix safety
Safe: the code is taken out of the comment, or the whole directive where it was the last one. The
rest of the comment, and codes of other linters, stay. Unsafe while a file of the project cannot be
read or parsed, for what the comment silences may come from there.

## Limits
A bare `# noqa` may be meant for another linter and is never reported. Neither is a code of a rule
that did not run.

## Source
ruff RUF100; flake8's `noqa`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi_bp_lint.finding import Applicability, Finding, Place, Severity, Span
from fastapi_bp_lint.rule import Preset, Rule

if TYPE_CHECKING:
    import libcst as cst

    from fastapi_bp_lint.edits import Editor

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.RECOMMENDED, since="0.1")


@rule.fix(Applicability.SAFE)
def rewrite_comment(comment: cst.Comment, edit: Editor) -> cst.Comment:
    replacement, *where = edit.args
    if replacement:
        return comment.with_changes(value=replacement)
    edit.remove(Span(*map(int, where)))
    return comment


def unused(
    path: str,
    span: Span,
    idle: tuple[str, ...],
    unknown: tuple[str, ...],
    comment: Span,
    replacement: str,
) -> Finding:
    """Make the finding that codes of a comment silence nothing, or that no rule has them."""
    parts = []
    if idle:
        parts.append(f"{_listed(idle)} suppress{'' if len(idle) > 1 else 'es'} nothing here")
    if unknown:
        parts.append(f"no rule is called {_listed(unknown)}")
    where = tuple(map(str, comment))
    fix = rule.repair("rewrite_comment", "remove it", comment, (replacement, *where))
    return rule.at(Place(path, span), "; ".join(parts), fix=fix)


def misplaced(path: str, span: Span) -> Finding:
    """Make the finding that a file-level suppression stands where it has no effect."""
    return rule.at(
        Place(path, span),
        "`# fbp-lint: noqa` silences a file only at the start of a line of its own; "
        "for this line alone write `# noqa`",
    )


def doubtful(finding: Finding) -> Finding:
    """Return *finding* as it is while some file of the project cannot be read."""
    if finding.fix is None:
        return finding
    return finding._replace(fix=finding.fix._replace(applicability=Applicability.UNSAFE))


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(f"`{word}`" for word in words)
