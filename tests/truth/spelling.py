"""Tells when two spellings of a dotted name or of a type are the same."""

from __future__ import annotations

import re
from itertools import zip_longest

NAME = re.compile(r"[A-Za-z_][\w.]*")
TYPING = re.compile(r"\b(?:typing|typing_extensions|collections\.abc|builtins|types)\.")
BUILTIN = {"List": "list", "Dict": "dict", "Set": "set", "Tuple": "tuple", "Type": "type"}


def same_name(truth: str | None, said: str | None) -> bool:
    """Compare dotted names: re-exports differ in the middle, never in package and last word."""
    if truth is None or said is None:
        return truth == said
    left, right = (text.replace("<locals>.", "") for text in (truth, said))
    if left == right:
        return True
    ends = [(text.split(".")[0], text.rsplit(".", 1)[-1]) for text in (left, right)]
    return ends[0] == ends[1] and "." in left and "." in right


def same_type(truth: str | None, said: str | None) -> bool:
    """Compare types as text: `Optional[X]` is `X | None`, `List` is `list`."""
    if truth is None or said is None:
        return truth == said
    left, right = canonical(truth), canonical(said)
    if NAME.sub("", left) != NAME.sub("", right):
        return False
    names = zip_longest(NAME.findall(left), NAME.findall(right), fillvalue="")
    return all(_same_class(one, other) for one, other in names)


def _same_class(left: str, right: str) -> bool:
    """Compare classes; a name that one side holds without its module is compared as such."""
    if "." in left and "." in right:
        return same_name(left, right)
    return left.rsplit(".", 1)[-1] == right.rsplit(".", 1)[-1]


def canonical(text: str) -> str:
    """Return a type in one spelling."""
    text = re.sub(r"\s+", "", TYPING.sub("", text)).replace("NoneType", "None")
    text = NAME.sub(lambda found: BUILTIN.get(found[0], found[0]), text)
    return _join(_parse(text))


def _parse(text: str) -> list[str]:
    """Return the members of a union."""
    members: list[str] = []
    for part in _split(text, "|"):
        head, bracket, inner = part.partition("[")
        arguments = _split(inner[:-1], ",") if bracket else []
        if head == "Optional":
            members += [*_parse(arguments[0]), "None"]
        elif head == "Union":
            members += [each for argument in arguments for each in _parse(argument)]
        elif head == "Annotated":
            members += _parse(arguments[0])
        elif bracket:
            members.append(f"{head}[{','.join(_join(_parse(each)) for each in arguments)}]")
        else:
            members.append(part)
    return members


def _join(members: list[str]) -> str:
    unique = list(dict.fromkeys(members))
    return "|".join([each for each in unique if each != "None"] + ["None"] * ("None" in unique))


def _split(text: str, mark: str) -> list[str]:
    """Split at a mark that stands outside brackets."""
    parts, depth = [""], 0
    for character in text:
        depth += (character in "[({") - (character in "])}")
        if character == mark and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts
