"""What a run is asked for, and what follows: the project, its settings, its rules."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from fastapi_bp_lint.config import Config, Known, Location, load, locate, real
from fastapi_bp_lint.finding import Certainty, Preset
from fastapi_bp_lint.output import FORMATS
from fastapi_bp_lint.report import Accepted
from fastapi_bp_lint.rule import Option, Rule
from fastapi_bp_lint.rules import catalogue, slugs
from fastapi_bp_lint.rules import load as load_rules
from fastapi_bp_lint.selection import Layer, selected
from fastapi_bp_lint.workspace import Workspace


class Request(NamedTuple):
    """What a caller asks for besides the configuration; *overlays* have absolute paths.

    *baseline* takes the place of the configured one; not *accepting* there is none. *since* is a
    revision of git: what was found then is not shown.
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


class Plan(NamedTuple):
    """What a run will do: *shown* are the paths under *root* whose findings are shown.

    *missing* are requested paths that do not exist, *outside* those of another project. *baseline*
    is the file that has the *accepted* findings; without one, None, nothing is.
    """

    location: Location
    config: Config
    rules: Mapping[str, Rule]
    workspace: Workspace
    shown: tuple[str, ...]
    missing: tuple[Path, ...]
    outside: tuple[Path, ...]
    baseline: Path | None = None
    accepted: tuple[Accepted, ...] | None = None
    since: str = ""


def known() -> Known:
    """Return what a configuration may name."""
    return Known(slugs(), _options, tuple(FORMATS))


def prepare(request: Request) -> Plan:
    """Find the project, read its configuration and choose the rules.

    Raises:
        ConfigError: the configuration cannot be used.

    """
    overlaid = {real(path) for path in request.overlays}
    missing = tuple(p for p in request.paths if not os.path.lexists(p) and real(p) not in overlaid)
    paths = [path for path in request.paths if path not in missing]
    location = _location(paths or [Path()], request)
    config = load(location.file, known())
    codes = _selected(config, request.layer)
    rules = load_rules(codes)
    workspace = Workspace(location.root, config, codes, jobs=request.jobs)
    for path, text in request.overlays.items():
        workspace.overlays |= dict.fromkeys(_under(location.root, path), text)
    inner = {path: _under(location.root, path) for path in paths}
    shown = tuple(name for names in inner.values() for name in names)
    outside = tuple(path for path, names in inner.items() if not names)
    if request.certainty is not None:
        config = config._replace(certainty=request.certainty)
    file = _baseline(location, config, request)
    return Plan(
        location,
        config,
        rules,
        workspace,
        shown if request.paths else ("",),
        missing,
        outside,
        file,
        None if file is None else _accepted(file),
        request.since,
    )


def is_shown(path: str, plan: Plan) -> bool:
    """Whether the findings of *path* were asked for."""
    return any(not top or path == top or path.startswith(f"{top}/") for top in plan.shown)


def _location(paths: Iterable[Path], request: Request) -> Location:
    """Return the project of the first path, or the one around all of them if there is one."""
    first, *others = paths
    location = locate(first, request.config, isolated=request.isolated)
    if any(not _under(location.root, path) for path in others):
        shared = Path(os.path.commonpath([real(path) for path in (first, *others)]))
        wider = locate(shared, request.config, isolated=request.isolated)
        if wider.marked:
            return wider
    return location


def _under(root: Path, path: Path) -> tuple[str, ...]:
    """Return *path* relative to *root*, "" for the root itself; nothing outside of it.

    A link to a file has two names: its own and that of the file.
    """
    places = dict.fromkeys((real(path), Path(os.path.realpath(path))))
    return tuple(
        "" if place == root else place.relative_to(root).as_posix()
        for place in places
        if place == root or root in place.parents
    )


def _baseline(location: Location, config: Config, request: Request) -> Path | None:
    if request.baseline is not None or not request.accepting:
        return request.baseline
    return location.root / config.baseline if config.baseline else None


def _accepted(file: Path) -> tuple[Accepted, ...]:
    from fastapi_bp_lint.baseline import load  # noqa: PLC0415 - most runs do without

    return tuple(load(file))


def _selected(config: Config, layer: Layer) -> frozenset[str]:
    own = Layer(config.preset, config.select, config.extend_select, config.ignore)
    return selected([own, layer], slugs(), _presets)


def _presets() -> dict[str, Preset]:
    return {code: rule.preset for code, rule in load_rules(catalogue()).items()}


def _options(code: str) -> tuple[Option, ...]:
    return load_rules([code])[code].options
