"""What one client has open: documents, projects, and the linting of them as they change."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple, TypeVar

from lsprotocol.types import Diagnostic
from pygls.uris import from_fs_path

from fastapi_bp_lint.finding import Finding
from fastapi_bp_lint.lsp.board import Board
from fastapi_bp_lint.lsp.diagnostics import View, diagnostics, of_configuration
from fastapi_bp_lint.lsp.documents import Document, Documents
from fastapi_bp_lint.lsp.roots import Root, Seen, project_of
from fastapi_bp_lint.lsp.settings import Settings

# One notification of many changes comes as many; nobody sees so short a wait.
PAUSE = 0.01
# What is seen at a glance is looked at closely once nobody types.
QUIET = 0.4
IDLE = 1.0
# Objects more than there were: each run links the project anew, and what it drops are cycles.
LITTER, HEAP = 50_000, 2_000_000

Answer = TypeVar("Answer")
logger = logging.getLogger(__name__)


Tell = Callable[[str, Sequence[Diagnostic]], None]


class OvertakenError(BaseException):
    """Something has changed while what was seen at a glance was looked at closely.

    No error of a rule, which would be one more finding.
    """


class News(NamedTuple):
    """What a run has to say of one file of which something may have changed."""

    path: Path
    findings: tuple[Finding, ...]
    diagnostics: Sequence[Diagnostic]
    version: int | None


class Session:
    """The state of one connection; all but `ask` is for the thread of the event loop.

    *folders* are those of the workspace: where each stands, and how the client writes that.
    Everything that looks at a project happens one after the other in one other thread. *tell* gets
    the diagnostics of a URI that are others now, *changed* is called once for all of a run,
    *rerouted* when there are other routes, *complain* shows a message.
    """

    def __init__(
        self,
        tell: Tell,
        changed: Callable[[], None],
        rerouted: Callable[[], None],
        complain: Callable[[str], None],
    ) -> None:
        self.documents = Documents()
        self.folders: dict[Path, Path] = {}
        self.settings = Settings()
        self.encoding = "utf-16"
        self.related = True
        self.versioned = True
        self.board = Board(tell)
        self._tell_changed = changed
        self._tell_rerouted = rerouted
        self._complain = complain
        self._roots: dict[Path, Root] = {}
        self._waiting: dict[Root, None] = {}
        self._task: asyncio.Task[None] | None = None
        self._worker = ThreadPoolExecutor(1, "lint")
        self._runs = 0
        self._settled = False
        self._crash = ""
        self._close: set[Root] = set()
        self._overtaken = False

    @property
    def roots(self) -> Iterable[Root]:
        """The projects that were looked at."""
        return self._roots.values()

    def root_of(self, path: Path) -> Root | None:
        """Return the innermost known project around *path*."""
        around = [root for top, root in self._roots.items() if top == path or top in path.parents]
        return max(around, key=lambda root: len(root.folder.parts), default=None)

    def uri(self, path: Path) -> str:
        """Return the URI of a file, as the client writes it where it has it open."""
        document = self.documents.at(path)
        if document is not None:
            return document.uri
        for folder, written in self.folders.items():
            if folder != written and folder in path.parents:
                path = written / path.relative_to(folder)
                break
        return from_fs_path(str(path)) or ""

    def view(self, root: Root, seen: Seen) -> View:
        """Return how the client sees what a run has seen."""
        return View(seen, root.top, self.uri, self.encoding, self.related, self.versioned)

    def opened(self, path: Path) -> None:
        """Look at the project of a file or folder that was opened."""
        folder = project_of(path, self.folders, self.settings.request)
        if folder not in self._roots:
            self._roots[folder] = Root(folder, self.settings.request)
        self.touch(self._around(path))

    def touch(self, roots: Iterable[Root]) -> None:
        """Lint *roots* again, once what is being done is done."""
        self._waiting |= dict.fromkeys(roots)
        self._overtaken = bool(self._waiting)
        if self._waiting and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(self._work())

    def changed(self, path: Path | None) -> None:
        """Lint what a changed file belongs to."""
        if path is not None:
            roots = self._around(path)
            if path.suffix != ".py":  # what it decides stands in no other file
                self._close.update(roots)
            self.touch(roots)

    def reload(self) -> None:
        """Find the projects anew: folders, settings or configuration files are others now."""
        paths = [*self.folders, *(d.path for d in self.documents if d.is_python and d.path)]
        request = self.settings.request
        wanted = dict.fromkeys(project_of(path, self.folders, request) for path in paths)
        for folder in [folder for folder in self._roots if folder not in wanted]:
            self._waiting.pop(self._roots.pop(folder), None)
            self.board.drop(self.board.paths(folder))
        for folder in wanted:
            self._roots.setdefault(folder, Root(folder, request)).ask(request)
        self.touch(self._roots.values())

    async def settled(self) -> None:
        """Wait until what was seen is what is there."""
        while self._task is not None and not self._task.done():
            await asyncio.wait({self._task})

    async def ask(self, question: Callable[[], Answer]) -> Answer:
        """Answer a question about a project, once it has been seen as it is now."""
        await self.settled()
        return await asyncio.get_running_loop().run_in_executor(self._worker, question)

    def close(self) -> None:
        """Take no more work."""
        self._waiting.clear()
        self._worker.shutdown(wait=False, cancel_futures=True)

    def _around(self, path: Path) -> list[Root]:
        return [root for top, root in self._roots.items() if top == path or top in path.parents]

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            await asyncio.sleep(PAUSE)
            root = next(iter(self._waiting), None)
            if root is None:
                continue
            del self._waiting[root]
            self._overtaken = False
            try:
                await self._lint(root)
            except Exception as error:  # noqa: BLE001 - the next change may be without it
                self._crashed(root, error)
            if gc.get_count()[0] > HEAP:
                await loop.run_in_executor(self._worker, self._collect)
        loop.call_later(IDLE, self._tidy, self._runs)

    async def _lint(self, root: Root) -> None:
        loop = asyncio.get_running_loop()
        documents, before, started = list(self.documents), root.error, loop.time()
        routes = root.routes
        self._runs += 1
        news = await loop.run_in_executor(self._worker, self._run, root, documents)
        logger.info("linted %s in %.3f s", root.folder, loop.time() - started)
        if not root.settled:
            loop.call_later(QUIET, self._look_closely, root, self._runs)
        if root.error and root.error != before:
            self._complain(root.error)
        if self._roots.get(root.folder) is root:
            self._publish(root, news)
            if root.routes != routes:
                self._tell_rerouted()

    def _crashed(self, root: Root, error: Exception) -> None:
        logger.error("linting %s failed", root.folder, exc_info=error)
        crash = f"fbp-lint crashed: {type(error).__name__}: {error}"
        if crash != self._crash:  # else every keystroke would say so
            self._complain(crash)
        self._crash = crash

    def _run(self, root: Root, documents: Sequence[Document]) -> list[News]:
        last = root.seen
        seen = self._see(root, documents)
        news = [] if seen is None else list(self._news(root, seen, last))
        if configuration := of_configuration(root.error):
            file, diagnostic = configuration
            news.append(News(file, (), [diagnostic], None))
        return news

    def _see(self, root: Root, documents: Sequence[Document]) -> Seen | None:
        if root in self._close:
            self._close.discard(root)
            try:
                return root.run(documents, self._pulse)
            except OvertakenError:
                return root.seen
        return root.glance(documents) or root.run(documents)

    def _pulse(self) -> None:
        if self._overtaken:
            raise OvertakenError

    def _look_closely(self, root: Root, runs: int) -> None:
        """Survey what was seen at a glance, unless something has happened since."""
        if runs == self._runs and not root.settled and self._roots.get(root.folder) is root:
            self._close.add(root)
            self.touch([root])

    def _news(self, root: Root, seen: Seen, last: Seen | None) -> Iterable[News]:
        """Give the files of which something else is to be said than the board has."""
        view = self.view(root, seen)
        edited = _edited(seen, last)
        for path, findings in seen.findings.items():
            file = root.top / path
            note = self.board.of(file)
            if note is not None and note.findings == findings and note.owner == root.folder:
                places = {path, *(step.place.path for f in findings for step in f.trail)}
                if places.isdisjoint(edited):
                    continue
            document = seen.documents.get(path)
            version = None if document is None else document.version
            yield News(file, findings, diagnostics(path, view), version)

    def _publish(self, root: Root, news: Iterable[News]) -> None:
        seen, changed = root.seen, False
        told = {one.path for one in news}
        for one in news:
            if one.version == self._version(one.path) and self.root_of(one.path) is root:
                uri = self.uri(one.path)
                changed |= self.board.put(one.path, root.folder, uri, one.findings, one.diagnostics)
        left = {root.top / path for path in seen.findings} if seen is not None else set()
        for path in self.board.paths(root.folder):
            if self.root_of(path) is not root:
                self.board.drop([path])
            elif path not in left and path not in told:
                changed |= self.board.put(path, root.folder, self.uri(path), (), ())
        if changed:
            self._tell_changed()

    def _version(self, path: Path) -> int | None:
        document = self.documents.at(path)
        return document.version if document is not None and document.is_python else None

    def _tidy(self, runs: int) -> None:
        """Collect what runs have left behind while nothing is going on."""
        if runs == self._runs and gc.get_count()[0] > LITTER:
            self._worker.submit(self._collect)

    def _collect(self) -> None:
        gc.collect()
        if not self._settled:
            gc.freeze()  # the rules and most facts stay: they need not be looked at again
            self._settled = True


def _edited(seen: Seen, last: Seen | None) -> set[str]:
    """Return the paths whose text in the editor is another than the last time."""
    before = last.documents if last is not None else {}
    paths = seen.documents.keys() | before.keys()
    return {path for path in paths if seen.documents.get(path) is not before.get(path)}
