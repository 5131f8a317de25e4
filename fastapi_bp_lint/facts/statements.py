"""What a statement adds to the body around it: one handler per class of statement node."""

from __future__ import annotations

import ast
from typing import Any

from fastapi_bp_lint.facts.builder import Builder, docstring
from fastapi_bp_lint.facts.expressions import parameters, target
from fastapi_bp_lint.facts.model import (
    Binding,
    ClassFacts,
    Expr,
    FunctionFacts,
    Group,
    Import,
    Literal,
    Operation,
    Region,
    Result,
)
from fastapi_bp_lint.finding import Span


def _cover(builder: Builder, node: ast.stmt) -> None:
    """Note the lines of a simple statement that covers more than one."""
    if node.end_lineno != node.lineno:
        builder.statements.append((node.lineno, node.end_lineno or node.lineno))


def _header(builder: Builder, node: Any) -> None:  # noqa: ANN401 - a statement with a body
    """Note the lines of a compound statement's header where it covers more than one."""
    last = node.body[0].lineno - 1
    decorators = getattr(node.body[0], "decorator_list", None)
    if decorators:
        last = decorators[0].lineno - 1
    if last > node.lineno:
        builder.statements.append((node.lineno, last))


def _function(builder: Builder, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    decorators = tuple([builder.expr(d) for d in node.decorator_list])
    for d in node.decorator_list:
        if d.end_lineno != d.lineno:
            builder.statements.append((d.lineno, d.end_lineno or d.lineno))
    _header(builder, node)
    bounds = _bounded(builder, node)
    params = parameters(builder, node.args)
    returns = builder.annotation(node.returns)
    span = builder.span(node)
    is_async = node.__class__ is ast.AsyncFunctionDef
    parent, in_class = builder.scope, builder.in_class
    state = builder.enter(node.name)
    builder.in_class = False
    qualname = builder.scope
    builder.read(node.body)
    is_generator = builder.body.is_generator
    body = builder.leave(state)
    builder.bounds = bounds
    builder.functions.append(
        FunctionFacts(
            qualname=qualname,
            parent=parent,
            in_class=in_class,
            is_async=is_async,
            is_generator=is_generator,
            is_lambda=False,
            params=params,
            returns=returns,
            decorators=decorators,
            decorator_spans=tuple([builder.span(d) for d in node.decorator_list]),
            body=body,
            line=node.decorator_list[0].lineno if node.decorator_list else node.lineno,
            span=span,
            name_span=_name_span(span, "async def " if is_async else "def ", node.name),
            docstring=docstring(node),
        )
    )


def _name_span(span: Span, keyword: str, name: str) -> Span:
    """Return where the name after *keyword* stands, written with single spaces as nearly all is."""
    column = span.column + len(keyword)
    return Span(span.line, column, span.line, column + len(name))


def _bounded(builder: Builder, node: Any) -> dict[str, Expr]:  # noqa: ANN401 - may be older
    """Note the type parameters of a function or class; return what was noted before."""
    before = builder.bounds
    params = getattr(node, "type_params", ())
    if params:
        builder.bounds = dict(before)
        for param in params:
            name = getattr(param, "name", "") or param.arg
            bound = getattr(param, "bound", None) or getattr(param, "annotation", None)
            told = builder.annotation(bound)
            builder.bounds[name] = None if isinstance(told, Group) else told
    return before


def _class(builder: Builder, node: ast.ClassDef) -> None:
    decorators = tuple([builder.expr(d) for d in node.decorator_list])
    _header(builder, node)
    bounds = _bounded(builder, node)
    bases = tuple([builder.expr(b) for b in node.bases])
    keywords = tuple([(k.arg, builder.expr(k.value)) for k in node.keywords])
    span = builder.span(node)
    parent = builder.scope
    state = builder.enter(node.name)
    builder.in_class = True
    qualname = builder.scope
    builder.read(node.body)
    body = builder.leave(state)
    builder.bounds = bounds
    builder.classes.append(
        ClassFacts(
            qualname,
            parent,
            bases,
            keywords,
            decorators,
            body,
            span,
            _name_span(span, "class ", node.name),
            docstring(node),
        )
    )


def _import(builder: Builder, node: ast.Import) -> None:
    _cover(builder, node)
    statement = builder.span(node)
    for alias in node.names:
        local = alias.asname or alias.name.partition(".")[0]
        builder.imports.append(
            Import(
                "module",
                local,
                alias.name,
                "",
                0,
                builder.scope,
                builder.span(alias),
                statement,
                alias.asname is not None,
            )
        )


def _import_from(builder: Builder, node: ast.ImportFrom) -> None:
    _cover(builder, node)
    statement = builder.span(node)
    for alias in node.names:
        builder.imports.append(
            Import(
                "star" if alias.name == "*" else "name",
                alias.asname or alias.name,
                node.module or "",
                alias.name,
                node.level,
                builder.scope,
                builder.span(alias),
                statement,
                alias.asname is not None,
            )
        )


def _assign(builder: Builder, node: ast.Assign) -> None:
    _cover(builder, node)
    value = builder.expr(node.value)
    span = builder.span(node)
    for t in node.targets:
        target(builder, t, "assign", value, span)


def _annotated(builder: Builder, node: ast.AnnAssign) -> None:
    _cover(builder, node)
    annotation = builder.annotation(node.annotation)
    value = builder.optional(node.value)
    before = len(builder.body.bindings)
    target(builder, node.target, "annotation", value, builder.span(node))
    for n in range(before, len(builder.body.bindings)):
        builder.body.bindings[n] = builder.body.bindings[n]._replace(annotation=annotation)


def _augmented(builder: Builder, node: ast.AugAssign) -> None:
    _cover(builder, node)
    value = builder.expr(node.value)
    span = builder.span(node)
    left = node.target
    if isinstance(left, ast.Name):
        builder.body.operations.append(
            Operation("I" + node.op.__class__.__name__, (left.id, value), span)
        )
    target(builder, left, "augment", value, span)


def _expression(builder: Builder, node: ast.Expr) -> None:
    _cover(builder, node)
    value = node.value
    if value.__class__ is ast.Call:
        builder.use = "dropped"
        builder.expr(value)
    elif value.__class__ is ast.Constant:
        builder.long_string(value)
    else:
        builder.expr(value)


def _result(kind: str) -> Any:  # noqa: ANN401 - a handler
    def read(builder: Builder, node: Any) -> None:  # noqa: ANN401 - Return or Raise
        _cover(builder, node)
        if kind == "return":
            value = builder.optional(node.value)
        else:
            value = builder.optional(node.exc)
            builder.optional(node.cause)
        builder.body.results.append(Result(kind, value, builder.span(node)))

    return read


def _region(
    builder: Builder, kind: str, body: list[ast.stmt], first: int, subject: Expr, span: Span
) -> None:
    builder.body.regions.append(Region(kind, first, body[-1].end_lineno or first, subject, span))
    builder.read(body)


def _if(builder: Builder, node: ast.If) -> None:
    _header(builder, node)
    test = builder.expr(node.test)
    span = builder.span(node.test)
    kind = "if"
    if isinstance(test, str) and test.rpartition(".")[2] == "TYPE_CHECKING":
        kind = "type-checking"
    elif _is_main(test):
        kind = "main"
    _region(builder, kind, node.body, node.lineno, test, span)
    if node.orelse:
        _region(builder, "else", node.orelse, node.orelse[0].lineno, test, span)


def _is_main(test: Expr) -> bool:
    return (
        isinstance(test, Operation)
        and "__name__" in test.operands
        and Literal("__main__", "str") in test.operands
    )


def _for(builder: Builder, node: ast.For | ast.AsyncFor) -> None:
    _header(builder, node)
    source = builder.expr(node.iter)
    is_async = isinstance(node, ast.AsyncFor)
    if is_async:
        builder.body.awaits += 1
    span = builder.span(node.iter)
    target(
        builder, node.target, "async-for" if is_async else "for", source, builder.span(node.target)
    )
    _region(builder, "async-loop" if is_async else "loop", node.body, node.lineno, source, span)
    builder.read(node.orelse)


def _while(builder: Builder, node: ast.While) -> None:
    _header(builder, node)
    test = builder.expr(node.test)
    _region(builder, "while", node.body, node.lineno, test, builder.span(node.test))
    builder.read(node.orelse)


def _with(builder: Builder, node: ast.With | ast.AsyncWith) -> None:
    _header(builder, node)
    kind = "with"
    if isinstance(node, ast.AsyncWith):
        kind = "async-with"
        builder.body.awaits += 1
    last = node.body[-1].end_lineno or node.lineno
    for item in node.items:
        subject = builder.expr(item.context_expr)
        span = builder.span(item.context_expr)
        builder.body.regions.append(Region(kind, node.lineno, last, subject, span))
        if item.optional_vars is not None:
            target(builder, item.optional_vars, kind, subject, span)
    builder.read(node.body)


def _try(builder: Builder, node: ast.Try) -> None:
    span = Span(node.lineno, node.col_offset, node.lineno, node.col_offset + 3)
    _region(builder, "try", node.body, node.lineno, None, span)
    for handler in node.handlers:
        caught = builder.optional(handler.type)
        where = builder.span(handler)
        if handler.name:
            builder.body.bindings.append(Binding(handler.name, "except", caught, None, where))
        _region(builder, "except", handler.body, handler.lineno, caught, where)
    if node.orelse:
        _region(builder, "else", node.orelse, node.orelse[0].lineno, None, span)
    if node.finalbody:
        _region(builder, "finally", node.finalbody, node.finalbody[0].lineno, None, span)


def _match(builder: Builder, node: ast.Match) -> None:
    subject = builder.expr(node.subject)
    for case in node.cases:
        for pattern in ast.walk(case.pattern):
            name = getattr(pattern, "name", None) or getattr(pattern, "rest", None)
            if isinstance(name, str):
                builder.body.bindings.append(
                    Binding(name, "case", None, None, builder.span(pattern))
                )
            if isinstance(pattern, ast.MatchValue):
                builder.expr(pattern.value)
            elif isinstance(pattern, ast.MatchClass):
                builder.expr(pattern.cls)
        builder.optional(case.guard)
        span = builder.span(case.pattern)
        _region(builder, "case", case.body, case.pattern.lineno, subject, span)


def _delete(builder: Builder, node: ast.Delete) -> None:
    _cover(builder, node)
    for t in node.targets:
        target(builder, t, "delete", None, builder.span(node))


def _outer(builder: Builder, node: ast.Global | ast.Nonlocal) -> None:
    builder.body.outer.extend(node.names)


def _assert(builder: Builder, node: ast.Assert) -> None:
    _cover(builder, node)
    test = builder.expr(node.test)
    builder.body.results.append(Result("assert", test, builder.span(node.test)))
    builder.optional(node.msg)


def _type_alias(builder: Builder, node: Any) -> None:  # noqa: ANN401 - ast.TypeAlias is 3.12
    _cover(builder, node)
    value = builder.annotation(node.value)
    builder.body.bindings.append(Binding(node.name.id, "type", value, None, builder.span(node)))


def _nothing(builder: Builder, node: ast.stmt) -> None:
    """Pass, break and continue say nothing."""


TABLE: dict[type[ast.AST], Any] = {
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Expr: _expression,
    ast.Return: _result("return"),
    ast.Raise: _result("raise"),
    ast.If: _if,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Try: _try,
    ast.TryStar: _try,
    ast.Match: _match,
    ast.Delete: _delete,
    ast.Global: _outer,
    ast.Nonlocal: _outer,
    ast.Assert: _assert,
    ast.Pass: _nothing,
    ast.Break: _nothing,
    ast.Continue: _nothing,
}
if hasattr(ast, "TypeAlias"):
    TABLE[ast.TypeAlias] = _type_alias
