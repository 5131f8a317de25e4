"""Names of fields that hold what nobody but the server may see."""

from __future__ import annotations

SENSITIVE = frozenset(
    {
        "hashed_password",
        "hashed_token",
        "passwd",
        "password",
        "password_digest",
        "password_hash",
        "password_salt",
        "secret",
        "secret_hash",
        "token_hash",
    }
)
TEXTS = frozenset({"builtins.bytes", "builtins.str"})
"""What such a field is made of: a bool of that name only tells that there is one."""
