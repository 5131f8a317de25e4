"""Where the configuration is found, what it may say, and how a mistake is told."""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest

from fastapi_bp_lint.config import KEYS, Config, ConfigError, Known, load, locate, reference, schema
from fastapi_bp_lint.config.lines import line_of
from fastapi_bp_lint.finding import Certainty, Preset
from fastapi_bp_lint.plan import known
from fastapi_bp_lint.rule import Option

SLUGS = {"FBP101": "blocking-call", "FBP102": "blocking-call-in-helper", "FBP402": "missing-code"}
OPTIONS = {
    "FBP402": (
        Option("methods", ("POST",), "Which methods.", ("POST", "PUT")),
        Option("style", "short", "How.", ("short", "long")),
        Option("limit", 3, "How many."),
        Option("strict", False, "How strict."),  # noqa: FBT003 - a default
        Option("name", "x", "Which."),
    )
}
# What the examples of the settings name.
EXAMPLES = Known(
    {
        "FBP101": "blocking-call",
        "FBP201": "sync-dependency",
        "FBP301": "cross-domain-name-import",
        "FBP402": "missing-status-code",
        "FBP403": "literal-status-code",
    },
    lambda code: (Option("methods", ("POST",), "Which."),) if code == "FBP402" else (),
    known().formats,
)
KNOWN = Known(SLUGS, lambda code: OPTIONS.get(code, ()), ("full", "json"))


def loaded(folder: Path, text: str, name: str = "fbp-lint.toml") -> Config:
    file = folder / name
    file.write_text(text, "utf-8")
    return load(file, KNOWN)


def error(folder: Path, text: str, name: str = "fbp-lint.toml") -> str:
    with pytest.raises(ConfigError) as caught:
        loaded(folder, text, name)
    return str(caught.value).removeprefix(f"{folder}/")


def test_every_key_is_read(tmp_path: Path) -> None:
    config = loaded(
        tmp_path,
        """
        preset = "strict"
        select = ["FBP1", "missing-code"]
        extend-select = ["ALL"]
        ignore = ["fbp102"]
        per-file-ignores = { "tests/" = ["FBP101"] }
        certainty = "certain"
        include = ["src/*.py"]
        exclude = ["a/"]
        extend-exclude = ["b/"]
        src = ["backend"]
        output-format = "json"
        extend-safe-fixes = ["FBP101"]
        extend-unsafe-fixes = ["FBP102"]
        non-blocking = ["a.b"]
        offloaders = ["c"]
        [blocking]
        "company.ldap.search" = "http"
        company.other.read = "file"
        [structure]
        roles.service = ["service", "usecases"]
        domains = ["src/auth"]
        shared = ["src.common"]
        [rules.missing-code]
        methods = ["PUT"]
        limit = 5
        [rules.FBP402]
        style = "long"
        strict = true
        """,
    )
    assert config == Config(
        preset=Preset.STRICT,
        select=("FBP1", "missing-code"),
        extend_select=("ALL",),
        ignore=("fbp102",),
        per_file_ignores={"tests/": ("FBP101",)},
        certainty=Certainty.CERTAIN,
        include=("src/*.py",),
        exclude=("a/",),
        extend_exclude=("b/",),
        src=("backend",),
        output_format="json",
        extend_safe_fixes=("FBP101",),
        extend_unsafe_fixes=("FBP102",),
        blocking={"company.ldap.search": "http", "company.other.read": "file"},
        non_blocking=("a.b",),
        offloaders=("c",),
        roles={"service": ("service", "usecases")},
        domains=("src/auth",),
        shared=("src.common",),
        rules={"missing-code": {"methods": ("PUT",), "limit": 5, "style": "long", "strict": True}},
    )
    assert {key.field for key in KEYS} == set(Config._fields)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('selct = ["FBP1"]', 'fbp-lint.toml:1: selct: unknown key; did you mean "select"?'),
        ("\nextend_select = []", '2: extend_select: unknown key; did you mean "extend-select"?'),
        ("zzz = 1", "fbp-lint.toml:1: zzz: unknown key"),
        ('select = "FBP1"', 'select: should be a list of strings, is "FBP1"'),
        ("select = [1]", "select: should be a list of strings, has 1 in it"),
        (
            'select = [\n  "FBP1",\n  "blocking-cal",\n]',
            '3: select: no rule is called "blocking-cal"; did you mean "blocking-call"?',
        ),
        ('ignore = ["E501"]', 'ignore: no rule is called "E501"'),
        ('preset = "strickt"', 'is "strickt"; did you mean "strict"?'),
        ("certainty = true", "should be one of certain, likely, possible; is true"),
        ('output-format = "xml"', "should be one of full, json"),
        (
            '[per-file-ignores]\n"a.py" = ["FBP7"]',
            "2: a.py in [per-file-ignores]: no rule is called",
        ),
        ("per-file-ignores = []", "should be a table, is a list"),
        ("[structure]\nrole = {}", '2: role in [structure]: unknown key; did you mean "roles"?'),
        ("[structure.roles]\nservices = []", "2: services in [structure.roles]: unknown role; did"),
        ("structure = 1", "fbp-lint.toml:1: structure: should be a table, is 1"),
        ('[blocking]\n"a.b" = "slow"', "2: a.b in [blocking]: should be one of"),
        ('offloaders = ["a-b"]', '"a-b" is not a dotted Python name'),
        ("[rules.FBP1]\nx = 1", "FBP1 in [rules]: options belong to a single rule"),
        ("[rules.nothing]\nx = 1", 'nothing in [rules]: no rule is called "nothing"'),
        (
            "[rules.blocking-call]\nx = 1",
            "2: x in [rules.blocking-call]: blocking-call has no such",
        ),
        ("[rules.FBP402]\nmethod = 1", 'FBP402 has no such option; did you mean "methods"?'),
        ('[rules.FBP402]\nmethods = ["PUR"]', "should be one of POST, PUT"),
        ("[rules.FBP402]\nmethods = 1", "should be a list of strings, is 1"),
        ('[rules.FBP402]\nstyle = "fat"', "should be one of short, long"),
        ("[rules.FBP402]\nlimit = true", "should be a whole number, is true"),
        ("[rules.FBP402]\nstrict = 1", "should be true or false, is 1"),
        ("[rules.FBP402]\nname = 1", "should be a string, is 1"),
        (
            "[tool.fbp-lint]\nselect = []",
            "in this file the keys of [tool.fbp-lint] stand at the top",
        ),
        ("a = \n", "fbp-lint.toml:1: not valid TOML: "),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    assert told in error(tmp_path, text)


