"""One project of the workspace: its plan, kept from run to run, and what the last run saw."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from fastapi_bp_lint.config import ConfigError, locate
from fastapi_bp_lint.disk import read
from fastapi_bp_lint.engine import Survey, glance, survey
from fastapi_bp_lint.facts.model import FileFacts
from fastapi_bp_lint.facts.rescue import decode, encode
from fastapi_bp_lint.finding import Finding, Span
from fastapi_bp_lint.lsp.cards import title
from fastapi_bp_lint.lsp.documents import Document
from fastapi_bp_lint.lsp.positions import lines_of
from fastapi_bp_lint.lsp.shifts import shift
from fastapi_bp_lint.plan import Plan, Request, under
from fastapi_bp_lint.standing import StandingPlan

BROKEN = "FBP001"


class Seen(NamedTuple):
    """What a run saw: *documents* are the open files, by path, as they were then.

    *known* has, of those whose syntax was broken, the lines that their facts are of.
    """

    look: Survey
    findings: Mapping[str, tuple[Finding, ...]]
    documents: Mapping[str, Document]
    known: Mapping[str, Sequence[str]]

    def lines(self, path: str) -> Sequence[str]:
        """Return the lines of *path* as the editor, or else the disk, has them."""
        document = self.documents.get(path)
        return self.look.report.lines(path) if document is None else document.lines

    def span(self, path: str, span: Span) -> Span | None:
        """Return where a span of the facts of *path* stands in the text, None if nowhere."""
        if path not in self.known:
            return span
        return shift(self.known[path], self.lines(path)).moved(span)

    def is_broken(self, path: str) -> bool:
        """Whether the facts of *path* are those of an earlier text."""
        return path in self.known


class Root:
    """A project; everything but its attributes is for one thread to ask.

    *error* says what is wrong with its configuration; the one before stays in force. *routes* are
    those of the last run, for telling them from others. It is not *settled* while a first answer
    is all that there is.
    """

    def __init__(self, folder: Path, request: Request) -> None:
        self.folder = folder
        self.error = ""
        self.seen: Seen | None = None
        self.routes: tuple[tuple[str, str, bool | None], ...] = ()
        self.settled = True
        self._of: Plan | None = None
        self._standing = StandingPlan(request._replace(paths=(folder,)))
        self._good: dict[str, str] = {}

    @property
    def plan(self) -> Plan | None:
        """The plan of the last configuration that could be used."""
        return self._standing.last

    @property
    def top(self) -> Path:
        """The folder that the paths of findings are relative to."""
        return self.folder if self.plan is None else self.plan.location.root

    def ask(self, request: Request) -> None:
        """Take other settings of the editor, from the next run on."""
        self._standing.ask(request._replace(paths=(self.folder,)))

    def glance(self, documents: Iterable[Document]) -> Seen | None:
        """Give a first answer about the project with the open *documents*.

        None where more has changed than that can be given for.
        """
        plan, last = self.plan, self.seen
        try:
            if plan is None or last is None or self._standing.current() is not self._of:
                return None
        except ConfigError:
            return None
        overlaid = self.overlay(plan, documents)

        def moved(path: str, facts: FileFacts) -> Callable[[Span], Span | None]:
            if facts.problem is not None or path not in overlaid:
                return lambda span: span
            return shift(lines_of(self._last_good(path)), overlaid[path].lines).moved

        looked = glance(plan, last.look, moved)
        if looked is None:
            return None
        self.settled = self.settled and looked.checked is last.look.checked
        self.seen = self._seen(looked, overlaid)
        return self.seen

    def run(
        self, documents: Iterable[Document], pulse: Callable[[], None] | None = None
    ) -> Seen | None:
        """Lint the project with the open *documents*; None when it was never configured.

        *pulse* is called now and then; what it raises ends the run, and what was seen stays.
        """
        self.error = ""
        try:
            self._standing.current()
        except ConfigError as error:
            self.error = str(error)
        plan = self.plan
        if plan is not None:
            plan.workspace.patient = True
            overlaid = self.overlay(plan, documents)
            try:
                self.seen = self._seen(survey(plan, pulse=pulse), overlaid)
                self._of, self.settled = plan, True
                self.routes = tuple(
                    (route.place.path, title(route), route.on_loop)
                    for route in self.seen.look.project.routes
                )
            except ConfigError as error:
                self.error = str(error)
        return self.seen

    def overlay(self, plan: Plan, documents: Iterable[Document]) -> dict[str, Document]:
        """Let *documents* stand for their files, and return them by path."""
        overlaid: dict[str, Document] = {}
        for document in documents:
            if document.is_python and document.path is not None:
                overlaid |= dict.fromkeys(under(self.top, document.path), document)
        plan.workspace.overlays = {path: encode(one.text) for path, one in overlaid.items()}
        return overlaid

    def _last_good(self, path: str) -> str:
        """Return the text that the facts of *path* are of."""
        return self._good.get(path) or _on_disk(self.top / path)

    def _seen(self, looked: Survey, documents: Mapping[str, Document]) -> Seen:
        findings: dict[str, list[Finding]] = {}
        for finding in looked.report.findings:
            findings.setdefault(finding.place.path, []).append(finding)
        known: dict[str, Sequence[str]] = {}
        for path, document in documents.items():
            facts = looked.project.files.get(path)
            if facts is None:
                continue
            if facts.problem is None:
                self._good[path] = document.text
            elif facts.problem.kind == "syntax":
                known[path] = lines_of(self._last_good(path))
        by_path = {path: tuple(found) for path, found in findings.items()}
        return Seen(looked, by_path, documents, known)


def project_of(path: Path, folders: Iterable[Path], request: Request) -> Path:
    """Return the root of the project that *path* belongs to for somebody who opened *folders*.

    It is the project of the innermost folder around *path*, as for the command line in that folder;
    a project below it that has settings of its own stands for itself.
    """
    around = [folder for folder in folders if folder == path or folder in path.parents]
    own = _root(path, request)
    if not around:
        return own[0]
    outer = _root(max(around, key=lambda folder: len(folder.parts)), request)[0]
    if own[1] and outer in own[0].parents:
        return own[0]
    return outer if outer == path or outer in path.parents else own[0]


def _root(path: Path, request: Request) -> tuple[Path, bool]:
    """Return the root of the project of *path*, and whether it has settings of its own."""
    try:
        location = locate(path, request.config, isolated=request.isolated)
    except ConfigError:
        # Whose configuration cannot be read still has a folder to say so in.
        return locate(path, isolated=True).root, False
    return location.root, location.file is not None


def _on_disk(file: Path) -> str:
    try:
        return decode(read(str(file)))
    except (OSError, SyntaxError, UnicodeError):
        return ""
