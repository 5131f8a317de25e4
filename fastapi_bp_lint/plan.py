"""What a run will do, from a request and the configuration; nothing of the project is read yet."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fastapi_bp_lint.cache import Cache
from fastapi_bp_lint.config import Config, Known, Location, load, locate, real
from fastapi_bp_lint.finding import Certainty
from fastapi_bp_lint.output import FORMATS
from fastapi_bp_lint.rules import load as load_rules
from fastapi_bp_lint.rules import presets, slugs
from fastapi_bp_lint.selection import Layer, selected

if TYPE_CHECKING:
    from fastapi_bp_lint.report import Accepted
    from fastapi_bp_lint.rule import Option, Rule
    from fastapi_bp_lint.workspace import Workspace


class Request(NamedTuple):
    """What a caller asks for besides the configuration; *overlays* have absolute paths.

    *baseline* takes the place of the configured one; not *accepting* there is none. *since* is a
    revision of git: what was found then is not shown. *caching* keeps what is found, in *cache*
    rather than in the configured folder. *infer* asks astroid about what is unknown.
    """

    paths: tuple[Path, ...] = ()
    config: Path | None = None
    isolated: bool = False
    layer: Layer = Layer()
    certainty: Certainty | None = None
    overlays: Mapping[Path, bytes] = {}
    jobs: int = 0
    baseline: Path | None = None
    accepting: bool = True
    since: str = ""
    caching: bool = False
    cache: Path | None = None
    infer: bool = False


class Plan:
    """What a run will do: *shown* are the paths under the root whose findings are shown.

    *missing* are requested paths that do not exist, *outside* those of another project.
    """

    def __init__(self, request: Request, location: Location, config: Config) -> None:
        self.location = location
        self.config = config
        self.since = request.since
        self.infer = request.infer
        self.jobs = request.jobs
        self._request = request
        root = location.root
        overlaid = {real(path) for path in request.overlays}
        self.missing = _missing(request.paths, overlaid)
        inner = {path: under(root, path) for path in request.paths if path not in self.missing}
        shown = tuple(name for names in inner.values() for name in names)
        self.shown = shown if request.paths else ("",)
        self.outside = tuple(path for path, names in inner.items() if not names)

    @cached_property
    def codes(self) -> frozenset[str]:
        """The codes of the rules that run."""
        config = self.config
        own = Layer(config.preset, config.select, config.extend_select, config.ignore)
        return selected([own, self._request.layer], slugs(), presets)

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        """The rules that run, by code."""
        return load_rules(self.codes)

    @cached_property
    def workspace(self) -> Workspace:
        """The files of the project."""
        from fastapi_bp_lint.workspace import Workspace  # noqa: PLC0415 - an answer may be kept

        root = self.location.root
        folder = self.folder if self._request.caching else None
        workspace = Workspace(root, self.config, self.codes, jobs=self.jobs, folder=folder)
        for path, text in self._request.overlays.items():
            workspace.overlays |= dict.fromkeys(under(root, path), text)
        return workspace

    @cached_property
    def cache(self) -> Cache | None:
        """Where what is found is kept; None where it depends on more than the project's files."""
        request = self._request
        if not request.caching or request.overlays or request.since or request.infer:
            return None
        return Cache(self.folder, self.location.root, self.config, request.layer)

    @property
    def folder(self) -> Path:
        """The folder of what is kept from run to run."""
        return self._request.cache or self.location.root / self.config.cache_dir

    @property
    def baseline(self) -> Path | None:
        """The file that has the accepted findings."""
        if self._request.baseline is not None or not self._request.accepting:
            return self._request.baseline
        return self.location.root / self.config.baseline if self.config.baseline else None

    @cached_property
    def accepted(self) -> tuple[Accepted, ...] | None:
        """The accepted findings, None without a baseline.

        Raises:
            ConfigError: the file of the baseline cannot be used.

        """
        if self.baseline is None:
            return None
        from fastapi_bp_lint.baseline import load  # noqa: PLC0415 - most runs do without

        return tuple(load(self.baseline))


def known() -> Known:
    """Return what a configuration may name."""
    return Known(slugs(), _options, tuple(FORMATS))


def prepare(request: Request) -> Plan:
    """Find the project and read its configuration.

    Raises:
        ConfigError: the configuration cannot be used.

    """
    missing = _missing(request.paths, {real(path) for path in request.overlays})
    paths = [path for path in request.paths if path not in missing]
    location = _location(paths or [Path()], request)
    config = load(location.file, known())
    if request.certainty is not None:
        config = config._replace(certainty=request.certainty)
    plan = Plan(request, location, config)
    _ = plan.accepted  # what is wrong with it is said before anything is read
    return plan


def _missing(paths: Iterable[Path], overlaid: set[Path]) -> tuple[Path, ...]:
    return tuple(p for p in paths if not os.path.lexists(p) and real(p) not in overlaid)


def is_shown(path: str, plan: Plan) -> bool:
    """Whether the findings of *path* were asked for."""
    return any(not top or path == top or path.startswith(f"{top}/") for top in plan.shown)


def _location(paths: Iterable[Path], request: Request) -> Location:
    """Return the project of the first path, or the one around all of them if there is one."""
    first, *others = paths
    location = locate(first, request.config, isolated=request.isolated)
    if any(not under(location.root, path) for path in others):
        shared = Path(os.path.commonpath([real(path) for path in (first, *others)]))
        wider = locate(shared, request.config, isolated=request.isolated)
        if wider.marked:
            return wider
    return location


def under(root: Path, path: Path) -> tuple[str, ...]:
    """Return *path* relative to *root*, "" for the root itself; nothing outside of it.

    A link to a file has two names: its own and that of the file.
    """
    places = dict.fromkeys((real(path), Path(os.path.realpath(path))))
    return tuple(
        "" if place == root else place.relative_to(root).as_posix()
        for place in places
        if place == root or root in place.parents
    )


def _options(code: str) -> tuple[Option, ...]:
    return load_rules([code])[code].options
