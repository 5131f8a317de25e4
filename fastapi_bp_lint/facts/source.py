"""What a syntax check may ask about the file it looks at."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

from fastapi_bp_lint.finding import Place, Span


class Source:
    """One file while its tree exists: where a node stands, what a name was imported as."""

    def __init__(
        self, path: str, imports: Mapping[str, str], span: Callable[[ast.AST], Span], text: str
    ) -> None:
        self.path = path
        self.text = text
        self._imports = imports
        self._span = span

    def place(self, node: ast.AST) -> Place:
        """Return where *node* stands, in characters."""
        return Place(self.path, self._span(node))

    def resolve(self, node: ast.AST) -> str:
        """Return the dotted name that *node* has by the file's imports, "" when it has none.

        A relative import keeps its leading dots.
        """
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        parts.append(self._imports.get(node.id, node.id))
        return ".".join(reversed(parts))
