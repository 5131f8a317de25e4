"""The numbers that the scripts of this folder have printed, kept for the documentation."""

from __future__ import annotations

from pathlib import Path

FILE = Path(__file__).with_name("results.tsv")
HEAD = "what\tof\tnumbers"


def rows() -> dict[tuple[str, str], str]:
    """Return what was measured, of what -> the numbers, as they were written."""
    lines = FILE.read_text("utf-8").splitlines()[1:] if FILE.exists() else []
    split = (line.split("\t") for line in lines)
    return {(what, of): numbers for what, of, numbers in split}


def keep(what: str, of: str, numbers: str) -> None:
    """Write one measurement in the place of the last one of the same."""
    kept = rows() | {(what, of): numbers}
    lines = [f"{a}\t{b}\t{c}" for (a, b), c in sorted(kept.items())]
    FILE.write_text("\n".join((HEAD, *lines)) + "\n", "utf-8")


def table(what: str) -> str:
    """Return a Markdown table of all measurements of one kind."""
    found = [(of, numbers) for (kind, of), numbers in rows().items() if kind == what]
    return "\n".join(
        ("| of | measured |", "|---|---|", *[f"| {of} | {numbers} |" for of, numbers in found])
    )
