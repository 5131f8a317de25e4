"""The imports that the fixes of one file need: what each is called, and the lines for them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

import libcst as cst

from fastapi_bp_lint.edits import layout, placing
from fastapi_bp_lint.edits.scopes import Bound, Scopes, join
from fastapi_bp_lint.edits.text import Edit, Range, Text
from fastapi_bp_lint.edits.units import Lines, RefusedError, find, last_line, parse, rewrite
from fastapi_bp_lint.finding import Span

# What formatters wrap at by default; a file whose own imports are longer keeps its longer lines.
_WIDTH = 88


class Need(NamedTuple):
    """An import to add: *name* from *module*, or the module, called *alias* if that is set.

    It must be in force on the line *before*.
    """

    module: str
    name: str
    alias: str
    before: int


class Use(NamedTuple):
    """How to write an imported thing, and what that rests on: a statement, or a new import."""

    local: str
    rests_on: Range | None
    need: Need | None


class Line(NamedTuple):
    """A line to add, ordered as import sorters do."""

    section: int
    is_from: bool
    code: str
    spot: placing.Spot


class Imports:
    """Names for what fixes import, the same one for all fixes of a round."""

    def __init__(self, text: Text, tree: ast.Module) -> None:
        self._text = text
        self._tree = tree
        self._scopes = Scopes(text, tree)
        self._given: dict[str, str] = {}

    def use(self, module: str, name: str, alias: str, places: Sequence[Range]) -> Use:
        """Return how to write *name* of *module*, or the module, at each of *places*.

        Raises:
            RefusedError: it is needed before any line where it could be imported.

        """
        before = self._before(places)
        known = self.known(module, name, places, alias)
        if known is not None:
            return known
        if placing.spot(self._text, self._tree, module, names=bool(name), before=before) is None:
            message = f"no line before {before} can import {join(module, name)}"
            raise RefusedError(message)
        return self._new(module, name, alias, (places, before))

    def known(self, module: str, name: str, places: Sequence[Range], alias: str = "") -> Use | None:
        """Return how *name* of *module* is written with what the file imports; None: it cannot be.

        With an *alias* nothing but that counts.
        """
        before = self._before(places)
        for local, bound in self._offered(join(module, name), places, before):
            if not alias or local == alias:
                return Use(local, bound.statement, None)
        spelled = f"{module}.{name}"
        if name and not alias and spelled in self._scopes.dotted:
            # The file reads the attribute already, so it is one, and not a module to be loaded.
            for local, bound in self._offered(module, places, before):
                if local == module:
                    return Use(spelled, bound.statement, None)
        return None

    def comprehensions(self, place: Range) -> int:
        """Return how many comprehensions stand around *place*, within its function."""
        around = [s for s in self._scopes.all if s.range.holds(place) and s.range != place]
        kinds = [scope.kind for scope in reversed(around)]
        return len(list(takewhile("comprehension".__eq__, kinds)))

    def _before(self, places: Sequence[Range]) -> int:
        return min(self._text.line_of(place.start) for place in places)

    def edits(self, needs: Iterable[Need], taken: Sequence[Range]) -> list[Edit]:
        """Return the edits that add the imports; statements at *taken* are not touched."""
        earliest: dict[tuple[str, str, str], int] = {}
        for need in needs:
            key = need[:3]
            earliest[key] = min(need.before, earliest.get(key, need.before))
        modules: dict[str, list[Need]] = {}
        for key in sorted(earliest):
            modules.setdefault(key[0], []).append(Need(*key, earliest[key]))
        found: list[Edit] = []
        lines: dict[int, list[Line]] = {}
        for module, wanted in modules.items():
            edit = self._extend(module, [need for need in wanted if need.name], taken)
            found += [edit] if edit else []
            for together in self._lines(wanted, named=not edit):
                line = self._line(together)
                lines.setdefault(line.spot.line, []).append(line)
        return found + [self._insertion(n, sorted(lines[n]), taken) for n in lines]

    def _offered(
        self, dotted: str, places: Sequence[Range], before: int
    ) -> Iterator[tuple[str, Bound]]:
        """Yield what is imported as *dotted* at all of *places* already."""
        chains = [self._scopes.chain(place) for place in places]
        for scope in chains[0]:
            if scope.kind == "class" or not all(scope in chain for chain in chains):
                continue
            if scope.parent and any(place.holds(scope.range) for place in places):
                continue
            for root, bounds in scope.names.items():
                bound = next((b for b in bounds if b.plain), None)
                if bound is None or any(b.target != bound.target for b in bounds):
                    continue
                if self._text.line_of(bound.statement.end) >= before:
                    continue
                if any(root in s.names for c in chains for s in c[: c.index(scope)]):
                    continue
                for one in bounds:
                    if one.plain and self._text.line_of(one.statement.end) < before:
                        offers = [local for name, local in one.offers if name == dotted]
                        yield from ((local, one) for local in offers if self._lasts(local, one))

    def _lasts(self, local: str, bound: Bound) -> bool:
        """Tell whether no star import is likely to rebind *local*."""
        return bound.statement.start > self._scopes.star or local != bound.target

    def _new(self, module: str, name: str, alias: str, site: tuple[Sequence[Range], int]) -> Use:
        dotted, (places, before) = join(module, name), site
        candidates = _candidates(module, name, alias)
        if self._scopes.star >= 0 and not alias:
            next(candidates)
        for local in candidates:
            target = dotted if local != dotted else dotted.split(".")[0]
            root = local.split(".")[0]
            inner = [s for place in places for s in self._scopes.chain(place) if s.kind != "module"]
            if any(root in scope.names for scope in inner):
                continue
            if self._given.get(root, target) != target or not self._scopes.free_for(root, target):
                continue
            self._given[root] = target
            own = local not in {name, dotted}
            return Use(local, None, Need(module, name, local if own else "", before))
        raise AssertionError  # the candidates have no end

    def _extend(self, module: str, needs: list[Need], taken: Sequence[Range]) -> Edit | None:
        """Return the edit that adds names to the file's own import from *module*, if it can."""
        statement = self._extendable(module, needs, taken) if needs else None
        if statement is None:
            return None
        try:
            unit = parse(self._text, Lines(statement.lineno, last_line(statement)))
        except RefusedError:
            return None  # libcst does not get on with it: the names get a line of their own
        place = self._text.node(statement)
        start, end = (self._text.line_of(offset) for offset in place)
        span = Span(
            start,
            place.start - self._text.offset(start),
            end,
            place.end - self._text.offset(end),
        )
        node = find(unit, span, cst.ImportFrom)
        longer = node
        for need in needs:
            longer = add_name(longer, need.name, need.alias)
        return rewrite(unit, [(node, self._wrapped(statement, longer))])

    def _extendable(
        self, module: str, needs: list[Need], taken: Sequence[Range]
    ) -> ast.ImportFrom | None:
        before = min(need.before for need in needs)
        one_by_one = self._one_by_one(module)
        usable = [s for s in self._of(module) if last_line(s) < before and not one_by_one]
        free = (s for s in usable if not any(self._text.node(s).touches(r) for r in taken))
        return next(free, None)

    def _of(self, module: str) -> list[ast.ImportFrom]:
        """Return the file's own statements that import names from *module*."""
        return [
            statement
            for statement in self._tree.body
            if isinstance(statement, ast.ImportFrom)
            and placing.name(statement) == module
            and statement.names[0].name != "*"
        ]

    def _one_by_one(self, module: str) -> bool:
        """Tell whether each name of *module* has its own import, as some sorters want it."""
        found = self._of(module)
        return len(found) > 1 and all(len(statement.names) == 1 for statement in found)

    def _wrapped(self, old: ast.ImportFrom, new: cst.ImportFrom) -> cst.ImportFrom:
        """Return *new* one name a line when it has become longer than the file's lines are."""
        code = cst.Module([]).code_for_node(new)
        longest = max(
            len(self._text.line(s.lineno))
            for s in self._tree.body
            if isinstance(s, ast.Import | ast.ImportFrom)
        )
        line = self._text.line(last_line(old))
        if new.lpar or len(code) <= max(_WIDTH, longest) or "#" in line or "\\" in code:
            return new
        head, _, names = code.partition(" import ")
        listed = "".join(f"    {name.strip()},\n" for name in names.split(","))
        statement = cst.parse_statement(f"{head} import (\n{listed})")
        line_node = cst.ensure_type(statement, cst.SimpleStatementLine)
        wrapped = cst.ensure_type(line_node.body[0], cst.ImportFrom)
        return wrapped.with_changes(semicolon=new.semicolon)

    def _lines(self, needs: list[Need], *, named: bool) -> Iterator[list[Need]]:
        """Part the needs of one module by the lines that they get."""
        names = [need for need in needs if need.name] if named else []
        apart = [[need] for need in needs if not need.name]
        if names and self._one_by_one(names[0].module):
            apart += [[need] for need in names]
        elif names:
            apart.append(sorted(names, key=lambda need: _by_kind(need.name)))
        yield from apart

    def _line(self, needs: list[Need]) -> Line:
        module, before = needs[0].module, min(need.before for need in needs)
        is_from = bool(needs[0].name)
        spot = placing.spot(self._text, self._tree, module, names=is_from, before=before)
        assert spot is not None
        parts = [
            (need.name or module) + (f" as {need.alias}" if need.alias else "") for need in needs
        ]
        head = f"from {module} import " if is_from else "import "
        return Line(placing.section(module), is_from, head + ", ".join(parts), spot)

    def _insertion(self, number: int, lines: list[Line], taken: Sequence[Range]) -> Edit:
        newline = self._text.newline(max(number - 1, 1))
        parted = any(line.spot.blank_before or line.spot.blank_after for line in lines)
        added = [""] * lines[0].spot.blank_before
        for previous, line in zip([lines[0], *lines], lines, strict=False):
            added += [""] * (parted and previous.section != line.section)
            added.append(line.code)
        added += [""] * lines[-1].spot.blank_after
        offset = self._text.offset(number)
        # Within a run of lines that a fix takes out: before them all.
        offset = min([offset, *(r.start for r in taken if r.start < offset < r.end)])
        start = newline if offset and self._text.value[offset - 1] not in "\r\n" else ""
        return Edit(Range(offset, offset), start + "".join(line + newline for line in added))


