"""Parts of a value: its attributes, items and elements, and what entering it gives."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from fastapi_bp_lint.facts.model import Binding, Call, Item
from fastapi_bp_lint.finding import Certainty
from fastapi_bp_lint.knowledge.class_names import SCHEMA_BASES
from fastapi_bp_lint.knowledge.copies import MODEL_MAKERS
from fastapi_bp_lint.knowledge.tables import ancestry, given, primitives, returns
from fastapi_bp_lint.knowledge.typing_names import (
    ITERABLES,
    MAPPINGS,
    NAMED_TUPLES,
    PROPERTIES,
    TYPED_DICTS,
)
from fastapi_bp_lint.project import grown, queries, results
from fastapi_bp_lint.project.modules import Module
from fastapi_bp_lint.project.names import merged
from fastapi_bp_lint.project.values import (
    NOTHING,
    UNKNOWN,
    Bound,
    Class,
    Entered,
    External,
    Function,
    Held,
    Instance,
    Member,
    Package,
    Parent,
    Partial,
    Scalar,
    Several,
    Value,
    Where,
    one,
    union,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi_bp_lint.project.types import Types

_PLAIN_BASES = {
    "builtins.object",
    "abc.ABC",
    "typing.Generic",
    "typing.Protocol",
    "typing_extensions.Protocol",
    "pydantic.BaseModel",
    "enum.Enum",
}


def attribute(types: Types, held: Held, name: str) -> Held:
    """Return what the attribute *name* of *held* holds."""
    if len(held.values) == 1:
        return _attribute(types, held.values[0], name).doubted(held.certainty)
    options = [_attribute(types, v, name) for v in held.values]
    return union(*options).doubted(held.certainty)


def _attribute(types: Types, value: Value, name: str) -> Held:
    match value:
        case Module():
            return types.globally(value, name)
        case Package():
            return types.names.dotted(f"{value.name}.{name}", value.importer, within=True)
        case Class():
            return class_attribute(types, value, name, value)
        case Parent():
            rest = mro(types, value.of)[1:]
            return _inherited(types, rest, name, value.receiver)
        case Instance(of=Class()):
            return _instance_attribute(types, value, name)
        case Instance(of=External(name=owner)):
            if owner.startswith(STATE):
                return types.state.held(types, owner, name)
            return external_attribute(value, name)
        case External():
            return types.names.external(f"{value.name}.{name}")
        case Partial() if name == "func":
            return value.target
        case Several():
            return one(Member(value, name))
        case _:
            return UNKNOWN


CONTEXT_VARIABLE = "contextvars.ContextVar"
STATE = "starlette.datastructures.State:"


def external_attribute(instance: Instance, name: str) -> Held:
    """Return an attribute of an object of another library: what the tables say, else its name."""
    of = instance.of
    assert isinstance(of, External)
    if of.name in ITERABLES or of.name == CONTEXT_VARIABLE:
        return one(Member(instance, name))
    found = _given_attribute(of.name, name)
    if found is not None:
        return one(instance if found == of.name else Instance(External(found)))
    return one(External(f"{of.name}.{name}"))


@cache
def _given_attribute(cls: str, name: str) -> str | None:
    """Return the class of an attribute, of its own or of any name that the tables do not have."""
    found = given(cls, name, "attribute")
    if found is None and not known(cls, name):
        return given(cls, "__getattr__", "attribute")
    return found


def known(cls: str, member: str) -> bool:
    """Whether the tables speak of a member of *cls* or of its bases."""
    return any(
        f"{base}.{member}" in primitives() or (f"{base}.{member}", "call") in returns()
        for base in ancestry(cls)
    )


def mro(types: Types, cls: Class) -> list[Class | External]:
    """Return *cls* and its bases, depth first, a base that several share at its last place."""
    kept = types.bases.get(cls)
    if kept is None:
        kept = types.bases[cls] = _mro(types, cls)
    return kept


def _mro(types: Types, cls: Class) -> list[Class | External]:
    found: list[Class | External] = []
    _climb(types, cls, found, 0)
    unique: list[Class | External] = []
    for base in reversed(found):
        if base not in unique:
            unique.insert(0, base)
    return unique


def _climb(types: Types, cls: Class, found: list[Class | External], depth: int) -> None:
    """Put *cls* and what is above it into *found*."""
    found.append(cls)
    for base in cls.facts.bases if depth < _DEEPEST else ():
        plain = base.value if isinstance(base, Item) else base
        for value in types.infer(plain, types.around(cls)).values:
            if isinstance(value, Class):
                _climb(types, value, found, depth + 1)
            elif isinstance(value, External):
                found.append(value)


_DEEPEST = 20
_LIST = External("builtins.list")


def class_attribute(types: Types, cls: Class, name: str, receiver: Instance | Class) -> Held:
    """Return what a class attribute holds, reached through *receiver*."""
    held = _inherited(types, mro(types, cls), name, receiver)
    if held.values in {(), (NOTHING,)}:
        order = mro(types, cls)
        later = types.keep(("attribute", cls, name), lambda: _assigned(types, order, name))
        return later if later.values else held
    return held


def _inherited(
    types: Types, order: list[Class | External], name: str, receiver: Instance | Class
) -> Held:
    foreign: list[External] = []
    for base in order:
        if isinstance(base, External):
            foreign.append(base)
            continue
        held = own_attribute(types, base, name, receiver)
        if held is not None:
            return held
    for base in foreign:
        if name in MODEL_MAKERS and base.name in SCHEMA_BASES:
            cls = receiver.of if isinstance(receiver, Instance) else receiver
            return one(Member(Instance(cls), name))
        if base.name not in _PLAIN_BASES:
            return external_attribute(Instance(base), name)
    return UNKNOWN


def own_attribute(types: Types, cls: Class, name: str, receiver: Instance | Class) -> Held | None:
    """Return what *cls* itself says about *name*, None when it says nothing."""
    method = cls.methods.get(name)
    if method is not None:
        return bound(types, method, receiver)
    field = cls.fields.get(name)
    if field is not None:
        for b in cls.facts.body.bindings:
            if b.target == name and b.kind in {"assign", "annotation"}:
                held = types.binding(b, cls)
                if held.values:
                    return held
    nested = types.names.scope(cls.module, cls.facts.qualname).get(name)
    if nested:
        return merged([types.definition(d, cls) for d in nested])
    return None


def bound(types: Types, method: Function, receiver: Instance | Class) -> Held:
    """Return a method as it is reached through *receiver*: bound, plain, or a property's value."""
    kinds = results.decorator_names(types, method)
    if kinds & PROPERTIES:
        return results.result(types, method, receiver)
    if "builtins.staticmethod" in kinds:
        return one(method)
    if "builtins.classmethod" in kinds:
        return one(Bound(method, receiver.of if _is_ours(receiver) else receiver))  # type: ignore[union-attr,arg-type]
    return one(Bound(method, receiver)) if isinstance(receiver, Instance) else one(method)


