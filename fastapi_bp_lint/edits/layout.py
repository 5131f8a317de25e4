"""Comma-separated lists under libcst: put an item in or take one out, and keep how they look."""

from __future__ import annotations

from typing import NamedTuple, TypeVar, cast

import libcst as cst

Listed = TypeVar("Listed", bound=cst.Call | cst.ImportFrom | cst.List | cst.Dict | cst.FunctionDef)
Item = (
    cst.Arg
    | cst.ImportAlias
    | cst.BaseElement
    | cst.BaseDictElement
    | cst.Param
    | cst.ParamStar
    | cst.ParamSlash
)
_Space = cst.BaseParenthesizableWhitespace

_NONE = cst.SimpleWhitespace("")
_ONE = cst.SimpleWhitespace(" ")


class Row(NamedTuple):
    """The items of a list without their commas and the space around them.

    There is one comma fewer than items; *trailing* comes after the last, *close* ends the list.
    """

    opening: _Space
    items: tuple[Item, ...]
    commas: tuple[cst.Comma, ...]
    trailing: cst.Comma | None
    close: _Space


def insert(row: Row, index: int, item: Item) -> Row:
    """Put *item* before the one at *index*, laid out like its neighbours."""
    items = (*row.items[:index], item, *row.items[index:])
    if not row.items:
        return row._replace(items=items)
    if index == len(row.items):
        return _append(row, items)
    before = row.commas[index - 1].whitespace_after if index else _shape(row.opening, _ONE)
    comma = cst.Comma(whitespace_after=_shape(before, _ONE))
    return row._replace(items=items, commas=(*row.commas[:index], comma, *row.commas[index:]))


def drop(row: Row, index: int) -> Row:
    """Take the item at *index* out; only a comment behind it on its own line goes with it.

    A ``*`` or ``/`` between parameters goes when it parts nothing any more.
    """
    row = _drop(row, index)
    items = row.items
    for at, item in enumerate(items):
        following = items[at + 1] if at + 1 < len(items) else None
        last = following is None or (isinstance(following, cst.Param) and following.star == "**")
        if (isinstance(item, cst.ParamSlash) and at == 0) or (
            isinstance(item, cst.ParamStar) and last
        ):
            return _drop(row, at)
    return row


def _drop(row: Row, index: int) -> Row:
    items = (*row.items[:index], *row.items[index + 1 :])
    if not items:
        space = _tail(row)
        close = space if _comments(space) else _NONE
        opening = row.opening if _comments(row.opening) else _NONE
        return Row(opening, (), (), None, close)
    if index < len(items):
        gap = row.commas[index].whitespace_after
        commas = (*row.commas[:index], *row.commas[index + 1 :])
        if index == 0:
            return row._replace(opening=_merge(row.opening, gap), items=items, commas=commas)
        left = commas[index - 1]
        left = left.with_changes(whitespace_after=_merge(left.whitespace_after, gap))
        return row._replace(items=items, commas=(*commas[: index - 1], left, *commas[index:]))
    gap = row.commas[-1].whitespace_after
    row = row._replace(items=items, commas=row.commas[:-1])
    return _with_tail(row, _end(gap, _tail(row)))


def _append(row: Row, items: tuple[Item, ...]) -> Row:
    like = row.commas[-1].whitespace_after if row.commas else row.opening
    gap, tail = _shape(like, _ONE), _tail(row)
    if _comments(tail) and isinstance(tail, cst.ParenthesizedWhitespace):
        column = gap.last_line if isinstance(gap, cst.ParenthesizedWhitespace) else tail.last_line
        gap, tail = tail.with_changes(last_line=column), _shape(tail, _NONE)
    comma = cst.Comma(whitespace_after=gap)
    return _with_tail(row._replace(items=items, commas=(*row.commas, comma)), tail)


def _ends_in_comma(row: Row) -> bool:
    """Tell where the space before the closing bracket is: libcst has two places for it."""
    return row.trailing is not None and not isinstance(row.close, cst.ParenthesizedWhitespace)


