"""Lints again on every change, on a screen that always shows how things are now."""

from __future__ import annotations

import contextlib
import gc
import signal
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path, PurePath
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

import click

from fastapi_bp_lint.config import Config, ConfigError
from fastapi_bp_lint.discovery import NEVER, discover
from fastapi_bp_lint.output.summary import counted
from fastapi_bp_lint.plan import Plan, Request
from fastapi_bp_lint.report import Report
from fastapi_bp_lint.standing import CONFIGURATION, StandingPlan, stamp

CLEAR = "\x1b[H\x1b[2J\x1b[3J"
PAUSE = 1.0  # seconds
_DEBOUNCE = 50  # milliseconds
ALONE = (
    "--fix",
    "--diff",
    "--add-noqa",
    "--write-baseline",
    "--show-files",
    "--show-settings",
)
_WATCHED = (*CONFIGURATION, ".gitignore")
_WITHOUT = (
    "watchfiles is not installed, so the files are looked at once a second: "
    "pip install 'fastapi-bp-lint[watch]'"
)


def watch(request: Request, show: Callable[[Plan], Report], options: Mapping[str, Any]) -> int:
    """Run *show* now and after every change, until it is interrupted; return the exit code.

    Raises:
        UsageError: the *options* of the command line ask for more than linting.

    """
    for option in ALONE:
        if options[option.strip("-").replace("-", "_")]:
            message = f"--watch does not go with {option}"
            raise click.UsageError(message)
    if request.overlays:
        message = "--watch does not go with standard input"
        raise click.UsageError(message)
    standing = StandingPlan(request)
    changes = _changes(standing)
    stops: list[int] = []

    def stop(number: int, _frame: object) -> None:
        stops.append(number)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, stop)
    try:
        next(changes)  # from here on it listens
        while not stops:
            _round(standing, show)
            # What is raised while garbage is collected may get lost; what is noted does not.
            while not stops and not next(changes):
                pass
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGINT, before)
    click.echo()
    return 0


def _round(standing: StandingPlan, show: Callable[[Plan], Report]) -> None:
    """Fill the screen; what goes wrong is shown in the place of the findings."""
    if sys.stdout.isatty():
        click.echo(CLEAR, nl=False)
    started = time.perf_counter()
    try:
        report = show(standing.current())
        seconds = time.perf_counter() - started
        done = f"{counted(report.files, 'file')} in {seconds:.2f} s"
    except (ConfigError, click.ClickException) as error:
        click.echo(f"error: {error}")
        done = "nothing was linted"
    except Exception as error:  # noqa: BLE001 - the next change may be without it
        click.echo(f"fbp-lint crashed: {type(error).__name__}: {error}")
        done = "run it without --watch to learn more"
    click.echo(f"\n{time.strftime('%H:%M:%S')}: {done}; waiting for changes, Ctrl-C ends.")
    sys.stdout.flush()
    gc.collect()  # the project of this round; the command line collects nothing by itself


def _changes(standing: StandingPlan) -> Iterator[Collection[object]]:
    """Give what has changed of the project's files since the last time, often nothing."""
    before = _stamps(standing)
    try:
        import watchfiles  # noqa: F401, PLC0415 - most runs watch nothing
    except ModuleNotFoundError:
        click.echo(_WITHOUT, err=True)
        yield ()
        yield from _polled(standing, before)
    heard: SimpleQueue[Collection[object] | Exception] = SimpleQueue()
    Thread(target=_listen, args=(standing.folder, heard), daemon=True).start()
    yield ()
    while True:
        news: Collection[object] | Exception
        try:
            news = heard.get(timeout=PAUSE)
        except Empty:
            # It takes a moment until it listens: what has changed before that is seen once.
            news = before.items() ^ _stamps(standing).items() if before else ()
        if isinstance(news, Exception):
            click.echo(f"the files are looked at once a second: {news}", err=True)
            yield from _polled(standing, before or _stamps(standing))
        else:
            before = {}
            yield news


def _listen(folder: Path, heard: SimpleQueue[Collection[object] | Exception]) -> None:
    """Hand on all changes from the very first: what happens during a run is not missed."""
    from watchfiles import watch as watched  # noqa: PLC0415 - as above

    try:
        for changes in watched(
            folder,
            watch_filter=lambda _change, path: is_watched(path),
            debounce=_DEBOUNCE,
            step=_DEBOUNCE,
            rust_timeout=0,  # where it times out it forgets what it hears at that moment
            raise_interrupt=False,
        ):
            heard.put(changes)
    except Exception as error:  # noqa: BLE001 - too many files for the system, say
        heard.put(error)


def is_watched(path: str) -> bool:
    """Whether a change of the file *path* may change what is found."""
    name, *folders = reversed(PurePath(path).parts)
    return (name.endswith(".py") or name in _WATCHED) and NEVER.isdisjoint(folders)


def _polled(standing: StandingPlan, before: dict[str, object]) -> Iterator[Collection[object]]:
    while True:
        now = _stamps(standing)
        yield dict(now.items() ^ before.items())
        before = now
        time.sleep(PAUSE)


def _stamps(standing: StandingPlan) -> dict[str, object]:
    last, folder = standing.last, standing.folder
    stamps: dict[str, object] = {name: stamp(folder / name) for name in _WATCHED}
    with contextlib.suppress(ConfigError):  # a pattern that is none is told of elsewhere
        for path, status in discover(folder, last.config if last else Config()).files.items():
            stamps[path] = status.st_mtime_ns, status.st_size
    return stamps
