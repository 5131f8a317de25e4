"""The words by which schemas say what they are for."""

from __future__ import annotations

ROLES: dict[str, tuple[str, ...]] = {
    "that create": ("-Create", "-CreateRequest", "-CreateIn", "-In", "Create-"),
    "that update": ("-Update", "-UpdateRequest", "-UpdateIn", "Update-"),
    "that are returned": ("-Response", "-Out", "-Read", "-Public"),
}
"""Role -> its forms: ``-Create`` is a suffix, ``Create-`` a prefix."""
