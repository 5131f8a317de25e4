"""The report as one page that needs nothing else: no network, and no script to be read."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from pathlib import PurePath
from typing import TYPE_CHECKING

from fastapi_bp_lint import __version__
from fastapi_bp_lint.output.summary import counted
from fastapi_bp_lint.page.areas import Areas
from fastapi_bp_lint.page.filters import form
from fastapi_bp_lint.page.findings import listed
from fastapi_bp_lint.page.listing import links, listing
from fastapi_bp_lint.page.markup import Content, Markup, el, joined, raw
from fastapi_bp_lint.page.needs import needs
from fastapi_bp_lint.page.overview import head, matrix
from fastapi_bp_lint.page.stalls import stall_id, stalls
from fastapi_bp_lint.page.trails import Trails
from fastapi_bp_lint.rules import load

if TYPE_CHECKING:
    from fastapi_bp_lint.project.project import Project
    from fastapi_bp_lint.report import Report

_SECTIONS = {
    "overview": "Overview",
    "stalls": "Stalls",
    "routes": "Routes",
    "dependencies": "Dependencies",
    "findings": "Findings",
}


def render(report: Report, project: Project) -> str:
    """Return the page about *report*, which was found in *project*."""
    name = PurePath(report.root).name or report.root
    style, script = _file("page.css"), _file("page.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    header = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=policy),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("title", f"{name}: {counted(len(report.findings), 'finding')} of fbp-lint"),
        el("style", raw(style)),
    )
    text = el("html", header, el("body", _body(name, report, project, script)), lang="en")
    return f"<!doctype html>\n{text}\n"


def _body(name: str, report: Report, project: Project, script: str) -> Markup:
    areas, routes, found = Areas(project), project.routes, report.findings
    rules = load(finding.code for finding in found)
    ids = {finding: f"f{number}" for number, finding in enumerate(found, 1)}
    trails = list(Trails(project).of(found))
    shown = {one: stall_id(t, ids) for t in trails for one in (t.finding, *t.others)}
    parts = {areas.of(path) for path in (*(f.place.path for f in found), *_files(project))}
    contents = {
        "overview": matrix(found, rules, areas),
        "stalls": stalls(trails, areas, report.lines, ids),
        "routes": listing(routes, links(trails, ids), areas),
        "dependencies": needs(routes, areas),
        "findings": listed(found, rules, areas, report.lines, ids, shown),
    }
    present = {key: content for key, content in contents.items() if content}
    return joined(
        el("a", "To the findings", href="#findings", class_="skip"),
        head(name, report, routes, len(trails)),
        el("nav", [el("a", _SECTIONS[key], href=f"#{key}") for key in present], aria_label="Parts"),
        form(parts, rules),
        el("main", [_section(key, content) for key, content in present.items()] or _clean()),
        el("footer", f"fbp-lint {__version__}"),
        el("script", raw(script)),
    )


def _files(project: Project) -> list[str]:
    return [route.handler.module.path for route in project.routes if route.handler]


def _section(key: str, content: Content) -> Markup:
    heading = el("h2", _SECTIONS[key], id=f"{key}-title")
    return el("section", heading, content, id=key, aria_labelledby=f"{key}-title")


def _clean() -> Markup:
    return el("p", "Nothing was found, and there are no routes.", class_="clean")


def _file(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8").strip()


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest())
    return f"sha256-{digest.decode('ascii')}"
