"""The comparison itself: it agrees with the truth and sees every way of being wrong."""

# ruff: noqa: ANN401 - a row holds values of every type

import copy
from collections import Counter
from typing import Any

import pytest
from compare import APPS, DOCS, below_limits
from judge import Row, Rules, Verdict, judge
from spelling import canonical, same_name, same_type


def dependency(name: str | None, call: str, line: int, **changed: Any) -> Row:
    return {
        "name": name,
        "call": call,
        "file": f"src/{call.split('.')[1]}.py",
        "line": line,
        "kind": "function",
        "is_async": True,
        "exec": "loop",
        "use_cache": True,
        "dependencies": [],
    } | changed


def truth() -> list[Row]:
    scheme = dependency("token", "fastapi.security.oauth2.OAuth2PasswordBearer", 1) | {
        "file": "site-packages/fastapi/security/oauth2.py",
        "kind": "instance",
    }
    hidden = dependency("request", "fastapi.security.oauth2.inner", 2) | {
        "file": "site-packages/fastapi/security/oauth2.py"
    }
    user = dependency("user", "src.auth.current_user", 9, dependencies=[scheme])
    scheme["dependencies"] = [hidden]
    return [
        {
            "kind": "http",
            "methods": ["GET"],
            "path": "/posts/{id}",
            "name": "read",
            "app": "src.main.app",
            "handler": "src.main.make.<locals>.read",
            "file": "src/main.py",
            "line": 12,
            "is_async": False,
            "exec": "thread",
            "status_code": None,
            "default_status": 200,
            "response_model": "list[src.schemas.Post] | None",
            "tags": ["posts"],
            "include_in_schema": True,
            "dependencies": [dependency(None, "src.auth.check", 3), user],
        },
        {
            "kind": "mount",
            "methods": [],
            "path": "/static",
            "name": "static",
            "app": "src.main.app",
        },
    ]


def said(**changed: Any) -> list[Row]:
    rows = copy.deepcopy(truth())
    rows[0] |= changed
    return rows


def test_the_truth_is_exact() -> None:
    verdict = judge(truth(), truth(), Rules())
    assert verdict == Verdict(
        Counter(
            {"routes": 2, "found": 2, "exact": 2, "edges": 3, "edges found": 3}
            | {"run": 4, "run equal": 4}
        ),
        [],
    )


def test_other_spellings_of_the_same_are_exact() -> None:
    rows = said(
        handler="src.main.make.read",
        response_model="typing.Optional[List[src.schemas.Post]]",
        status_code=200,
    )
    rows[0]["dependencies"][1]["dependencies"][0] |= {
        "call": "fastapi.security.OAuth2PasswordBearer",
        "file": None,
        "line": None,
        "dependencies": [],
    }
    assert judge(truth(), rows, Rules()).numbers["exact"] == 2


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"is_async": True}, "is_async is False, said True"),
        ({"exec": "loop"}, "exec is 'thread', said 'loop'"),
        ({"status_code": 201}, "status_code is None, said 201"),
        ({"response_model": "src.schemas.Post"}, "response_model is"),
        ({"tags": []}, "tags is ['posts'], said []"),
        ({"name": "other"}, "name is 'read', said 'other'"),
        ({"include_in_schema": False}, "include_in_schema is True, said False"),
        ({"handler": "other.read"}, "handler is"),
        ({"dependencies": []}, "dependency missing: None = src.auth.check"),
    ],
)
def test_a_wrong_field_is_found_but_not_exact(changed: Row, words: str) -> None:
    verdict = judge(truth(), said(**changed), Rules())
    assert (verdict.numbers["found"], verdict.numbers["exact"]) == (2, 1)
    assert words in verdict.differences[0]


@pytest.mark.parametrize(
    "changed", [{"path": "/posts"}, {"methods": ["POST"]}, {"line": 13}, {"file": "src/b.py"}]
)
def test_another_path_verb_or_place_is_missing_and_invented(changed: Row) -> None:
    verdict = judge(truth(), said(**changed), Rules())
    assert (verdict.numbers["found"], verdict.numbers["invented"]) == (1, 1)
    possible = judge(truth(), said(**changed, certainty="possible"), Rules())
    assert (possible.numbers["invented"], possible.numbers["possible"]) == (0, 1)


