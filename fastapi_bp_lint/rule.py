"""What a rule is: its metadata, its checks, its fixes, and the words its author needs."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, overload

from fastapi_bp_lint.facts.model import Mark
from fastapi_bp_lint.facts.source import Source
from fastapi_bp_lint.finding import (
    Applicability,
    Certainty,
    Entry,
    Finding,
    Fix,
    Place,
    Preset,
    Retarget,
    Severity,
    Span,
    Step,
)
from fastapi_bp_lint.project.project import Project

if TYPE_CHECKING:
    import libcst as cst

    from fastapi_bp_lint.edits import Editor  # noqa: TC004 - loads libcst, which only fixes need

__all__ = [
    "DOCS_URL",
    "Applicability",
    "Certainty",
    "Editor",
    "Finding",
    "Fix",
    "Mark",
    "Option",
    "Preset",
    "Project",
    "Rule",
    "Severity",
    "Source",
]

Node = TypeVar("Node", bound=ast.AST)
Entity = TypeVar("Entity")
AnyCheck = TypeVar("AnyCheck", bound=Callable[..., Iterator[Any]])
AnyFixer = TypeVar("AnyFixer", bound="Callable[..., cst.CSTNode | None]")

DOCS_URL = "https://fastapi-bp-lint.readthedocs.io/en/stable/rules"
_STEM = re.compile(r"(fbp\d{3})_(\w+)")


class Option(NamedTuple):
    """A setting of one rule: TOML key, default, accepted values (empty for any) and meaning."""

    name: str
    default: str | bool | int | tuple[str, ...]
    help: str
    choices: tuple[str, ...] = ()


class Rule:
    """Declares one rule; the name of its module supplies code and slug.

    Raises:
        ValueError: the module is not called ``fbpNNN_slug`` or has no docstring.

    """

    def __init__(
        self,
        module: str,
        doc: str | None,
        *,
        severity: Severity,
        preset: Preset,
        since: str,
        options: tuple[Option, ...] = (),
    ) -> None:
        family, stem = module.split(".")[-2:]
        match = _STEM.fullmatch(stem)
        if match is None or not doc:
            message = f"{module}: a rule's module is called fbpNNN_slug and has a docstring"
            raise ValueError(message)
        self.code = match[1].upper()
        self.slug = match[2].replace("_", "-")
        self.family = family
        self.doc = doc
        self.severity = severity
        self.preset = preset
        self.since = since
        self.options = options
        self.checks: list[tuple[type, Callable[[Any, Any], Iterator[Any]]]] = []
        self.fixers: dict[str, tuple[Callable[..., cst.CSTNode | None], Applicability]] = {}

    @property
    def title(self) -> str:
        """The heading of the rule's page."""
        return self.doc.strip().partition("\n")[0].lstrip("# ")

    @property
    def url(self) -> str:
        """Where the rule's page is published."""
        return f"{DOCS_URL}/{self.code}/"

    @overload  # what is no node is an entity, which no bound can say
    def on(  # type: ignore[overload-overlap]
        self, kind: type[Node]
    ) -> Callable[
        [Callable[[Node, Source], Iterator[Finding | Mark]]],
        Callable[[Node, Source], Iterator[Finding | Mark]],
    ]: ...

    @overload
    def on(
        self, kind: type[Entity]
    ) -> Callable[
        [Callable[[Entity, Project], Iterator[Finding]]],
        Callable[[Entity, Project], Iterator[Finding]],
    ]: ...

    def on(self, kind: type[Any]) -> Callable[[AnyCheck], AnyCheck]:
        """Run the decorated check for every *kind*.

        An ``ast`` class is looked for in each file: the check gets the node and its `Source`, runs
        in the worker and is cached. Anything else is an entity of the linked project, or the
        `Mark` that a syntax check of the same rule has left: the check gets it and the `Project`.
        """

        def register(check: AnyCheck) -> AnyCheck:
            self.checks.append((kind, check))
            return check

        return register

    def fix(self, applicability: Applicability) -> Callable[[AnyFixer], AnyFixer]:
        """Register a rewrite of one syntax node; a finding asks for it with `repair`.

        The fixer gets the libcst node at the fix's span, of the class that its first parameter is
        annotated with, and an `Editor`; it returns the new node, or None to leave all as it is.
        """

        def register(fixer: AnyFixer) -> AnyFixer:
            self.fixers[fixer.__name__] = (fixer, applicability)
            return fixer

        return register

    def repair(
        self,
        fixer: str,
        message: str,
        span: Span,
        args: tuple[str, ...] = (),
        applicability: Applicability | None = None,
        elsewhere: tuple[Retarget, ...] = (),
    ) -> Fix:
        """Ask for the registered *fixer* to rewrite the node that spans exactly *span*.

        *elsewhere* is what has to change in other files at the same time.
        """
        level = applicability or self.fixers[fixer][1]
        return Fix(fixer, level, message, span, args, elsewhere)

    def at(
        self,
        place: Place,
        message: str,
        *,
        symbol: str = "",
        certainty: Certainty = Certainty.CERTAIN,
        trail: tuple[Step, ...] = (),
        entry: Entry | None = None,
        primitive: str = "",
        fix: Fix | None = None,
    ) -> Finding:
        """Make a finding of this rule."""
        return Finding(
            self.code,
            self.slug,
            self.severity,
            place,
            message,
            symbol,
            certainty,
            trail,
            entry,
            primitive,
            fix,
        )
