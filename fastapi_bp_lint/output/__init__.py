"""Findings as text: one module for each format, imported when it is asked for."""

from __future__ import annotations

import importlib
from typing import NamedTuple, Protocol, cast

from fastapi_bp_lint.report import Report


class Format(NamedTuple):
    """An output format: the module that writes it and whom it is for."""

    module: str
    help: str


FORMATS = {
    "full": Format("full", "for people: code frames, trails, help"),
    "concise": Format("concise", "one line for each finding"),
    "grouped": Format("grouped", "one line for each finding or primitive, by file"),
    "json": Format("document", "one JSON document"),
    "jsonl": Format("jsonl", "one JSON object on each line"),
    "github": Format("github", "annotations in GitHub Actions"),
    "gitlab": Format("gitlab", "Code Quality report of GitLab"),
    "sarif": Format("sarif", "SARIF 2.1.0, for code scanning"),
    "junit": Format("junit", "JUnit XML, for test reports"),
    "azure": Format("azure", "logging commands of Azure Pipelines"),
    "rdjson": Format("rdjson", "Reviewdog Diagnostic Format"),
}


class _Writer(Protocol):
    def render(self, report: Report, *, color: bool, verbose: bool) -> str: ...


def render(report: Report, name: str, *, color: bool = False, verbose: bool = False) -> str:
    """Return *report* in the format *name*, one of `FORMATS`; the last line is ended too.

    Only ``full`` and ``grouped`` know colours; *verbose* lists there what they else count.
    """
    module = importlib.import_module(f"{__name__}.{FORMATS[name].module}")
    return cast("_Writer", module).render(report, color=color, verbose=verbose)
