"""Functions and methods that give another object of a class, or one out of those they are given."""

from __future__ import annotations

LIKE_FIRST = frozenset(
    {
        "attr.evolve",
        "attrs.evolve",
        "copy.copy",
        "copy.deepcopy",
        "copy.replace",
        "dataclasses.replace",
    }
)
"""What gives an object of the class of its first argument."""
PICKS = frozenset({"builtins.max", "builtins.min", "random.choice"})
"""What gives one out of its only argument, or one of its arguments."""
LISTS = {
    "builtins.filter": 1,
    "collections.deque": 0,
    "heapq.nlargest": 1,
    "heapq.nsmallest": 1,
    "itertools.islice": 0,
    "random.sample": 0,
}
"""What gives some or all out of the argument at a position."""
MODEL_MAKERS = frozenset(
    {
        "construct",
        "copy",
        "from_orm",
        "model_construct",
        "model_copy",
        "model_validate",
        "model_validate_json",
        "model_validate_strings",
        "parse_file",
        "parse_obj",
        "parse_raw",
    }
)
"""Methods of Pydantic's models that give an object of the class they are called on."""
