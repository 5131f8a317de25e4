"""A linter in miniature, for tests of fixes: rules made on the spot and all of their findings."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import libcst as cst

from fastapi_bp_lint.edits import Editor, read
from fastapi_bp_lint.finding import Applicability, Finding, Place, Severity, Span
from fastapi_bp_lint.fixes import Outcome, Policy, fix_files
from fastapi_bp_lint.fixes.proposing import Round, propose
from fastapi_bp_lint.fixes.tidy import Tidy
from fastapi_bp_lint.rule import Preset, Rule

Found = tuple[Span, str, tuple[str, ...]]
Fixer = Callable[..., cst.CSTNode | None]
Finder = Callable[[ast.Module, str], Iterable[Found]]


def make_rule(name: str, *fixers: Callable[..., Any], level: Applicability) -> Rule:
    rule = Rule(
        f"tests.probe.{name}",
        "# A rule of the tests",
        severity=Severity.ERROR,
        preset=Preset.RECOMMENDED,
        since="0.1",
    )
    for fixer in fixers:
        rule.fix(level)(fixer)
    return rule


def span_of(text: str, start: int, end: int) -> Span:
    lines = read(text)
    first, last = lines.line_of(start), lines.line_of(end)
    return Span(first, start - lines.offset(first), last, end - lines.offset(last))


def node_span(text: str, node: ast.AST) -> Span:
    assert isinstance(node, ast.expr | ast.stmt | ast.arg)
    return span_of(text, *read(text).node(node))


def unmark(marked: str) -> tuple[str, list[Span]]:
    """Return the text without its « » and what they stood around."""
    text = ""
    spans: list[tuple[int, int]] = []
    starts: list[int] = []
    for character in marked:
        if character == "«":
            starts.append(len(text))
        elif character == "»":
            spans.append((starts.pop(), len(text)))
        else:
            text += character
    return text, [span_of(text, *span) for span in sorted(spans)]


def one_round(
    marked: str, *fixers: Callable[..., Any], args: tuple[str, ...] = (), unsafe: bool = False
) -> Round:
    """Apply to each marked span in turn the fixer of its turn, the last one to all that follow."""
    text, spans = unmark(marked)
    rule = make_rule("fbp901_probe", *fixers, level=Applicability.SAFE)
    findings = [
        rule.at(
            Place("a.py", span),
            "probe",
            fix=rule.repair(fixers[min(i, len(fixers) - 1)].__name__, "mend", span, args),
        )
        for i, span in enumerate(spans)
    ]
    return propose(text, findings, Policy({rule.code: rule}, unsafe=unsafe))


class Linter:
    """Finds what each rule's finder finds, in files that it keeps as bytes."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = dict(files)
        self.rules: dict[str, Rule] = {}
        self.finders: list[tuple[Rule, Finder, str]] = []
        self.runs = 0

    def add(
        self,
        name: str,
        finder: Finder,
        fixer: Callable[..., Any] | None = None,
        level: Applicability = Applicability.SAFE,
    ) -> Rule:
        rule = make_rule(name, *([fixer] if fixer else []), level=level)
        self.rules[rule.code] = rule
        self.finders.append((rule, finder, fixer.__name__ if fixer else ""))
        return rule

    def lint(self, overlays: Mapping[str, bytes] | None = None) -> list[Finding]:
        self.runs += 1
        found: list[Finding] = []
        for path, source in sorted({**self.files, **(overlays or {})}.items()):
            text = source.decode("utf-8-sig")
            found += self._file(path, text)
        return found

    def fix(
        self,
        *,
        unsafe: bool = False,
        wanted: Callable[[Finding], bool] = bool,
        tidy: Tidy | None = None,
    ) -> Outcome:
        policy = Policy(self.rules, unsafe, wanted, tidy)
        return fix_files(self.lint(), self.files, self.lint, policy)

    def text(self, outcome: Outcome, path: str = "a.py") -> str:
        changed = {change.path: change.after for change in outcome.changes}
        return changed.get(path, self.files[path]).decode("utf-8-sig")

    def _file(self, path: str, text: str) -> Iterable[Finding]:
        tree = ast.parse(text)
        for rule, finder, fixer in self.finders:
            for span, message, args in finder(tree, text):
                fix = rule.repair(fixer, "mend", span, args) if fixer else None
                yield rule.at(Place(path, span), message, fix=fix)


def fixed(marked: str, *fixers: Fixer, args: tuple[str, ...] = (), unsafe: bool = True) -> str:
    made = one_round(marked, *fixers, args=args, unsafe=unsafe)
    assert not made.refused, made.refused[0].reason
    return made.text


def reason(marked: str, fixer: Fixer, *, args: tuple[str, ...] = (), unsafe: bool = True) -> str:
    made = one_round(marked, fixer, args=args, unsafe=unsafe)
    assert made.text == unmark(marked)[0]
    return made.refused[0].reason


def sleep(call: cst.Call, edit: Editor) -> cst.BaseExpression:
    return edit.awaited(call.with_changes(func=edit.expr(f"{edit.need_import('asyncio')}.sleep")))


def status(_name: cst.Name, edit: Editor) -> cst.BaseExpression:
    return edit.expr(edit.need_import("fastapi", "status"))


def make_async(node: cst.FunctionDef, _edit: Editor) -> cst.FunctionDef:
    return node.with_changes(asynchronous=cst.Asynchronous())


def calls_of(name: str) -> Finder:
    def find(tree: ast.Module, text: str) -> Iterable[Found]:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == name:
                yield node_span(text, node), f"{name} is called", ()

    return find


def unwrap(call: cst.Call, _edit: Editor) -> cst.BaseExpression:
    return call.args[0].value


def linter(name: str = "bad", code: str = "good", **files: str | bytes) -> Linter:
    texts = {
        f"{stem}.py": text.encode() if isinstance(text, str) else text
        for stem, text in files.items()
    }
    made = Linter(texts)

    def put(_call: cst.Call, edit: Editor) -> cst.BaseExpression:
        return edit.expr(code)

    made.add("fbp101_bad", calls_of(name), put)
    return made


SLEEPS = "import time\n\n\nasync def f():\n    time.sleep(1)  # a\n    return time.sleep(2)\n"
AWAITS = (
    "import asyncio\nimport time\n\n\nasync def f():\n"
    "    await asyncio.sleep(1)  # a\n    return await asyncio.sleep(2)\n"
)