def test_in_pyproject_only_our_table_counts(tmp_path: Path) -> None:
    text = '[tool.other]\nselect = 1\n[tool.fbp-lint]\npreset = "strict"\n'
    assert loaded(tmp_path, text, "pyproject.toml").preset is Preset.STRICT
    assert loaded(tmp_path, "[project]\n", "pyproject.toml") == Config()
    told = error(tmp_path, "[tool.other]\nx = 1\n[tool.fbp-lint]\nx = 1\n", "pyproject.toml")
    assert told == "pyproject.toml:4: x in [tool.fbp-lint]: unknown key"
    told = error(tmp_path, "[tool]\nfbp-lint = 3\n", "pyproject.toml")
    assert told == "pyproject.toml: tool.fbp-lint: should be a table, is 3"


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist"):
        load(tmp_path / "none.toml", KNOWN)
    with pytest.raises(ConfigError, match="is not a regular file"):
        load(tmp_path, KNOWN)
    os.mkfifo(tmp_path / "pipe.toml")
    with pytest.raises(ConfigError, match="is not a regular file"):
        load(tmp_path / "pipe.toml", KNOWN)
    (tmp_path / "latin.toml").write_bytes(b"# \xe4\n")
    with pytest.raises(ConfigError, match="byte 2 is not UTF-8"):
        load(tmp_path / "latin.toml", KNOWN)
    (tmp_path / "bom.toml").write_bytes(b'\xef\xbb\xbfpreset = "strict"\n')
    assert load(tmp_path / "bom.toml", KNOWN).preset is Preset.STRICT


def test_without_a_file_the_defaults_hold() -> None:
    assert load(None, KNOWN) == Config()


class Tree:
    def __init__(self, root: Path) -> None:
        self.root = root

    def add(self, path: str, text: str = "") -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


OURS = "[tool.fbp-lint]\n"


