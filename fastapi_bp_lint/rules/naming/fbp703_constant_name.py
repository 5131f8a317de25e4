"""
# Constant not in SCREAMING_SNAKE_CASE

## What it does
Reports a constant whose name is not in SCREAMING_SNAKE_CASE: a literal in a module of constants, or
a literal text, number or tuple at the top of another module of a domain.

## Why is this bad?
`page_size` in the middle of a function looks like a variable of that function. `PAGE_SIZE` says
that the value is fixed, is the same for everyone, and stands at the top of a file.

## Bad
`src/posts/constants.py`:
```python
maxDrafts = 10
page_size = 20
```

## Good
`src/posts/constants.py`:
```python
MAX_DRAFTS = 10
PAGE_SIZE = 20
```

## Limits
What is assigned twice, under a condition or in a loop, or changed by a function (`global`) or by
another module (`constants.seen = True`), is no constant. Neither are routers, loggers, types and
their aliases, and objects made by a call. Lists, sets and dictionaries count in modules of
constants only: elsewhere they may be caches. An `__init__.py`, tests, migrations and generated code
are not looked at.

## Source
PEP 8, "Constants": "written in all capital letters with underscores separating words";
fastapi-best-practices, whose `constants.py` modules hold to it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from fastapi_bp_lint.facts.model import Binding, Call, Expr, Group, Literal, Mapping, Operation
from fastapi_bp_lint.finding import Finding, Severity
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.project.naming import is_application_code, is_screaming, snake
from fastapi_bp_lint.rule import Preset, Project, Rule

rule = Rule(__name__, __doc__, severity=Severity.WARNING, preset=Preset.RECOMMENDED, since="0.1")

_MAKERS = {"frozenset", "tuple", "MappingProxyType", "types.MappingProxyType"}


@rule.on(Module)
def check(module: Module, project: Project) -> Iterator[Finding]:
    domain = project.domain_of(module)
    name = module.name.rpartition(".")[2]
    is_constants = project.domains.roles.canonical.get(name) == "constants"
    if module.is_package or not (domain or is_constants) or not is_application_code(module):
        return
    changed = _changed(module)
    for binding in module.facts.body.bindings:
        if (
            not is_screaming(binding.target)
            and binding.target not in changed
            and _is_plain(binding, module)
            and _is_constant(binding.value, in_display=is_constants)
            and binding.target not in project.uses.assigned_attributes
        ):
            yield rule.at(
                module.place(binding.span),
                f"the constant `{binding.target}` is not in SCREAMING_SNAKE_CASE: call it "
                f"`{snake(binding.target).upper()}`",
            )


def _changed(module: Module) -> set[str]:
    """Return the names that do not keep the first value that they get."""
    body = module.facts.body
    counts = Counter(b.target.partition(".")[0] for b in body.bindings)
    counts.update(i.local for i in module.facts.imports if not i.scope)
    counts.update(f.qualname for f in module.facts.functions)
    several = {name for name, count in counts.items() if count > 1}
    return several.union(*[f.body.outer for f in module.facts.functions])


def _is_plain(binding: Binding, module: Module) -> bool:
    if binding.kind not in {"assign", "annotation"} or "." in binding.target:
        return False
    if isinstance(binding.annotation, str) and binding.annotation.endswith("TypeAlias"):
        return False
    line = binding.span.line
    return not any(r.line <= line <= r.end_line for r in module.facts.body.regions)


def _is_constant(value: Expr, *, in_display: bool) -> bool:
    """Whether *value* is written out; one *in_display* may be a list, set or dictionary."""
    match value:
        case Literal():
            return value.kind not in {"None", "ellipsis"}
        case Group(kind="tuple", items=items):
            return _are_constants(items, in_display=in_display)
        case Group(items=items):
            return in_display and _are_constants(items, in_display=True)
        case Mapping(items=pairs):
            parts = tuple(part for pair in pairs for part in pair)
            return in_display and _are_constants(parts, in_display=True)
        case Operation(operands=operands):
            return _are_constants(operands, in_display=in_display)
        case Call(func=func, args=args):
            return func in _MAKERS and _are_constants(args, in_display=True)
    return False


def _are_constants(values: tuple[Expr, ...], *, in_display: bool) -> bool:
    return bool(values) and all(_is_constant(v, in_display=in_display) for v in values)
