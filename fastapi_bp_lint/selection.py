"""Which rules run: presets, selectors, and who wins when they disagree."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from fastapi_bp_lint.config import matching
from fastapi_bp_lint.finding import Preset

# A file that cannot be read and a rule that crashed are news whatever was asked for.
ALWAYS = ("FBP001", "FBP002", "FBP003")
_ORDER = tuple(Preset)


class Layer(NamedTuple):
    """What one source of settings, the configuration or the command line, says about rules."""

    preset: Preset | None = None
    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


def selected(
    layers: Sequence[Layer],
    rules: Mapping[str, str],
    presets: Callable[[], Mapping[str, Preset]],
) -> frozenset[str]:
    """Return the codes that run; *rules* maps code to slug, *presets* is asked only if needed.

    A later layer that names a preset or selects replaces what the earlier ones chose; one that
    only extends or ignores changes it. Within a layer the longer selector wins, and of two
    that are equally long, `ignore`.
    """
    chosen = dict.fromkeys(ALWAYS, True)
    for layer in layers:
        if layer.select is not None:
            chosen = dict.fromkeys(ALWAYS, True)
        elif layer.preset is not None:
            chosen = dict.fromkeys(ALWAYS, True)
            chosen |= dict.fromkeys(_of_preset(layer.preset, presets()), True)
        wanted = [(selector, True) for selector in (*(layer.select or ()), *layer.extend_select)]
        refused = [(selector, False) for selector in layer.ignore]
        # The sort is stable: of equals, what is refused comes last and stays.
        for selector, decision in sorted(wanted + refused, key=lambda row: _length(row[0])):
            chosen |= dict.fromkeys(matching(selector, rules), decision)
    return frozenset(code for code in rules if chosen.get(code))


def _of_preset(preset: Preset, presets: Mapping[str, Preset]) -> list[str]:
    contained = _ORDER[: _ORDER.index(preset) + 1]
    return [code for code, smallest in presets.items() if smallest in contained]


def _length(selector: str) -> int:
    """Return how specific a selector is: ``ALL`` least, a code or slug most."""
    if selector == "ALL":
        return 0
    return len(selector) if selector[:3].upper() == "FBP" else len("FBP000")
