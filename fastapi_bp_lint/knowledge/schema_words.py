"""The words by which schemas say what they are for."""

from __future__ import annotations

RETURNED = "that are returned"

ROLES: dict[str, tuple[str, ...]] = {
    "that create": ("-Create", "-CreateRequest", "-CreateIn", "-In", "Create-"),
    "that update": ("-Update", "-UpdateRequest", "-UpdateIn", "Update-"),
    RETURNED: ("-Response", "-Out", "-Read", "-Public"),
}
"""Role -> its forms: ``-Create`` is a suffix, ``Create-`` a prefix."""

GENERIC = frozenset(
    {
        "",
        "Base",
        "Data",
        "Error",
        "Event",
        "Form",
        "Input",
        "Model",
        "Params",
        "Request",
        "Result",
        "Schema",
        "Status",
    }
)
"""What is left of names that say their role and no resource."""
