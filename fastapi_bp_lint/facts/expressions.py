"""What an expression is: one handler per class of expression node, each returning an `Expr`."""

from __future__ import annotations

import ast
import sys
from typing import Any

from fastapi_bp_lint.facts.builder import Builder, new
from fastapi_bp_lint.facts.model import (
    Attr,
    Awaited,
    Binding,
    Call,
    Comprehension,
    Either,
    Expr,
    FunctionFacts,
    Group,
    Item,
    LambdaRef,
    Literal,
    Load,
    Mapping,
    Operation,
    Param,
    Result,
    Star,
    Text,
    Yielded,
)
from fastapi_bp_lint.finding import Span

LONGEST_TEXT = 500
LARGEST_DISPLAY = 200
_LONGEST_REFERENCE = 200
_LITERALS = {
    None: Literal(None, "None"),
    True: Literal(value=True, kind="bool"),
    False: Literal(value=False, kind="bool"),
}


def _name(builder: Builder, node: ast.Name) -> Expr:
    builder.body.reads.append(node)
    if builder.bounds and builder.in_annotation:
        bound = builder.bounds.get(node.id)
        return node.id if bound is None else bound
    return node.id


def _attribute(builder: Builder, node: ast.Attribute) -> Expr:
    value = _path(builder, node)
    if value.__class__ is str:
        builder.body.loads.append(new(Load, (value, builder.span(node))))
    else:
        _operate(builder, "Attribute", (value,), node)
    return value


def _operate(builder: Builder, operator: str, operands: tuple[Expr, ...], node: ast.AST) -> None:
    made = new(Operation, (operator, operands, builder.span(node)))
    builder.body.operations.append(made)


def _path(builder: Builder, node: ast.Attribute) -> Expr:
    names = [node.attr]
    inner = node.value
    while inner.__class__ is ast.Attribute:
        names.append(inner.attr)
        inner = inner.value
    value = builder.expressions[inner.__class__](builder, inner)
    if value.__class__ is str and inner.__class__ is ast.Name:
        names.append(value)
        names.reverse()
        return sys.intern(".".join(names))
    for name in reversed(names):
        value = Attr(value, name)
    return value  # type: ignore[no-any-return]


def _call(builder: Builder, node: ast.Call) -> Call:
    use, builder.use = builder.use, ""
    return call(builder, node, use or ("lazy" if builder.in_generator else "used"))


def call(builder: Builder, node: ast.Call, use: str) -> Call:
    """Read a call whose result is *use*: awaited, dropped, used, or lazy inside a generator."""
    table = builder.expressions
    annotated, builder.in_annotation = builder.in_annotation, False
    func = node.func
    callee = (
        _path(builder, func)
        if func.__class__ is ast.Attribute
        else table[func.__class__](builder, func)
    )
    args = tuple([table[a.__class__](builder, a) for a in node.args]) if node.args else ()
    keywords = (
        tuple([(k.arg, table[k.value.__class__](builder, k.value)) for k in node.keywords])
        if node.keywords
        else ()
    )
    builder.in_annotation = annotated
    made = new(Call, (callee, args, keywords, builder.span(node), use))
    builder.body.calls.append(made)
    return made


def _constant(builder: Builder, node: ast.Constant) -> Expr:
    value = node.value
    kind = value.__class__
    if kind is str:
        return _string(builder, node, value)  # type: ignore[arg-type]
    if kind is int or kind is float:
        return new(Literal, (value, kind.__name__))
    if kind is bool or value is None:
        return _LITERALS[value]  # type: ignore[index]
    builder.long_string(node)
    return Literal(None, kind.__name__)


def _string(builder: Builder, node: ast.Constant, value: str) -> Expr:
    if node.end_lineno != node.lineno:
        builder.long_string(node)
    if len(value) > LONGEST_TEXT:
        return Literal(None, "long")
    if "." in value and len(value) <= _LONGEST_REFERENCE and value.replace(".", "").isidentifier():
        builder.strings.add(value)
    if builder.in_annotation:
        return _forward_reference(builder, node, value)
    kept = builder.texts.get(value)
    if kept is None:
        kept = builder.texts[value] = new(Literal, (value, "str"))
    return kept