def overrides(types: Types, method: Function) -> tuple[Function, ...]:
    """Return what runs when an abstract method is called: what the project's subclasses define.

    Empty for a method that has a body of its own.
    """
    if method.owner is None:
        return ()
    kept = types.overrides.get(method)
    if kept is None:
        kept = types.overrides[method] = _overrides(types, method, method.owner)
    return kept


def _overrides(types: Types, method: Function, owner: Class) -> tuple[Function, ...]:
    below = types.implementations(owner)
    if not below or not is_abstract(types, method):
        return ()
    found: list[Function] = []
    for cls in below:
        other = cls.methods.get(method.name)
        if other is None or other.is_async is not method.is_async:
            continue
        if not is_abstract(types, other):
            found.append(other)
    return tuple(found)


def is_abstract(types: Types, method: Function) -> bool:
    """Whether a method only says what subclasses do: abstract, a protocol's, or without a body."""
    body = method.facts.body
    if "abc.abstractmethod" in results.decorator_names(types, method):
        return True
    raises = [r for r in body.results if r.kind == "raise"]
    if raises and not [r for r in body.results if r.kind != "raise"]:
        named = [getattr(r.value, "func", r.value) for r in raises]
        return named == ["NotImplementedError"]
    return not (body.calls or body.results or body.bindings or body.regions or body.operations)


def _is_ours(receiver: Instance | Class) -> bool:
    return isinstance(receiver, Instance) and isinstance(receiver.of, Class)


def _instance_attribute(types: Types, instance: Instance, name: str) -> Held:
    cls = instance.of
    assert isinstance(cls, Class)
    order = mro(types, cls)
    for base in order:
        if isinstance(base, Class) and name in base.methods:
            return bound(types, base.methods[name], instance)
    set_here = types.keep(("attribute", cls, name), lambda: _assigned(types, order, name))
    if set_here.values:
        return set_here
    held = _inherited(types, order, name, instance)
    if held.values or instance.origin is not None:
        return held
    return types.keep(("below", cls, name), lambda: _below(types, cls, name))


