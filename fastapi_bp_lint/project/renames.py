"""What has to change together for an import to go by the name of its domain."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastapi_bp_lint.finding import Applicability, Retarget, Span
from fastapi_bp_lint.project.domains import module_aliases

if TYPE_CHECKING:
    from fastapi_bp_lint.project.crossings import CrossDomainImport
    from fastapi_bp_lint.project.modules import Module
    from fastapi_bp_lint.project.project import Project
    from fastapi_bp_lint.project.uses import Other, Uses


class Plan(NamedTuple):
    """A change of one file: *args* are for the fixer of the statement at *span*.

    *others* says who else counts on a name that changes; without any the change is safe. What can
    follow does so, *elsewhere*; where something cannot, the change is only to be shown.
    """

    span: Span
    args: tuple[str, ...]
    others: tuple[str, ...]
    elsewhere: tuple[Retarget, ...]
    is_lost: bool

    @property
    def applicability(self) -> Applicability:
        """Who may make the change."""
        if self.is_lost:
            return Applicability.DISPLAY
        return Applicability.UNSAFE if self.others else Applicability.SAFE


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

    The names that are safe to change have one plan, those that may be changed one with them, and
    the others one for them all.
    """
    found = {c: project.uses.of(c.item, c.module) for c in group}
    uses = {c: u for c, u in found.items() if u is not None}
    kept = {c: u for c, u in uses.items() if not any(o.lost for o in u.others)}
    safe = {c: u for c, u in kept.items() if not u.others}
    plans: dict[CrossDomainImport, Plan] = {}
    for part in (uses, kept, safe):
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
        " ".join(f"{c.item.local}>{alias}.{c.name}" for c in part),
        str(len(leaving)),
        *(place(span, " ".join(names)) for span, names in leaving.items()),
        *(place(span, f"{alias}.{name}") for span, name in sorted(reads)),
    )
    changed = [(o, f"{alias}.{c.name}") for c, u in part.items() for o in u.others]
    return _plan(item.statement, args, changed, first.module)


def realiased(crossing: CrossDomainImport, alias: str, project: Project) -> Plan | None:
    """Plan to give an imported module the name *alias*."""
    item = crossing.item
    uses = project.uses.of(item, crossing.module)
    if uses is None or not project.uses.is_free(alias, crossing.module):
        return None
    written = item.module if item.kind == "module" else item.name
    args = (
        f"{item.local}>{alias}",
        place(item.span, f"{written} as {alias}"),
        *(place(span, alias) for span in uses.spans),
    )
    return _plan(item.statement, args, [(o, alias) for o in uses.others], crossing.module)


def _plan(
    span: Span, args: tuple[str, ...], changed: list[tuple[Other, str]], module: Module
) -> Plan:
    """Plan a change; of everything else that counts on a name *changed* says the new one."""
    elsewhere = [
        Retarget(o.path, o.old, f"{o.receiver or module.name}.{name}", o.receiver)
        for o, name in changed
        if o.old
    ]
    others = tuple(dict.fromkeys(o.text for o, _ in changed))
    lost = any(o.lost for o, _ in changed)
    return Plan(span, args, others, tuple(dict.fromkeys(elsewhere)), lost)


def place(span: Span, text: str) -> str:
    """Return a place and what is to stand there as one argument of a fix."""
    return " ".join((*map(str, span), text))
