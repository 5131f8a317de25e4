"""Lint whole FastAPI projects for the conventions of fastapi-best-practices."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from fastapi_bp_lint.finding import Applicability as Applicability
    from fastapi_bp_lint.finding import Finding as Finding
    from fastapi_bp_lint.finding import Severity as Severity
    from fastapi_bp_lint.plan import Plan

__version__ = "0.1.0"
__all__ = ["Applicability", "Finding", "Severity", "__version__", "fix", "lint"]


def lint(
    *paths: str | os.PathLike[str],
    config: str | os.PathLike[str] | None = None,
    select: Iterable[str] | None = None,
    ignore: Iterable[str] = (),
) -> tuple[Finding, ...]:
    """Return the findings in *paths*, by default in the project of the current folder.

    The project's configuration holds; *config* is read in its place, *select* and *ignore* are
    as on the command line.

    Raises:
        FileNotFoundError: a path does not exist.
        ValueError: the configuration cannot be used, a selector names no rule, or a path is of
            another project than the first.

    """
    from fastapi_bp_lint.engine import run  # noqa: PLC0415 - who asks for the version needs none

    return run(_plan(paths, config, select, ignore)).findings


def fix(
    *paths: str | os.PathLike[str],
    config: str | os.PathLike[str] | None = None,
    select: Iterable[str] | None = None,
    ignore: Iterable[str] = (),
    unsafe: bool = False,
) -> tuple[Finding, ...]:
    """Fix the files of *paths* on the disk and return the findings that are left.

    Arguments and exceptions are those of `lint`; *unsafe* fixes too only on demand.

    Raises:
        OSError: a fixed file cannot be written; those before it are.

    """
    from fastapi_bp_lint.engine import repair  # noqa: PLC0415
    from fastapi_bp_lint.fixes import write  # noqa: PLC0415

    plan = _plan(paths, config, select, ignore)
    changes, report = repair(plan, unsafe=unsafe)
    failures = write(plan.location.root, changes)
    if failures:
        message = "; ".join(f"{path}: {why}" for path, why in failures.items())
        raise OSError(message)
    return report.findings


def _plan(
    paths: Iterable[str | os.PathLike[str]],
    config: str | os.PathLike[str] | None,
    select: Iterable[str] | None,
    ignore: Iterable[str],
) -> Plan:
    from pathlib import Path  # noqa: PLC0415

    from fastapi_bp_lint.config import check_selector  # noqa: PLC0415
    from fastapi_bp_lint.plan import Request, known, prepare  # noqa: PLC0415
    from fastapi_bp_lint.selection import Layer  # noqa: PLC0415

    layer = Layer(
        select=None if select is None else tuple(select),
        ignore=tuple(ignore),
    )
    for selector in (*(layer.select or ()), *layer.ignore):
        if problem := check_selector(selector, known().rules):
            raise ValueError(problem)
    plan = prepare(
        Request(paths=tuple(map(Path, paths)), config=Path(config) if config else None, layer=layer)
    )
    for path in plan.missing:
        message = f"{path}: no such file or folder"
        raise FileNotFoundError(message)
    for path in plan.outside:
        message = f"{path} is not in the project {plan.location.root}"
        raise ValueError(message)
    return plan


def __getattr__(name: str) -> object:
    if name in {"Applicability", "Finding", "Severity"}:
        from fastapi_bp_lint import finding  # noqa: PLC0415

        return getattr(finding, name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
