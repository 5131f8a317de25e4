"""Measure what runs cost and keep the tables in docs/performance.md.

python -m bench [--folder FOLDER] [--rounds N] [--only NAME] [--ours] [--no-scaling] [--write]

FOLDER keeps what is fetched and made. The commands of a project take turns, so that a busy moment
hits all of them; medians are shown.
"""

from __future__ import annotations

import argparse
import platform
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from bench.measure import PATIENCE, Figures, Usage, cost, figures
from bench.scaling import Size, measured
from bench.tools import PEERS, Tool, installed, others, ours
from bench.wheels import PINNED, sources, unpacked

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
_MEASURED = re.compile(r"(<!-- measured: begin -->\n).*?(<!-- measured: end -->)", re.DOTALL)
_HEAD = (
    "| command | clock | fastest to slowest | of the parser | processor | of the parser | memory |"
)
_SIZES = (
    "Projects of one shape and many sizes, cold, in one process; for the lines, what an empty"
    " project costs is taken off:"
)


def compared(tools: list[Tool], folder: Path, rounds: int) -> dict[str, Figures | None]:
    """Run *tools* in turn, once to warm up and *rounds* times to measure."""
    runs: dict[str, list[Usage]] = {tool.name: [] for tool in tools}
    given_up = set()
    for number in range(rounds + 1):
        for tool in tools:
            if tool.name in given_up or (tool.slow and number != 1):
                continue
            tool.prepare()
            usage = cost(tool.command, folder)
            if usage is None:
                given_up.add(tool.name)
            elif number:
                runs[tool.name].append(usage)
    return {name: figures(each) if each else None for name, each in runs.items()}


def table(found: dict[str, Figures | None]) -> Iterator[str]:
    """Give the lines of the table of one project."""
    yield from (_HEAD, "|---|---|---|---|---|---|---|")
    parser = next(iter(found.values()))
    assert parser is not None
    for name, each in found.items():
        if each is None:
            yield f"| {name} | over {PATIENCE} s | | | | | |"
            continue
        usage = each.usage
        clock = usage.wall / parser.usage.wall
        times = usage.processor / parser.usage.processor
        spread = f"{each.fastest:.2f} to {each.slowest:.2f} s" if each.runs > 1 else "one run"
        yield (
            f"| {name} | {usage.wall:.2f} s | {spread} | {clock:.2f} "
            f"| {usage.processor:.2f} s | {times:.2f} | {usage.peak:.0f} MiB |"
        )


def scaling_table(sizes: list[Size]) -> Iterator[str]:
    """Give the lines of the table of sizes."""
    yield "| files | lines | processor | of it for 1,000 lines | memory | of it for 1,000 lines |"
    yield "|---|---|---|---|---|---|"
    empty = sizes[0].usage
    for size in sizes:
        time, peak = size.usage.processor, size.usage.peak
        more = f"| | {time:.2f} s | | {peak:.0f} MiB | |"
        if size.files:
            thousands = size.lines / 1000
            each = 1000 * (time - empty.processor) / thousands
            kept = 1024 * (peak - empty.peak) / thousands
            more = f"| {size.lines:,} | {time:.2f} s | {each:.1f} ms "
            more += f"| {peak:.0f} MiB | {kept:.0f} KiB |"
        yield f"| {size.files:,} {more}"


def machine(scripts: Path | None) -> str:
    """Say what was measured on, and with which versions."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = re.findall(r"model name\s*: (.+)", info.read_text("utf-8"))
        model = f"{len(names)} cores of {names[0]}" if names else model
    listed = ""
    if scripts is not None:
        freeze = subprocess.run(
            [str(scripts / "pip"), "freeze"], check=True, capture_output=True, text=True
        ).stdout.splitlines()
        listed = ", ".join(line for line in freeze if line.partition("==")[0] in PEERS)
    python = platform.python_version()
    own = f"fastapi-bp-lint=={version('fastapi-bp-lint')}"
    return (
        f"{platform.system()} on {model}, Python {python}, {own}{', ' if listed else ''}{listed}."
    )


def main(arguments: list[str]) -> None:
    """Measure and print; with ``--write`` keep the tables."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path(".bench"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=list(PINNED), action="append")
    parser.add_argument("--ours", action="store_true", help="no other linters")
    parser.add_argument("--no-scaling", action="store_true")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args(arguments)
    folder = asked.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    scripts = None if asked.ours else installed(folder)
    lines = [machine(scripts), ""]
    for name in asked.only or PINNED:
        project = unpacked(name, folder)
        own = folder / "work" / name
        own.mkdir(parents=True, exist_ok=True)
        tools = ours(project, own) + ([] if scripts is None else others(project, own, scripts))
        files = sources(project)
        count = sum(Path(file).read_bytes().count(b"\n") for file in files)
        lines += [f"**{PINNED[name]}**, {len(files):,} files, {count:,} lines:", ""]
        lines += [*table(compared(tools, own, asked.rounds)), ""]
        print("\n".join(lines[-12:]), flush=True)  # noqa: T201 - a script
    if not asked.no_scaling:
        lines += [_SIZES, ""]
        lines += [*scaling_table(measured(folder, min(asked.rounds, 3))), ""]
    text = "\n".join(lines)
    print(text)  # noqa: T201
    if asked.write:
        page = PAGE.read_text("utf-8")
        PAGE.write_text(_MEASURED.sub(lambda m: f"{m[1]}\n{text}\n{m[2]}", page), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