def _below(types: Types, cls: Class, name: str) -> Held:
    """Return what classes that derive from *cls* have: a mixin counts on what they bring."""
    options = []
    for other in types.subclasses.get(cls, ())[:_MOST_BELOW]:
        held = _instance_attribute(types, Instance(other), name)
        if held.values:
            options.append(held)
    return union(*options).doubted(Certainty.LIKELY)


_MOST_BELOW = 8


def _assigned(types: Types, order: list[Class | External], name: str) -> Held:
    """Return what methods assign to ``self.name``, the nearest class that does so first."""
    for base in order:
        if not isinstance(base, Class):
            continue
        declared = base.fields.get(name)
        options = [types.binding(b, f) for f, b in assignments(base, name)]
        if declared is not None and declared[1] is not None:
            options = [narrowed(types.infer_field(base, name), merged(options))]
        elif declared is not None:
            options.append(types.infer_field(base, name))
        if options:
            return merged(options)
    return UNKNOWN


def assignments(cls: Class, name: str) -> Iterator[tuple[Function, Binding]]:
    """Give the assignments to ``self.name`` in the methods of *cls*."""
    for method in cls.methods.values():
        params = method.facts.params
        if params:
            target = f"{params[0].name}.{name}"
            for b in method.facts.body.bindings:
                if b.target == target:
                    yield method, b


def narrowed(declared: Held, value: Held) -> Held:
    """Return what is declared, or the assigned value where that says more.

    A literal says more than ``str``; where nothing is declared that can be followed, the value is
    all there is.
    """
    if not declared.values or (queries.is_bare(declared) and queries.columns(value)):
        return value
    if len(value.values) == 1 and _is_literal(value.values[0]):
        if isinstance(value.values[0], Several) and not value.values[0].items:
            return declared if any(_says_element(v) for v in declared.values) else value
        return value if _plain(declared) else declared
    if len(value.values) == 1 and isinstance(value.values[0], Instance):
        return _of_origin(declared, value.values[0])
    return declared


def _of_origin(declared: Held, value: Instance) -> Held:
    """Return what is declared and, where it is of the same class, how *value* was made."""
    if value.origin is None:
        return declared
    return declared._replace(
        values=tuple(
            Instance(v.of, v.args, value.origin, v.is_loaded)
            if isinstance(v, Instance) and v.of == value.of and v.origin is None
            else v
            for v in declared.values
        )
    )


def _is_literal(value: Value) -> bool:
    return type(value).__name__ in {"Scalar", "Several"} and value != NOTHING


def _says_element(value: Value) -> bool:
    return isinstance(value, Instance) and bool(value.args and value.args[-1].values)


def _plain(declared: Held) -> bool:
    return all(isinstance(v, Instance) and isinstance(v.of, External) for v in declared.values)


def entered(types: Types, held: Held, *, is_async: bool) -> Held:
    """Return what ``with held as name`` gives the name."""
    options = [_entered(types, v, is_async=is_async) for v in held.values]
    return union(*options).doubted(held.certainty)


def _entered(types: Types, value: Value, *, is_async: bool) -> Held:
    if isinstance(value, Entered):
        return value.result
    if not isinstance(value, Instance):
        return UNKNOWN
    if isinstance(value.of, External):
        found = given(value.of.name, "", "enter")
        return one(Instance(External(found))) if found and found != value.of.name else one(value)
    enter = attribute(types, one(value), "__aenter__" if is_async else "__enter__")
    for method in enter.values:
        if isinstance(method, Bound):
            held = results.result(types, method.function, value)
            if is_async:
                held = union(*[getattr(v, "result", UNKNOWN) for v in held.values])
            return held
    return one(value) if any(isinstance(v, External) for v in enter.values) else UNKNOWN


def element(types: Types, held: Held) -> Held:
    """Return what iterating *held* gives."""
    options = [_element(types, v) for v in held.values]
    return union(*options).doubted(held.certainty)


def _element(types: Types, value: Value) -> Held:
    if isinstance(value, Several):
        if value.kind == "dict":
            return UNKNOWN
        held = union(*[h for _, h in value.items])
        if held.values:
            return Held(held.values, Certainty.CERTAIN)
        return grown.contents(types, value, None)
    if not isinstance(value, Instance):
        return UNKNOWN
    if isinstance(value.of, External):
        if value.args and value.of.name in ITERABLES:
            return value.args[ITERABLES[value.of.name]]
        row = queries.row(value)
        if row.values:
            return row
        found = given(value.of.name, "", "iterate")
        if found is not None:
            return one(Instance(External(found)))
    return UNKNOWN