def _forward_reference(builder: Builder, node: ast.Constant, value: str) -> Expr:
    try:
        inner = ast.parse(value.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return Literal(value, "str")
    for child in ast.walk(inner):
        if isinstance(child, ast.Name):
            builder.strings.add(child.id)
        if hasattr(child, "lineno"):
            ast.copy_location(child, node)
    reads, builder.body.reads = builder.body.reads, []
    try:
        return builder.expr(inner)
    finally:
        builder.body.reads = reads


def _joined(builder: Builder, node: ast.JoinedStr) -> Expr:
    builder.long_string(node)
    return Text(tuple([builder.expr(v) for v in node.values]))


def _formatted(builder: Builder, node: ast.FormattedValue) -> Expr:
    if node.format_spec is not None:
        builder.expr(node.format_spec)
    value = builder.expr(node.value)
    if not isinstance(value, Literal):
        _operate(builder, "Format", (value,), node)
    return value


def _either(builder: Builder, node: ast.BoolOp) -> Expr:
    options = tuple([builder.expr(v) for v in node.values])
    return Either(options, type(node.op).__name__)


def _conditional(builder: Builder, node: ast.IfExp) -> Expr:
    test = builder.expr(node.test)
    return Either((builder.expr(node.body), builder.expr(node.orelse)), "IfExp", test)


def _subscript(builder: Builder, node: ast.Subscript) -> Expr:
    value = builder.expr(node.value)
    if not builder.in_annotation:
        key = builder.expr(node.slice)
        _operate(builder, _ITEM[node.ctx.__class__], (value, key), node)
        return Item(value, key)
    if not isinstance(value, str):
        return Item(value, builder.expr(node.slice))
    tail = value.rpartition(".")[2]
    if tail == "Literal":
        return Item(value, _plainly(builder, node.slice))
    if tail == "Annotated" and isinstance(node.slice, ast.Tuple) and node.slice.elts:
        first, *rest = node.slice.elts
        items = (builder.expr(first), *[_plainly(builder, r) for r in rest])
        return Item(value, Group("tuple", items))
    return Item(value, builder.expr(node.slice))


def _plainly(builder: Builder, node: ast.expr) -> Expr:
    """Read part of an annotation in which a string is a string."""
    builder.in_annotation = False
    try:
        return builder.expr(node)
    finally:
        builder.in_annotation = True


_ITEM = {ast.Load: "GetItem", ast.Store: "SetItem", ast.Del: "DelItem"}


def _slice(builder: Builder, node: ast.Slice) -> Expr:
    parts = (node.lower, node.upper, node.step)
    return Group("slice", tuple([builder.optional(part) for part in parts]))


def _binary(builder: Builder, node: ast.BinOp) -> Expr:
    chain = [node]
    while chain[-1].left.__class__ is ast.BinOp:
        chain.append(chain[-1].left)
    left = builder.expr(chain[-1].left)
    for part in reversed(chain):
        right = builder.expr(part.right)
        left = Operation(part.op.__class__.__name__, (left, right), builder.span(part))
        if not builder.in_annotation:
            builder.body.operations.append(left)
    return left


def _compare(builder: Builder, node: ast.Compare) -> Expr:
    operands = (builder.expr(node.left), *[builder.expr(c) for c in node.comparators])
    made = Operation(node.ops[0].__class__.__name__, operands, builder.span(node))
    builder.body.operations.append(made)
    return made


def _unary(builder: Builder, node: ast.UnaryOp) -> Expr:
    operand = builder.expr(node.operand)
    if node.op.__class__ is ast.USub and isinstance(operand, Literal):
        number = operand.value
        return Literal(-number, operand.kind) if isinstance(number, int | float) else None
    return Operation(node.op.__class__.__name__, (operand,), builder.span(node))


def _display(kind: str) -> Any:  # noqa: ANN401 - a handler
    def read(builder: Builder, node: Any) -> Expr:  # noqa: ANN401 - Tuple, List or Set
        table = builder.expressions
        items = tuple([table[e.__class__](builder, e) for e in node.elts])
        return new(Group, (kind, items)) if len(items) <= LARGEST_DISPLAY else None

    return read


def _dict(builder: Builder, node: ast.Dict) -> Expr:
    items = tuple(
        [
            (builder.optional(k), builder.expr(v))
            for k, v in zip(node.keys, node.values, strict=True)
        ]
    )
    return Mapping(items) if len(items) <= LARGEST_DISPLAY else None


def _await(builder: Builder, node: ast.Await) -> Expr:
    builder.body.awaits += 1
    if isinstance(node.value, ast.Call):
        builder.use = "awaited"
    return Awaited(builder.expr(node.value))


def _yield(builder: Builder, node: ast.Yield | ast.YieldFrom) -> Expr:
    kind = "yield" if isinstance(node, ast.Yield) else "yield-from"
    value = builder.optional(node.value)
    builder.body.is_generator = True
    builder.body.results.append(Result(kind, value, builder.span(node)))
    return Yielded()


def _walrus(builder: Builder, node: ast.NamedExpr) -> Expr:
    value = builder.expr(node.value)
    builder.body.bindings.append(Binding(node.target.id, "walrus", value, None, builder.span(node)))
    return value


def _starred(builder: Builder, node: ast.Starred) -> Expr:
    return Star(builder.expr(node.value))


def _lambda(builder: Builder, node: ast.Lambda) -> Expr:
    params = parameters(builder, node.args)
    span = builder.span(node)
    parent = builder.scope
    state = builder.enter(f"<lambda:{span.line}:{span.column}>")
    builder.in_class = False
    qualname = builder.scope
    value = builder.expr(node.body)
    builder.body.results.append(Result("return", value, builder.span(node.body)))
    is_generator = builder.body.is_generator
    body = builder.leave(state)
    builder.functions.append(
        FunctionFacts(
            qualname=qualname,
            parent=parent,
            in_class=builder.in_class,
            is_async=False,
            is_generator=is_generator,
            is_lambda=True,
            params=params,
            returns=None,
            decorators=(),
            decorator_spans=(),
            body=body,
            line=span.line,
            span=span,
            name_span=span,
            docstring="",
        )
    )
    return LambdaRef(qualname)


def parameters(builder: Builder, args: ast.arguments) -> tuple[Param, ...]:
    """Read a parameter list; annotations and defaults belong to the body around the function."""
    plain = [(a, "positional") for a in args.posonlyargs] + [(a, "normal") for a in args.args]
    defaults = [None] * (len(plain) - len(args.defaults)) + list(args.defaults)
    rows = [(a, kind, d) for (a, kind), d in zip(plain, defaults, strict=True)]
    if args.vararg:
        rows.append((args.vararg, "star", None))
    rows += [(a, "keyword", d) for a, d in zip(args.kwonlyargs, args.kw_defaults, strict=True)]
    if args.kwarg:
        rows.append((args.kwarg, "double-star", None))
    return tuple(
        [
            Param(
                a.arg,
                kind,
                builder.annotation(a.annotation),
                builder.optional(default),
                default is not None,
                builder.span(a),
            )
            for a, kind, default in rows
        ]
    )


def _comprehension(kind: str) -> Any:  # noqa: ANN401 - a handler
    def read(builder: Builder, node: Any) -> Expr:  # noqa: ANN401 - any comprehension
        span = builder.span(node)
        sources = []
        outer = builder.in_generator
        for generator in node.generators:
            source = builder.expr(generator.iter)
            sources.append(source)
            bind = "generator" if kind == "generator" else "comprehension"
            if generator.is_async:
                bind = "async-comprehension"
                builder.body.awaits += 1
            target(builder, generator.target, bind, source, span)
            builder.in_generator = outer or kind == "generator"
            for test in generator.ifs:
                builder.expr(test)
        if kind == "dict":
            builder.expr(node.key)
        element = builder.expr(node.value if kind == "dict" else node.elt)
        builder.in_generator = outer
        return Comprehension(kind, element, tuple(sources))

    return read


def target(
    builder: Builder,
    node: ast.expr,
    kind: str,
    value: Expr,
    span: Span,
    index: int = -1,
) -> None:
    """Record what an assignment target receives."""
    if isinstance(node, ast.Name):
        builder.body.bindings.append(Binding(node.id, kind, value, None, span, index))
    elif isinstance(node, ast.Attribute):
        path = _path(builder, node)
        if isinstance(path, str):
            builder.body.bindings.append(Binding(path, kind, value, None, span, index))
    elif isinstance(node, ast.Tuple | ast.List):
        unpacked = "unpack" if kind == "assign" else kind
        starred = False
        for n, element in enumerate(node.elts):
            if isinstance(element, ast.Starred):
                rest = value if kind == "assign" else None
                target(builder, element.value, "unpack-rest", rest, span, n)
                starred = True
            else:
                target(builder, element, unpacked, None if starred else value, span, n)
    else:
        builder.expr(node)
        if isinstance(node, ast.Subscript) and index < 0 and kind == "assign":
            stored = builder.body.operations[-1]
            builder.body.operations[-1] = stored._replace(operands=(*stored.operands, value))


def _other(builder: Builder, node: ast.AST) -> Expr:
    """Read the parts of a node that has no meaning of its own here."""
    for child in ast.iter_child_nodes(node):
        if child.__class__ in builder.expressions:
            builder.expr(child)
        else:
            _other(builder, child)
    return None


TABLE: dict[type[ast.AST], Any] = {
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.Constant: _constant,
    ast.JoinedStr: _joined,
    ast.FormattedValue: _formatted,
    ast.BoolOp: _either,
    ast.IfExp: _conditional,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.BinOp: _binary,
    ast.Compare: _compare,
    ast.UnaryOp: _unary,
    ast.Tuple: _display("tuple"),
    ast.List: _display("list"),
    ast.Set: _display("set"),
    ast.Dict: _dict,
    ast.Await: _await,
    ast.Yield: _yield,
    ast.YieldFrom: _yield,
    ast.NamedExpr: _walrus,
    ast.Starred: _starred,
    ast.Lambda: _lambda,
    ast.ListComp: _comprehension("list"),
    ast.SetComp: _comprehension("set"),
    ast.DictComp: _comprehension("dict"),
    ast.GeneratorExp: _comprehension("generator"),
}
for _later in ("TemplateStr", "Interpolation"):
    if hasattr(ast, _later):
        TABLE[getattr(ast, _later)] = _other