def _tail(row: Row) -> _Space:
    if row.trailing and _ends_in_comma(row):
        return row.trailing.whitespace_after
    return row.close


def _with_tail(row: Row, tail: _Space) -> Row:
    if row.trailing and _ends_in_comma(row):
        return row._replace(trailing=row.trailing.with_changes(whitespace_after=tail))
    return row._replace(close=tail)


def _comments(space: _Space) -> bool:
    return isinstance(space, cst.ParenthesizedWhitespace) and (
        space.first_line.comment is not None or any(line.comment for line in space.empty_lines)
    )


def _shape(space: _Space, otherwise: cst.SimpleWhitespace) -> _Space:
    """Return the line break and indentation of *space* without comments or empty lines."""
    if not isinstance(space, cst.ParenthesizedWhitespace):
        return otherwise
    line = cst.TrailingWhitespace(newline=space.first_line.newline)
    return space.with_changes(first_line=line, empty_lines=())


def _merge(before: _Space, after: _Space) -> _Space:
    """Return what is left between two items when the one between *before* and *after* goes."""
    if not isinstance(after, cst.ParenthesizedWhitespace):
        return before
    if not isinstance(before, cst.ParenthesizedWhitespace):
        line = after.first_line.with_changes(whitespace=_NONE, comment=None)
        return after.with_changes(first_line=line)
    return before.with_changes(empty_lines=(*before.empty_lines, *after.empty_lines))


def _end(before: _Space, tail: _Space) -> _Space:
    """Return what is left before the closing bracket when the last item goes."""
    if not _comments(before) or not isinstance(before, cst.ParenthesizedWhitespace):
        return _merge(_NONE, tail)
    if not isinstance(tail, cst.ParenthesizedWhitespace):
        return before.with_changes(last_line=_NONE)
    lines = (*before.empty_lines, *tail.empty_lines)
    return tail.with_changes(first_line=before.first_line, empty_lines=lines)


def items_of(listed: cst.CSTNode) -> list[Item]:
    """Return the items as the parser made them.

    Raises:
        TypeError: *listed* is none of a call, a from-import of names, a list, a dict or a function.

    """
    if isinstance(listed, cst.Call):
        return [*listed.args]
    if isinstance(listed, cst.ImportFrom) and not isinstance(listed.names, cst.ImportStar):
        return [*listed.names]
    if isinstance(listed, cst.List | cst.Dict):
        return [*listed.elements]
    if isinstance(listed, cst.FunctionDef):
        return _flat(listed.params)
    message = f"{type(listed).__name__} is no list of items"
    raise TypeError(message)


def named(item: Item) -> str:
    """Return the keyword of an argument, the name of a parameter or of what is imported."""
    name = getattr(item, "keyword" if isinstance(item, cst.Arg) else "name", None)
    return cst.Module([]).code_for_node(name) if isinstance(name, cst.CSTNode) else ""


def row_of(listed: cst.CSTNode) -> Row:
    """Return the list that *listed* is or holds."""
    items = items_of(listed)
    if isinstance(listed, cst.Call):
        return _row(listed.whitespace_before_args, items, _NONE)
    if isinstance(listed, cst.ImportFrom):
        opening = listed.lpar.whitespace_after if listed.lpar else _NONE
        return _row(opening, items, listed.rpar.whitespace_before if listed.rpar else _NONE)
    if isinstance(listed, cst.List):
        left, right = listed.lbracket.whitespace_after, listed.rbracket.whitespace_before
        return _row(left, items, right)
    if isinstance(listed, cst.Dict):
        return _row(listed.lbrace.whitespace_after, items, listed.rbrace.whitespace_before)
    assert isinstance(listed, cst.FunctionDef)
    return _row(listed.whitespace_before_params, items, _NONE)


