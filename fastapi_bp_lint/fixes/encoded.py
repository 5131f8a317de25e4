"""Python source as bytes and as text: encoding, byte order mark and newlines come back as is."""

from __future__ import annotations

import ast
import codecs
import io
import tokenize
import warnings
from typing import NamedTuple

from fastapi_bp_lint.facts import rescue

UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


class Encoded(NamedTuple):
    """The text of a file and what makes its bytes again."""

    text: str
    encoding: str
    mark: bytes

    def encode(self, text: str) -> bytes:
        """Return the bytes of *text* in the encoding of this file.

        Raises:
            UnicodeEncodeError: the encoding lacks one of its characters.

        """
        return self.mark + text.encode(self.encoding)


def decode(source: bytes) -> Encoded:
    """Return the text of *source*, its newlines untouched.

    Raises:
        SyntaxError: it declares an encoding that does not exist.
        ValueError: it is not in that encoding, or would not come back from it byte by byte.

    """
    mark = codecs.BOM_UTF8 if source.startswith(codecs.BOM_UTF8) else b""
    encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    encoding = "utf-8" if mark else encoding
    decoded = Encoded(source[len(mark) :].decode(encoding), encoding, mark)
    if decoded.encode(decoded.text) != source:
        message = f"{encoding} does not give the same bytes back"
        raise ValueError(message)
    return decoded


def parse(text: str) -> ast.Module:
    """Return the tree of *text*, whatever its newlines.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: it cannot be parsed.

    """
    return rescue.parse(text.replace("\r\n", "\n").replace("\r", "\n"))


def soundness(text: str) -> int:
    """Return 2 if *text* compiles, 1 if only a newer Python may read it, else 0."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "<fixed>", "exec", dont_inherit=True)
    except UNREADABLE:
        pass
    else:
        return 2
    try:
        parse(text)
    except UNREADABLE:
        return 0
    return 1
