"""What has to change together for an import to go by the name of its domain."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastapi_bp_lint.finding import Span
from fastapi_bp_lint.project.domains import module_aliases

if TYPE_CHECKING:
    from fastapi_bp_lint.project.crossings import CrossDomainImport
    from fastapi_bp_lint.project.project import Project
    from fastapi_bp_lint.project.uses import Uses


class Plan(NamedTuple):
    """A change of one file: *args* are for the fixer of the statement at *span*.

    *others* says who else counts on a name that changes; without any the change is safe.
    """

    span: Span
    args: tuple[str, ...]
    others: tuple[str, ...]


def alias_for(crossing: CrossDomainImport, project: Project) -> str:
    """Return the name for the module: the one it has here already, or the best that is free."""
    known = _known(crossing, project)
    if known is not None:
        return known.item.local
    aliases = module_aliases(crossing.target, crossing.part)
    free = (a for a in aliases if project.uses.is_free(a, crossing.module))
    return next(free, aliases[0])


def _known(crossing: CrossDomainImport, project: Project) -> CrossDomainImport | None:
    """Return the import of the whole module under a name of its domain in the same scope."""
    accepted = module_aliases(crossing.target, crossing.part)
    return next(
        (
            other
            for other in project.crossings_of(crossing.module)
            if (other.path, other.name) == (crossing.path, "")
            and other.item.scope == crossing.item.scope
            and other.item.local in accepted
            and (crossing.is_type_checking or not other.is_type_checking)
        ),
        None,
    )


def _can_be(alias: str, crossing: CrossDomainImport, project: Project) -> bool:
    package, _, name = crossing.path.rpartition(".")
    above = project.modules.find(package, crossing.module)
    # An ``__init__.py`` may give the name of its submodule to something else.
    hidden = above is not None and name in project.names.scope(above, "")
    return not hidden and project.uses.is_free(alias, crossing.module)


def qualified(group: list[CrossDomainImport], project: Project) -> dict[CrossDomainImport, Plan]:
    """Plan to import the module that all of *group* take names from, in one scope of one file.

    The names that are safe to change have one plan, the others one for them all.
    """
    found = {c: project.uses.of(c.item, c.module) for c in group}
    uses = {c: u for c, u in found.items() if u is not None}
    safe = {c: u for c, u in uses.items() if not u.others}
    plans: dict[CrossDomainImport, Plan] = {}
    for part in (uses, safe):
        plan = _qualified(part, project) if part else None
        plans.update(dict.fromkeys(part, plan) if plan else {})
    return plans


def _qualified(part: dict[CrossDomainImport, Uses], project: Project) -> Plan | None:
    first = next(iter(part))
    alias, known = alias_for(first, project), _known(first, project)
    if known is None and not _can_be(alias, first, project):
        return None
    reads = [(span, c.name) for c, u in part.items() for span in u.spans]
    if known is not None and any(span < known.item.span for span, _ in reads):
        return None
    leaving: dict[Span, list[str]] = {}
    for crossing in part:
        leaving.setdefault(crossing.item.statement, []).append(crossing.name)
    item = first.item
    package, _, module = item.module.rpartition(".")
    args = (
        "." * item.level + package,
        module,
        alias,
        "known" if known else "new",
        str(len(leaving)),
        *(place(span, " ".join(names)) for span, names in leaving.items()),
        *(place(span, f"{alias}.{name}") for span, name in sorted(reads)),
    )
    others = tuple(dict.fromkeys(o for u in part.values() for o in u.others))
    return Plan(item.statement, args, others)


def realiased(crossing: CrossDomainImport, project: Project) -> Plan | None:
    """Plan to give an imported module a name of its domain."""
    item = crossing.item
    uses = project.uses.of(item, crossing.module)
    alias = alias_for(crossing, project)
    if uses is None or not project.uses.is_free(alias, crossing.module):
        return None
    written = item.module if item.kind == "module" else item.name
    args = (
        place(item.span, f"{written} as {alias}"),
        *(place(span, alias) for span in uses.spans),
    )
    return Plan(item.statement, args, uses.others)


def place(span: Span, text: str) -> str:
    """Return a place and what is to stand there as one argument of a fix."""
    return " ".join((*map(str, span), text))