def test_the_nearest_file_with_our_table_makes_the_root(tree: Tree) -> None:
    tree.add("repo/.git/HEAD")
    top = tree.add("repo/pyproject.toml", OURS)
    tree.add("repo/services/a/pyproject.toml", "[project]\n")
    main = tree.add("repo/services/a/app/main.py")
    assert locate(main) == (tree.root / "repo", top, True)
    own = tree.add("repo/services/a/fbp-lint.toml")
    assert locate(main) == (tree.root / "repo/services/a", own, True)
    assert locate(main, isolated=True) == (tree.root / "repo/services/a", None, True)


def test_fbp_lint_toml_comes_before_pyproject(tree: Tree) -> None:
    tree.add("pyproject.toml", OURS)
    own = tree.add("fbp-lint.toml")
    assert locate(tree.root) == (tree.root, own, True)


def test_no_table_leaves_the_nearest_marker(tree: Tree) -> None:
    tree.add("repo/.git/HEAD")
    main = tree.add("repo/app/main.py")
    assert locate(main) == (tree.root / "repo", None, True)
    tree.add("repo/app/pyproject.toml", "[project]\n")
    assert locate(main) == (tree.root / "repo/app", None, True)


def test_nothing_above_the_repository_counts(tree: Tree) -> None:
    tree.add("pyproject.toml", OURS)
    tree.add("repo/.git/HEAD")
    assert locate(tree.root / "repo") == (tree.root / "repo", None, True)


def test_without_any_marker_the_path_is_the_root(tree: Tree) -> None:
    main = tree.add("wheel/package/main.py")
    assert locate(tree.root / "wheel") == (tree.root / "wheel", None, False)
    assert locate(main) == (main.parent, None, False)


def test_an_explicit_file_makes_the_root_where_it_is_above(tree: Tree) -> None:
    main = tree.add("repo/app/main.py")
    tree.add("repo/app/pyproject.toml")
    above = tree.add("repo/conf.toml")
    aside = tree.add("elsewhere/conf.toml")
    assert locate(main, above) == (tree.root / "repo", above, True)
    assert locate(main, aside) == (tree.root / "repo/app", aside, True)


def test_the_nearest_pyproject_may_not_be_broken_and_others_may(tree: Tree) -> None:
    tree.add("pyproject.toml", "[project\n")
    main = tree.add("app/main.py")
    with pytest.raises(ConfigError, match=r"pyproject\.toml:1: not valid TOML"):
        locate(main)
    tree.add("app/pyproject.toml", "[project]\n")
    assert locate(main).root == tree.root / "app"


@pytest.mark.parametrize(
    ("key", "value", "line"),
    [
        (("tool", "x", "a"), "", 3),
        (("tool", "x", "a"), "two", 5),
        (("tool", "x", "b"), "", 7),
        (("tool", "x", "b", "c"), "", 7),
        (("tool", "x", "q", "d"), "", 9),
        (("tool", "x", "missing"), "", 2),
        (("other",), "", 0),
    ],
)
def test_lines_of_keys(key: tuple[str, ...], value: str, line: int) -> None:
    text = '# top\n[tool.x]\na = [\n  "one",\n  "two",\n]\n"b" = { c = 1 }\n[tool.x."q"]\nd = 1\n'
    assert line_of(text, key, value) == line


def test_the_schema_accepts_the_examples_and_nothing_else() -> None:
    document = schema(EXAMPLES)
    validator = jsonschema.Draft202012Validator(document)
    validator.check_schema(document)
    for key in KEYS:
        validator.validate(tomllib.loads(f"{key.name} = {key.example}"))
    for wrong in ('selct = ["FBP1"]', "preset = 1", "[structure]\nx = 1", '[blocking]\na = "b"'):
        assert list(validator.iter_errors(tomllib.loads(wrong))), wrong
    assert json.loads(json.dumps(schema(KNOWN)))["properties"]["rules"]["properties"]["FBP402"][
        "properties"
    ]["limit"] == {"type": "integer", "default": 3, "description": "How many."}


def test_the_examples_of_the_settings_can_be_read(tmp_path: Path) -> None:
    for key in KEYS:
        (tmp_path / "fbp-lint.toml").write_text(f"{key.name} = {key.example}\n")
        config = load(tmp_path / "fbp-lint.toml", EXAMPLES)
        assert getattr(config, key.field) != key.default, key.name


def test_the_reference_describes_every_key() -> None:
    text = reference()
    for key in KEYS:
        assert f"## `{key.name}`\n" in text
        assert key.help in text
