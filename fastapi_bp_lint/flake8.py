"""The flake8 plugin: flake8 asks about one file at a time, the answer comes from the whole project.

What our own comments silence never reaches flake8, which then applies its noqa to the rest.
"""

from __future__ import annotations

import argparse
import ast
import functools
import multiprocessing
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, Protocol, TypeAlias

from fastapi_bp_lint import __version__
from fastapi_bp_lint.config import ConfigError, locate
from fastapi_bp_lint.engine import run
from fastapi_bp_lint.facts.rescue import encode
from fastapi_bp_lint.finding import Certainty, Finding, Preset
from fastapi_bp_lint.output.display import one_line
from fastapi_bp_lint.plan import Plan, Request, prepare
from fastapi_bp_lint.rules import slugs
from fastapi_bp_lint.selection import Layer

STDIN = "-"

ByPath: TypeAlias = dict[Path, list[Finding]]


class OptionManager(Protocol):
    """What flake8 hands out to register options with."""

    def add_option(self, *names: str, **attributes: Any) -> None:  # noqa: ANN401
        """Register one option."""


class Asked(NamedTuple):
    """What the user of flake8 asked for; *paths* are absolute, *stdin* names standard input."""

    paths: tuple[Path, ...] = ()
    stdin: str = ""
    request: Request = Request()


class Plugin:
    """Reports the findings of one file."""

    name = "fastapi-bp-lint"
    version = __version__
    asked: ClassVar[Asked] = Asked()
    plans: ClassVar[dict[Path, Plan]] = {}
    found: ClassVar[dict[Path, ByPath]] = {}

    def __init__(self, tree: ast.AST, filename: str, lines: Sequence[str]) -> None:  # noqa: ARG002
        self._filename = filename
        self._lines = lines

    @classmethod
    def add_options(cls, manager: OptionManager) -> None:
        """Register our options, for the command line and for flake8's configuration."""
        manager.add_option(
            "--fbp-preset",
            choices=[preset.value for preset in Preset],
            parse_from_config=True,
            help="The rule set of fbp-lint to start from; by default what its settings say.",
        )
        manager.add_option(
            "--fbp-certainty",
            choices=[certainty.value for certainty in Certainty],
            parse_from_config=True,
            help="The least certainty of the findings that fbp-lint shows.",
        )
        manager.add_option(
            "--fbp-config",
            metavar="FILE",
            normalize_paths=True,
            parse_from_config=True,
            help="The file with the settings of fbp-lint.",
        )

    @classmethod
    def parse_options(
        cls, _manager: OptionManager, options: argparse.Namespace, filenames: Sequence[str]
    ) -> None:
        """Take the options, and lint where flake8 is about to fork, so that it happens once."""
        stdin = (options.stdin_display_name or "stdin") if STDIN in filenames else ""
        paths = tuple(Path(name).absolute() for name in filenames or (".",) if name != STDIN)
        cls.asked = Asked(paths, stdin, _request(options))
        cls.plans, cls.found = {}, {}
        _root.cache_clear()
        try:
            for path in paths:
                cls._plan(path)
        except ConfigError as error:
            # flake8 is running us, and has no types.
            from flake8.exceptions import (  # type: ignore[import-untyped]  # noqa: PLC0415
                ExecutionError,
            )

            raise ExecutionError(str(error)) from None
        if multiprocessing.get_start_method() == "fork":
            for plan in cls.plans.values():
                cls._findings(plan)

    @classmethod
    def _plan(cls, path: Path) -> Plan:
        """Return what to do with the project of *path*: all of it, whatever flake8 looks at."""
        request = cls.asked.request
        root = _root(path if path.is_dir() else path.parent, request.config)
        if root not in cls.plans:
            cls.plans[root] = prepare(request._replace(paths=(root,)))
        return cls.plans[root]

    @classmethod
    def _findings(cls, plan: Plan) -> ByPath:
        """Return the findings of a project, linted once in each process."""
        root = plan.location.root
        if root not in cls.found:
            cls.found[root] = _by_path(plan)
        return cls.found[root]

    def run(self) -> Iterator[tuple[int, int, str, type[Plugin]]]:
        """Yield what flake8 prints: line, column, code with message, and who says so."""
        file = Path(self._filename).absolute()
        if self._filename == self.asked.stdin:
            text = encode("".join(self._lines))
            request = self.asked.request._replace(paths=(file,), overlays={file: text})
            found = _by_path(prepare(request))
        else:
            found = self._findings(self._plan(self._asked_path(file)))
        for finding in found.get(file.resolve(), ()):
            span = finding.place.span
            yield span.line, span.column, f"{finding.code} {one_line(finding.message)}", Plugin

    def _asked_path(self, file: Path) -> Path:
        """Return the path of the command line that *file* was found under."""
        around = [path for path in self.asked.paths if path == file or path in file.parents]
        return max(around, key=lambda path: len(path.parts), default=file)


@functools.cache
def _root(folder: Path, config: Path | None) -> Path:
    return locate(folder, config).root


def _request(options: argparse.Namespace) -> Request:
    return Request(
        config=Path(options.fbp_config) if options.fbp_config else None,
        layer=Layer(
            preset=Preset(options.fbp_preset) if options.fbp_preset else None,
            extend_select=_named(options),
        ),
        certainty=Certainty(options.fbp_certainty) if options.fbp_certainty else None,
        # A process of flake8's pool may not start processes itself.
        jobs=0 if multiprocessing.parent_process() is None else 1,
        caching=True,
    )


def _named(options: argparse.Namespace) -> tuple[str, ...]:
    """Return the rules that flake8 is told to select by their whole code: they run in any case.

    A prefix says no more than that our findings are wanted.
    """
    asked = (*(options.select or ()), *(options.extend_select or ()))
    return tuple(code for code in dict.fromkeys(asked) if code in slugs())


def _by_path(plan: Plan) -> ByPath:
    found: ByPath = {}
    for finding in run(plan).findings:
        file = (plan.location.root / finding.place.path).resolve()
        found.setdefault(file, []).append(finding)
    return found
