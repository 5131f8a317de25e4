"""Texts: positions in them, changes of them, where a place goes, and edits that come back."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lsprotocol.types import (
    Position,
    Range,
    TextDocumentContentChangePartial,
    TextDocumentContentChangeWholeDocument,
    TextEdit,
)

from fastapi_bp_lint.finding import Span
from fastapi_bp_lint.lsp.changes import _edits
from fastapi_bp_lint.lsp.documents import Documents, changed
from fastapi_bp_lint.lsp.positions import (
    column,
    lines_of,
    offset,
    position_of,
    range_of,
    units,
)
from fastapi_bp_lint.lsp.shifts import shift

LINE = 'x = "ä😀", y'
UNITS = {"utf-8": (5, 7, 11), "utf-16": (5, 6, 8), "utf-32": (5, 6, 7)}
ENCODINGS = tuple(UNITS)
slowly = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
texts = st.text(st.sampled_from("ab \nä😀\f\r\u2028"), max_size=30)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_columns_are_counted_as_the_client_counts(encoding: str) -> None:
    for character, counted in zip((5, 6, 7), UNITS[encoding], strict=True):
        assert position_of(1, character, [LINE], encoding) == Position(0, counted)
        assert column(LINE, counted, encoding) == character
    assert column(LINE, 99, encoding) == len(LINE)
    assert column("abc", 99, encoding) == 3
    assert units("", encoding) == 0


def test_the_middle_of_a_character_is_its_end() -> None:
    assert column("😀b", 1, "utf-16") == 1
    assert column("äb", 1, "utf-8") == 1


def test_what_lies_beyond_the_text_is_its_end() -> None:
    assert position_of(9, 0, ["a", "bc"], "utf-16") == Position(1, 2)
    assert position_of(1, 0, [], "utf-16") == Position(0, 0)
    assert offset("a\nbc", Position(7, 0), "utf-16") == 4
    assert offset("a\nbc", Position(0, 9), "utf-16") == 1


def test_only_three_things_end_a_line() -> None:
    assert lines_of("a\fb\r\nc\rd\u2028e\n") == ["a\fb", "c", "d\u2028e", ""]
    span = Span(2, 0, 2, 1)
    assert range_of(span, lines_of("a\fb\nc"), "utf-16") == Range(Position(1, 0), Position(1, 1))


@slowly
@given(texts, texts, st.data())
def test_a_change_replaces_what_lies_between_its_positions(
    text: str, inserted: str, data: st.DataObject
) -> None:
    encoding = data.draw(st.sampled_from(ENCODINGS))
    lines = lines_of(text)

    def point() -> tuple[int, Position]:
        number = data.draw(st.integers(0, len(lines) - 1))
        character = data.draw(st.integers(0, len(lines[number])))
        position = position_of(number + 1, character, lines, encoding)
        return offset(text, position, encoding), position

    (start, first), (end, last) = sorted((point(), point()), key=lambda pair: pair[0])
    change = TextDocumentContentChangePartial(Range(first, last), inserted)
    assert changed(text, change, encoding) == text[:start] + inserted + text[end:]
    assert column(lines[first.line], first.character, encoding) <= len(lines[first.line])


def test_documents_change_from_version_to_version() -> None:
    documents = Documents()
    first = documents.put("file:///a.py", 1, "a\n")
    assert first.path is not None
    assert documents.at(first.path) is first
    insert = TextDocumentContentChangePartial(Range(Position(1, 0), Position(1, 0)), "b\n")
    second = documents.change("file:///a.py", 2, [insert, insert], "utf-16")
    assert second is not None
    assert (second.version, second.lines) == (2, ["a", "b", "b", ""])
    assert (first.text, documents.get("file:///a.py")) == ("a\n", second)
    whole = TextDocumentContentChangeWholeDocument("c")
    assert documents.change("file:///other.py", 2, [whole], "utf-16") is None
    third = documents.change("file:///a.py", 3, [whole], "utf-16")
    assert list(documents) == [third]
    assert documents.close("file:///a.py") is third
    assert documents.at(first.path) is None
    assert documents.close("file:///a.py") is None


def test_only_files_of_python_belong_to_projects() -> None:
    documents = Documents()
    kinds = {"untitled:a.py": False, "file:///a.toml": False, "file:///a.py": True}
    assert {uri: documents.put(uri, 1, "").is_python for uri in kinds} == kinds
    assert documents.close("untitled:a.py") is not None


def test_a_place_moves_with_its_lines() -> None:
    before = ["a", "b", "c", "d", "e"]
    moved = shift(before, ["a", "new", "new", "c", "d", "e"])
    assert moved.moved(Span(1, 0, 1, 1)) == Span(1, 0, 1, 1)
    assert moved.moved(Span(2, 0, 2, 1)) is None
    assert moved.moved(Span(1, 0, 3, 1)) is None
    assert moved.moved(Span(3, 0, 4, 1)) == Span(4, 0, 5, 1)
    twice = shift(before, ["new", "a", "b", "x", "d", "e", "new"])
    assert [twice.moved(Span(n, 0, n, 1)) for n in (1, 3, 5)] == [
        Span(2, 0, 2, 1),
        None,
        Span(6, 0, 6, 1),
    ]
    same = shift(before, before)
    assert [same.moved(Span(n, 0, n, 1)) for n in (1, 5)] == [Span(1, 0, 1, 1), Span(5, 0, 5, 1)]


def test_a_place_is_lost_in_another_text() -> None:
    before = [str(n) for n in range(1500)]
    moved = shift(["same", *before, "end"], ["same", *reversed(before), "end"])
    assert moved.moved(Span(2, 0, 2, 1)) is None
    assert moved.moved(Span(1502, 0, 1502, 1)) == Span(1502, 0, 1502, 1)


def applied(text: str, edits: list[TextEdit], encoding: str) -> str:
    """Apply edits as clients do: those at one place in the order in which they are given."""
    for edit in sorted(edits, key=lambda edit: edit.range.start)[::-1]:
        change = TextDocumentContentChangePartial(edit.range, edit.new_text)
        text = changed(text, change, encoding)
    return text


@slowly
@given(
    st.lists(st.sampled_from(["", "a", "ä😀", "b\f"]), min_size=1, max_size=8),
    st.lists(st.sampled_from(["", "a", "ä😀", "b\f"]), min_size=1, max_size=8),
    st.sampled_from(ENCODINGS),
    st.sampled_from(["\n", "\r\n"]),
)
def test_edits_make_the_new_text_of_the_old(
    old: list[str], new: list[str], encoding: str, end: str
) -> None:
    edits = list(_edits(old, new, end, encoding))
    assert applied(end.join(old), edits, encoding) == end.join(new)
    assert bool(edits) == (old != new)
