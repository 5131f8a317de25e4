"""Files whose syntax the running interpreter does not read, and text in any encoding."""

from __future__ import annotations

import ast
import importlib.util
import warnings


def decode(source: bytes) -> str:
    """Return the text of a Python file, newlines as ``\\n``.

    Raises:
        SyntaxError: the encoding that the file declares does not exist.
        UnicodeDecodeError: the bytes are not of that encoding.

    """
    if source.isascii() and b"coding" not in source[:500]:
        text = source.decode("ascii")
        return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    return importlib.util.decode_source(source)


def parse(source: bytes, text: str) -> tuple[ast.Module, str]:
    """Return the tree of a file, and the text that it was read from.

    Raises:
        SyntaxError: no Python version that is known reads it.
        ValueError: it holds null bytes.

    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text), text