def rest(types: Types, held: Held, first: int) -> Held:
    """Return what a starred target takes, each one of it, from the item *first* on."""
    only = held.values[0] if len(held.values) == 1 else None
    if isinstance(only, Several) and only.kind != "dict":
        return union(*[h for _, h in only.items[first:]]) if only.items[first:] else UNKNOWN
    return element(types, held)


def part(types: Types, held: Held) -> Held:
    """Return what ``held[1:]`` gives."""
    options = [_part(types, v) for v in held.values]
    return union(*options).doubted(held.certainty)


def _part(types: Types, value: Value) -> Held:
    is_ours = isinstance(value, Instance) and isinstance(value.of, Class)
    if is_ours or (isinstance(value, Several) and value.kind == "dict"):
        return _item(types, value, None)
    each = _element(types, value)
    if len(each.values) > 1:
        each = each.doubted(Certainty.LIKELY)  # which of them are in the part is not looked at
    return one(Instance(_LIST, (each,))) if each.values else UNKNOWN


def item(types: Types, held: Held, key: str | int | None) -> Held:
    """Return what ``held[key]`` gives; None is a key that is not literal."""
    options = [_item(types, v, key) for v in held.values]
    return union(*options).doubted(held.certainty)


def _item(types: Types, value: Value, key: str | int | None) -> Held:
    if isinstance(value, Several):
        if key is not None:
            found_here = next((h for k, h in value.items if k == key), UNKNOWN)
            return found_here if found_here.values else grown.contents(types, value, key)
        later = [grown.contents(types, value, None)] if value.made else []
        held = union(*[h for _, h in value.items], *[h for h in later if h.values])
        return held.doubted(Certainty.LIKELY)
    if not isinstance(value, Instance):
        return UNKNOWN
    if isinstance(value.of, Class):
        field = _field(types, value.of, key)
        if field is not None:
            return field
        getters = attribute(types, one(value), "__getitem__")
        return union(
            *[
                results.result(types, m.function, value)
                for m in getters.values
                if isinstance(m, Bound)
            ]
        )
    name = value.of.name
    if name in MAPPINGS and len(value.args) > 1:
        return value.args[1]
    if name.endswith(("tuple", "Tuple")) and isinstance(key, int):
        if -len(value.args) <= key < len(value.args):
            return value.args[key]
    if name in ITERABLES and value.args:
        return value.args[0]
    found = given(name, "__getitem__", "item")
    return one(Instance(External(found))) if found is not None else UNKNOWN


def _field(types: Types, cls: Class, key: str | int | None) -> Held | None:
    """Return what an item of a named tuple or typed dict holds; None where *cls* is neither."""
    above = {c.name for c in mro(types, cls) if isinstance(c, External)}
    if isinstance(key, int) and above & NAMED_TUPLES:
        names = list(cls.fields)
        return types.infer_field(cls, names[key]) if -len(names) <= key < len(names) else UNKNOWN
    if isinstance(key, str) and above & TYPED_DICTS:
        owners = [c for c in mro(types, cls) if isinstance(c, Class) and key in c.fields]
        return types.infer_field(owners[0], key) if owners else UNKNOWN
    return None


def container(types: Types, member: Member, call: Call, where: Where) -> Held:
    """Return what a method of a list, tuple, set or dict gives."""
    if isinstance(member.of, Instance) and isinstance(member.of.of, Class):
        return one(member.of)
    held = one(member.of)
    kind = member.of.kind if isinstance(member.of, Several) else member.of.of
    if kind == External(CONTEXT_VARIABLE) and isinstance(member.of, Instance):
        return member.of.args[0] if member.name == "get" and member.of.args else UNKNOWN
    is_mapping = kind == "dict" or (isinstance(kind, External) and kind.name in MAPPINGS)
    if member.name in {"get", "pop", "setdefault", "popleft"}:
        key = types.infer(call.args[0], where, call.span.line) if call.args else UNKNOWN
        literal = key.values[0].value if key.values and isinstance(key.values[0], Scalar) else None
        return item(types, held, literal if isinstance(literal, str | int) else None)
    if member.name == "copy":
        return held
    if is_mapping and member.name in {"values", "items"}:
        each = item(types, held, None)
        if member.name == "items":
            each = one(Several("tuple", ((0, UNKNOWN), (1, each))))
        return one(Instance(_LIST, (each,)))
    return UNKNOWN
