"""
# Startup or shutdown event

## What it does
Looks for `@app.on_event("startup")`, `app.add_event_handler("shutdown", close)` and the same on
routers.

## Why is this bad?
FastAPI has deprecated `on_event` for `lifespan`, Starlette has dropped it, and with Starlette 1.0
applications have no `add_event_handler` any more. Two events also share nothing but globals, and
cannot close what they opened in a `with`. And an application with a `lifespan` never runs them.

## Bad
```python
from fastapi import FastAPI

app = FastAPI(openapi_url=None)
cache: dict[str, str] = {}


@app.on_event("startup")
async def load() -> None:
    cache["motto"] = "so be it"
```

## Good
```python
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

cache: dict[str, str] = {}


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    cache["motto"] = "so be it"
    yield
    cache.clear()


app = FastAPI(openapi_url=None, lifespan=lifespan)
```

## Fix safety
Where all events of the project are functions of one module, decorated for its only application, the
decorators go, and a `lifespan` above the application calls the functions. Unsafe: an error at
startup now shows otherwise, and so does a function that a test calls.

## Limits
Version-aware: `on_event` is found where the project asks for FastAPI 0.104 or newer, or for none.
Tests are passed over.

## Source
FastAPI's documentation, "Lifespan Events"; Kludex, fastapi-tips, "Use lifespan state instead of
app.state"; tried with FastAPI 0.92 to 0.165.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Binding
from fastapi_bp_lint.finding import Span
from fastapi_bp_lint.knowledge.fastapi_names import EVENT_HANDLERS, EVENTS, ON_EVENT
from fastapi_bp_lint.knowledge.versions import ADD_EVENT_HANDLER_GONE, ON_EVENT_DEPRECATED
from fastapi_bp_lint.project.apps import App, Other
from fastapi_bp_lint.project.naming import is_application_code
from fastapi_bp_lint.project.values import Function
from fastapi_bp_lint.project.versions import holds
from fastapi_bp_lint.rule import Applicability, Finding, Fix, Preset, Project, Rule, Severity

if TYPE_CHECKING:
    import libcst as cst

    from fastapi_bp_lint.rule import Editor

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.RECOMMENDED, since="0.1")
_LIFESPAN = "lifespan"
_OPTIONS = (_LIFESPAN, "on_startup", "on_shutdown")
_BODY = """
@{manager}
async def lifespan(app: {app}) -> {iterator}[None]:
{startup}    yield
{shutdown}
"""


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    registered = [o for o in project.web.registry.others if o.kind in EVENT_HANDLERS]
    events = list({o.place: o for o in registered}.values())
    fix = _fix(events, project)
    for event in events:
        module = project.modules.by_path[event.place.path]
        if not is_application_code(module):
            continue
        if holds(ON_EVENT_DEPRECATED, module.path, project).possibly:
            yield rule.at(
                event.place,
                f"{_told(event, project)}: open and close in one `lifespan`, "
                "`FastAPI(lifespan=lifespan)`",
                certainty=event.certainty,
                fix=fix,
            )


def _told(event: Other, project: Project) -> str:
    app = event.router.app
    if app is not None and _LIFESPAN in app.options:
        return f"the application has a `lifespan`, and so never runs this `{event.kind}`"
    is_gone = holds(ADD_EVENT_HANDLER_GONE, event.place.path, project).possibly
    if event.kind != ON_EVENT and app is not None and is_gone:
        return f"applications have no `{event.kind}` since Starlette 1.0"
    return f"`{event.kind}` is deprecated"


def _fix(events: list[Other], project: Project) -> Fix | None:
    """Ask for one lifespan in the place of all events, where each is known to the last."""
    apps = {e.router.app for e in events}
    app = next(iter(apps)) if len(apps) == 1 else None
    if app is None or any(e.kind != ON_EVENT for e in events) or len(project.apps) != 1:
        return None
    statement = _assignment(app)
    args: list[str] = []
    for event in events:
        name = project.web.model.text(event.options.get("event_type"))
        function = _function(event, app)
        if name not in EVENTS or function is None:
            return None
        args += [name, "async" if function.is_async else "sync", function.name]
        args.append(" ".join(map(str, function.facts.span)))
    if statement is None or not project.uses.is_free(_LIFESPAN, app.module):
        return None
    place = " ".join(map(str, statement.span))
    return rule.repair("to_lifespan", "make it a lifespan", app.place.span, (place, *args))


def _assignment(app: App) -> Binding | None:
    """Return the statement of the module that makes the application, with nothing hidden in it."""
    if any(name in app.options for name in _OPTIONS):
        return None
    for binding in app.module.facts.body.bindings:
        value = binding.value
        if getattr(value, "span", None) == app.place.span and binding.span.column == 0:
            keywords = getattr(value, "keywords", ())
            return binding if all(name is not None for name, _ in keywords) else None
    return None


def _function(event: Other, app: App) -> Function | None:
    """Return the plain function that bears the decorator and nothing else."""
    for facts in app.module.facts.functions:
        if facts.decorator_spans == (event.place.span,) and not (facts.parent or facts.params):
            return None if facts.is_generator else Function(app.module, facts)
    return None


@rule.fix(Applicability.UNSAFE)
def to_lifespan(node: cst.Call, edit: Editor) -> cst.Call:
    from libcst import FunctionDef  # noqa: PLC0415 - only a fix needs libcst

    place, *events = edit.args
    lines: dict[str, str] = {"startup": "", "shutdown": ""}
    statement = Span(*map(int, place.split()))
    for name, how, function, span in zip(*[iter(events)] * 4, strict=True):
        lines[name] += f"    {'await ' if how == 'async' else ''}{function}()\n"
        found = edit.node(Span(*map(int, span.split())), FunctionDef)
        edit.swap(found, found.with_changes(decorators=()))
    code = _BODY.format(
        manager=edit.need_import("contextlib", "asynccontextmanager"),
        iterator=edit.need_import("collections.abc", "AsyncIterator"),
        app=edit.need_import("fastapi", "FastAPI"),
        **lines,
    )
    edit.put_before(statement, code)
    return edit.keyword(node, _LIFESPAN, _LIFESPAN)
