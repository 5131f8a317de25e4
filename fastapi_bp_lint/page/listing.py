"""The routes of each part of the project, with what each needs and where all of it runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from fastapi_bp_lint.finding import Certainty
from fastapi_bp_lint.output.routes import certainty_of
from fastapi_bp_lint.output.summary import counted
from fastapi_bp_lint.page.markup import Markup, el, joined
from fastapi_bp_lint.page.stalls import stall_id

if TYPE_CHECKING:
    from fastapi_bp_lint.finding import Finding
    from fastapi_bp_lint.page.areas import Areas
    from fastapi_bp_lint.page.trails import Trail
    from fastapi_bp_lint.project.dependencies import Dependency
    from fastapi_bp_lint.project.routes import Route
    from fastapi_bp_lint.project.values import Function

_PLACES = {True: "loop", False: "thread", None: "unknown"}
_HEAD = ("Method", "Path", "Handler", "Runs on", "Needs", "Stalls", "Findings")
_NUMBERS = {"Stalls", "Findings"}


class Links(NamedTuple):
    """What is known to be wrong with a function: the anchors of its stalls and of its findings."""

    stalls: Mapping[Function, list[str]]
    findings: Mapping[tuple[str, str], list[str]]


def links(trails: Iterable[Trail], ids: Mapping[Finding, str]) -> Links:
    """Return the anchors by the function that FastAPI runs, or that a finding stands in."""
    stalls: dict[Function, list[str]] = {}
    for trail in trails:
        for function in trail.reached:
            stalls.setdefault(function, []).append(stall_id(trail, ids))
    findings: dict[tuple[str, str], list[str]] = {}
    for finding, number in ids.items():
        findings.setdefault((finding.place.path, finding.symbol), []).append(number)
    return Links(stalls, findings)


def listing(routes: Iterable[Route], known: Links, areas: Areas) -> Markup:
    """Return a table for each part of the project that has routes."""
    groups: dict[str, list[Route]] = {}
    for route in routes:
        groups.setdefault(areas.file(_path(route)), []).append(route)
    return joined(_group(name, groups[name], known, areas) for name in sorted(groups))


def _path(route: Route) -> str:
    return route.handler.module.path if route.handler else route.place.path


def _group(name: str, routes: list[Route], known: Links, areas: Areas) -> Markup:
    columns = [
        el("th", text, scope="col", class_="number" if text in _NUMBERS else None) for text in _HEAD
    ]
    head = el("thead", el("tr", columns))
    rows = [_row(route, known, areas.of(_path(route))) for route in routes]
    table = el("table", head, el("tbody", rows), class_="routes")
    return el(
        "details",
        el("summary", el("h3", name), " ", el("span", len(routes), class_="count")),
        el("div", table, class_="wide", tabindex=0, role="region", aria_label=f"Routes of {name}"),
        open=True,
        data_group=True,
    )


def _row(route: Route, known: Links, area: str) -> Markup:
    handler = route.handler
    symbol = route.mounted or route.target.symbol or "?"
    running = dict.fromkeys((handler, *(d.function for d in route.all_dependencies())))
    stalls = [one for function in running if function for one in known.stalls.get(function, ())]
    found = known.findings.get((handler.module.path, handler.symbol), []) if handler else []
    place = f"{_path(route)}:{handler.facts.span.line if handler else route.place.span.line}"
    unsure = certainty_of(route) is Certainty.POSSIBLE
    methods = route.methods or (route.kind,)
    return el(
        "tr",
        el("td", [el("span", one, class_=f"method {one.lower()}") for one in methods]),
        el("td", el("code", route.path or "/"), el("small", "perhaps") if unsure else None),
        el("td", el("code", symbol.rpartition(".")[2], title=symbol), el("small", place)),
        el("td", _runs(route)),
        el("td", _needs(route.dependencies)),
        _count(list(dict.fromkeys(stalls))),
        _count(found),
        data_item="route",
        data_area=area,
    )


def _count(anchors: list[str]) -> Markup:
    none = el("span", "·", aria_label="none")
    number = el("a", len(anchors), href=f"#{anchors[0]}") if anchors else none
    return el("td", number, class_="number")


def _runs(route: Route) -> Markup | str:
    return "" if route.kind == "mount" else runs_on(route.on_loop)


def runs_on(on_loop: bool | None) -> Markup:  # noqa: FBT001 - the one thing that is asked
    """Return where something runs, as a word in its colour; None is a place not known."""
    return el("span", _PLACES[on_loop], class_=f"runs {_PLACES[on_loop]}")


def _needs(dependencies: tuple[Dependency, ...]) -> Markup | None:
    if not dependencies:
        return None
    words = counted(len(dependencies), "dependency", "dependencies")
    return el("details", el("summary", words), _tree(dependencies))


def _tree(dependencies: tuple[Dependency, ...]) -> Markup:
    return el("ul", [_branch(one) for one in dependencies], class_="tree")


def _branch(dependency: Dependency) -> Markup:
    symbol = dependency.target.symbol or "?"
    notes = [*(["yields"] if dependency.is_generator else [])]
    notes += [] if dependency.use_cache else ["not cached"]
    notes += ["needs itself"] if dependency.cycle else []
    return el(
        "li",
        el("code", symbol.rpartition(".")[2], title=symbol),
        " ",
        runs_on(dependency.is_async),
        [el("small", note) for note in notes],
        _tree(dependency.children) if dependency.children else None,
    )
