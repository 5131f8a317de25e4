"""A linked project brought up to date where nothing but bodies of functions of one file changed.

What it says then is a first answer: what other files conclude from those bodies is not asked again,
but for the calls that lead through them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Body, ClassFacts, FileFacts, FunctionFacts
from fastapi_bp_lint.finding import Span

if TYPE_CHECKING:
    from fastapi_bp_lint.project.project import Project


def retouch(project: Project, facts: FileFacts) -> bool:
    """Put *facts* in the place of those of the same file; whether that can be done.

    What was linked before stays as it is where more than bodies of functions is different.
    """
    module = project.modules.by_path.get(facts.path)
    if module is None or not _alike(module.facts, facts):
        return False
    classes, functions = project.names.of_file(facts.path)
    project.retired.append(module.facts)  # answers are kept by the identity of what they are of
    module.facts = facts
    for cls, made in zip(classes, facts.classes, strict=True):
        cls.facts = made
        vars(cls).pop("fields", None)
    others = []
    for function, new in zip(functions, facts.functions, strict=True):
        if function.facts != new:  # the others keep all that was found out about them
            function.facts = new
            others.append(function)
    project.names.renew(module)
    project.types.forget(classes, others)
    project.calls.forget(others)
    project.files = {**project.files, facts.path: facts}
    vars(project).pop("blocking", None)
    return True


def _alike(old: FileFacts, new: FileFacts) -> bool:
    """Whether two files differ in bodies of functions only, and in where things stand."""
    return (
        len(old.functions) == len(new.functions)
        and len(old.classes) == len(new.classes)
        and (old.exports, old.docstring) == (new.exports, new.docstring)
        and _bare(old.imports) == _bare(new.imports)
        and _body(old.body) == _body(new.body)
        and all(map(_same_function, old.functions, new.functions))
        and all(map(_same_class, old.classes, new.classes))
    )


def _same_function(old: FunctionFacts, new: FunctionFacts) -> bool:
    return old.qualname == new.qualname and _signature(old) == _signature(new)


def _signature(facts: FunctionFacts) -> object:
    kind = facts.is_async, facts.is_generator, facts.is_lambda, facts.in_class, facts.parent
    return kind, _bare((facts.params, facts.returns, facts.decorators))


def _same_class(old: ClassFacts, new: ClassFacts) -> bool:
    return old.qualname == new.qualname and _class(old) == _class(new)


def _class(facts: ClassFacts) -> object:
    return _bare((facts.bases, facts.keywords, facts.decorators)), _body(facts.body)


def _body(body: Body) -> object:
    return _bare((body.calls, body.bindings, body.operations, body.results)), len(body.regions)


def _bare(thing: object) -> object:
    """Return facts without the places where they stand."""
    if isinstance(thing, Span):
        return None
    if isinstance(thing, tuple):
        return (thing.__class__, *map(_bare, thing))
    return thing