def with_row(listed: Listed, row: Row) -> Listed:
    """Return *listed* with the items of *row*."""
    items = _spaced(row, own_end=isinstance(listed, cst.Call | cst.FunctionDef))
    changes: dict[str, object]
    if isinstance(listed, cst.Call):
        changes = {"whitespace_before_args": _opened(row), "args": items}
    elif isinstance(listed, cst.FunctionDef):
        changes = {"whitespace_before_params": _opened(row), "params": _grouped(items)}
    elif isinstance(listed, cst.List):
        left = listed.lbracket.with_changes(whitespace_after=row.opening)
        right = listed.rbracket.with_changes(whitespace_before=row.close)
        changes = {"elements": items, "lbracket": left, "rbracket": right}
    elif isinstance(listed, cst.Dict):
        opened = listed.lbrace.with_changes(whitespace_after=row.opening)
        closed = listed.rbrace.with_changes(whitespace_before=row.close)
        changes = {"elements": items, "lbrace": opened, "rbrace": closed}
    else:
        changes = {"names": items}
        if listed.lpar and listed.rpar:
            changes["lpar"] = listed.lpar.with_changes(whitespace_after=row.opening)
            changes["rpar"] = listed.rpar.with_changes(whitespace_before=row.close)
    return cast("Listed", listed.with_changes(**changes))


def _row(opening: _Space, nodes: list[Item], close: _Space) -> Row:
    if not nodes:
        return Row(opening, (), (), None, close)
    commas = [node.comma for node in nodes]
    for field in ("whitespace_after_arg", "whitespace_after_param"):
        if hasattr(nodes[-1], field):
            close = getattr(nodes[-1], field)
            nodes[-1] = nodes[-1].with_changes(**{field: _NONE})
    bare = tuple(node.with_changes(comma=cst.MaybeSentinel.DEFAULT) for node in nodes)
    between = tuple(c if isinstance(c, cst.Comma) else cst.Comma() for c in commas[:-1])
    trailing = commas[-1] if isinstance(commas[-1], cst.Comma) else None
    return Row(opening, bare, between, trailing, close)


def _spaced(row: Row, *, own_end: bool) -> tuple[Item, ...]:
    if not row.items:
        return ()
    last = row.trailing or cst.MaybeSentinel.DEFAULT
    commas = (*row.commas, last)
    items = [i.with_changes(comma=c) for i, c in zip(row.items, commas, strict=True)]
    for field in ("whitespace_after_arg", "whitespace_after_param"):
        if own_end and hasattr(items[-1], field):
            items[-1] = items[-1].with_changes(**{field: row.close})
    return tuple(items)


def _opened(row: Row) -> _Space:
    """Return the space after the opening bracket; all the space there is when it holds nothing."""
    if row.items or not _comments(row.close):
        return row.opening
    return row.close


def _flat(params: cst.Parameters) -> list[Item]:
    items: list[Item] = list(params.posonly_params)
    if isinstance(params.posonly_ind, cst.ParamSlash):
        items.append(params.posonly_ind)
    items += params.params
    if isinstance(params.star_arg, cst.Param | cst.ParamStar):
        items.append(params.star_arg)
    items += params.kwonly_params
    if params.star_kwarg:
        items.append(params.star_kwarg)
    return items


def _grouped(items: tuple[Item, ...]) -> cst.Parameters:
    """Sort the parameters into the fields of libcst by the markers between them."""
    fields: dict[str, list[cst.Param]] = {"posonly_params": [], "params": [], "kwonly_params": []}
    slash: cst.ParamSlash | cst.MaybeSentinel = cst.MaybeSentinel.DEFAULT
    star: cst.Param | cst.ParamStar | cst.MaybeSentinel = cst.MaybeSentinel.DEFAULT
    rest: cst.Param | None = None
    group = "params"
    for item in items:
        if isinstance(item, cst.ParamSlash):
            slash = item
            fields["posonly_params"], fields["params"] = fields["params"], []
        elif isinstance(item, cst.ParamStar) or (isinstance(item, cst.Param) and item.star == "*"):
            star, group = item, "kwonly_params"
        elif isinstance(item, cst.Param) and item.star == "**":
            rest = item
        elif isinstance(item, cst.Param):
            fields[group].append(item)
    return cst.Parameters(**fields, posonly_ind=slash, star_arg=star, star_kwarg=rest)