def test_a_route_said_twice_is_invented_once() -> None:
    assert judge(truth(), truth() + truth()[:1], Rules()).numbers["invented"] == 1


def test_the_order_of_dependencies_counts() -> None:
    rows = truth()
    rows[0]["dependencies"].reverse()
    verdict = judge(truth(), rows, Rules())
    assert verdict.numbers["edges found"] == 2
    assert verdict.numbers["edges invented"] == 1


def test_an_invented_dependency_is_counted() -> None:
    rows = truth()
    rows[0]["dependencies"].append(dependency("more", "src.auth.more", 30))
    verdict = judge(truth(), rows, Rules())
    assert verdict.numbers["edges invented"] == 1
    assert verdict.numbers["exact"] == 1


def test_where_a_dependency_runs_is_counted() -> None:
    rows = truth()
    rows[0]["dependencies"][0] |= {"is_async": False, "exec": "thread"}
    verdict = judge(truth(), rows, Rules())
    assert (verdict.numbers["run"], verdict.numbers["run equal"]) == (4, 3)


def test_what_a_wrapper_hides_is_not_judged() -> None:
    wrapper = {"call": "wrapping.Wrapper", "file": "site-packages/wrapping.py", "line": 1}
    wrapped = truth()
    wrapped[0]["dependencies"][0] |= wrapper
    verdict = judge(wrapped, truth(), Rules(opaque=("wrapping.",)))
    assert (verdict.numbers["edges"], verdict.numbers["edges found"]) == (2, 2)
    assert verdict.numbers["edges invented"] == 0
    wrapped[0]["dependencies"][0]["name"] = "elsewhere"
    verdict = judge(wrapped, truth(), Rules(opaque=("wrapping.",)))
    assert verdict.numbers["edges invented"] == 1
    assert judge(wrapped, truth(), Rules()).numbers["edges"] == 3


def test_a_handler_of_another_package_is_counted_apart() -> None:
    rows = said(file="site-packages/strawberry/router.py", handler="strawberry.router.handle")
    verdict = judge(rows, rows, Rules())
    assert verdict.numbers["routes"] == 1
    assert (verdict.numbers["outside"], verdict.numbers["outside found"]) == (1, 1)


def test_what_a_truth_does_not_hold_is_not_compared() -> None:
    row = truth()[0]
    del row["name"], row["response_model"], row["dependencies"][0]["use_cache"]
    verdict = judge([row], truth(), Rules(fastapi_only=True))
    assert (verdict.numbers["exact"], verdict.numbers["invented"]) == (1, 0)


def test_limits() -> None:
    good = {"routes": 200, "exact": 199, "found": 195, "edges": 200, "edges found": 199}
    numbers = Counter(good | {"run": 100, "run equal": 98, "invented": 1})
    assert below_limits(numbers, DOCS) == []
    assert below_limits(numbers, APPS) == []
    numbers["invented"] = 2
    numbers["exact"] = 198
    assert below_limits(numbers, DOCS) == ["exact 198 of 200", "invented 2 of 200"]


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("typing.Optional[a.B]", "a.B|None"),
        ("typing.Union[None, a.B, a.C]", "a.B|a.C|None"),
        ("Dict[str, List[int]]", "dict[str,list[int]]"),
        ("Annotated[a.B, x(1, 2)]", "a.B"),
        ("builtins.dict", "dict"),
    ],
)
def test_one_spelling_of_a_type(text: str, same: str) -> None:
    assert canonical(text) == same


def test_names() -> None:
    assert same_name("a.b.C", "a.C")
    assert not same_name("a.b.C", "b.C")
    assert not same_name("a.b.C", None)
    assert same_type("list[a.b.Post]", "List[Post]")
    assert not same_type("list[a.b.Post]", "a.b.Post")
    assert not same_type("a.b.Post", None)
    assert not same_type("a.b.Post", "c.Post")
