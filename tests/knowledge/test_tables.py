"""The knowledge tables are well-formed, agree with each other and with the running Python."""

import csv
import inspect
import itertools
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import probe  # type: ignore[import-not-found]

TABLES = Path(__file__).parent.parent.parent / "fastapi_bp_lint" / "knowledge"
COLUMNS = {
    "blocking": "name kind form tier replacement package version checked note",
    "returns": "name returns form package version checked",
    "aliases": "name canonical package version checked",
    "bases": "name base package version checked",
    "offloaders": "name argument keyword form runs package version checked note",
    "async_twins": "name sync package version checked note",
}
KEYS = {"returns": ("name", "form"), "bases": ("name", "base")}
KINDS = {
    *("sleep", "socket", "dns", "stdin", "http", "email", "subprocess", "db", "cache"),
    *("cloud-sdk", "llm-sdk", "file", "lock", "future", "queue", "nested-loop", "cpu-pool"),
    *("cpu-hash", "cpu-compress", "cpu-image", "cpu-media", "cpu-data", "cpu-ml", "cpu-misc"),
}
BLOCKS = {"call", "method", "iter", "property", "ctor-blocking"}
NEVER = {"ctor-nonblocking", "method-nonblocking", "call-nonblocking"}


def read(name: str) -> list[dict[str, str]]:
    with (TABLES / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


ROWS = {name: read(name) for name in COLUMNS}


def owner(name: str) -> str:
    return name.rpartition(".")[0]


@pytest.mark.parametrize("table", COLUMNS)
def test_lines_have_the_columns_of_their_table(table: str) -> None:
    lines = (TABLES / f"{table}.tsv").read_text(encoding="utf-8").split("\n")
    assert lines[0].split("\t") == COLUMNS[table].split()
    assert lines[-1] == ""
    wrong = [
        line
        for line in lines[:-1]
        if line.count("\t") != lines[0].count("\t") or line != line.rstrip("\r ")
    ]
    assert wrong == []


@pytest.mark.parametrize("table", COLUMNS)
def test_rows_are_sorted_and_unique(table: str) -> None:
    keys = [tuple(row[column] for column in KEYS.get(table, ("name",))) for row in ROWS[table]]
    assert keys == sorted(set(keys))


@pytest.mark.parametrize("table", COLUMNS)
def test_every_row_says_how_it_was_checked(table: str) -> None:
    wrong = [
        row["name"]
        for row in ROWS[table]
        if not row["package"]
        or not row["version"]
        or row["checked"].split(":")[0] not in {"import", "annotation", "source"}
    ]
    assert wrong == []


@pytest.mark.parametrize("table", COLUMNS)
def test_names_are_dotted_names(table: str) -> None:
    wrong = [
        row["name"]
        for row in ROWS[table]
        if not all(part.isidentifier() or part == "*" for part in _parts(row["name"]))
        or len(_parts(row["name"])) < 2
    ]
    assert wrong == []


def _parts(name: str) -> list[str]:
    # a service of a cloud kit is the only part that may hold a hyphen
    return name.replace(":", ".").replace("-", "_").split(".")


def test_blocking_rows_use_known_words() -> None:
    wrong = [
        row["name"]
        for row in ROWS["blocking"]
        if row["kind"] not in KINDS
        or row["form"] not in BLOCKS | NEVER
        or row["tier"] not in {"A", "B", "C", "-"}
    ]
    assert wrong == []


def test_a_row_that_never_blocks_has_no_tier_and_no_replacement() -> None:
    for row in ROWS["blocking"]:
        if row["form"] in NEVER:
            assert (row["tier"], row["replacement"]) == ("-", "-"), row["name"]


def test_a_row_that_blocks_says_what_to_do() -> None:
    wrong = [
        row["name"]
        for row in ROWS["blocking"]
        if row["tier"] != "-" and row["replacement"] in {"", "-"}
    ]
    assert wrong == []


def test_nothing_asynchronous_is_called_blocking() -> None:
    wrong = []
    for row in ROWS["blocking"]:
        parts = row["name"].replace(":", ".").split(".")
        is_async = any(
            part in {"aio", "asyncio", "asynchronous", "aiohttp"}
            or part.startswith(("Async", "async_", "Aio"))
            for part in parts[:-1]
        )
        if (
            is_async
            and row["kind"] != "nested-loop"
            and parts[:2] != ["concurrent", "futures"]
            and row["tier"] != "-"
        ):
            wrong.append(row["name"])
    # celery's result class is named for what it is about, not for how it is read
    assert [name for name in wrong if not name.split(".")[-2].endswith("AsyncResult")] == []


def test_no_async_twin_is_a_sync_name_of_the_registry() -> None:
    blocking = {owner(row["name"]) for row in ROWS["blocking"] if row["tier"] != "-"}
    assert {row["name"] for row in ROWS["async_twins"]} & blocking == set()


def _known_classes() -> set[str]:
    named = {row["name"] for table in ("blocking", "returns") for row in ROWS[table]}
    prefixes = {
        name[:end]
        for name in named
        for end in itertools.chain((i for i, c in enumerate(name) if c == "."), (len(name),))
    }
    related = {row[column] for row in ROWS["bases"] for column in ("name", "base")}
    return prefixes | related | {row["name"] for row in ROWS["async_twins"]}


def test_what_a_call_gives_back_is_a_class_of_the_tables() -> None:
    known = _known_classes()
    wrong = [
        (row["name"], row["returns"])
        for row in ROWS["returns"]
        if row["returns"] not in known | {"self"}
    ]
    assert wrong == []


def test_returns_use_known_forms() -> None:
    assert {row["form"] for row in ROWS["returns"]} <= {
        "call",
        "attribute",
        "item",
        "enter",
        "iterate",
    }


def test_nothing_gives_back_an_alias() -> None:
    aliases = {row["name"] for row in ROWS["aliases"]}
    assert [row["name"] for row in ROWS["returns"] if row["returns"] in aliases] == []


def test_aliases_point_to_canonical_names() -> None:
    aliases = {row["name"] for row in ROWS["aliases"]}
    assert [row["name"] for row in ROWS["aliases"] if row["canonical"] in aliases] == []


@pytest.mark.parametrize("table", ["blocking", "returns", "bases", "offloaders", "async_twins"])
def test_rows_are_written_with_canonical_names(table: str) -> None:
    aliases = {row["name"] for row in ROWS["aliases"]}
    wrong = [
        row["name"]
        for row in ROWS[table]
        for parts in [row["name"].split(".")]
        if any(".".join(parts[:length]) in aliases for length in range(2, len(parts) + 1))
    ]
    assert wrong == []


def test_bases_have_no_cycle() -> None:
    above: dict[str, set[str]] = {}
    for row in ROWS["bases"]:
        above.setdefault(row["name"], set()).add(row["base"])

    def reaches(start: str, goal: str, seen: frozenset[str] = frozenset()) -> bool:
        nexts = above.get(start, set()) - seen
        return goal in nexts or any(reaches(one, goal, seen | nexts) for one in nexts)

    assert [name for name in above if reaches(name, name)] == []


def test_no_async_class_has_a_sync_base() -> None:
    blocking = {owner(row["name"]) for row in ROWS["blocking"] if row["tier"] == "A"}
    wrong = [
        row["name"]
        for row in ROWS["bases"]
        if row["base"] in blocking and row["name"].rsplit(".", 1)[-1].startswith(("Async", "Aio"))
    ]
    assert [name for name in wrong if not name.endswith("AsyncResult")] == []


def test_offloaders_use_known_words() -> None:
    for row in ROWS["offloaders"]:
        assert row["form"] in {"call", "method", "decorator", "wrapper", "schedule", "reentry"}, (
            row["name"]
        )
        assert row["runs"] in {
            "thread",
            "process",
            "interpreter",
            "loop",
            "either",
            "greenlet",
            "worker",
        }, row["name"]
        assert row["argument"] in {"*", "-"} or row["argument"].isdigit(), row["name"]
        assert row["keyword"] == "-" or row["keyword"].isidentifier(), row["name"]


def test_dropped_names_have_a_reason_and_no_row() -> None:
    lines = (Path(__file__).parent / "dropped.tsv").read_text(encoding="utf-8").splitlines()[1:]
    dropped = dict(line.split("\t") for line in lines)
    assert all(dropped.values())
    assert set(dropped) & {row["name"] for row in ROWS["blocking"]} == set()


def _standard(table: str) -> list[dict[str, str]]:
    return [row for row in ROWS[table] if row["package"] == "python" and _here(row)]


def _here(row: dict[str, str]) -> bool:
    """Tell whether a row is meant for the running Python and this platform."""
    first, _, last = row["version"].partition("-")
    low, high = (tuple(map(int, text.split("."))) for text in (first, last or first))
    return low <= sys.version_info[:2] <= max(high, low) and not row["checked"].startswith(
        "source: typeshed"
    )


ATTRIBUTES = {row["name"]: row["returns"] for row in ROWS["returns"] if row["form"] == "attribute"}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("table", ["blocking", "returns", "offloaders"])
def test_the_standard_library_has_what_the_tables_say(table: str) -> None:
    rows = _standard(table)
    assert len(rows) > 20
    assert [
        (row["name"], a.how)
        for row in rows
        if not (a := probe.resolve(row["name"], ATTRIBUTES)).found
    ] == []


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_standard_librarys_aliases_are_the_same_objects() -> None:
    assert [
        row["name"] for row in _standard("aliases") if probe.same(row["name"], row["canonical"])
    ] == []


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_standard_librarys_bases_are_bases() -> None:
    assert [
        row["name"] for row in _standard("bases") if probe.subclass(row["name"], row["base"])
    ] == []


def test_a_name_that_does_not_exist_is_not_found() -> None:
    assert not probe.resolve("time.sleeep", {}).found
    assert not probe.resolve("pathlib.Path.read_all", {}).found
    assert not probe.resolve("subprocess.Popen.stdfoo", {}).found
    assert probe.same("io.open", "io.BytesIO")
    assert probe.subclass("io.BytesIO", "pathlib.Path")


@pytest.mark.parametrize(
    "row",
    [r for r in _standard("offloaders") if r["argument"].isdigit() and r["keyword"] != "-"],
    ids=lambda row: row["name"],
)
def test_the_handed_function_stands_where_the_table_says(row: dict[str, str]) -> None:
    function, _ = probe.look_up(row["name"], {})
    names = [name for name in inspect.signature(function).parameters if name != "self"]
    if row["keyword"] in names:
        assert names.index(row["keyword"]) == int(row["argument"])
    else:  # taken by position only: `submit(fn, /, ...)` of C or of *args
        assert int(row["argument"]) < len(names)
