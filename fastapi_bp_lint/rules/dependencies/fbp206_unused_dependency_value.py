"""
# Injected value that is never read

## What it does
Looks for parameters of handlers that get the value of a dependency which no line of the handler
reads.

## Why is this bad?
A parameter says: here is something that I work with. One that is there for what the dependency
does on the way, such as a guard, hides what it is for, and somebody who tidies up unused
arguments takes the guard away. `dependencies=[Depends(...)]` says what it is. Where the
dependency does nothing else than to give the value, it costs its time on every request for
nothing.

## Bad
```python
from typing import Annotated

from fastapi import Depends, FastAPI

app = FastAPI()


async def get_user() -> str:
    return "reader"


@app.get("/posts")
async def list_posts(user: Annotated[str, Depends(get_user)]) -> list[str]:
    return ["post"]
```

## Good
```python
from typing import Annotated

from fastapi import Depends, FastAPI

app = FastAPI()


async def get_user() -> str:
    return "reader"


@app.get("/posts", dependencies=[Depends(get_user)])
async def list_posts() -> list[str]:
    return ["post"]
```

## Fix safety
The parameter is taken out and its `Depends` put last into the `dependencies=` of every decorator.
Unsafe: it then runs before those of the other parameters, and the signature changes. No fix where
something else refers to the handler, where a decorator gets `dependencies` that are no list, with
`use_cache=False`, which FastAPI ignores there, and for an alias whose dependency is no plain
function or class of the project.

## Limits
Handlers with other decorators are passed over, as these may read the parameter; so are those
without a body, those that call `locals()`, and methods that a base or a subclass has, too. In
dependencies themselves there is no other place for a guard. What a router declares already is
FBP213.

## Source
FastAPI's documentation, "Dependencies in path operation decorators": for a dependency that has to
run and whose value is not needed; fastapi-best-practices, "Use dependencies for data validation".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Item
from fastapi_bp_lint.finding import Fix
from fastapi_bp_lint.knowledge.fastapi_names import DEPENDS
from fastapi_bp_lint.project.annotations import arguments
from fastapi_bp_lint.project.domains import module_aliases, related
from fastapi_bp_lint.project.injected import Unread, unread
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.project.references import References
from fastapi_bp_lint.rule import Applicability, Finding, Preset, Project, Rule, Severity

if TYPE_CHECKING:
    import libcst as cst

    from fastapi_bp_lint.rule import Editor

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.CONVENTIONS, since="0.1")
_PLAIN = {"function", "generator", "class"}


@rule.on(Project)
def check(project: Project, _: Project) -> Iterator[Finding]:
    found = [u for u in unread(project) if u.again is None]
    references = References(project, [u.handler for u in found])
    for one in found:
        handler, name = one.handler, one.param.name
        of = one.dependency.target.symbol.rpartition(".")[2]
        yield rule.at(
            handler.module.place(one.param.span),
            f"`{name}` is injected into `{handler.name}` and never read: say "
            f"`dependencies=[Depends({of or '...'})]` in the decorator, or leave it out where "
            "nothing needs it to run",
            symbol=handler.symbol,
            certainty=one.routes[0].sure,
            fix=_fix(one, references, project),
        )


def _fix(one: Unread, references: References, project: Project) -> Fix | None:
    facts = one.handler.facts
    spans = {r.place.span for r in one.routes}
    if references.of(one.handler) or not spans or spans != set(facts.decorator_spans):
        return None
    if not one.dependency.use_cache:
        return None
    source = _source(one, project)
    if source is None:
        return None
    args = (one.param.name, *source)
    return rule.repair("move", "move it to the decorator", facts.span, args)


def _source(one: Unread, project: Project) -> tuple[str, str, str] | None:
    """Return module, name and alias of what is depended on; all are "" where it is written here.

    Of the handler's own file it is only the name. With an alias the module is imported under that,
    as modules of other domains are.
    """
    facts, call, target = one.handler.facts, one.dependency.marker.call, one.dependency.target
    annotation = one.param.annotation
    inline = arguments(annotation) if isinstance(annotation, Item) else ()
    if call == one.param.default or call in inline:
        return ("", "", "")
    thing = target.cls or target.function
    if thing is None or thing.facts.parent or target.kind not in _PLAIN:
        return None
    if call.keywords or one.dependency.marker.name not in DEPENDS or len(call.args) > 1:
        return None
    if thing.module is not one.handler.module:
        return thing.module.name, thing.name, _alias(one.handler.module, thing.module, project)
    is_above = thing.facts.span.line < facts.line
    return ("", thing.name, "") if is_above else None


def _alias(here: Module, there: Module, project: Project) -> str:
    """Return the name under which *here* imports the module *there*, "" within one domain."""
    own, other = project.domain_of(here), project.domain_of(there)
    part = other.part(there) if other is not None else None
    if own is None or other is None or part is None or related(own, other):
        return ""
    return module_aliases(other, part)[0]


@rule.fix(Applicability.UNSAFE)
def move(node: cst.FunctionDef, edit: Editor) -> cst.FunctionDef | None:
    from libcst import Call  # noqa: PLC0415 - only a fix needs libcst

    name, module, of, alias = edit.args
    code = _imported(edit, module, of, alias) if of else _written(node, name)
    if not code:
        return None
    decorators = []
    for decorator in node.decorators:
        call = decorator.decorator
        changed = _extended(call, code, edit) if isinstance(call, Call) else None
        if changed is None:
            return None
        decorators.append(decorator.with_changes(decorator=changed))
    return edit.drop(node.with_changes(decorators=decorators), name)


def _imported(edit: Editor, module: str, of: str, alias: str) -> str:
    depends = edit.need_import("fastapi", "Depends")
    if alias:
        package, _, last = module.rpartition(".")
        return f"{depends}({edit.need_import(package, last, alias)}.{of})"
    return f"{depends}({edit.need_import(module, of) if module else of})"


def _written(node: cst.FunctionDef, name: str) -> str:
    """Return the ``Depends`` of a parameter as it stands, with its class where it has none."""
    from libcst import Call, Module, Subscript  # noqa: PLC0415 - only a fix needs libcst

    params = node.params
    every = [*params.posonly_params, *params.params, *params.kwonly_params]
    param = next(p for p in every if p.name.value == name)
    annotation = param.annotation.annotation if param.annotation is not None else None
    marker, kind = param.default, annotation
    if not isinstance(marker, Call):
        values = [] if not isinstance(annotation, Subscript) else _values(annotation)
        calls = [v for v in values if isinstance(v, Call)]
        if len(calls) != 1:
            return ""
        marker, kind = calls[0], values[0]
    code = Module([]).code_for_node(marker)
    if any(a.keyword is None or a.keyword.value == "dependency" for a in marker.args):
        return code
    of = Module([]).code_for_node(kind) if kind is not None else ""
    if marker.args or not of.replace(".", "").isidentifier():
        return ""
    return f"{Module([]).code_for_node(marker.func)}({of})"


def _values(node: cst.Subscript) -> list[cst.BaseExpression]:
    from libcst import Index  # noqa: PLC0415 - only a fix needs libcst

    return [e.slice.value for e in node.slice if isinstance(e.slice, Index)]


def _extended(call: cst.Call, code: str, edit: Editor) -> cst.Call | None:
    """Return a decorator with one more dependency, None where its list is not written out."""
    from libcst import List  # noqa: PLC0415 - only a fix needs libcst

    if any(a.star == "**" for a in call.args):
        return None
    for index, arg in enumerate(call.args):
        if arg.keyword is not None and arg.keyword.value == "dependencies":
            if not isinstance(arg.value, List):
                return None
            args = [*call.args]
            args[index] = arg.with_changes(value=edit.append(arg.value, code))
            return call.with_changes(args=args)
    return edit.keyword(call, "dependencies", f"[{code}]")
