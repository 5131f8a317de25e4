"""The state of the world: which files a project has now, and the facts of each."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from fastapi_bp_lint.cache import State
from fastapi_bp_lint.cachedir import Stamp, stamp
from fastapi_bp_lint.config import Config
from fastapi_bp_lint.discovery import Listing, discover
from fastapi_bp_lint.disk import read
from fastapi_bp_lint.facts.model import FileFacts
from fastapi_bp_lint.facts.rescue import decode
from fastapi_bp_lint.fork import spare_processes
from fastapi_bp_lint.packing import pack
from fastapi_bp_lint.reading import facts_of, facts_of_text, unreadable
from fastapi_bp_lint.rules import load, syntax_checks

if TYPE_CHECKING:
    from fastapi_bp_lint.archive import Archive
    from fastapi_bp_lint.pool import Keep

Progress: TypeAlias = Callable[[int, int], None]

# With fewer files than these a second process costs more than it saves.
ENOUGH_FILES = 50


class Workspace:
    """The files of one project and their facts, kept from one refresh to the next.

    *overlays* are texts that stand for files, as an editor has them or standard input brings
    them; a path of theirs is relative to *root*. *codes* are the rules whose syntax checks run.
    A *patient* workspace keeps the facts of an overlay that does not parse: somebody is typing.
    The facts of many files outlive the process in *folder*.
    """

    def __init__(
        self,
        root: Path,
        config: Config,
        codes: Iterable[str] = (),
        *,
        jobs: int = 0,
        folder: Path | None = None,
    ) -> None:
        self.root = root
        self.config = config
        self.overlays: dict[str, bytes] = {}
        self.patient = False
        self._codes = tuple(sorted(codes))
        self._jobs = jobs
        self._folder = folder
        self._checks = syntax_checks(load(self._codes))
        self._began = 0
        self._settings: dict[str, Stamp] = {}
        self._facts: dict[str, FileFacts] = {}
        self._stamps: dict[str, object] = {}
        self._lines: dict[str, tuple[str, ...]] = {}

    def refresh(self, progress: Progress | None = None) -> Mapping[str, FileFacts]:
        """Return the facts of every file, in order of path, as things are now."""
        self._began = time.time_ns()
        listing = discover(self.root, self.config)
        stamps: dict[str, object] = {path: stamp(s) for path, s in listing.files.items()}
        stamps |= listing.problems
        self._settings = {path: stamp(s) for path, s in listing.settings.items()}
        for path, text in self.overlays.items():
            # What is on the disk and not in the listing is not the project's.
            if path in stamps or not (self.root / path).exists():
                stamps[path] = text
        changed = [path for path in stamps if self._stamps.get(path) != stamps[path]]
        fresh = self._extract(changed, listing, progress)
        facts = {path: fresh.get(path) or self._facts[path] for path in sorted(stamps)}
        self._facts, self._stamps = facts, stamps
        self._lines.clear()
        return facts

    @property
    def state(self) -> State:
        """The project as the last refresh has read it."""
        return State(
            self._began,
            {path: kept for path, kept in self._stamps.items() if isinstance(kept, tuple)},
            {path: facts.digest for path, facts in self._facts.items() if facts.digest},
            self._settings,
        )

    def text(self, path: str) -> bytes:
        """Return the content of *path*.

        Raises:
            OSError: it cannot be read.

        """
        overlay = self.overlays.get(path)
        return read(f"{self.root}/{path}") if overlay is None else overlay

    def linted(self, path: str) -> bytes:
        """Return the content of *path* that the last refresh has read.

        Raises:
            OSError: it cannot be read, or has changed since.

        """
        text = self.text(path)
        # In this order: what changes in between is noticed, too.
        if path not in self.overlays and stamp((self.root / path).stat()) != self._stamps[path]:
            message = "changed on disk since it was linted"
            raise OSError(message)
        return text

    def lines(self, path: str) -> tuple[str, ...]:
        """Return the lines of *path* for a code frame; none when it cannot be read."""
        if path not in self._lines:
            try:
                self._lines[path] = tuple(decode(self.text(path)).split("\n"))
            except (OSError, SyntaxError, UnicodeError):
                return ()
        return self._lines[path]

    def _extract(
        self, paths: list[str], listing: Listing, progress: Progress | None
    ) -> dict[str, FileFacts]:
        fresh: dict[str, FileFacts] = {}
        on_disk: list[str] = []
        for path in paths:
            if path in self.overlays:
                fresh[path] = self._overlaid(path)
            elif path in listing.problems:
                fresh[path] = unreadable(path, listing.problems[path])
            else:
                on_disk.append(path)
        archive = self._archive if len(listing.files) >= ENOUGH_FILES else None
        if archive is None:
            return fresh | self._read(on_disk, progress)
        if not self._facts:
            fresh |= archive.recall({path: listing.files[path] for path in on_disk})
            on_disk = [path for path in on_disk if path not in fresh]

        def keep(facts: FileFacts, packed: bytes) -> None:
            archive.add(facts, packed, self._began, listing.files[facts.path])

        fresh |= self._read(on_disk, progress, keep)
        archive.finish(listing.files)
        return fresh

    @cached_property
    def _archive(self) -> Archive | None:
        """What has the facts of many files from earlier runs; nothing does in a first one.

        Who lints once, as on a fresh machine, does not pay for the next time.
        """
        if self._folder is None or not self._folder.exists():
            return None
        try:
            from fastapi_bp_lint.archive import Archive  # noqa: PLC0415 - few runs need it
        except ImportError:  # Python can be built without a database
            return None
        return Archive(self._folder, self.root, self._codes)

    def _read(
        self, paths: list[str], progress: Progress | None, keep: Keep | None = None
    ) -> dict[str, FileFacts]:
        """Return the facts of *paths*, which are read from the disk."""
        root = str(self.root)
        copies = self._copies(len(paths))
        if copies:
            from fastapi_bp_lint.pool import facts_of_many  # noqa: PLC0415 - few runs need it

            return facts_of_many(root, paths, self._checks, copies, progress, keep)
        fresh: dict[str, FileFacts] = {}
        for done, path in enumerate(paths, 1):
            facts = fresh[path] = facts_of(root, path, self._checks)
            if keep is not None:
                keep(facts, pack([facts]))
            if progress is not None:
                progress(done, len(paths))
        return fresh

    def _copies(self, files: int) -> int:
        """Return how many processes beside this one read so many files."""
        if files < (2 if self._jobs else ENOUGH_FILES):
            return 0
        return min(spare_processes(self._jobs), files - 1)

    def _overlaid(self, path: str) -> FileFacts:
        fresh = facts_of_text(self.overlays[path], path, self._checks)
        problem, last = fresh.problem, self._facts.get(path)
        if self.patient and last is not None and problem is not None and problem.kind == "syntax":
            return last._replace(problem=problem)
        return fresh
