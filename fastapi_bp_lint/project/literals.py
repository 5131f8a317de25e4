"""What methods of literal texts give."""

from __future__ import annotations

from fastapi_bp_lint.project.values import UNKNOWN, Held, Scalar, Several, one

TEXT_METHODS = frozenset(
    {
        "capitalize",
        "format",
        "join",
        "lower",
        "lstrip",
        "removeprefix",
        "removesuffix",
        "replace",
        "rstrip",
        "split",
        "strip",
        "title",
        "upper",
    }
)


def called_text(text: Scalar, name: str, given: list[Held]) -> Held:
    """Return what a method of *text* gives; unknown unless every argument is literal."""
    args = [_literal(held) for held in given]
    if not isinstance(text.value, str) or any(a is None for a in args):
        return UNKNOWN
    try:
        found = getattr(text.value, name)(*args)
    except (TypeError, ValueError, IndexError, KeyError):
        return UNKNOWN
    if isinstance(found, str):
        return one(Scalar(found))
    return one(Several("list", tuple(enumerate(one(Scalar(part)) for part in found))))


def sliced(held: Held, bounds: list[Held | None]) -> Held:
    """Return a slice of a literal text or of a list written out."""
    found: list[int | None] = []
    for bound in bounds:
        value = None if bound is None else _literal(bound)
        if bound is not None and not isinstance(value, int):
            return UNKNOWN
        found.append(value if isinstance(value, int) else None)
    part = slice(*found)
    only = held.values[0] if len(held.values) == 1 else None
    if isinstance(only, Scalar) and isinstance(only.value, str):
        return one(Scalar(only.value[part]))
    if isinstance(only, Several) and only.kind != "dict":
        items = [inner for _, inner in only.items][part]
        return one(Several(only.kind, tuple(enumerate(items))))
    return UNKNOWN


def _literal(held: Held) -> object:
    """Return the text, number or list of texts that *held* surely is, None when it is none."""
    if len(held.values) != 1:
        return None
    value = held.values[0]
    if isinstance(value, Scalar):
        return value.value
    if isinstance(value, Several):
        parts = [_literal(h) for _, h in value.items]
        return parts if all(isinstance(p, str) for p in parts) else None
    return None
