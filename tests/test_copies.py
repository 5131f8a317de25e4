"""What copies, parts and picks of objects are, and what Pydantic's models make of themselves."""

from __future__ import annotations

import pytest

from tests.test_queries import text
from tests.test_routes import single

OBJECTS = """
import copy
import dataclasses
import itertools
import random
from collections import deque
from pydantic import BaseModel
class P(BaseModel):
    size: int = 0
class Own(BaseModel):
    @classmethod
    def model_validate(cls, given) -> P: ...
@dataclasses.dataclass
class D:
    size: int = 0
class Sliced:
    def __getitem__(self, key) -> D: ...
"""


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("copy.copy(p)", "P"),
        ("copy.deepcopy(D(1))", "D"),
        ("copy.deepcopy(ps)[0]", "P"),
        ("dataclasses.replace(d, size=2)", "D"),
        ("p.model_copy(update={})", "P"),
        ("p.copy()", "P"),
        ("d.copy()", "?"),
        ("P.model_validate({})", "P"),
        ("P.model_validate_json('{}')", "P"),
        ("P.parse_obj({})", "P"),
        ("P.model_dump({})", "?"),
        ("D.model_validate({})", "?"),
        ("Own.model_validate({})", "P"),
        ("max(ps, key=len)", "P"),
        ("min(p, d)", "P|D"),
        ("max(*ps)", "?"),
        ("random.choice(ps)", "P"),
        ("random.sample(ps, 2)", "list[P]"),
        ("list(filter(None, ps))", "list[P]"),
        ("next(itertools.chain(ps, [d]))", "P|D"),
        ("itertools.islice(unknown, 2)", "?"),
        ("itertools.chain(unknown, other)", "?"),
        ("deque(ps)[0]", "P"),
        ("ps[1:]", "list[P]"),
        ("ps[1:][0]", "P"),
        ("(p, d)[1:]", "list[P|D]"),
        ("unknown[1:]", "?"),
        ("Sliced()[1:]", "D"),
        ("{'a': p}[1:]", "P"),
    ],
)
def test_what_is_copied_picked_or_cut_out_is_of_the_same_class(code: str, wanted: str) -> None:
    project = single(f"{OBJECTS}\ndef read(p: P, d: D, ps: list[P]):\n    found = {code}\n")
    (function,) = [f for f in project.names.functions if f.name == "read"]
    assert text(project.types.infer("found", function, 99)) == wanted


def test_a_copy_is_not_what_its_original_was_made_as() -> None:
    project = single(
        """
        import copy
        import time
        class Client:
            def __init__(self, dry=False):
                self.dry = dry
            def send(self):
                if not self.dry:
                    time.sleep(1)
        first = Client(dry=True)
        second = copy.copy(first)
        second.dry = False
        async def by_the_first():
            first.send()
        async def by_the_copy():
            second.send()
        """
    )
    assert [stall.coroutine.name for stall in project.blocking.stalls] == ["by_the_copy"]
