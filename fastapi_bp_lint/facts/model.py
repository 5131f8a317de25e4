"""Everything the linter knows about one file: plain, immutable, without any syntax tree.

Facts say what stands in the file, never what it means. An expression is kept as an `Expr`: a
dotted name as a string, or one of the small tuples below, or None for what no rule can use.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from fastapi_bp_lint.finding import Finding, Place, Span


class Call(NamedTuple):
    """A call as written; *keywords* has None as the name of ``**mapping``.

    *use* is awaited, dropped (a statement of its own), lazy (inside a generator expression, so it
    runs when that is consumed) or used.
    """

    func: Expr
    args: tuple[Expr, ...]
    keywords: tuple[tuple[str | None, Expr], ...]
    span: Span
    use: str


class Attr(NamedTuple):
    """An attribute of something that is not a plain name: ``f().name``."""

    value: Expr
    name: str


class Item(NamedTuple):
    """A subscript: ``value[key]``."""

    value: Expr
    key: Expr


class Literal(NamedTuple):
    """A constant; bytes and complex numbers are kept as None with their type's name."""

    value: str | int | float | bool | None
    kind: str


class Text(NamedTuple):
    """An f-string; literal parts are `Literal`, the others what they format."""

    parts: tuple[Expr, ...]


class Group(NamedTuple):
    """A display: *kind* is tuple, list or set."""

    kind: str
    items: tuple[Expr, ...]


class Mapping(NamedTuple):
    """A dict display; the key of ``**other`` is None."""

    items: tuple[tuple[Expr, Expr], ...]


class Either(NamedTuple):
    """One of *options* is the value; *operator* is And, Or or IfExp (a conditional expression).

    *test* decides between the two options of a conditional expression.
    """

    options: tuple[Expr, ...]
    operator: str
    test: Expr = None


class Operation(NamedTuple):
    """A binary or unary operator or a comparison, by the name of its ``ast`` class.

    Also GetItem and DelItem (value, key), SetItem (value, key, what is stored), Format (what an
    f-string shows) and Attribute (an attribute of a call's result that is read).
    """

    operator: str
    operands: tuple[Expr, ...]
    span: Span


class Awaited(NamedTuple):
    """``await value``."""

    value: Expr


class Yielded(NamedTuple):
    """The value of a ``yield`` expression, whatever is sent in."""


class Star(NamedTuple):
    """``*value`` in a call or display."""

    value: Expr


class LambdaRef(NamedTuple):
    """A lambda; its body is the `FunctionFacts` of that *qualname*."""

    qualname: str


class Comprehension(NamedTuple):
    """*kind* is list, set, dict or generator; *element* is what each round gives."""

    kind: str
    element: Expr
    sources: tuple[Expr, ...]


Expr: TypeAlias = (
    "str | Call | Attr | Item | Literal | Text | Group | Mapping | Either | Operation | Awaited"
    " | Yielded | Star | LambdaRef | Comprehension | None"
)


class Binding(NamedTuple):
    """A name, or dotted target, that receives a value.

    *kind* is assign, annotation (with or without a value), augment, unpack, with, async-with, for,
    async-for, comprehension, generator, except, walrus, delete or type. For unpack, *value* is the
    whole right side and *position* where in it; for loops it is what is iterated; for a
    comprehension or generator expression *span* is the whole, outside which the name is unknown.
    """

    target: str
    kind: str
    value: Expr
    annotation: Expr
    span: Span
    position: int = -1


class Region(NamedTuple):
    """Lines that run under a condition or protection, the header line included.

    *kind* is if, else, loop, try, except, finally, with, async-with, case, type-checking or main;

    """

    kind: str
    line: int
    end_line: int
    subject: Expr
    span: Span


class Result(NamedTuple):
    """The value of a return, yield, yield-from or raise statement (*kind*)."""

    kind: str
    value: Expr
    span: Span


class Load(NamedTuple):
    """A dotted name that is read, not called: ``self.client`` may be a property."""

    name: str
    span: Span


class Body(NamedTuple):
    """What the statements of a module, class, function or lambda do, in source order.

    *reads* has for every plain name that is read, nested comprehensions included and nested
    functions not, line and column of each place in turn: pairs would be a tenth of all facts.
    """

    calls: tuple[Call, ...]
    bindings: tuple[Binding, ...]
    loads: tuple[Load, ...]
    operations: tuple[Operation, ...]
    results: tuple[Result, ...]
    regions: tuple[Region, ...]
    reads: dict[str, tuple[int, ...]]
    outer: tuple[str, ...]
    awaits: int

    def places(self, name: str) -> list[tuple[int, int]]:
        """Return (line, column) of every read of the plain *name*."""
        flat = self.reads.get(name, ())
        return list(zip(flat[::2], flat[1::2], strict=True))


class Param(NamedTuple):
    """A parameter; *kind* is positional, normal, star, keyword or double-star."""

    name: str
    kind: str
    annotation: Expr
    default: Expr
    has_default: bool
    span: Span


class FunctionFacts(NamedTuple):
    """A function, method or lambda.

    *parent* is the qualified name of the class or function around it, "" at module level; *span*
    begins at ``def``, *name_span* is that of the name, *line* the first decorator's.
    """

    qualname: str
    parent: str
    in_class: bool
    is_async: bool
    is_generator: bool
    is_lambda: bool
    params: tuple[Param, ...]
    returns: Expr
    decorators: tuple[Expr, ...]
    decorator_spans: tuple[Span, ...]
    body: Body
    line: int
    span: Span
    name_span: Span
    docstring: str


class ClassFacts(NamedTuple):
    """A class; *fields* of the body are its bindings."""

    qualname: str
    parent: str
    bases: tuple[Expr, ...]
    keywords: tuple[tuple[str | None, Expr], ...]
    decorators: tuple[Expr, ...]
    body: Body
    span: Span
    name_span: Span
    docstring: str


class Import(NamedTuple):
    """One imported name.

    ``import a.b`` binds *local* ``a`` to *module* ``a.b`` (kind module); ``import a.b as c`` and
    ``from a import b`` bind it to all of it. *level* counts the leading dots. *scope* is the
    qualified name of the function or class around it. *span* is the alias, *statement* the whole.
    """

    kind: str
    local: str
    module: str
    name: str
    level: int
    scope: str
    span: Span
    statement: Span
    has_alias: bool


class Comment(NamedTuple):
    """A comment that speaks to the linter: noqa or fbp marks."""

    text: str
    line: int
    column: int


class Mark(NamedTuple):
    """Syntax evidence that the rule which left it judges later with project knowledge."""

    place: Place
    data: tuple[str, ...]


class Problem(NamedTuple):
    """Why a file could not be read: *kind* is syntax or unreadable."""

    kind: str
    message: str
    span: Span


class FileFacts(NamedTuple):
    """One file.

    *statements* are the line ranges of statements (headers of compound ones) that cover more than
    one line, for suppressions; *strings* are string literals that look like dotted names, which
    patch targets and annotations are; *digest* is that of the bytes that were read from the disk.
    """

    path: str
    lines: int
    imports: tuple[Import, ...]
    functions: tuple[FunctionFacts, ...]
    classes: tuple[ClassFacts, ...]
    body: Body
    exports: tuple[str, ...] | None
    comments: tuple[Comment, ...]
    statements: tuple[tuple[int, int], ...]
    strings: tuple[str, ...]
    docstring: str
    problem: Problem | None = None
    findings: tuple[Finding, ...] = ()
    marks: tuple[tuple[str, Mark], ...] = ()
    digest: str = ""


EMPTY_BODY = Body((), (), (), (), (), (), {}, (), 0)