def add_name(node: cst.ImportFrom, name: str, alias: str) -> cst.ImportFrom:
    """Return *node* with one more name, in the order that its names have."""
    asname = cst.AsName(cst.Name(alias)) if alias else None
    new = cst.ImportAlias(cst.Name(name), asname)
    row = layout.row_of(node)
    names = [_plain_name(item) for item in row.items]
    index = len(names)
    orders: tuple[Callable[[str], tuple[int, str]], ...] = (_by_kind, _by_case, _by_letter)
    for key in orders:
        keys = [key(each) for each in names]
        if keys == sorted(keys):
            index = sum(each <= key(name) for each in keys)
            break
    return layout.with_row(node, layout.insert(row, index, new))


def _plain_name(item: cst.CSTNode) -> str:
    return str(getattr(getattr(item, "name", None), "value", ""))


def _by_kind(name: str) -> tuple[int, str]:
    """Order constants before classes before the rest, as import sorters do."""
    if name.isupper() and len(name) > 1:
        return 0, name
    return (1 if name[:1].isupper() else 2), name


def _by_case(name: str) -> tuple[int, str]:
    return 0, name


def _by_letter(name: str) -> tuple[int, str]:
    return 0, name.lower()


def _candidates(module: str, name: str, alias: str) -> Iterator[str]:
    first = alias or name or module
    yield first
    stem = alias or f"{module.rpartition('.')[2]}_{name or 'module'}".lstrip("_")
    if stem != first:
        yield stem
    number = 2
    while True:
        yield f"{stem}_{number}"
        number += 1
