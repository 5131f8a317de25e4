"""
# Rule that crashed

## What it does
Says that a rule, or the reading of a file, raised an exception: which rule, in which file, what was
raised, and how to report it. The other rules, and this one on all other code, are not affected.

## Why is this bad?
It is a defect of the linter, not of the code that it looked at. Findings of that rule may be
missing here.

## Bad
Nothing in a linted project is to blame.

## Good
Report it to the linter's issue tracker with the message, the output of `fbp-lint --version` and
the smallest piece of code that still shows it. Until it is mended, `per-file-ignores` for the rule
that crashed silences both.

## Fix safety
There is no fix.

## Limits
A crash outside of any rule ends the run with exit code 3.

## Source
The linter itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from fastapi_bp_lint.finding import Finding, Place, Severity
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.rule import Preset, Project, Rule

rule = Rule(__name__, __doc__, severity=Severity.ERROR, preset=Preset.RECOMMENDED, since="0.1")


@rule.on(Module)
def check(module: Module, _project: Project) -> Iterator[Finding]:
    problem = module.facts.problem
    if problem is not None and problem.kind == "crash":
        yield rule.at(module.place(problem.span), _message("reading facts", "", problem.message))


def crashed(code: str, place: Place, error: Exception) -> Finding:
    """Make the finding that the rule *code* raised *error* when it looked at *place*."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = ""
    if trace is not None:
        file = PurePath(trace.tb_frame.f_code.co_filename).name
        where = f" at {file}:{trace.tb_lineno}"
    text = " ".join(f"{type(error).__name__}: {error}".split())
    return rule.at(place, _message(code, where, text))


def crashed_rule(finding: Finding) -> str:
    """Return the code of the rule that *finding* says has crashed, "" when it does not."""
    return finding.message.partition(" ")[0] if finding.code == rule.code else ""


def _message(what: str, where: str, error: str) -> str:
    return f"{what} crashed here{where}: {error}; how to report it: {rule.url}"
